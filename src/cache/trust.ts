import { errno } from '../platform/errno.ts';
import { SEPARATOR } from '../platform/paths.ts';
import type { System } from '../platform/system.ts';
import { trustIn } from '../platform/trust.ts';
import type { Trust } from '../platform/trust.ts';
import type { AccountDirectory } from './directory.ts';

/** The root of the cache and the account's part of it. */
const OWN = 2;

/**
 * Why a cache directory is not to be read: other users can put numbers into it, or links. Root reads another user's
 * directory, and writes nothing there (`isOwnDirectory`).
 *
 * @returns a reason in words, or null
 */
export function distrust(system: System, directory: AccountDirectory): string | null {
  const trust = trustIn(system, directory.path, { own: OWN });
  return trust.kind === 'foreign' && system.uid === 0 ? null : reasonOf(trust);
}

/** Whether a cache directory is the user's own: one that is written, and whose ready lines are printed as they stand. */
export function isOwnDirectory(system: System, directory: AccountDirectory): boolean {
  return trustIn(system, directory.path, { own: OWN }).kind === 'trusted';
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

/** Whether a directory, or the nearest one above it that exists, can be written. Nothing is made to find out. */
export function isWritable(system: System, path: string): boolean {
  if (trustIn(system, path).kind !== 'trusted') return false;
  const { fs } = system;
  for (let place = path; place !== ''; place = place.slice(0, place.lastIndexOf(SEPARATOR))) {
    try {
      fs.accessSync(place, fs.constants.W_OK | fs.constants.X_OK);
      return true;
    } catch (error) {
      if (errno(error) !== 'ENOENT') return false;
    }
  }
  return false;
}

/**
 * Why a path is out of reach, for people: the nearest directory above it that can be looked at belongs to another
 * user, or one on the way does. Null when neither does.
 */
export function foreignOwner(system: System, path: string): string | null {
  const { fs, uid } = system;
  if (uid === null) return null;
  for (let place = path; place !== ''; place = place.slice(0, place.lastIndexOf(SEPARATOR))) {
    try {
      const stat = fs.statSync(place, { throwIfNoEntry: false });
      if (stat === undefined) continue;
      if (stat.uid !== uid) return `${place} belongs to ${nameOf(stat.uid)}`;
      break;
    } catch {
      // It lies behind a directory that cannot be entered.
    }
  }
  const trust = trustIn(system, path);
  return trust.kind === 'foreign' ? reasonOf(trust) : null;
}
