import type { AccountDirectory } from '../cache/directory.ts';
import { mayWriteIn, removeOwnFile, removeOwnTree } from '../cache/own-files.ts';
import { pointerDirectory } from '../cache/pointer.ts';
import { SEPARATOR } from '../platform/paths.ts';
import type { System } from '../platform/system.ts';
import { ageOf, DAY, HOUR, MINUTE } from '../usage/time.ts';

/** The prefix of the empty files with which bin/usageline-prompt marks that it has started a refresh. */
const MARKER = '.asked.';
/** Age at which a marker is removed, ms. The launcher ignores markers older than 10 s. */
const MARKER_MS = MINUTE;
/** Age at which a temporary file counts as left behind by a killed process, ms. */
const LEFTOVER_MS = HOUR;
/** Age at which the lines of an environment are removed, ms. */
const UNUSED_ENVIRONMENT_MS = 7 * DAY;

/** Removes the launcher's markers. Called when new lines need no refresh. */
export function removeMarkers(system: System, directory: AccountDirectory): void {
  sweep(system, directory.prerendered, MARKER, 0);
}

/** Removes old markers, and the temporary files that killed processes left beside prerendered lines and pointers. */
export function sweepPrerendered(system: System, directory: AccountDirectory): void {
  sweep(system, directory.prerendered, MARKER, MARKER_MS);
  sweep(system, directory.prerendered, '.', LEFTOVER_MS);
  // A pointer is named after a path that the user chooses, so its name may begin with a dot.
  sweep(system, pointerDirectory(directory.root), '.new.', LEFTOVER_MS);
}

/** @param ageMs 0 removes files of any age */
function sweep(system: System, path: string, prefix: string, ageMs: number): void {
  const { fs, now } = system;
  try {
    for (const name of fs.readdirSync(path)) {
      if (!name.startsWith(prefix)) continue;
      const file = `${path}${SEPARATOR}${name}`;
      if (ageMs === 0 || ageOf(fs.lstatSync(file).ctimeMs, now()) > ageMs) removeOwnFile(system, file);
    }
  } catch {
    // The next call tries again.
  }
}

/** Removes the lines of environments that have not been in use for a week. */
export function sweepOldEnvironments(system: System, directory: AccountDirectory): void {
  const { fs, now } = system;
  if (!mayWriteIn(system, directory.path)) return;
  try {
    for (const name of fs.readdirSync(directory.path)) {
      const path = `${directory.path}${SEPARATOR}${name}`;
      if (!/^ready-[0-9a-f]{8}$/.test(name) || path === directory.prerendered) continue;
      // Writing a line changes the mtime of its directory.
      if (ageOf(fs.lstatSync(path).mtimeMs, now()) > UNUSED_ENVIRONMENT_MS) removeOwnTree(system, path);
    }
  } catch {
    // The next call tries again.
  }
}
