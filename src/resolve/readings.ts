import { readBackoffLock } from '../cache/backoff-lock.ts';
import { ensureDirectory } from '../cache/directory.ts';
import type { AccountDirectory } from '../cache/directory.ts';
import { readEntry } from '../cache/entry.ts';
import type { Entry } from '../cache/entry.ts';
import { readReadings, serializeReadings } from '../cache/readings.ts';
import { traceOf } from '../cache/ready.ts';
import { replaceLightly } from '../cache/replace.ts';
import type { Identity } from '../fetch/provider.ts';
import type { ProviderDescriptor } from '../fetch/providers.ts';
import type { System } from '../system.ts';
import { answerOf } from '../usage/merge.ts';
import { countReport, NO_READINGS, reportedAt, underLogin } from '../usage/readings.ts';
import type { Login } from '../usage/readings.ts';
import { READ_WINDOWS } from '../usage/session.ts';
import type { ReadWindow, Report } from '../usage/session.ts';
import { lacksLogin } from './context.ts';
import type { ResolveDeps, Sources } from './context.ts';
import { accountKey, identityOf, matchAccount, matchAccountKey } from './identity.ts';
import type { Places } from './places.ts';

/** Fifty sessions can write at once, and the last one wins: the others try again, but not for ever. */
const MAX_TURNS = 4;

/** What was written, with what it was made from. */
export interface Kept extends Sources {
  /** Traces of the two files as they were then. */
  readonly traces: string;
}

/** What became of a report. */
export interface ReportOutcome {
  /** Null when nothing was written. */
  readonly kept: Kept | null;
  /** When the session's numbers were right, epoch ms. */
  readonly reportedAt: number;
  /** The session belongs to another login than the cache: its numbers are for its own line alone. */
  readonly foreign: boolean;
}

/**
 * Takes a session's report into `statusline.json` when it is news, or when the credentials were rewritten. A number
 * that cannot be kept does not count: it would be news at every call, however old it is.
 */
export function keepReport(
  { system, provider, settings }: Pick<ResolveDeps, 'system' | 'provider' | 'settings'>,
  { cache }: Pick<Places, 'cache'>,
  report: Report,
  stamp: string | null,
): ReportOutcome {
  const foreign = provider.isForeignSession(system, () => stamp);
  if (cache === null || foreign || !hasNumbers(report))
    return { kept: null, reportedAt: system.now(), foreign };
  let identity: Identity | null = null;
  const signedIn = () => (identity ??= identityOf(system, provider, cache));
  let heard: ReportOutcome | null = null;
  for (let turn = 0; turn < MAX_TURNS; turn += 1) {
    // Still as it was written: no other process has written at the same time.
    if (heard?.kept && heard.kept.traces === tracesOf(system, cache)) return heard;
    const now = system.now();
    const onDisk = readReadings(system, cache.readings, now);
    const same = onDisk.credentials === stamp && onDisk !== NO_READINGS;
    const known = same
      ? onDisk
      : underLogin(onDisk, loginOf(system, provider, stamp, onDisk.account, signedIn));
    const entry = traced(system, cache.entry);
    const stored = readEntry(system, cache.entry);
    const answered =
      stored.kind === 'entry' && isOf(stored.entry, stamp, signedIn, now) ? stored.entry : null;
    const answers = (name: ReadWindow) =>
      answered?.data ? answerOf(answered.data, name, answered.cachedAt) : null;
    const lock = readBackoffLock(system, cache.lock, now);
    const canAsk = settings.network && !lacksLogin(lock, now, stamp);
    const next = countReport(known, report, answers, { now, canAsk });
    const at: number = heard?.reportedAt ?? reportedAt(known.sessions.get(report.session), report, now);
    if (next.readings === onDisk) return heard ?? { kept: null, reportedAt: at, foreign: next.foreign };
    const readings = write(system, cache, serializeReadings(next.readings));
    if (readings === null) return { kept: null, reportedAt: now, foreign: next.foreign };
    const kept = { stored, readings: next.readings, traces: `${entry} ${readings}` };
    heard = { kept, reportedAt: at, foreign: next.foreign };
  }
  return heard ?? { kept: null, reportedAt: system.now(), foreign: false };
}

/** Whether an answer is of the login under which reports are counted, and not from the future. */
function isOf(entry: Entry, stamp: string | null, signedIn: () => Identity, now: number): boolean {
  if (entry.cachedAt > now) return false;
  if (entry.credentials === stamp) return true;
  const match = matchAccount(entry, signedIn);
  return match === 'same' || match === 'unknown';
}

function hasNumbers({ windows, spend }: Report): boolean {
  return spend !== null || READ_WINDOWS.some((name) => windows[name] !== null);
}

/** @param known the account of the readings, as they were kept */
function loginOf(
  system: System,
  provider: ProviderDescriptor,
  stamp: string | null,
  known: string | null,
  signedIn: () => Identity,
): Login {
  const written = provider.credentialFiles(system).flatMap((path) => {
    try {
      return system.fs.statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? [];
    } catch {
      return [];
    }
  });
  const writtenAt = written.length > 0 ? Math.min(Math.max(...written), system.now()) : null;
  const match = matchAccountKey(known, signedIn);
  const same = match === 'same' || match === 'unknown';
  return { stamp, account: accountKey(signedIn()), same, writtenAt };
}

/** Whether what was kept is still what is on disk. */
export function isAsKept(system: System, { cache }: Pick<Places, 'cache'>, { traces }: Kept): boolean {
  return cache !== null && tracesOf(system, cache) === traces;
}

function tracesOf(system: System, { entry, readings }: AccountDirectory): string {
  return `${traced(system, entry)} ${traced(system, readings)}`;
}

/** As `traceOf`, and a word for what cannot be looked at. */
function traced(system: System, path: string): string {
  try {
    return traceOf(system, path);
  } catch {
    return 'unseen';
  }
}

/** @returns the trace of the file that was written; null when it could not be */
function write(system: System, cache: AccountDirectory, text: string): string | null {
  let trace: string | null = null;
  const replaced = () =>
    replaceLightly(system, cache.readings, text, null, (temporary) => {
      trace = traced(system, temporary);
    });
  // The directory is there, as a rule.
  if (replaced() || (ensureDirectory(system, cache) === null && replaced())) return trace;
  return null;
}
