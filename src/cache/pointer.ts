import { SEPARATOR } from '../platform/paths.ts';
import type { System } from '../platform/system.ts';
import type { AccountDirectory } from './directory.ts';
import { makeDirectory } from './make-directory.ts';
import { readClosedFile, removeOwnFile } from './own-files.ts';
import { replaceFile } from './replace-file.ts';

/*
 * The name of an account's directory contains a hash, which takes a tenth of a Node start to compute, and which a shell
 * cannot compute. So prerendering stores the name in `accounts/<key>` below the cache root. A wrong name does no harm: a
 * prerendered line is valid only for the files of its account.
 */

const NAME = /^[a-z]+-[0-9a-f]{8}$/;
/** The size limit for the file, bytes. Names of directories are shorter. */
const MAX_BYTES = 64;

/** The longest file name that the usual file systems allow, bytes. */
const MAX_NAME = 255;

/**
 * The file that contains the name of an account's directory; null for a key that cannot be a file name.
 *
 * @param key what distinguishes the account from others, see `ProviderFiles.accountKey`
 */
export function pointerFile(root: string, key: string): string | null {
  // Node puts U+FFFD for bytes that are not UTF-8, so this is not the key that a shell sees.
  if (key.includes('\uFFFD')) return null;
  const name = encodeURIComponent(key);
  return name.length > MAX_NAME ? null : `${pointerDirectory(root)}${SEPARATOR}${name}`;
}

/** The directory of all pointers. */
export function pointerDirectory(root: string): string {
  return `${root}${SEPARATOR}accounts`;
}

/** The name of an account's directory; null when it is not stored. */
export function readPointer(system: System, root: string, key: string): string | null {
  const path = pointerFile(root, key);
  const name = path && readClosedFile(system, path, MAX_BYTES);
  return name && NAME.test(name) ? name : null;
}

/** The name of a directory that a file in the directory of pointers contains; null for anything but a pointer. */
export function pointerTarget(system: System, path: string): string | null {
  try {
    const name = readClosedFile(system, path, MAX_BYTES);
    return name && NAME.test(name) ? name : null;
  } catch {
    return null;
  }
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
    // It stays: a pointer of the wrong name does no harm.
  }
}
