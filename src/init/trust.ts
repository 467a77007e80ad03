import { errno } from '../errno.ts';
import { readTextFile } from '../files.ts';
import type { System } from '../system.ts';

/** Write permission for the group and for all others, and the bit that lets only owners remove files (`/tmp`). */
const GROUP_WRITABLE = 0o020;
const WORLD_WRITABLE = 0o002;
const STICKY = 0o1000;
/** As many links as Linux follows. */
const MAX_LINKS = 40;

/**
 * Why a file at this path is not to be changed: another user could put another file or a link in its place. Every
 * directory and every link on the way to it must belong to the user or to root, and nobody else may write the
 * directories. What is not there yet will be made by this user.
 *
 * @param path absolute
 * @returns a reason in words, or null
 */
export function distrust(system: System, path: string): string | null {
  const { fs, uid } = system;
  if (uid === null) return null;
  // In a user namespace, the files of the machine's root have another number: that of `/`.
  const owners = new Set([uid, 0, fs.statSync('/').uid]);
  // The names that are left to go through, the next one last.
  const rest = path.split('/').reverse();
  let place = '';
  let links = 0;
  for (let name = rest.pop(); name !== undefined; name = rest.pop()) {
    if (name === '' || name === '.') continue;
    if (name === '..') {
      place = place.slice(0, place.lastIndexOf('/'));
      continue;
    }
    const next = `${place}/${name}`;
    const stat = fs.lstatSync(next, { throwIfNoEntry: false });
    if (stat === undefined) return null;
    const isLink = stat.isSymbolicLink();
    // The file itself is looked at when it is read.
    const isFile = rest.length === 0 && !isLink;
    if (!isFile && !owners.has(stat.uid)) return `${next} belongs to ${nameOf(system, stat.uid)}`;
    if (isLink) {
      if ((links += 1) > MAX_LINKS) return LEADS_NOWHERE;
      const target = fs.readlinkSync(next);
      rest.push(...target.split('/').reverse());
      if (target.startsWith('/')) place = '';
      continue;
    }
    if (stat.isDirectory() && isOpen(stat.mode, stat.gid === uid)) return `${next} can be written by others`;
    place = next;
  }
  return null;
}

export const LEADS_NOWHERE = 'it is a link that leads nowhere';

/** @param ownGroup the group has the number of the user, and so by convention no other member */
function isOpen(mode: number, ownGroup: boolean): boolean {
  if (mode & STICKY) return false;
  return (mode & WORLD_WRITABLE) !== 0 || (!ownGroup && (mode & GROUP_WRITABLE) !== 0);
}

/**
 * Why root is not to install anything here: files that root makes below another user's home directory would lock that
 * user out.
 *
 * @returns a sentence, or null
 */
export function foreignHome(system: System, home: string): string | null {
  const { fs, uid } = system;
  if (uid !== 0) return null;
  try {
    const owner = fs.statSync(home).uid;
    if (owner === 0 || owner === fs.statSync('/').uid) return null;
    const name = nameOf(system, owner);
    return `the home directory ${home} belongs to ${name}: run this as ${name}, not as root`;
  } catch (error) {
    return `the home directory ${home} cannot be looked at: ${errno(error)}`;
  }
}

/** A user's login name; `user 1000` where the machine's list has none. */
function nameOf({ fs }: System, uid: number): string {
  const users = readTextFile(fs, '/etc/passwd', 'follow');
  const entry = (users.kind === 'file' ? users.text : '')
    .split('\n')
    .map((line) => line.split(':', 3))
    .find(([, , number]) => number === String(uid));
  const name = entry?.[0] ?? '';
  return /^[\w.@-]+$/.test(name) ? name : `user ${uid}`;
}
