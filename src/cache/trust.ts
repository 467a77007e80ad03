import { errno } from '../platform/errno.ts';
import { SEPARATOR } from '../platform/paths.ts';
import type { System } from '../platform/system.ts';
import { trustIn } from '../platform/trust.ts';
import type { Trust } from '../platform/trust.ts';
import type { AccountDirectory } from './directory.ts';

/** How many of an account directory's last levels belong to the user alone: the cache root and the directory itself. */
export const OWN_LEVELS = 2;

/**
 * Why a cache directory must not be read: other users can put numbers or links into it. Root reads the directory of
 * another user, and writes nothing there (see `isOwnDirectory`).
 *
 * @returns a reason in words, or null
 */
export function distrust(system: System, directory: AccountDirectory): string | null {
  const trust = trustIn(system, directory.path, { own: OWN_LEVELS });
  return trust.kind === 'foreign' && system.uid === 0 ? null : reasonOf(trust);
}

/** Whether a cache directory belongs to the user: only then is it written, and are its prerendered lines printed. */
export function isOwnDirectory(system: System, directory: AccountDirectory): boolean {
  return trustIn(system, directory.path, { own: OWN_LEVELS }).kind === 'trusted';
}

function reasonOf(trust: Trust): string | null {
  switch (trust.kind) {
    case 'trusted':
      return null;
    case 'foreign':
      return `${trust.path} belongs to ${nameOf(trust.uid)}`;
    case 'open':
      return `${trust.path} can be written by ${trust.by}`;
  }
}

function nameOf(uid: number): string {
  return uid === 0 ? 'root' : `user ${uid}`;
}

/** Whether a directory, or the nearest existing one above it, can be written. Creates nothing. */
export function isWritable(system: System, path: string): boolean {
  if (trustIn(system, path).kind !== 'trusted') return false;
  const { fs } = system;
  for (let level = path; level !== ''; level = level.slice(0, level.lastIndexOf(SEPARATOR))) {
    try {
      fs.accessSync(level, fs.constants.W_OK | fs.constants.X_OK);
      return true;
    } catch (error) {
      if (errno(error) !== 'ENOENT') return false;
    }
  }
  return false;
}

/** Reasons that a file system has for all of its directories. */
const OF_FILE_SYSTEM = new Set(['EROFS', 'ENOSPC', 'EDQUOT']);

/**
 * Whether what keeps an account's directory from being written keeps those of all others as well.
 *
 * @param reason an errno name
 */
export function isRootAtFault({ fs }: System, { path }: AccountDirectory, reason: string): boolean {
  try {
    return OF_FILE_SYSTEM.has(reason) || fs.statSync(path, { throwIfNoEntry: false }) === undefined;
  } catch {
    return true;
  }
}

/**
 * The directory of another user that makes a path unusable, in words: the nearest one above it that can be examined, or
 * one on the way. Null when there is none.
 */
export function foreignOwner(system: System, path: string): string | null {
  const { fs, uid } = system;
  if (uid === null) return null;
  for (let level = path; level !== ''; level = level.slice(0, level.lastIndexOf(SEPARATOR))) {
    try {
      const stat = fs.statSync(level, { throwIfNoEntry: false });
      if (stat === undefined) continue;
      if (stat.uid !== uid) return `${level} belongs to ${nameOf(stat.uid)}`;
      break;
    } catch {
      // It is below a directory that cannot be entered.
    }
  }
  const trust = trustIn(system, path);
  return trust.kind === 'foreign' ? reasonOf(trust) : null;
}
