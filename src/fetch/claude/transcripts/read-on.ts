import { sep } from 'node:path';
import type { System } from '../../../platform/system.ts';
import { MINUTE } from '../../../usage/time.ts';
import { openArchive } from './archive-search.ts';
import { MAX_CHANGES, serializeJournal } from './journal.ts';
import type { Head, Journal, Since } from './journal.ts';
import { changeOf } from './ledger.ts';
import type { Change } from './ledger.ts';
import type { Message, TokenEstimate } from './model.ts';
import { readNews } from './news.ts';
import type { NewsRead } from './news.ts';
import { isAsRead, lookInto, SETTLED } from './scan.ts';
import type { Folder, Found } from './scan.ts';
import { openState } from './state.ts';
import type { OpenState, RecentSearch } from './state.ts';
import { estimateOf, holds, sumsWith } from './sums.ts';
import type { Sums } from './sums.ts';
import { look, watchWith } from './watch.ts';
import type { WatchedFolder } from './watch.ts';

export interface ReadOn {
  readonly estimate: TokenEstimate;
  /** What to write; null when there is nothing to be remembered. */
  readonly journal: string | null;
}

export interface Conditions {
  readonly statePath: string;
  /** Where the roots really are. */
  readonly real: readonly string[];
  /** Epoch ms. */
  readonly now: number;
  stop(): boolean;
  /** Whether a message is one to be remembered. */
  isKept(message: Message): boolean;
  /** So many may stand beside the archive before it is written anew. */
  readonly maxRecent: number;
}

/** What is not watched is looked at this often, a line of the state at each call: a transcript may be gone on with. */
const LOOK_EVERY = MINUTE;
/** More new bytes than these are read with everything in memory. */
const MOST_BYTES = 1024 * 1024;

/**
 * Goes on from the journal, with nothing in memory but what that takes: looks at what is watched, at one line of
 * folders where it is time for that, and reads what is new. Null when it is not to be had like that: then everything
 * is looked at.
 */
export function goOn(system: System, journal: Journal, conditions: Conditions): ReadOn | null {
  const { head } = journal;
  const { statePath, real, now } = conditions;
  const sameRoots =
    real.length === head.real.length && real.every((root, index) => root === head.real[index]);
  if (!sameRoots || now < head.lookedAt || now < head.listedAt || !holds(head.sums, now)) return null;
  const state = openState(system, statePath, head.base, head.lengths);
  if (state === null) return null;
  try {
    return goOnFrom(system, journal, state, conditions);
  } catch {
    // A line of the state, or a block of the archive, is not as it was written.
    return null;
  } finally {
    state.close();
  }
}

function goOnFrom(system: System, journal: Journal, state: OpenState, conditions: Conditions): ReadOn | null {
  const { head } = journal;
  const { now } = conditions;
  const seen = look(system, head.watch, head.lookedAt);
  if (seen === null) return null;
  const round = head.round ?? (now - head.listedAt >= LOOK_EVERY ? { startedAt: now, line: 0 } : null);
  if (seen.folders.length === 0 && seen.news.length === 0 && round === null) {
    return { estimate: estimateOf(head.sums, now), journal: null };
  }
  const since = journal.since();
  if (since === null) return null;
  const more = lookFurther(system, head, since, state, seen.folders, round?.line ?? null, now);
  if (more === null) return null;
  const news = [...seen.news, ...more.news];
  const read = news.length === 0 ? null : readIn(system, news, head, since, state.recent(), conditions);
  if (news.length > 0 && read === null) return null;
  const sums = read?.sums ?? head.sums;
  const watch = watchWith({ ...head.watch, folders: more.folders }, read?.files ?? new Map());
  const over = round !== null && round.line + 3 >= head.lengths.length;
  const made: Head = {
    ...head,
    lookedAt: now,
    listedAt: over ? round.startedAt : head.listedAt,
    round: over || round === null ? null : { ...round, line: round.line + 1 },
    sums,
    watch,
  };
  const changed = round !== null || more.changed || read?.changed;
  return {
    estimate: estimateOf(sums, now),
    journal: changed ? serializeJournal(made, read?.since ?? journal.rest) : null,
  };
}

interface Further {
  readonly news: readonly Found[];
  /** All that are watched, as they are now. */
  readonly folders: readonly WatchedFolder[];
  readonly changed: boolean;
}

/**
 * Lists folders anew: those of which names may have changed, and all on a line of the state. Null when one is gone,
 * or has a folder in it that nobody knows.
 */
function lookFurther(
  system: System,
  { watch, baseLookedAt }: Head,
  since: Since,
  state: OpenState,
  changed: readonly WatchedFolder[],
  line: number | null,
  now: number,
): Further | null {
  const lines = new Map<number, Map<string, Folder>>();
  const foldersOn = (index: number) => {
    if (!lines.has(index)) lines.set(index, state.folders(index));
    return lines.get(index)!;
  };
  const paths = new Map(changed.map(({ path, line: index }) => [path, foldersOn(index).get(path)]));
  if (line !== null) for (const [path, folder] of foldersOn(line)) paths.set(path, folder);
  const watched = new Set(watch.files.map(({ folder, file }) => folder + sep + file.name));
  const news: Found[] = [];
  const times = new Map<string, number>();
  for (const [path, folder] of paths) {
    if (folder === undefined) return null;
    const files = folder.files.map((file) => since.files.get(path + sep + file.name) ?? file);
    const seen = lookInto(system, path, { ...folder, files }, now);
    if (seen === null) return null;
    times.set(path, seen.mtimeMs);
    for (const found of seen.live) {
      const { file, stat } = found;
      if (watched.has(path + sep + file.name)) continue;
      if (!isAsRead(file, stat) || stat.mtimeMs >= baseLookedAt - SETTLED) news.push(found);
    }
  }
  const folders = watch.folders.map((folder) => ({
    ...folder,
    mtimeMs: times.get(folder.path) ?? folder.mtimeMs,
  }));
  const differs = folders.some(({ mtimeMs }, index) => mtimeMs !== watch.folders[index]!.mtimeMs);
  return { news, folders, changed: differs };
}

interface NewsIn {
  readonly sums: Sums;
  readonly since: Since;
  readonly files: NewsRead['files'];
  readonly changed: boolean;
}

function isMuch(news: readonly Found[]): boolean {
  return news.reduce((bytes, { file, stat }) => bytes + stat.size - file.offset, 0) > MOST_BYTES;
}

/** What somebody else's rights keep from us is no reason to look at everything, at every call. */
function mayBeRead({ fs }: System, { folder, file }: Found): boolean {
  try {
    fs.accessSync(folder + sep + file.name, fs.constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** Reads what is new; null when it is too much of it, or nothing that is at the end of all that is known. */
function readIn(
  system: System,
  news: readonly Found[],
  head: Head,
  since: Since,
  recent: RecentSearch,
  { statePath, now, stop, isKept, maxRecent }: Conditions,
): NewsIn | null {
  if (isMuch(news) && isMuch(news.filter((one) => mayBeRead(system, one)))) return null;
  const { archive: checksum } = recent;
  const archive = checksum === null ? null : openArchive(system, besideState(statePath, 'bin'), checksum);
  if (checksum !== null && archive === null) return null;
  const all = new Map(since.changes);
  let sums: Sums | null = head.sums;
  let changed = false;
  const meet = (message: Message) => {
    if (!isKept(message) || sums === null) return;
    const { key } = message;
    const before = all.get(key);
    const base = before ? before.before : (recent.find(key) ?? archive?.find(key) ?? null);
    const change: Change | null = changeOf(before?.after ?? base, message);
    if (change === null) return;
    changed = true;
    sums = sumsWith(sums, change, now);
    all.set(key, { before: base, after: change.after });
  };
  let read: NewsRead;
  try {
    read = readNews(system, news, () => sums === null || stop(), meet);
  } finally {
    archive?.close();
  }
  if (sums === null || !read.complete) return null;
  if (all.size > Math.min(MAX_CHANGES, maxRecent - recent.size)) return null;
  const files = new Map([...since.files, ...read.files]);
  return { sums, since: { files, changes: all }, files: read.files, changed: changed || read.changed };
}

/** What stands beside `transcripts.json`. */
export function besideState(statePath: string, ending: 'bin' | 'new'): string {
  return statePath.replace(/(\.json)?$/, `.${ending}`);
}
