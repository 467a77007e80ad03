import { errno } from '../platform/errno.ts';
import { SEPARATOR } from '../platform/paths.ts';
import type { System } from '../platform/system.ts';
import { trustIn } from '../platform/trust.ts';
import type { AccountDirectory } from './directory.ts';
import { namesIn } from './list.ts';
import { POINTERS_NAME, providerOfName, TAG_NAME, UPKEEP_NAME, withoutHash } from './names.ts';
import { createOwnFile } from './own-files.ts';
import { OWN_LEVELS } from './trust.ts';

/**
 * Makes an account's directory and the missing levels above it, mode 0700. The modes of existing ones stay.
 *
 * @returns an errno name, or null
 */
export function ensureDirectory(system: System, directory: AccountDirectory): string | null {
  const problem = makeDirectory(system, directory.path, OWN_LEVELS);
  if (problem === null) markAsCache(system, directory);
  return problem;
}

// https://bford.info/cachedir/
const TAG = `Signature: 8a477f597d28d172789f06886806bc55
# This file marks a cache directory of usageline. Backup programs may leave it out.
`;

/**
 * Writes `CACHEDIR.TAG` where the root contains only files of the cache. Backup programs leave out everything beside the
 * tag.
 */
function markAsCache(system: System, { root, path }: AccountDirectory): void {
  const { fs } = system;
  const own = path.slice(root.length + 1);
  const tag = `${root}${SEPARATOR}${TAG_NAME}`;
  try {
    if (fs.lstatSync(tag, { throwIfNoEntry: false })) return;
    if (fs.lstatSync(root).isSymbolicLink() || !namesIn(fs, root).every((name) => isOfCache(name, own)))
      return;
    createOwnFile(system, tag, TAG);
  } catch {
    // Without the tag, backups contain the cache.
  }
}

/** Whether a name in the cache root is one that this program gives. `own`: the name of an account's directory. */
function isOfCache(name: string, own: string): boolean {
  const ids = new Set([own, withoutHash(own)]);
  return name === POINTERS_NAME || name === UPKEEP_NAME || providerOfName(name, ids) !== null;
}

/** What the system reports of an action that only the owner may take. */
const NOT_TRUSTED = 'EPERM';

/**
 * Makes a directory and the missing levels above it, mode 0700. Makes nothing below a directory that is not trusted. For
 * root this includes one of another user, who could not use what root makes there. Node's own `recursive` never ends
 * where a parent exists and yet nothing can be made in it (`/proc/nowhere`, Node 20).
 *
 * @param own how many of the last levels belong to the user alone, see `TrustOptions`
 * @returns an errno name, or null
 */
export function makeDirectory(system: System, path: string, own: number): string | null {
  const before = trustIn(system, path, { own });
  if (before.kind !== 'trusted') return NOT_TRUSTED;
  let reason = makeOne(system.fs, path);
  const parent = path.slice(0, path.lastIndexOf(SEPARATOR));
  if (reason === 'ENOENT' && parent !== '')
    reason = makeDirectory(system, parent, Math.max(0, own - 1)) ?? makeOne(system.fs, path);
  if (reason !== null || before.exists) return reason;
  // Another user who may make directories there may have made this one first.
  return trustIn(system, path, { own }).kind === 'trusted' ? null : NOT_TRUSTED;
}

function makeOne(fs: System['fs'], path: string): string | null {
  try {
    fs.mkdirSync(path, { mode: 0o700 });
    return null;
  } catch (error) {
    const reason = errno(error);
    return reason === 'EEXIST' ? whyNoDirectory(fs, path) : reason;
  }
}

/** Why an existing path is no directory: an errno name; null when it is one. A link may lead to nothing. */
function whyNoDirectory(fs: System['fs'], path: string): string | null {
  try {
    return fs.statSync(path).isDirectory() ? null : 'EEXIST';
  } catch (error) {
    return errno(error);
  }
}
