import { dirname, sep } from 'node:path';
import type { System } from '../../../platform/system.ts';
import type { TranscriptFile } from './file.ts';
import { isAsRead, SETTLED } from './scan.ts';
import type { Folder, Found } from './scan.ts';

/** A transcript to look at before anything else, as it was when it was last read. */
export interface WatchedFile {
  readonly folder: string;
  readonly file: TranscriptFile;
}

/** A folder to look at: a new name in it shows in its time. */
export interface WatchedFolder {
  readonly path: string;
  readonly mtimeMs: number;
  /** On which line of the state it stands. */
  readonly line: number;
}

export interface Watch {
  readonly folders: readonly WatchedFolder[];
  readonly files: readonly WatchedFile[];
}

/**
 * So many transcripts, and as many folders: half a millisecond. More than a handful of sessions with their sub-agents
 * nobody has under way at once, and one that is not among them is noticed within a minute.
 */
export const MAX_WATCHED = 32;

/**
 * Who wrote last writes next: the transcripts changed last, and the folders that have them. The roots are always
 * among them, and a history of no more than twice as many folders and files is watched as a whole.
 *
 * @param lines the folders as they stand on the lines of the state
 */
export function watchOf(lines: readonly ReadonlyMap<string, Folder>[], roots: readonly string[]): Watch {
  const all = lines.flatMap((folders, line) =>
    [...folders].map(([path, folder]) => ({ path, mtimeMs: folder.mtimeMs, line, folder })),
  );
  const files = all
    .flatMap(({ path, folder }) => folder.files.map((file) => ({ folder: path, file })))
    .sort((a, b) => b.file.mtimeMs - a.file.mtimeMs);
  const isSmall = all.length + files.length <= 2 * MAX_WATCHED;
  const most = isSmall ? Infinity : MAX_WATCHED;
  const latest = new Set(roots);
  for (const { folder } of files) if (latest.size < most) latest.add(folder);
  const folders = all
    .filter(({ path }) => isSmall || latest.has(path))
    .map(({ path, mtimeMs, line }) => ({ path, mtimeMs, line }));
  return { folders, files: files.slice(0, most) };
}

export interface Seen {
  /** Those of which the names are not certainly as they were. */
  readonly folders: readonly WatchedFolder[];
  /** Those in which there may be something new. */
  readonly news: readonly Found[];
}

/**
 * What is not as it was of what is watched, or was so only so short a time ago that its times do not tell. Null when
 * something is gone.
 */
export function look({ fs }: System, watch: Watch, lookedAt: number): Seen | null {
  const news: Found[] = [];
  const isCertain = (mtimeMs: number) => mtimeMs >= 0 && mtimeMs < lookedAt - SETTLED;
  try {
    const folders = watch.folders.filter(({ path, mtimeMs }) => {
      const stat = fs.lstatSync(path);
      return !isCertain(mtimeMs) || stat.mtimeMs !== mtimeMs;
    });
    for (const { folder, file } of watch.files) {
      const stat = fs.lstatSync(folder + sep + file.name);
      if (!stat.isFile()) return null;
      if (!isCertain(file.mtimeMs) || !isAsRead(file, stat)) news.push({ folder, file, stat });
    }
    return { folders, news };
  } catch {
    return null;
  }
}

/**
 * The watch after transcripts were read: as they are now, those that were not among them as well. With more than
 * there is time for the one that has rested longest is not watched any more.
 *
 * @param read what is known of them, by path
 */
export function watchWith({ folders, files }: Watch, read: ReadonlyMap<string, TranscriptFile>): Watch {
  if (read.size === 0) return { folders, files };
  const rest = new Map(read);
  const now = files.map((watched) => {
    const path = watched.folder + sep + watched.file.name;
    const file = rest.get(path);
    rest.delete(path);
    return file === undefined ? watched : { folder: watched.folder, file };
  });
  for (const [path, file] of rest) now.push({ folder: dirname(path), file });
  if (rest.size === 0 || now.length <= 2 * MAX_WATCHED) return { folders, files: now };
  return {
    folders,
    files: now.sort((a, b) => b.file.mtimeMs - a.file.mtimeMs).slice(0, 2 * MAX_WATCHED),
  };
}
