import type { System } from '../../../platform/system.ts';
import { DAY, MINUTE } from '../../../usage/time.ts';
import { emptyArchive, encodeArchive, readArchive } from './archive.ts';
import { unread } from './file.ts';
import { enter, messages, settle } from './ledger.ts';
import type { Ledger } from './ledger.ts';
import type { Message, TokenEstimate } from './model.ts';
import { readNews, updated } from './news.ts';
import { NOTHING_SINCE, readJournal, serializeJournal, stateWith } from './journal.ts';
import { besideState, goOn } from './read-on.ts';
import { realRoots } from './roots.ts';
import { isAsRead, scan, SETTLED } from './scan.ts';
import type { Folder, Found } from './scan.ts';
import { readState, serializeState } from './state.ts';
import type { State } from './state.ts';
import { estimateOf, sumsOf } from './sums.ts';
import type { Sums } from './sums.ts';
import { count, emptyTally, expire, isExact, KEPT } from './tally.ts';
import type { Tally } from './tally.ts';
import { watchOf } from './watch.ts';

export interface TranscriptOptions {
  /** Folders that transcripts are below, see `transcriptRoots`. */
  readonly roots: readonly string[];
  /** `transcripts.json` in the account's cache directory; `.bin` and `.new` are beside it. Null: keep nothing. */
  readonly statePath: string | null;
  /** When to stop, in ms of the monotonic clock. What is left is done next time. */
  readonly deadline: number;
  /** Look at every file. Otherwise one in a large history that is rarely written may be noticed a minute late. */
  readonly thorough?: boolean;
  /** So many messages are kept beside the archive before it is written anew; a test has fewer. */
  readonly maxRecent?: number;
  /** So many folders and transcripts stand on a line of the state; a test has fewer. */
  readonly perLine?: number;
  /** Replaces a file atomically; an errno name when that failed. */
  readonly write: (path: string, content: string | Uint8Array) => string | null;
}

export interface TranscriptReading {
  /** Null when there are no transcripts at all: nothing is known then, which is not the same as no use. */
  readonly estimate: TokenEstimate | null;
  /** False when there was no time for everything: the estimate is too low, and the next call goes on. */
  readonly complete: boolean;
  /** An errno name when what was read could not be kept: the next call reads it again. */
  readonly failure: string | null;
}

/** Every folder is listed and every file looked at this often: an old transcript may be gone on with. */
const LIST_EVERY = MINUTE;
/** A line from further ahead than this will never count: no clock is that wrong. */
const MAX_AHEAD = DAY;
/** Writing the archive costs more the larger it is; what stands beside it is read at every change. */
const MAX_RECENT = 500;
/** So many are held in memory before they are put into columns. */
const MAX_HELD = 10_000;

/** So many folders and transcripts stand on a line of the state: what a call has time to look at besides. */
const PER_LINE = 256;

/** Counts the tokens of local transcripts: what is new is read, the rest is remembered. */
export function readTranscripts(system: System, options: TranscriptOptions): TranscriptReading {
  const { roots, statePath, deadline, write, maxRecent = MAX_RECENT } = options;
  const now = system.now();
  const real = realRoots(system, roots);
  if (statePath === null) return lookAgain(system, options, real, null, now);
  const journalPath = besideState(statePath, 'new');
  const journal = readJournal(system, journalPath, roots);
  if (journal !== null && options.thorough !== true) {
    const stop = () => system.monotonic() >= deadline;
    const kept = (message: Message) => isKept(message, now);
    const read = goOn(system, journal, { statePath, real, now, stop, isKept: kept, maxRecent });
    if (read !== null) {
      const failure = read.journal === null ? null : write(journalPath, read.journal);
      return { estimate: read.estimate, complete: true, failure };
    }
  }
  const state = readState(system, statePath, roots);
  return lookAgain(system, options, real, state && stateWith(state, journal), now);
}

function lookAgain(
  system: System,
  options: TranscriptOptions,
  real: readonly string[],
  state: State | null,
  now: number,
): TranscriptReading {
  const stop = () => system.monotonic() >= options.deadline;
  const late = state === null || now < state.listedAt || now - state.listedAt >= LIST_EVERY;
  const thorough = late || options.thorough === true;
  const seen = scan(system, real, state?.folders ?? new Map(), now, thorough, stop);
  const listedAt = thorough && seen.complete ? now : (state?.listedAt ?? 0);
  const books = openBooks(system, options, state, now);
  const news = books.voided ? seen.found.map(fromStart) : seen.found.filter((found) => isNews(found, state));
  const read = readNews(system, news, stop, (message) => note(books, message, now));
  const complete = seen.complete && read.complete;
  const folders = updated(seen.folders, read.files, books.voided);
  const { roots } = options;
  const about = { roots, real, lookedAt: now, listedAt, complete };
  const known = books.tally.buckets.size > 0 || real.some((root) => folders.has(root));
  const sums = sumsOf(books.tally, now);
  const failure = known || state !== null ? save(options, books, about, folders, sums, now) : null;
  return { estimate: known ? estimateOf(sums, now) : null, complete, failure };
}

/** Whether there may be something new in a file. What was written in the moment of the last look may be. */
function isNews({ file, stat }: Found, state: State | null): boolean {
  return !isAsRead(file, stat) || stat.mtimeMs >= (state?.lookedAt ?? 0) - SETTLED;
}

function fromStart(found: Found): Found {
  return { ...found, file: unread(found.file.name) };
}

interface Books extends Ledger {
  tally: Tally;
  /** Checksum of the archive on disk that `archive` is; null: it is on no disk. */
  checksum: number | null;
  /** They do not go with what is known of the files, which are therefore to be read again. */
  readonly voided: boolean;
  changed: boolean;
}

/**
 * What is remembered. An archive that does not go with the state (somebody else has written it, or somebody died
 * between the two) is still true as far as it goes: what it lacks is found by reading everything again.
 */
function openBooks(system: System, options: TranscriptOptions, state: State | null, now: number): Books {
  const path = options.statePath === null ? null : besideState(options.statePath, 'bin');
  const read = path === null ? null : readArchive(system, path, options.roots);
  const checksum = read?.checksum ?? null;
  const voided = state === null || state.archive !== checksum;
  const recent = new Map(voided ? [] : state.recent.map((message) => [message.key, message] as const));
  const block = state?.tally.block ?? null;
  const fresh = voided || !isExact(state.tally, now);
  const tally = fresh ? emptyTally(now, block) : state.tally;
  const books = { archive: read?.archive ?? emptyArchive(), recent, tally, checksum, voided, changed: fresh };
  if (fresh) for (const message of messages(books)) if (isKept(message, now)) count(tally, now, message, 1);
  return books;
}

function isKept({ lastAt }: Message, now: number): boolean {
  return lastAt >= now - KEPT && lastAt <= now + MAX_AHEAD;
}

function note(books: Books, message: Message, now: number): void {
  if (!isKept(message, now)) return;
  const change = enter(books, message);
  if (change === null) return;
  books.changed = true;
  if (change.before) count(books.tally, now, change.before, -1);
  count(books.tally, now, change.after, 1);
  if (books.recent.size > MAX_HELD) putAway(books, now);
}

function putAway(books: Books, now: number): void {
  settle(books, now - KEPT);
  books.checksum = null;
}

/**
 * The archive first: should we die in between, the state does not go with it and all is read again. The other
 * way round it would claim that messages are counted which nobody remembers. The journal last: until then the one that
 * there is names another state.
 */
function save(
  { statePath, write, maxRecent = MAX_RECENT, perLine = PER_LINE }: TranscriptOptions,
  books: Books,
  about: Omit<State, 'id' | 'archive' | 'tally' | 'recent' | 'folders'>,
  folders: ReadonlyMap<string, Folder>,
  sums: Sums,
  now: number,
): string | null {
  expire(books.tally, now);
  if (statePath === null) return null;
  if (books.recent.size > maxRecent) putAway(books, now);
  if (books.checksum === null && books.archive.keys.length > 0) {
    const { bytes, checksum } = encodeArchive(books.archive, about.roots);
    const failure = write(besideState(statePath, 'bin'), bytes);
    if (failure !== null) return failure;
    books.checksum = checksum;
  }
  // By a clock that is far behind all are ahead of it: nobody would read them again once it is right.
  const recent = [...books.recent.values()].filter(({ lastAt }) => lastAt >= now - KEPT);
  const lines = linesOf(folders, perLine);
  const state = { ...about, archive: books.checksum, tally: books.tally, recent };
  const { id: base, text, lengths } = serializeState(state, lines);
  const failure = write(statePath, text);
  if (failure !== null || !about.complete) return failure;
  const { roots, real, lookedAt, listedAt } = about;
  const watch = watchOf(lines, real);
  const head = {
    base,
    lengths,
    baseLookedAt: lookedAt,
    roots,
    real,
    lookedAt,
    listedAt,
    round: null,
    sums,
    watch,
  };
  return write(besideState(statePath, 'new'), serializeJournal(head, NOTHING_SINCE));
}

/** The folders line by line, in the order in which they were found. */
function linesOf(folders: ReadonlyMap<string, Folder>, perLine: number): Map<string, Folder>[] {
  const lines: Map<string, Folder>[] = [new Map()];
  let size = 0;
  for (const [path, folder] of folders) {
    const its = 1 + folder.files.length;
    if (size > 0 && size + its > perLine) {
      lines.push(new Map());
      size = 0;
    }
    size += its;
    lines.at(-1)!.set(path, folder);
  }
  return lines;
}
