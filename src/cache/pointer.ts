import { SEPARATOR } from '../platform/paths.ts';
import type { System } from '../platform/system.ts';
import { readClosedFile } from './own-files.ts';

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
