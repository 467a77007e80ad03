import { errno } from '../errno.ts';
import type { System } from '../system.ts';
import { look, makeDirectories, replaceKeeping } from './disk.ts';
import { noted, writeInstalled } from './installed.ts';
import type { Installed } from './installed.ts';
import type { Planned } from './plan.ts';

/** What a file is made when it is somebody's and not there yet. */
const USUAL_MODE = 0o644;

/**
 * Does what was planned, file by file, and notes each before it is touched: whatever goes wrong in between can be
 * taken back.
 * @returns what went wrong, in words, or null
 */
export function install(
  system: System,
  changes: readonly Planned[],
  before: Installed,
  notes: string,
): string | null {
  let installed = before;
  const directories = (path: string) => {
    const made = makeDirectories(system, path.slice(0, path.lastIndexOf('/')));
    installed = { ...installed, directories: [...installed.directories, ...made] };
  };
  for (const planned of changes) {
    const { path, found, edit, record, mode, backup } = planned;
    try {
      directories(notes);
      directories(path);
    } catch (error) {
      return `${path}: its directory cannot be made: ${errno(error)}`;
    }
    installed = noted(installed, record);
    const reason = writeInstalled(system, notes, installed);
    if (reason !== null) return `${notes}: it cannot be written: ${reason}`;
    if (hasChanged(system, planned)) return `${path}: it has been changed meanwhile`;
    const failed =
      (backup === null ? null : replaceKeeping(system, backup, found.text ?? '', found.keep ?? 0o600)) ??
      replaceKeeping(system, found.real, edit.after ?? '', mode ?? found.keep ?? USUAL_MODE);
    if (failed !== null) return `${path}: it cannot be written: ${failed}`;
  }
  return null;
}

/** What has been changed since it was shown is not what somebody has agreed to. */
export function hasChanged(system: System, { path, found }: Planned): boolean {
  const now = look(system, path);
  return typeof now === 'string' || now.text !== found.text;
}
