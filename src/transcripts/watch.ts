import { dirname, sep } from 'node:path';
import type { System } from '../system.ts';
import type { TranscriptFile } from './file.ts';
import { isAsRead, SETTLED } from './scan.ts';
import type { Folder, Found } from './scan.ts';

/** Something to look at before anything else: a folder or a transcript as it was when it was last read. */
export interface Watched {
  readonly path: string;
  readonly mtimeMs: number;
  /** Null for a folder. */
  readonly file: TranscriptFile | null;
}

export interface Watch {
  readonly entries: readonly Watched[];
  /** There is nothing else: as long as none of these changes, nothing has. */
  readonly all: boolean;
}

/** What a prompt has time to look at, when there is more: a millisecond or two. */
export const MAX_WATCHED = 256;

/**
 * Who wrote last writes next: the transcripts changed last and their folders, as many as can be looked at in no
 * time. The roots are always among them.
 */
export function watchOf(folders: ReadonlyMap<string, Folder>, roots: readonly string[]): Watch {
  const files = [...folders]
    .flatMap(([folder, { files: its }]) =>
      its.map((file) => ({ path: folder + sep + file.name, mtimeMs: file.mtimeMs, file })),
    )
    .sort((a, b) => b.mtimeMs - a.mtimeMs);
  const all = folders.size + files.length <= MAX_WATCHED;
  const entries = new Map<string, Watched>();
  const watchFolder = (path: string) => {
    const folder = folders.get(path);
    if (folder) entries.set(path, { path, mtimeMs: folder.mtimeMs, file: null });
  };
  for (const root of roots) watchFolder(root);
  if (all) for (const path of folders.keys()) watchFolder(path);
  for (const file of files) {
    if (entries.size + 2 > MAX_WATCHED && !all) break;
    watchFolder(dirname(file.path));
    entries.set(file.path, file);
  }
  return { entries: [...entries.values()], all };
}

/**
 * The transcripts among them in which there may be something new: those that are not as they were, or were so only so
 * short a time ago that their times do not tell. Null when it does not end there: a folder has changed, a file is gone.
 */
export function newsAmong({ fs }: System, { entries }: Watch, lookedAt: number): Found[] | null {
  const found: Found[] = [];
  for (const { path, mtimeMs, file } of entries) {
    const certain = mtimeMs >= 0 && mtimeMs < lookedAt - SETTLED;
    if (file === null && !certain) return null;
    try {
      const stat = fs.lstatSync(path, { throwIfNoEntry: false });
      if (stat === undefined || (file === null && stat.mtimeMs !== mtimeMs)) return null;
      if (file === null) continue;
      if (!stat.isFile()) return null;
      if (!certain || !isAsRead(file, stat)) found.push({ folder: dirname(path), file, stat });
    } catch {
      return null;
    }
  }
  return found;
}
