import { dirname } from 'node:path';
import { readTextFile } from '../platform/files.ts';
import type { System } from '../platform/system.ts';
import { hasChanged, rehearse, removeLeftovers } from './apply.ts';
import { CRONTAB, writeCrontab } from './crontab.ts';
import { innermostFirst, isSameFile, readInstalled, writeInstalled } from './installed.ts';
import type { Installed, InstalledFile } from './installed.ts';
import { backupPath } from './plan.ts';
import type { FileChange } from './plan.ts';
import { inspectFile, removeEmpty, removeFile } from './user-file.ts';
import { writeLike } from './write.ts';

/** What to remove. */
export interface Reversion {
  readonly changes: readonly FileChange[];
  /** All files of the removal. Those that need no change can have leftovers of a killed `init` beside them. */
  readonly files: readonly Pick<InstalledFile, 'path'>[];
  /** Links to files that are removed, absolute paths. */
  readonly links?: readonly string[];
}

/** The result of a removal. */
export interface Reverted {
  /** Paths of backups that stay, because their files have had other changes since. */
  readonly backups: readonly string[];
  /** What failed, in words; null if nothing did. */
  readonly problem: string | null;
}

/**
 * Carries out a planned removal, one file after the other, and then removes leftovers, links, and directories that
 * `init` has created. The caller holds the lock; releasing it removes the directories of the record.
 *
 * @param before the records without the files that need no change
 * @param recordPath the path of `installed.json`
 */
export function revert(
  system: System,
  { changes, files: all, links = [] }: Reversion,
  before: Installed,
  recordPath: string,
): Reverted {
  let { files } = before;
  const backups: string[] = [];
  const obstacle = rehearse(system, changes);
  if (obstacle !== null) return { backups, problem: `nothing has been changed: ${obstacle}` };
  for (const change of changes) {
    const problem = undo(system, change);
    if (problem !== null) return { backups, problem };
    files = files.filter((file) => !isSameFile(file, change.record));
    const { real } = change.found;
    if (compareBackup(system, real, change.edit.after) === 'different') backups.push(backupPath(real));
  }
  removeLeftovers(system, recordPath, [...all, ...before.files]);
  const problem =
    removeBackups(system, all) ??
    links.map((link) => remove(system, link)).find((reason) => reason !== null) ??
    null;
  // The host creates a directory for its links (`timers.target.wants`) and removes it when it is empty.
  for (const link of links) removeEmpty(system, dirname(link));
  return { backups, problem: problem ?? updateRecord(system, { ...before, files }, recordPath) };
}

function undo(system: System, change: FileChange): string | null {
  const { path, found, edit } = change;
  if (hasChanged(system, change)) return `${path}: it has been changed meanwhile`;
  if (change.record.kind === 'crontab') {
    const reason = writeCrontab(system, edit.after);
    return reason && `${path}: it cannot be written: ${reason}`;
  }
  if (edit.after === null) return remove(system, path);
  const reason = writeLike(system, found.real, edit.after, found.real);
  return reason && `${path}: it cannot be written: ${reason}`;
}

/** Removes the backups whose text is the text of their files. */
function removeBackups(system: System, files: readonly Pick<InstalledFile, 'path'>[]): string | null {
  for (const { path } of files) {
    if (path === CRONTAB) continue;
    const found = inspectFile(system, path);
    if (typeof found === 'string' || compareBackup(system, found.real, found.text) !== 'same') continue;
    const problem = remove(system, backupPath(found.real));
    if (problem !== null) return problem;
  }
  return null;
}

/**
 * Compares a file's backup with a text.
 *
 * @param text the file's text; null for no file
 */
function compareBackup({ fs }: System, real: string, text: string | null): 'same' | 'different' | 'none' {
  const backup = readTextFile(fs, backupPath(real), 'refuse');
  if (backup.kind !== 'file') return 'none';
  return backup.text === text ? 'same' : 'different';
}

function remove(system: System, path: string): string | null {
  const reason = removeFile(system, path);
  return reason && `${path}: it cannot be removed: ${reason}`;
}

/** Removes empty directories, and records what is left: files, and directories with something in them. */
function updateRecord(system: System, { files, directories }: Installed, recordPath: string): string | null {
  const left = innermostFirst(directories).filter((path) => !removeEmpty(system, path));
  if (files.length === 0 && !system.fs.existsSync(recordPath)) {
    // The directory bears usageline's name, so it is removed even without a record of it.
    removeEmpty(system, dirname(recordPath));
    return null;
  }
  const after = { files, directories: left };
  if (JSON.stringify(after) === JSON.stringify(readInstalled(system, recordPath))) return null;
  const reason = writeInstalled(system, recordPath, after);
  return reason && `${recordPath}: it cannot be written: ${reason}`;
}
