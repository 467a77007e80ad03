import { dirname } from 'node:path';
import type { System } from '../platform/system.ts';
import { hasChanged } from './apply.ts';
import { inspectFile, removeEmpty, removeFile } from './user-file.ts';
import { innermostFirst, isSameFile, readInstalled, writeInstalled } from './installed.ts';
import type { Installed, InstalledFile } from './installed.ts';
import { compareBackup, removeLeftovers } from './leftovers.ts';
import { backupPath } from './plan.ts';
import type { FileChange } from './plan.ts';
import { writeLike } from './write.ts';

/** What became of a removal: backups that stay, since the file has had other changes; and what went wrong. */
export interface Reverted {
  readonly backups: readonly string[];
  readonly problem: string | null;
}

/** What is to be removed. */
export interface Reversion {
  readonly changes: readonly FileChange[];
  /** All files of it, those that need no change included: an `init` that was killed may have left something beside. */
  readonly files: readonly Pick<InstalledFile, 'path'>[];
  /** Links to files that go, absolute. */
  readonly links?: readonly string[];
}

/**
 * Does what was planned, file by file, and then removes what was noted, and the directories of our making. The lock is
 * to be held; the directories of the notes go when it is given back.
 * @param before what is noted, without the files that need no change
 */
export function revert(
  system: System,
  { changes, files: all, links = [] }: Reversion,
  before: Installed,
  notes: string,
): Reverted {
  let { files } = before;
  const backups: string[] = [];
  for (const planned of changes) {
    const problem = undo(system, planned);
    if (problem !== null) return { backups, problem };
    files = files.filter((file) => !isSameFile(file, planned.record));
    const { real } = planned.found;
    if (compareBackup(system, real, planned.edit.after) === 'different') backups.push(backupPath(real));
  }
  removeLeftovers(system, notes, [...all, ...before.files]);
  const problem =
    removeBackups(system, all) ??
    links.map((link) => remove(system, link)).find((reason) => reason !== null) ??
    null;
  // A host makes a directory for such links, and removes it when it is empty.
  for (const link of links) removeEmpty(system, dirname(link));
  return { backups, problem: problem ?? forget(system, { ...before, files }, notes) };
}

function undo(system: System, planned: FileChange): string | null {
  const { path, found, edit } = planned;
  if (hasChanged(system, planned)) return `${path}: it has been changed meanwhile`;
  if (edit.after === null) return remove(system, path);
  const reason = writeLike(system, found.real, edit.after, found.real);
  return reason && `${path}: it cannot be written: ${reason}`;
}

/** Removes the backups that are no different from their files. */
function removeBackups(system: System, files: readonly Pick<InstalledFile, 'path'>[]): string | null {
  for (const { path } of files) {
    const found = inspectFile(system, path);
    if (typeof found === 'string' || compareBackup(system, found.real, found.text) !== 'same') continue;
    const problem = remove(system, backupPath(found.real));
    if (problem !== null) return problem;
  }
  return null;
}

function remove(system: System, path: string): string | null {
  const reason = removeFile(system, path);
  return reason && `${path}: it cannot be removed: ${reason}`;
}

/** Notes what is left: files, and directories with something in them. */
function forget(system: System, { files, directories }: Installed, notes: string): string | null {
  const left = innermostFirst(directories).filter((name) => !removeEmpty(system, name));
  if (files.length === 0 && !system.fs.existsSync(notes)) {
    // It has usageline's name, and goes even when no note names it.
    removeEmpty(system, dirname(notes));
    return null;
  }
  const after = { files, directories: left };
  if (JSON.stringify(after) === JSON.stringify(readInstalled(system, notes))) return null;
  const reason = writeInstalled(system, notes, after);
  return reason && `${notes}: it cannot be written: ${reason}`;
}
