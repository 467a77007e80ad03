import type { Stats } from 'node:fs';
import { sep } from 'node:path';
import type { System } from '../../../platform/system.ts';
import { DAY, SECOND } from '../../../usage/time.ts';
import { unread } from './file.ts';
import type { TranscriptFile } from './file.ts';

/** A folder of transcripts and what is in it that matters. */
export interface Folder {
  /** When its list of names last changed; -1 when that is too recent to rely on. */
  readonly mtimeMs: number;
  /** Names of folders in it. */
  readonly folders: readonly string[];
  /** Transcripts written in the last days. */
  readonly files: readonly TranscriptFile[];
}

export interface Found {
  readonly folder: string;
  readonly file: TranscriptFile;
  readonly stat: Stats;
}

export interface Scan {
  readonly folders: Map<string, Folder>;
  readonly found: readonly Found[];
  /** Something is not as it was known. */
  readonly changed: boolean;
  readonly complete: boolean;
}

/** So many new folders are looked at by a call that has no time left. */
const AT_LEAST = 64;
/** Claude Code nests three deep. */
const MAX_DEPTH = 16;
/** Two changes within the tick of a file system's clock have one time: until it is over, nothing is certain. */
export const SETTLED = 2 * SECOND;
/** Whoever wrote something in the last seven days touched the file then; a day more for clocks that disagree. */
export const LIVE = 8 * DAY;

/**
 * Finds the transcripts below the roots that were written in the last days. Links are not followed; what cannot
 * be listed is passed over, and what was known of it is kept. A folder whose names have not changed is not
 * listed again: only the files known to be live are looked at.
 *
 * @param thorough list every folder anew: an old transcript that somebody has gone on with shows only this way
 */
export function scan(
  { fs }: System,
  roots: readonly string[],
  known: ReadonlyMap<string, Folder>,
  now: number,
  thorough: boolean,
  stop: () => boolean,
): Scan {
  const folders = new Map<string, Folder>();
  const found: Found[] = [];
  let changed = false;
  let complete = true;
  let news = false;
  /** Folders that nobody knew. */
  let met = 0;

  const visit = (path: string, depth: number): void => {
    if (folders.has(path)) return;
    const before = known.get(path);
    // However short the time, what is known is looked at, and some more until there is something to read: the next
    // call would get no further.
    if (before === undefined) {
      if (news && met >= AT_LEAST && stop()) {
        complete = false;
        return;
      }
      met += 1;
    }
    const stat = look(fs, path);
    if (stat === undefined || !stat.isDirectory()) return;
    const mtimeMs = reliable(stat, now);
    const listed = before && !thorough && before.mtimeMs === stat.mtimeMs ? before : list(fs, path, before);
    // Not to be listed: what was known of it stays.
    if (listed === null) return keep(path, before);
    const live = liveIn(fs, path, listed.files, now);
    const files = live.map(({ file }) => file);
    found.push(...live);
    news ||= live.some(({ file, stat: its }) => !isAsRead(file, its));
    if (before?.mtimeMs !== mtimeMs || files.length !== before.files.length) changed = true;
    folders.set(path, { mtimeMs, folders: listed.folders, files });
    if (depth < MAX_DEPTH) for (const name of listed.folders) visit(path + sep + name, depth + 1);
  };

  /** Takes over what was known of a folder and of those in it, unseen. */
  const keep = (path: string, before: Folder | undefined): void => {
    if (before === undefined || folders.has(path)) return;
    folders.set(path, before);
    for (const name of before.folders) keep(path + sep + name, known.get(path + sep + name));
  };

  for (const root of roots) visit(root, 0);
  if (folders.size !== known.size) changed = true;
  return { folders, found, changed, complete };
}

/** When the names in a folder last changed, epoch ms; -1 when that is too recent to rely on. */
function reliable({ mtimeMs }: Stats, now: number): number {
  return now - mtimeMs > SETTLED ? mtimeMs : -1;
}

/** Those of the transcripts in a folder that were written in the last days. */
function liveIn(fs: System['fs'], folder: string, files: readonly TranscriptFile[], now: number): Found[] {
  return files.flatMap((file) => {
    const stat = look(fs, folder + sep + file.name);
    return stat?.isFile() && now - stat.mtimeMs <= LIVE ? [{ folder, file, stat }] : [];
  });
}

/**
 * Lists one folder anew, and looks at the transcripts in it.
 * @param known what is known of it
 * @returns as `Folder.mtimeMs`, and its transcripts of the last days; null when it is none any more, or has a folder
 *   in it that is not known
 */
export function lookInto(
  { fs }: System,
  path: string,
  known: Folder,
  now: number,
): { readonly mtimeMs: number; readonly live: readonly Found[] } | null {
  const stat = look(fs, path);
  if (!stat?.isDirectory()) return null;
  const listed = list(fs, path, known) ?? known;
  const names = new Set(known.folders);
  if (listed.folders.some((name) => !names.has(name))) return null;
  return { mtimeMs: reliable(stat, now), live: liveIn(fs, path, listed.files, now) };
}

/** Whether a transcript is as it was when it was read to its end. */
export function isAsRead(file: TranscriptFile, { size, mtimeMs, ino }: Stats): boolean {
  return file.complete && file.size === size && file.mtimeMs === mtimeMs && file.ino === ino;
}

function list(fs: System['fs'], path: string, before: Folder | undefined): Omit<Folder, 'mtimeMs'> | null {
  const names: { folders: string[]; files: TranscriptFile[] } = { folders: [], files: [] };
  const known = new Map(before?.files.map((file) => [file.name, file]));
  try {
    for (const entry of fs.readdirSync(path, { withFileTypes: true })) {
      const { name } = entry;
      // Not UTF-8, hence not to be opened under this name, and none of Claude Code's.
      if (name.includes('\uFFFD')) continue;
      if (entry.isDirectory()) names.folders.push(name);
      else if (entry.isFile() && name.endsWith('.jsonl')) names.files.push(known.get(name) ?? unread(name));
    }
    return names;
  } catch {
    return null;
  }
}

function look(fs: System['fs'], path: string): Stats | undefined {
  try {
    return fs.lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
