import { readTextFile } from '../platform/files.ts';
import type { System } from '../platform/system.ts';
import { inspectFile, removeFile } from './user-file.ts';
import { backupPath } from './plan.ts';
import { temporaryPath } from './write.ts';

/*
 * What an `init` that was killed can leave beside a file: the new text that was not renamed yet, and a backup of a file
 * that was not changed.
 */

/** Removes the temporary files beside the notes, these files and their backups, where that is possible. */
export function removeLeftovers(
  system: System,
  notes: string,
  files: readonly { readonly path: string }[],
): void {
  for (const { path } of [{ path: notes }, ...files]) {
    const found = inspectFile(system, path);
    const real = typeof found === 'string' ? path : found.real;
    removeFile(system, temporaryPath(real));
    removeFile(system, temporaryPath(backupPath(real)));
  }
}

/** A backup: it is the same as the file and can go, it is not, or there is none. */
export type Backup = 'same' | 'different' | 'none';

/** @param text the file's text; null where there is no file */
export function compareBackup({ fs }: System, real: string, text: string | null): Backup {
  const kept = readTextFile(fs, backupPath(real), 'refuse');
  if (kept.kind !== 'file') return 'none';
  return kept.text === text ? 'same' : 'different';
}
