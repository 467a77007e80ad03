import { dirname } from 'node:path';
import { errno } from '../platform/errno.ts';
import type { System } from '../platform/system.ts';
import { inspectFile, makeDirectories, removeDirectories } from './user-file.ts';
import { withFile, writeInstalled } from './installed.ts';
import type { Installed } from './installed.ts';
import { removeLeftovers } from './leftovers.ts';
import type { FileChange } from './plan.ts';
import { writeLike, writeWithMode } from './write.ts';

/** The mode of a user's file that is not there yet. */
const USUAL_MODE = 0o644;

/**
 * Does what was planned, file by file, and notes each before it is touched: whatever goes wrong in between can be
 * taken back. The lock is to be held.
 * @returns what went wrong, in words, or null
 */
export function apply(
  system: System,
  changes: readonly FileChange[],
  before: Installed,
  notes: string,
): string | null {
  let installed = before;
  removeLeftovers(system, notes, [...before.files, ...changes]);
  for (const planned of changes) {
    const { path, record } = planned;
    let made: readonly string[];
    try {
      made = makeDirectories(system, dirname(path));
    } catch (error) {
      return `${path}: its directory cannot be made: ${errno(error)}`;
    }
    installed = withFile({ ...installed, directories: [...installed.directories, ...made] }, record);
    const reason = writeInstalled(system, notes, installed);
    if (reason !== null) {
      removeDirectories(system, made);
      return `${notes}: it cannot be written: ${reason}`;
    }
    if (hasChanged(system, planned)) return `${path}: it has been changed meanwhile`;
    const failed = change(system, planned);
    if (failed !== null) return `${path}: it cannot be written: ${failed}`;
  }
  return null;
}

/** A file of ours has the mode that is planned; a user's file, and its backup, keep what they have. */
function change(system: System, { found, edit, mode, backup }: FileChange): string | null {
  const { real, text } = found;
  const after = edit.after ?? '';
  if (mode !== null || text === null) return writeWithMode(system, real, after, mode ?? USUAL_MODE);
  const failed = backup === null ? null : writeLike(system, backup, text, real);
  return failed ?? writeLike(system, real, after, real);
}

/** A file that has been changed since it was shown is not the one that the user has agreed to change. */
export function hasChanged(system: System, { path, found }: FileChange): boolean {
  const now = inspectFile(system, path);
  return typeof now === 'string' || now.text !== found.text || now.real !== found.real;
}
