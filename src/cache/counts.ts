import { SEPARATOR } from '../platform/paths.ts';
import type { System } from '../platform/system.ts';
import { isoTime, parseTime } from '../usage/time.ts';
import { isObject } from '../usage/values.ts';
import type { AccountDirectory } from './directory.ts';
import { readOwnFile } from './own-files.ts';
import { replaceFile } from './replace-file.ts';

/*
 * `counts.json`: how the refreshes of an account ended. It is written by the process that holds the mutex, so no two
 * processes count at once, and it costs a call that finds fresh numbers nothing. Hits are not counted: a process that prints
 * a prerendered line writes nothing, and most systems do not keep the times at which files are read.
 */

const SCHEMA_VERSION = 1;
const NAME = 'counts.json';

/** How a refresh ended: one event for each. */
export type RefreshEnd =
  /** A request was sent and answered with numbers. */
  | 'answered'
  /** A request was sent and failed. */
  | 'failed'
  /** No request was sent: without credentials, or for a fault on this machine. */
  | 'unsent'
  /** No request was needed: another process or the provider's client had just stored numbers, or the token was the same. */
  | 'shared'
  /** The budget allowed no request. */
  | 'refused';

/** How often refreshes ended in each way. */
export interface Counts {
  /** When counting began, epoch ms. */
  readonly since: number;
  readonly ends: Readonly<Record<RefreshEnd, number>>;
}

const NONE: Counts['ends'] = { answered: 0, failed: 0, unsent: 0, shared: 0, refused: 0 };

/** The counts of an account; null where nothing was counted, or the file cannot be used. */
export function readCounts(system: System, directory: Pick<AccountDirectory, 'path'>): Counts | null {
  const read = readOwnFile(system, pathIn(directory));
  return read.kind === 'file' ? parseCounts(read.text) : null;
}

/** Parses the text of `counts.json`; null when it is broken. */
export function parseCounts(text: string): Counts | null {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(file) || file.schema_version !== SCHEMA_VERSION) return null;
  const since = parseTime(file.since);
  const refreshes = file.refreshes;
  if (since === null || !isObject(refreshes)) return null;
  const ends = Object.keys(NONE).map((end) => [end, countOr0(refreshes[end])]);
  return { since, ends: Object.fromEntries(ends) as Counts['ends'] };
}

/** Counts a refresh. The caller holds the mutex. A failed write loses the count. */
export function countRefresh(system: System, directory: AccountDirectory, end: RefreshEnd): void {
  const { since, ends } = readCounts(system, directory) ?? { since: system.now(), ends: NONE };
  const file = {
    schema_version: SCHEMA_VERSION,
    since: isoTime(since),
    refreshes: { ...ends, [end]: ends[end] + 1 },
  };
  replaceFile(system, pathIn(directory), `${JSON.stringify(file)}\n`);
}

function pathIn({ path }: Pick<AccountDirectory, 'path'>): string {
  return `${path}${SEPARATOR}${NAME}`;
}

function countOr0(value: unknown): number {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : 0;
}
