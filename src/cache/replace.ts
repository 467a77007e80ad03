import { errno } from '../platform/errno.ts';
import { SECOND } from '../usage/time.ts';
import type { System } from '../platform/system.ts';
import { createOwnFile, removeOwnFile, temporaryBeside } from './own-files.ts';

/** How many names are tried for a temporary file, where there is something of that name. */
const MAX_NAMES = 3;

/**
 * Replaces a file that can be made again at any time: by a rename of our own and not by `write-file-atomic`, since
 * such a file needs none of the care (fsync, a checked size) that costs a quarter of a Node start. A reader sees
 * the old text or the new one; after a power failure it may see neither, and takes that for no file.
 *
 * @param mtime ms; null for now
 * @param written told of the new file before it takes the place of the old one
 * @returns whether it was replaced
 */
export function replaceFile(
  system: System,
  path: string,
  text: string,
  mtime: number | null,
  written: (temporary: string) => void = () => {},
): boolean {
  const { fs } = system;
  const temporary = createBeside(system, path);
  if (temporary === null) return false;
  const { name, fd } = temporary;
  try {
    try {
      fs.writeFileSync(fd, text);
      if (mtime !== null) fs.futimesSync(fd, mtime / SECOND, mtime / SECOND);
    } finally {
      fs.closeSync(fd);
    }
    written(name);
    fs.renameSync(name, path);
    return true;
  } catch {
    removeIfPresent(system, name);
    return false;
  }
}

/** Creates a temporary file; null where that cannot be done. What is there under its name is left alone. */
function createBeside(system: System, path: string): { name: string; fd: number } | null {
  for (let count = 0; count < MAX_NAMES; count += 1) {
    const name = temporaryBeside(system, path);
    try {
      return { name, fd: createOwnFile(system, name) };
    } catch (error) {
      if (errno(error) !== 'EEXIST') return null;
    }
  }
  return null;
}

export function removeIfPresent(system: System, path: string): void {
  try {
    // Mostly there is none, and to look costs a tenth of an exception.
    if (system.fs.lstatSync(path, { throwIfNoEntry: false })) removeOwnFile(system, path);
  } catch {
    // Another process has removed it, or this one may not.
  }
}
