import { errno } from '../errno.ts';
import { SEPARATOR } from '../paths.ts';
import type { System } from '../system.ts';
import type { AccountDirectory } from './directory.ts';

/** Write permission for everyone, in a file's mode. */
const WORLD_WRITABLE = 0o002;

/**
 * Why a cache directory is not to be used: whoever else can write it could put numbers before us, or links
 * in our way. A directory that is not there yet will be ours; one that cannot be looked at is found out by
 * whoever uses it.
 *
 * @returns a reason in words, or null
 */
export function distrust({ fs, uid, platform }: System, directory: AccountDirectory): string | null {
  // Windows keeps such things elsewhere, and gives a user's directories to the user.
  if (platform === 'win32' || uid === null) return null;
  for (const path of [directory.root, directory.path]) {
    try {
      const stat = fs.statSync(path, { throwIfNoEntry: false });
      if (stat === undefined) continue;
      // Root may look after other people's caches.
      if (uid !== 0 && stat.uid !== uid) return `${path} belongs to ${nameOf(stat.uid)}`;
      if (stat.mode & WORLD_WRITABLE) return `${path} can be written by everyone`;
    } catch {
      continue;
    }
  }
  return null;
}

function nameOf(uid: number): string {
  return uid === 0 ? 'root' : `user ${uid}`;
}

/** Whether a directory, or the nearest one above it that exists, can be written. Nothing is made to find out. */
export function isWritable({ fs }: System, path: string): boolean {
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
 * user. Null when it does not.
 */
export function foreignOwner({ fs, uid }: System, path: string): string | null {
  for (let place = path; place !== ''; place = place.slice(0, place.lastIndexOf(SEPARATOR))) {
    try {
      const stat = fs.statSync(place, { throwIfNoEntry: false });
      if (stat === undefined) continue;
      if (uid === null || stat.uid === uid) return null;
      return `${place} belongs to ${nameOf(stat.uid)}`;
    } catch {
      // It lies behind a directory that cannot be entered.
    }
  }
  return null;
}
