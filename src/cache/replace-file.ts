import { errno } from '../platform/errno.ts';
import { SEPARATOR } from '../platform/paths.ts';
import type { System } from '../platform/system.ts';
import { assertMayWrite, createOwnFile, removeIfPresent } from './own-files.ts';

/*
 * Replaces a file in the cache: makes a new file beside the old one and renames it. A reader sees the old content or the
 * new one. After a failure the old file is unchanged, and the new one is removed.
 *
 * Two other modules replace files in their own ways:
 * - `replace-durably.ts`, for `usage.json` and other files that must survive a power failure. The flush, and the package for
 *   it, take a quarter of a Node start: too much for files that can be made again, such as prerendered lines.
 * - `init/write.ts`, for files of the user, in directories with another rule of trust. The new file gets the owner, the
 *   permissions and the attributes of the old one before its text. It has a fixed name, so that `init` finds the file that
 *   a killed `init` has left.
 */

/** The number of names that are tried for a new file. */
const MAX_NAMES = 3;

/**
 * Makes a new file and renames it to `path`.
 *
 * @param create makes the new file at the given path. When it throws it leaves no file there; after EEXIST another path is
 *   tried
 * @param beforeRename called with the path of the complete new file
 * @returns an errno name; null when the file was replaced
 */
export function replaceWith(
  system: System,
  path: string,
  create: (temporary: string) => void,
  beforeRename: (temporary: string) => void = () => {},
): string | null {
  for (let name = 1; ; name += 1) {
    const temporary = temporaryBeside(system, path);
    try {
      create(temporary);
    } catch (error) {
      const reason = errno(error);
      if (reason === 'EEXIST' && name < MAX_NAMES) continue;
      return reason;
    }
    try {
      beforeRename(temporary);
      system.fs.renameSync(temporary, path);
      return null;
    } catch (error) {
      removeIfPresent(system, temporary);
      return errno(error);
    }
  }
}

/** A path beside a file. It contains a random number, so that no other user can put a link there in advance. */
function temporaryBeside({ random }: System, path: string): string {
  const directory = path.slice(0, path.lastIndexOf(SEPARATOR));
  // Not the name of the file, which may be as long as a name can be.
  return `${directory}${SEPARATOR}.new.${Math.floor(random() * 1e12)}`;
}

/** Optional steps of `replaceFile`. */
export interface ReplaceOptions {
  /** The modification time of the new file, epoch ms; by default the present time. */
  readonly mtimeMs?: number;
  /** Called with the path of the complete new file before the rename. */
  readonly beforeRename?: (temporary: string) => void;
}

/**
 * Replaces a file that can be made again at any time; mode 0600. After a power failure the new file may be empty.
 *
 * @returns an errno name; null when the file was replaced
 */
export function replaceFile(
  system: System,
  path: string,
  content: string,
  { mtimeMs, beforeRename }: ReplaceOptions = {},
): string | null {
  const create = (temporary: string) => createOwnFile(system, temporary, content, mtimeMs);
  return replaceWith(system, path, create, beforeRename);
}

/** Replaces a file by a symbolic link. Readers use its target as a text. @returns an errno name, or null */
export function replaceLink(system: System, path: string, target: string): string | null {
  return replaceWith(system, path, (temporary) => {
    assertMayWrite(system, temporary);
    system.fs.symlinkSync(target, temporary);
  });
}
