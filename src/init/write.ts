import { errno } from '../platform/errno.ts';
import type { System } from '../platform/system.ts';
import { copyAttributes } from './attributes.ts';
import { removeFile } from './user-file.ts';

/**
 * The new text of a file before it is renamed. It has one name only, so that the next `init` finds what a killed one
 * has left. Only the process that holds the lock writes it.
 */
export function temporaryPath(path: string): string {
  return `${path}.usageline-new`;
}

/**
 * Writes a file of the given mode at once: a reader sees the old text or the new one, and when the disk is full the
 * old one stays.
 * @returns why it is not written: the errno name, or null
 */
export function writeWithMode(system: System, path: string, text: string, mode: number): string | null {
  return replace(system, path, text, (fd) => {
    system.fs.fchmodSync(fd, mode);
    return null;
  });
}

/**
 * The same with the owner, the permissions and all attributes of another file (or of the same one).
 * @param model a regular file
 * @returns why it is not written: the errno name, other words, or null
 */
export function writeLike(system: System, path: string, text: string, model: string): string | null {
  return replace(system, path, text, () => copyAttributes(system, model, temporaryPath(path)));
}

/** @param dress gives the empty new file its permissions */
function replace(
  system: System,
  path: string,
  text: string,
  dress: (fd: number) => string | null,
): string | null {
  const { fs } = system;
  const temporary = temporaryPath(path);
  let fd: number | null = null;
  let reason = removeFile(system, temporary);
  if (reason !== null) return reason;
  try {
    fd = fs.openSync(temporary, 'wx', 0o600);
    reason = dress(fd);
    if (reason === null) {
      fs.ftruncateSync(fd, 0);
      fs.writeFileSync(fd, text);
      // A power failure must leave the old text or the new one.
      fs.fsyncSync(fd);
      fs.renameSync(temporary, path);
    }
  } catch (error) {
    reason = errno(error);
  }
  if (fd !== null) fs.closeSync(fd);
  if (reason !== null) removeFile(system, temporary);
  return reason;
}
