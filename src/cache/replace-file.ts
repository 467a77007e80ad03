import { errno } from '../platform/errno.ts';
import { SEPARATOR } from '../platform/paths.ts';
import type { System } from '../platform/system.ts';
import { assertMayWrite, createOwnFile, removeIfPresent } from './own-files.ts';

/*
 * The one way to replace a file in the cache: a new file is made beside the old one and takes its place by a rename. A
 * reader sees the old content or the new one. After a failure the old file is still there, and no new one.
 *
 * Two files are made in other ways:
 * - `usage.json` and the others of `replace-durably.ts` must survive a power failure. The flush, and the package for it,
 *   take a quarter of a Node start: too much for files that can be made again, such as prerendered lines.
 * - `init/write.ts` replaces files of the user, in directories for which another rule holds. The new file gets the
 *   owner, the permissions and the attributes of the old one before it gets a text, and it has a fixed name, by which the
 *   next `init` finds what a killed one has left.
 */

/** The number of names that are tried for a new file. */
const MAX_NAMES = 3;

/**
 * Makes a new file and renames it into the place of the old one.
 *
 * @param create makes the new file under the given path, and leaves none there when it throws. EEXIST: the path is taken,
 *   and another one is tried
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

/** What `replaceFile` does besides. */
export interface ReplaceOptions {
  /** The modification time of the new file, epoch ms; by default the present time. */
  readonly mtimeMs?: number;
  /** Called with the path of the complete new file before it takes the place of the old one. */
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

/** Replaces a file by a link, whose target is read as a text. @returns an errno name, or null */
export function replaceLink(system: System, path: string, target: string): string | null {
  return replaceWith(system, path, (temporary) => {
    assertMayWrite(system, temporary);
    system.fs.symlinkSync(target, temporary);
  });
}
