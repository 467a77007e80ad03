import { SEPARATOR } from '../platform/paths.ts';
import type { System } from '../platform/system.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../usage/time.ts';
import { isObject } from '../usage/values.ts';
import { provesAccount } from './is-account.ts';
import { namesIn, takeStep } from './list.ts';
import type { Steps } from './list.ts';
import { isLinesName, isPacingName, isWrittenName, providerOfName, UPKEEP_NAME } from './names.ts';
import { mayWriteIn, readOwnFile, removeOwnFile, setOwnFileTime } from './own-files.ts';
import { pointerDirectory, pointerTarget } from './pointer.ts';
import { replaceFile } from './replace-file.ts';
import { sizeOfAccount, statOwn } from './sizes.ts';

/*
 * Removes the accounts that have not been used for 90 days, and keeps the cache under its size. The worker calls this
 * after its request. A run does a bounded amount of work, whatever has piled up, and notes in `usageline.upkeep` where the
 * next one goes on: so it takes the accounts in turn, in the order of their names.
 */

/** Age after which an unused account is removed, ms. */
const UNUSED_MS = 90 * DAY;
/**
 * An account that was used since then keeps its backoff and its record of requests, ms: no backoff is longer, and the cache
 * being full must not allow more requests.
 */
const PACED_MS = DAY;
/** An account that was used since then is in use, and loses nothing, ms. */
const IN_USE_MS = HOUR;

/** How many steps a run takes at most, and how many accounts and pointers it examines. */
export const RUN_LIMITS = { steps: 5000, accounts: 100, pointers: 100 } as const;
/** The pause after a run that has left something to do, and after one that has not, ms. */
const NEXT_MS = 5 * MINUTE;
const PAUSE_MS = HOUR;
/** How many accounts the notes have at most: the file stays under the size that is read. */
const MAX_RECORDS = 15_000;

/** What a run is about. */
export interface SweepOptions {
  /** The ids of all providers: directories with other names are not of the cache. */
  readonly providers: readonly string[];
  /** The names of the directories that this process uses. */
  readonly inUse: readonly string[];
  /** The size that the cache may have, bytes. */
  readonly maxBytes: number;
}

/** What a run has done. */
export interface Swept {
  /** The names of the directories that are gone. */
  readonly removed: readonly string[];
  /** Of those that have lost everything but backoff and budget. */
  readonly emptied: readonly string[];
  /** The steps that were taken. */
  readonly steps: number;
  /** Whether the next run has something to do. */
  readonly more: boolean;
}

/** What is known of an account: its size in bytes, and its last use, epoch ms. */
interface Measured {
  readonly bytes: number;
  readonly usedAt: number;
}

/** Which files of an account are removed. `numbers`: all but backoff, record of requests and mutex. */
type Fate = 'all' | 'numbers' | 'nothing';

interface Upkeep {
  readonly records: Map<string, Measured>;
  /** The account and the pointer that were examined last; null at the begin of a round. */
  readonly after: string | null;
  readonly pointerAfter: string | null;
}

/** Takes one run. Null where none is due, or where other users can exchange files. */
export function sweepAccounts(system: System, root: string, options: SweepOptions): Swept | null {
  if (!isDue(system, root) || !mayWriteIn(system, root)) return null;
  const { fs } = system;
  const upkeep = readUpkeep(system, root);
  // Noted before the work, so that another worker does not do the same, and a run that is killed is not repeated at once.
  if (!postpone(system, root)) writeUpkeep(system, root, upkeep, NEXT_MS);

  const steps: Steps = { left: RUN_LIMITS.steps };
  const ids = new Set(options.providers);
  const inUse = new Set(options.inUse);
  const names = namesIn(fs, root)
    .filter((name) => providerOfName(name, ids) !== null)
    .sort();
  const listed = new Set(names);
  const records = new Map([...upkeep.records].filter(([name]) => listed.has(name)));
  const removed: string[] = [];
  const emptied: string[] = [];
  const now = system.now();

  /** Examines an account, and removes what `fateOf` says of its last use. Returns false where the steps ran out. */
  const visit = (name: string, fateOf: (usedAt: number) => Fate): boolean => {
    const path = `${root}${SEPARATOR}${name}`;
    if (!takeStep(steps)) return false;
    const size = sizeOfAccount(system, path, steps);
    if (size === null || !provesAccount(system, path)) {
      records.set(name, { bytes: 0, usedAt: now });
      return true;
    }
    const fate = inUse.has(name) ? 'nothing' : fateOf(size.usedAt);
    records.set(name, size);
    if (fate === 'nothing') return steps.left > 0 || size.complete;
    const end = removeFrom(system, path, size.usedAt, fate === 'numbers', steps);
    if (end === 'unfinished') return false;
    if (end === 'gone') {
      removed.push(name);
      records.delete(name);
    } else if (fate === 'numbers') emptied.push(name);
    if (end === 'kept') records.set(name, { bytes: 0, usedAt: size.usedAt });
    return true;
  };

  const turn = afterName(names, upkeep.after).slice(0, RUN_LIMITS.accounts);
  let { after } = upkeep;
  let finished = true;
  for (const name of turn) {
    if (!visit(name, (usedAt) => (now - usedAt > UNUSED_MS ? 'all' : 'nothing'))) {
      finished = false;
      break;
    }
    after = name;
  }

  // Which one was used least recently is known only after all have been measured.
  const known =
    names.every((name) => records.has(name) || removed.includes(name)) || names.length > MAX_RECORDS;
  let ranOut = !finished;
  if (known && finished) {
    let total = [...records.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    const leastRecent = [...records].sort(([, one], [, other]) => one.usedAt - other.usedAt);
    const byAge = (since: number, fate: Fate) => (usedAt: number) =>
      now - usedAt > since ? fate : 'nothing';
    for (const fateOf of [byAge(PACED_MS, 'all'), byAge(IN_USE_MS, 'numbers')]) {
      for (const [name] of leastRecent) {
        const before = records.get(name);
        if (ranOut || total <= options.maxBytes) break;
        if (before === undefined || fateOf(before.usedAt) === 'nothing' || emptied.includes(name)) continue;
        ranOut = !visit(name, fateOf);
        total += (records.get(name)?.bytes ?? 0) - before.bytes;
      }
    }
  }
  const pointerAfter = sweepPointers(system, root, upkeep.pointerAfter, steps);
  const isRound = finished && (turn.length === names.length || after === names.at(-1));
  const more = ranOut || !isRound;
  writeUpkeep(
    system,
    root,
    { records, after: isRound ? null : after, pointerAfter },
    more ? NEXT_MS : PAUSE_MS,
  );
  return { removed, emptied, steps: RUN_LIMITS.steps - steps.left, more };
}

/** The names in their turn: those behind `after`, then the others. */
function afterName(names: readonly string[], after: string | null): readonly string[] {
  if (after === null) return names;
  const index = names.findIndex((name) => name > after);
  return index < 0 ? names : [...names.slice(index), ...names.slice(0, index)];
}

/**
 * Removes what the program has written into an account's directory, what is large first, and the directory when nothing
 * else is in it.
 *
 * @param usedAt the time of the last use, epoch ms: a removal that is not finished must not look like a use
 * @param keepsPacing backoff, budget and mutex stay
 */
function removeFrom(
  system: System,
  path: string,
  usedAt: number,
  keepsPacing: boolean,
  steps: Steps,
): 'gone' | 'kept' | 'unfinished' {
  const { fs } = system;
  const names = namesIn(fs, path).filter(isWrittenName);
  const order = names
    .filter((name) => !keepsPacing || !isPacingName(name))
    .sort((one, other) => rankOf(one) - rankOf(other));
  let end: 'gone' | 'kept' | 'unfinished' = 'kept';
  for (const name of order) {
    if (!removeWithin(system, `${path}${SEPARATOR}${name}`, isDirectoryName(name), steps)) {
      end = 'unfinished';
      break;
    }
  }
  if (end === 'kept' && !keepsPacing) {
    try {
      fs.rmdirSync(path);
      return 'gone';
    } catch {
      // It contains a file of another program.
    }
  }
  const lines = end === 'unfinished' ? names.filter(isLinesName) : [];
  for (const directory of [...lines.map((name) => `${path}${SEPARATOR}${name}`), path]) {
    try {
      if (statOwn(system, directory)?.isDirectory()) setOwnFileTime(system, directory, usedAt / SECOND);
    } catch {
      // Its time stays that of the removal, so the rest is removed only once it is as old again.
    }
  }
  return end;
}

/** What is removed later has a higher rank: what paces requests, and what proves that the directory is an account's. */
function rankOf(name: string): number {
  if (name === 'usage.lock') return 3;
  if (isPacingName(name)) return 2;
  return name === 'usage.json' ? 1 : 0;
}

/** Whether the program gives this name to a directory. */
function isDirectoryName(name: string): boolean {
  return isLinesName(name) || name === 'refresh.mutex';
}

/**
 * Removes a file or a link of the user; a directory with the files in it.
 *
 * @returns false where the steps ran out. What cannot be removed stays
 */
function removeWithin(system: System, path: string, mayBeDirectory: boolean, steps: Steps): boolean {
  if (!takeStep(steps)) return false;
  try {
    const stat = statOwn(system, path);
    if (stat === null) return true;
    if (!stat.isDirectory()) {
      removeOwnFile(system, path);
      return true;
    }
    if (!mayBeDirectory || !mayWriteIn(system, path)) return true;
    for (const name of namesIn(system.fs, path)) {
      if (!removeWithin(system, `${path}${SEPARATOR}${name}`, false, steps)) return false;
    }
    system.fs.rmdirSync(path);
  } catch {
    // Another process has removed it, or it cannot be removed.
  }
  return true;
}

/** Removes pointers to directories that are gone. Returns the last one that was examined; null at the end. */
function sweepPointers(system: System, root: string, after: string | null, steps: Steps): string | null {
  const directory = pointerDirectory(root);
  if (!mayWriteIn(system, directory)) return null;
  const names = namesIn(system.fs, directory).sort();
  const index = after === null ? 0 : names.findIndex((name) => name > after);
  const turn = index < 0 ? [] : names.slice(index, index + RUN_LIMITS.pointers);
  for (const [at, name] of turn.entries()) {
    if (!takeStep(steps)) return turn[at - 1] ?? after;
    const path = `${directory}${SEPARATOR}${name}`;
    const target = pointerTarget(system, path);
    const stat = target === null ? null : statOwn(system, path);
    // A process that writes a pointer has made the directory, unless it is killed in between.
    if (stat === null || system.now() - stat.mtimeMs < HOUR) continue;
    try {
      if (system.fs.lstatSync(`${root}${SEPARATOR}${target}`, { throwIfNoEntry: false }) === undefined)
        removeOwnFile(system, path);
    } catch {
      // It stays: a pointer to nothing does no harm.
    }
  }
  return index + turn.length >= names.length ? null : (turn.at(-1) ?? null);
}

/** Whether a run is due: the time of the notes is that of the next one. */
function isDue(system: System, root: string): boolean {
  const stat = statOwn(system, upkeepFile(root));
  const left = (stat?.mtimeMs ?? 0) - system.now();
  return left <= 0 || left > 2 * PAUSE_MS;
}

/** Moves the next run into the future. Returns false where there are no notes. */
function postpone(system: System, root: string): boolean {
  try {
    setOwnFileTime(system, upkeepFile(root), (system.now() + NEXT_MS) / SECOND);
    return true;
  } catch {
    return false;
  }
}

function upkeepFile(root: string): string {
  return `${root}${SEPARATOR}${UPKEEP_NAME}`;
}

const SCHEMA_VERSION = 1;

/** Reads `usageline.upkeep`; a broken one counts as absent, so the round begins anew. */
function readUpkeep(system: System, root: string): Upkeep {
  return (
    parseUpkeep(readOwnFile(system, upkeepFile(root))) ?? {
      records: new Map(),
      after: null,
      pointerAfter: null,
    }
  );
}

/** Whether a text is one of `usageline.upkeep` that is used. */
export function isUpkeep(text: string): boolean {
  return parseUpkeep({ kind: 'file', text }) !== null;
}

function parseUpkeep(read: { readonly kind: string; readonly text?: string }): Upkeep | null {
  try {
    const file: unknown = read.kind === 'file' ? JSON.parse(read.text ?? '') : null;
    if (!isObject(file) || file.schema_version !== SCHEMA_VERSION || !isObject(file.accounts)) return null;
    const records = new Map<string, Measured>();
    for (const [name, value] of Object.entries(file.accounts)) {
      const [bytes, usedAt] = Array.isArray(value) ? (value as unknown[]) : [];
      if (isCount(bytes) && isCount(usedAt)) records.set(name, { bytes, usedAt: usedAt * SECOND });
    }
    return { records, after: textOrNull(file.after), pointerAfter: textOrNull(file.pointer_after) };
  } catch {
    return null;
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function writeUpkeep(
  system: System,
  root: string,
  { records, after, pointerAfter }: Upkeep,
  waitMs: number,
): void {
  const latest = [...records].sort(([, one], [, other]) => one.usedAt - other.usedAt).slice(0, MAX_RECORDS);
  const accounts = Object.fromEntries(
    latest.map(([name, { bytes, usedAt }]) => [name, [bytes, Math.floor(usedAt / SECOND)]]),
  );
  const file = {
    schema_version: SCHEMA_VERSION,
    written_by: 'usageline',
    after,
    pointer_after: pointerAfter,
    accounts,
  };
  const mtimeMs = system.now() + waitMs;
  replaceFile(system, upkeepFile(root), `${JSON.stringify(file)}\n`, { mtimeMs });
}
