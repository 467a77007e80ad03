import { MAX_FILE_BYTES, reasonText } from '../platform/files.ts';
import { SEPARATOR } from '../platform/paths.ts';
import type { System } from '../platform/system.ts';
import type { ReportedWindows } from '../usage/report.ts';
import type { SnapshotReader } from '../usage/snapshot.ts';
import { ageOf, HOUR, parseTime } from '../usage/time.ts';
import { isObject } from '../usage/values.ts';
import { parseCounts } from './counts.ts';
import type { AccountDirectory } from './directory.ts';
import { parseEntry, SCHEMA_VERSION } from './entry.ts';
import { namesIn } from './list.ts';
import { isLinesName, isTemporaryName, isWrittenName, TAG_NAME, UPKEEP_NAME } from './names.ts';
import { readOwnFile } from './own-files.ts';
import { pointerDirectory, pointerTarget } from './pointer.ts';
import { parseSessionReports, SESSION_REPORTS_SCHEMA } from './session-reports.ts';
import { isUpkeep } from './sweep-accounts.ts';

/** What a reader would do with a file of the cache. */
export type Verdict =
  /** It counts. */
  | 'used'
  /** It counts as absent, and is made again. */
  | 'miss'
  /** No reader looks at it, and it may be of another program, user or version: it is left alone. */
  | 'ignored'
  /** This program has left it behind, and no reader takes it. */
  | 'litter';

/** One file, and what a reader would do with it. */
export interface Finding {
  readonly path: string;
  readonly verdict: Verdict;
  /** Why it is not simply used, in words; null where it is. */
  readonly reason: string | null;
}

/** Age from which a temporary file is litter, ms: before, a process may be writing it. */
const LEFTOVER_MS = HOUR;
/** The largest file of transcripts that is read, bytes. */
const MAX_BINARY_BYTES = 64 * 1024 * 1024;

/** What the formats depend on. */
export interface Formats {
  readonly reader: SnapshotReader;
  readonly reportedWindows: ReportedWindows | null;
}

/** Checks every file of an account's directory, except prerendered lines. Follows no link and removes nothing. */
export function verifyAccount(
  system: System,
  { path }: Pick<AccountDirectory, 'path'>,
  formats: Formats,
): Finding[] {
  return namesIn(system.fs, path, Number.POSITIVE_INFINITY)
    .filter((name) => !isLinesName(name))
    .sort()
    .map((name) => findingAt(`${path}${SEPARATOR}${name}`, verdictOf(system, path, name, formats)));
}

/** A finding without its file. */
export type Judged = Omit<Finding, 'path'>;

/** A finding about a file. */
export function findingAt(path: string, { verdict, reason }: Judged): Finding {
  return { path, verdict, reason };
}

const USED: Judged = { verdict: 'used', reason: null };
const ignored = (reason: string): Judged => ({ verdict: 'ignored', reason });
const miss = (reason: string): Judged => ({ verdict: 'miss', reason });
const litter = (reason: string): Judged => ({ verdict: 'litter', reason });

function verdictOf(system: System, directory: string, name: string, formats: Formats): Judged {
  const path = `${directory}${SEPARATOR}${name}`;
  if (!isWrittenName(name)) return ignored('not a name of usageline');
  const stat = examine(system, path);
  if (typeof stat === 'string') return ignored(stat);
  if (name === 'refresh.mutex') return stat.isDirectory() ? USED : litter('not the directory of a mutex');
  if (stat.isDirectory()) return ignored('a directory');
  if (isTemporaryName(name)) return leftover(system, stat);
  if (stat.isSymbolicLink()) return ignored('a link, which is not followed');
  if (!stat.isFile()) return ignored('no regular file');
  if (name === 'transcripts.bin')
    return stat.size <= MAX_BINARY_BYTES ? { verdict: 'used', reason: null } : miss('over 64 MiB');
  const read = readOwnFile(system, path);
  if (read.kind === 'absent') return miss('removed meanwhile');
  if (read.kind === 'unreadable') return miss(`cannot be read: ${reasonText(read.reason)}`);
  if (read.kind === 'not_utf8') return unusable(name, 'not UTF-8');
  return judgeText(name, read.text, system.now(), formats);
}

/** What a reader makes of a file's text. */
function judgeText(name: string, text: string, now: number, { reader, reportedWindows }: Formats): Judged {
  if (/^(attempt|background)\./.test(name))
    return objectOf(text) === null
      ? { verdict: 'used', reason: 'nothing to read in it: only its number counts' }
      : USED;
  const file = objectOf(text);
  if (file === null) return unusable(name, 'no JSON object');
  switch (name) {
    case 'usage.json':
      return parseEntry(text, reader) === null ? miss(entryProblem(file)) : USED;
    case 'usage.lock':
      return typeof file.blocked_until === 'number' ? USED : unusable(name, 'no blocked_until');
    case 'statusline.json':
      if (reportedWindows === null) return ignored('this provider has no status line');
      if (parseSessionReports(text, now, reportedWindows) !== null) return USED;
      return miss(versionProblem(file, SESSION_REPORTS_SCHEMA) ?? 'its numbers cannot be read');
    case 'counts.json':
      return parseCounts(text) === null ? miss('its counts cannot be read') : USED;
    case 'after.json':
      return Array.isArray(file.outputs) ? (versioned(file, 1) ?? USED) : miss('no outputs');
    case 'identity.json':
      return typeof file.trace === 'string' ? USED : miss('no fingerprint (`trace`)');
    case 'keychain.json':
      return typeof file.checked_at === 'number' ? USED : miss('no checked_at');
    default:
      // Files of transcripts: what is in them is validated by the scan that reads them.
      return USED;
  }
}

/** A file with a text that is not of this program. As `usage.lock` it is a lock all the same. */
function unusable(name: string, reason: string): Judged {
  return name === 'usage.lock'
    ? ignored(`${reason}: a foreign lock, which blocks for 30 s from its time`)
    : miss(reason);
}

function versioned(file: Record<string, unknown>, version: number): Judged | null {
  const problem = versionProblem(file, version);
  return problem === null ? null : miss(problem);
}

function versionProblem({ schema_version: found }: Record<string, unknown>, version: number): string | null {
  if (found === version) return null;
  return typeof found === 'number'
    ? `schema_version ${found}, and ${version} is read`
    : `no schema_version ${version}`;
}

/** Why an entry cannot be used. */
function entryProblem(file: Record<string, unknown>): string {
  const version = versionProblem(file, SCHEMA_VERSION);
  if (version !== null) return version;
  if (parseTime(file.cached_at) === null) return 'no readable cached_at';
  return 'neither data nor a known error code';
}

function objectOf(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function leftover({ now }: System, { ctimeMs }: import('node:fs').Stats): Judged {
  return ageOf(ctimeMs, now()) > LEFTOVER_MS
    ? litter('a temporary file that a killed process has left')
    : { verdict: 'used', reason: 'a temporary file, perhaps being written' };
}

/** A file as it is, without following a link; why it is not examined further, in words. */
export function examine({ fs, uid }: System, path: string): import('node:fs').Stats | string {
  try {
    const stat = fs.lstatSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return 'removed meanwhile';
    return uid !== null && stat.uid !== uid ? `belongs to user ${stat.uid}` : stat;
  } catch {
    return 'cannot be examined';
  }
}

/** Checks the files beside the accounts: the tag, the notes of the clean-up, the pointers. */
export function verifyRoot(system: System, root: string): Finding[] {
  const findings: Finding[] = [];
  const check = (name: string, judge: (text: string) => Judged): void => {
    const path = `${root}${SEPARATOR}${name}`;
    const read = readOwnFile(system, path);
    if (read.kind === 'absent') return;
    findings.push({
      path,
      ...(read.kind === 'file' ? judge(read.text) : ignored('no readable file of the user')),
    });
  };
  check(TAG_NAME, (text) => (text.includes('usageline') ? USED : ignored('of another program')));
  check(UPKEEP_NAME, (text) => (isUpkeep(text) ? USED : miss('its notes cannot be read')));
  const directory = pointerDirectory(root);
  if (typeof examine(system, directory) === 'string' || isLink(system, directory)) return findings;
  for (const name of namesIn(system.fs, directory, Number.POSITIVE_INFINITY).sort()) {
    const path = `${directory}${SEPARATOR}${name}`;
    findings.push({ path, ...judgePointer(system, root, path, name) });
  }
  return findings;
}

function isLink({ fs }: System, path: string): boolean {
  return fs.lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

function judgePointer(system: System, root: string, path: string, name: string): Judged {
  const stat = examine(system, path);
  if (typeof stat === 'string') return ignored(stat);
  if (isTemporaryName(name) && !stat.isDirectory()) return leftover(system, stat);
  const target = pointerTarget(system, path);
  if (target === null)
    return ignored(
      stat.size > MAX_FILE_BYTES || !stat.isFile() ? 'no regular file' : 'no name of an account',
    );
  const leadsSomewhere = system.fs.lstatSync(`${root}${SEPARATOR}${target}`, { throwIfNoEntry: false });
  if (leadsSomewhere !== undefined || ageOf(stat.mtimeMs, system.now()) < LEFTOVER_MS) return USED;
  return litter('names a directory that does not exist');
}
