import { dirname } from 'node:path';
import { errno } from '../errno.ts';
import type { System } from '../system.ts';
import { hasChanged } from './carry-out.ts';
import { look, replaceKeeping } from './disk.ts';
import { isSame, writeInstalled } from './installed.ts';
import type { Installed } from './installed.ts';
import { backupOf } from './plan.ts';
import type { Planned } from './plan.ts';

/** What became of a removal: backups that stay, since the file has had other changes; and what went wrong. */
export interface TakenBack {
  readonly backups: readonly string[];
  readonly problem: string | null;
}

/**
 * Does what was planned, file by file, and then removes what was noted, and the directories of our making.
 * @param before what is noted, without the files that need no change
 * @param links links to files that go
 */
export function takeBack(
  system: System,
  changes: readonly Planned[],
  before: Installed,
  notes: string,
  links: readonly string[] = [],
): TakenBack {
  let { files } = before;
  const backups: string[] = [];
  for (const planned of changes) {
    const problem = undo(system, planned);
    if (problem !== null) return { backups, problem };
    files = files.filter((file) => !isSame(file, planned.record));
    const backup = backupOf(planned.found.real);
    const kept = look(system, backup);
    if (typeof kept === 'string' || kept.text === null) continue;
    if (kept.text === planned.edit.after) system.fs.rmSync(backup, { force: true });
    else backups.push(backup);
  }
  const problem = links.map((link) => unlink(system, link)).find((reason) => reason !== null) ?? null;
  // A host makes a directory for such links, and removes it when it is empty.
  for (const link of links) emptied(system.fs, dirname(link));
  return { backups, problem: problem ?? forget(system, { ...before, files }, notes) };
}

function undo(system: System, planned: Planned): string | null {
  const { path, found, edit } = planned;
  if (hasChanged(system, planned)) return `${path}: it has been changed meanwhile`;
  if (edit.after !== null) {
    const reason = found.keep && replaceKeeping(system, found.real, edit.after, found.keep);
    return reason && `${path}: it cannot be written: ${reason}`;
  }
  return unlink(system, path);
}

function unlink({ fs }: System, path: string): string | null {
  try {
    fs.unlinkSync(path);
    return null;
  } catch (error) {
    return `${path}: it cannot be removed: ${errno(error)}`;
  }
}

/** Notes what is left. Nothing: then the notes go, too. */
function forget(system: System, { files, directories }: Installed, notes: string): string | null {
  const { fs } = system;
  if (files.length === 0) fs.rmSync(notes, { force: true });
  const left = directories
    .toSorted((one, other) => other.length - one.length)
    .filter((name) => !emptied(fs, name));
  if (files.length === 0) {
    // It has usageline's name, so it is removed even when the record that named it is lost.
    emptied(fs, dirname(notes));
    return null;
  }
  const reason = writeInstalled(system, notes, { files, directories: left });
  return reason && `${notes}: it cannot be written: ${reason}`;
}

/** Whether it is gone. One with something in it is somebody's. */
function emptied(fs: System['fs'], directory: string): boolean {
  try {
    fs.rmdirSync(directory);
    return true;
  } catch (error) {
    return errno(error) === 'ENOENT';
  }
}
