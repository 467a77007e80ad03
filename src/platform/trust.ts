import { SEPARATOR } from './paths.ts';
import type { System } from './system.ts';

/*
 * Judges whether another user can change what a path means, by owning or writing a directory or a link on the way to it.
 */

const WRITABLE_BY_GROUP = 0o020;
const WRITABLE_BY_EVERYONE = 0o002;
/** In a directory with this bit, only the owner of a file or of the directory can rename or remove the file. */
const STICKY = 0o1000;
/** The number of links that Linux follows. A system call with more links on its path fails. */
const MAX_LINKS = 40;

/** The result of judging a path. docs/specs/files.md has the rule. */
export type Trust =
  /**
   * Only the user and root can change it. `exists` is false for a missing directory, which is judged by its parents.
   */
  | { readonly kind: 'trusted'; readonly exists: boolean }
  /** Another user owns a directory or a link on the way. */
  | { readonly kind: 'foreign'; readonly path: string; readonly uid: number }
  /** Other users can write a directory on the way. */
  | { readonly kind: 'open'; readonly path: string; readonly by: 'everyone' | 'its group' };

/** How to judge the end of a path. */
export interface TrustOptions {
  /** The path is that of a file, which is not judged itself. */
  readonly file?: boolean;
  /**
   * How many of the last directories must belong to the user; by default 1, and 0 for a file. For these, root's are refused
   * and the sticky bit does not count.
   */
  readonly own?: number;
}

/**
 * Judges a directory, or a file's directory, and every directory and link on the way to it. What cannot be examined counts
 * as missing, because the system call that uses the path will fail with the reason.
 */
export function trustIn(
  system: System,
  path: string,
  { file = false, own = file ? 0 : 1 }: TrustOptions = {},
): Trust {
  const { fs, uid, platform } = system;
  // Windows keeps permissions elsewhere, and gives a user's directories to the user.
  if (platform === 'win32' || uid === null) return { kind: 'trusted', exists: true };
  const names = namesIn(path);
  let at = '';
  let links = 0;
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    if (name === '..') {
      // `at` contains no links, so its parent is the text before the last separator.
      at = at.slice(0, Math.max(0, at.lastIndexOf(SEPARATOR)));
      continue;
    }
    const current = `${at}${SEPARATOR}${name}`;
    let target: string | null = null;
    try {
      const stat = fs.lstatSync(current, { throwIfNoEntry: false });
      if (stat === undefined) return { kind: 'trusted', exists: false };
      const link = stat.isSymbolicLink();
      if (file && !link && names.length === 0) return { kind: 'trusted', exists: true };
      const mustBeOwn = !link && names.length < own;
      if (stat.uid !== uid && (mustBeOwn || !isSystemId(system, stat.uid)))
        return { kind: 'foreign', path: current, uid: stat.uid };
      if (link) target = fs.readlinkSync(current);
      else if (mustBeOwn || !(stat.mode & STICKY)) {
        if (stat.mode & WRITABLE_BY_EVERYONE) return { kind: 'open', path: current, by: 'everyone' };
        if (stat.mode & WRITABLE_BY_GROUP && !isGroupOfOne(system, stat.gid))
          return { kind: 'open', path: current, by: 'its group' };
      }
    } catch {
      return { kind: 'trusted', exists: false };
    }
    if (target === null) at = current;
    else {
      if ((links += 1) > MAX_LINKS) return { kind: 'trusted', exists: false };
      if (target.startsWith(SEPARATOR)) at = '';
      names.unshift(...namesIn(target));
    }
  }
  return { kind: 'trusted', exists: true };
}

/**
 * Judges whether another user can change the text of a file: by the way to it, and by its owner and mode. A file that
 * cannot be examined counts as trusted, because the call that reads it will fail.
 */
export function trustInFile(system: System, path: string): Trust {
  const trust = trustIn(system, path, { file: true });
  const { fs, uid, platform } = system;
  if (trust.kind !== 'trusted' || platform === 'win32' || uid === null) return trust;
  try {
    const stat = fs.statSync(path);
    if (stat.uid !== uid && !isSystemId(system, stat.uid)) return { kind: 'foreign', path, uid: stat.uid };
    if (stat.mode & WRITABLE_BY_EVERYONE) return { kind: 'open', path, by: 'everyone' };
    if (stat.mode & WRITABLE_BY_GROUP && !isGroupOfOne(system, stat.gid))
      return { kind: 'open', path, by: 'its group' };
    return trust;
  } catch {
    return trust;
  }
}

function namesIn(path: string): string[] {
  return path.split(SEPARATOR).filter((name) => name !== '' && name !== '.');
}

/**
 * The first id of an app on Android, where every app is a user. The system's ids are lower, and own the parent directories.
 */
const FIRST_ANDROID_APP = 10_000;
/** The id that Linux shows for owners that do not exist in a user namespace, such as root outside a container. */
const UNKNOWN_OWNER = 65_534;

/** Whether a user or group id belongs to the system and not to another user. */
function isSystemId({ fs, platform }: System, id: number): boolean {
  if (id === 0) return true;
  if (platform === 'android') return id < FIRST_ANDROID_APP;
  return id === UNKNOWN_OWNER && isUserNamespace(fs);
}

/** Whether this process is in a user namespace without all ids: in a container without root, or in a sandbox. */
function isUserNamespace(fs: System['fs']): boolean {
  try {
    return !/^\s*0\s+0\s+4294967295\s*$/.test(fs.readFileSync('/proc/self/uid_map', 'utf8'));
  } catch {
    return false;
  }
}

function isGroupOfOne(system: System, group: number): boolean {
  return isSystemId(system, group) || isPrivateGroup(system, group);
}

/** Size limit for the lists of users and groups, bytes. A system with larger ones keeps its users elsewhere. */
const MAX_LIST_BYTES = 1024 * 1024;

/** Results of `isPrivateGroup`: one run judges several directories, and a list of users can have a megabyte. */
const privateGroups = new WeakMap<System['fs'], Map<string, boolean>>();

/**
 * Whether the user is the only member of a group. Many systems create such a group for each user and use an umask of 002.
 * The rule is that of OpenSSH: it is the primary group of the user (also while `newgrp` has given the process another
 * one), no other user has it as the primary group, and none is listed in it. A list without the user does not know the
 * members (a directory service does), nor does one that cannot be read: then a group is private if its number is that of
 * its user, and the lists name no member.
 */
export function isPrivateGroup({ fs, uid, gid }: System, group: number): boolean {
  if (uid === null) return false;
  const groups = privateGroups.get(fs) ?? new Map<string, boolean>();
  privateGroups.set(fs, groups);
  const key = `${uid}:${gid}:${group}`;
  const isPrivate = groups.get(key) ?? lookUpGroup(fs, uid, gid, group);
  groups.set(key, isPrivate);
  return isPrivate;
}

function lookUpGroup(fs: System['fs'], uid: number, gid: number | null, group: number): boolean {
  const users = (rowsOf(fs, '/etc/passwd', [uid, group]) ?? []).map(([name, , id, primary]) => ({
    name,
    id,
    primary,
  }));
  const user = users.filter(({ id }) => id === String(uid));
  const isPrimary = group === gid || user.some(({ primary }) => primary === String(group));
  if (user.length === 0 ? group !== uid : !isPrimary) return false;
  const names = new Set(user.map(({ name }) => name));
  const groups = rowsOf(fs, '/etc/group', [group]);
  // A list that is too long to be read can contain any member.
  if (groups === null) return false;
  const listed = groups.filter(([, , id]) => id === String(group));
  const members = listed.flatMap(([, , , list = '']) => list.split(',')).filter((name) => name !== '');
  const others = users.filter(({ id, primary }) => id !== String(uid) && primary === String(group));
  return others.length === 0 && members.every((name) => names.has(name));
}

/**
 * The lines of `/etc/passwd` or `/etc/group` that can contain one of these numbers, as fields; none where the list cannot
 * be read, null where it is too long.
 */
function rowsOf(fs: System['fs'], path: string, ids: readonly number[]): string[][] | null {
  try {
    if (fs.statSync(path).size > MAX_LIST_BYTES) return null;
    const lines = fs.readFileSync(path, 'utf8').split('\n');
    const rows = lines.filter((line) => ids.some((id) => line.includes(`:${id}:`)));
    return rows.map((line) => line.split(':'));
  } catch {
    return [];
  }
}
