import { SEPARATOR } from '../platform/paths.ts';
import type { System } from '../platform/system.ts';
import type { AccountDirectory } from './directory.ts';
import { makeDirectory } from './make-directory.ts';
import { readClosedFile, removeOwnFile } from './own-files.ts';
import { replaceFile } from './replace-file.ts';

/*
 * An account's directory is named by a hash, which costs a tenth of a Node start to compute and which a shell
 * cannot compute at all. So whoever prepares a ready line notes the answer: `accounts/<key>` below the cache
 * root holds the directory's name. Nobody has to trust it: a ready line is tied to the account's own files.
 */

const NAME = /^[a-z]+-[0-9a-f]{8}$/;
/** No name of a directory of ours is longer. */
const MAX_BYTES = 64;

/** No name of a file can be longer, on any usual file system. */
const MAX_NAME = 255;

/**
 * The file that names the directory of an account; null when there can be none.
 * @param key what tells the account from others, e.g. CLAUDE_CONFIG_DIR
 */
export function pointerFile(root: string, key: string): string | null {
  // A lone surrogate cannot be encoded; it stands for bytes that are no text.
  if (key.includes('\uFFFD')) return null;
  const name = encodeURIComponent(key);
  return name.length > MAX_NAME ? null : `${pointerDirectory(root)}${SEPARATOR}${name}`;
}

export function pointerDirectory(root: string): string {
  return `${root}${SEPARATOR}accounts`;
}

/** The name of the account's directory; null when nobody has noted it. */
export function readPointer(system: System, root: string, key: string): string | null {
  const path = pointerFile(root, key);
  const name = path && readClosedFile(system, path, MAX_BYTES);
  return name && NAME.test(name) ? name : null;
}

/** Writes the pointer to an account's directory. @param key see `pointerFile`; null where no pointer is needed */
export function writePointer(system: System, directory: AccountDirectory, key: string | null): void {
  const path = key === null ? null : pointerFile(directory.root, key);
  if (key === null || path === null) return;
  const name = directory.path.slice(directory.root.length + 1);
  try {
    if (readPointer(system, directory.root, key) === name) return;
    if (makeDirectory(system, pointerDirectory(directory.root), 1) !== null) return;
  } catch {
    return;
  }
  replaceFile(system, path, name);
}

/** Removes the pointer that an earlier version wrote for a spelling of the default directory. */
export function dropPointer(system: System, { root }: AccountDirectory, key: string): void {
  const path = pointerFile(root, key);
  try {
    if (path !== null) removeOwnFile(system, path);
  } catch {
    // There is none.
  }
}
