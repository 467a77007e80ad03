import { dirname, sep } from 'node:path';
import type { System } from '../system.ts';
import { SETTLED } from './scan.ts';
import type { Folder } from './scan.ts';

/** Something to look at before anything else: a folder or a transcript as it was when it was last read. */
export interface Watched {
  readonly path: string;
  readonly mtimeMs: number;
  /** -1 for a folder, whose size says nothing. */
  readonly size: number;
  readonly ino: number;
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
      its.map(({ name, mtimeMs, size, ino }): Watched => ({ path: folder + sep + name, mtimeMs, size, ino })),
    )
    .sort((a, b) => b.mtimeMs - a.mtimeMs);
  const all = folders.size + files.length <= MAX_WATCHED;
  const entries = new Map<string, Watched>();
  const watchFolder = (path: string) => {
    const folder = folders.get(path);
    if (folder) entries.set(path, { path, mtimeMs: folder.mtimeMs, size: -1, ino: 0 });
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

/** Whether each of them is as it was, and was so long enough ago for its times to tell. */
export function isQuiet({ fs }: System, { entries }: Watch, lookedAt: number): boolean {
  return entries.every(({ path, mtimeMs, size, ino }) => {
    if (mtimeMs < 0 || mtimeMs >= lookedAt - SETTLED) return false;
    try {
      const stat = fs.lstatSync(path, { throwIfNoEntry: false });
      return stat?.mtimeMs === mtimeMs && (size === -1 || (stat.size === size && stat.ino === ino));
    } catch {
      return false;
    }
  });
}
