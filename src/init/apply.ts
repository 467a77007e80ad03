import { dirname } from 'node:path';
import { errno } from '../platform/errno.ts';
import type { System } from '../platform/system.ts';
import { withFile, writeInstalled } from './installed.ts';
import type { Installed } from './installed.ts';
import { backupPath } from './plan.ts';
import type { FileChange } from './plan.ts';
import { CRONTAB, writeCrontab } from './crontab.ts';
import { inspectPlace } from './place.ts';
import { inspectFile, makeDirectories, removeDirectories, removeFile } from './user-file.ts';
import { rehearseWrite, temporaryPath, writeLike, writeWithMode } from './write.ts';

/** The mode of a user's file that `init` creates. */
const DEFAULT_MODE = 0o644;

/**
 * Rehearses a planned installation and carries it out, one file after the other. Each file is recorded before anything is
 * written beside it, so that an uninstall can undo an installation that was interrupted. The caller holds the lock.
 *
 * @param before the records so far
 * @param recordPath the path of `installed.json`
 * @returns what failed, in words, or null
 */
export function apply(
  system: System,
  changes: readonly FileChange[],
  before: Installed,
  recordPath: string,
): string | null {
  let installed = before;
  removeLeftovers(system, recordPath, [...before.files, ...changes]);
  // The records come first: a rehearsal that is killed leaves temporary files, which an uninstall finds by the records.
  const planned = changes.reduce((records, { record }) => withFile(records, record), before);
  const unwritable = writeInstalled(system, recordPath, planned);
  if (unwritable !== null)
    return `nothing has been changed: ${recordPath}: it cannot be written: ${unwritable}`;
  const obstacle = rehearse(system, changes);
  if (obstacle !== null) {
    writeInstalled(system, recordPath, before);
    return `nothing has been changed: ${obstacle}`;
  }
  for (const change of changes) {
    const { path, record } = change;
    let made: readonly string[];
    try {
      made = makeDirectories(system, dirname(path));
    } catch (error) {
      return `${path}: its directory cannot be made: ${errno(error)}`;
    }
    installed = withFile({ ...installed, directories: [...installed.directories, ...made] }, record);
    const reason = writeInstalled(system, recordPath, installed);
    if (reason !== null) {
      removeDirectories(system, made);
      return `${recordPath}: it cannot be written: ${reason}`;
    }
    if (hasChanged(system, change)) return `${path}: it has been changed meanwhile`;
    const failure = write(system, change);
    if (failure !== null) return `${path}: it cannot be written: ${failure}`;
  }
  return null;
}

/**
 * Tries all changes without making one: what a file system or a permission forbids shows here, before the first file is
 * changed.
 *
 * @returns what would fail, in words, or null
 */
export function rehearse(system: System, changes: readonly FileChange[]): string | null {
  const made: string[] = [];
  try {
    for (const change of changes) {
      const { path, found, edit, mode } = change;
      if (change.record.kind === 'crontab') continue;
      if (edit.after === null) {
        const reason = unremovableReason(system, path);
        if (reason !== null) return `${path}: it cannot be removed: ${reason}`;
        continue;
      }
      try {
        made.push(...makeDirectories(system, dirname(path)));
      } catch (error) {
        return `${path}: its directory cannot be made: ${errno(error)}`;
      }
      const model = mode === null && found.text !== null ? found.real : (mode ?? DEFAULT_MODE);
      const reason = rehearseWrite(system, found.real, edit.after, model);
      if (reason !== null) return `${path}: it cannot be written: ${reason}`;
    }
    return null;
  } finally {
    removeDirectories(system, made);
  }
}

function unremovableReason({ fs }: System, path: string): string | null {
  try {
    fs.accessSync(dirname(path), fs.constants.W_OK);
    return null;
  } catch (error) {
    return errno(error);
  }
}

/** An own file gets the planned mode. A user's file and its backup keep the permissions of that file. */
function write(system: System, { found, edit, mode, backup, record }: FileChange): string | null {
  const { real, text } = found;
  if (record.kind === 'crontab') return writeCrontab(system, edit.after);
  const after = edit.after ?? '';
  if (mode !== null || text === null) return writeWithMode(system, real, after, mode ?? DEFAULT_MODE);
  const failure = backup === null ? null : writeLike(system, backup, text, real);
  return failure ?? writeLike(system, real, after, real);
}

/** Whether a file is no longer as it was planned for: the user has agreed to a change of another text. */
export function hasChanged(system: System, { found, record }: FileChange): boolean {
  const now = inspectPlace(system, record);
  return typeof now === 'string' || now.text !== found.text || now.real !== found.real;
}

/**
 * Removes the temporary files that an `init` which was killed has left beside `installed.json`, beside these files and
 * beside their backups. Failures are ignored.
 */
export function removeLeftovers(
  system: System,
  recordPath: string,
  files: readonly { readonly path: string }[],
): void {
  for (const { path } of [{ path: recordPath }, ...files]) {
    if (path === CRONTAB) continue;
    const found = inspectFile(system, path);
    const real = typeof found === 'string' ? path : found.real;
    removeFile(system, temporaryPath(real));
    removeFile(system, temporaryPath(backupPath(real)));
  }
}
