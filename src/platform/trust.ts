import { SEPARATOR } from './paths.ts';
import type { System } from './system.ts';
import { isPrivateGroup } from './private-group.ts';

const WRITABLE_BY_GROUP = 0o020;
const WRITABLE_BY_EVERYONE = 0o002;
/** In a directory with this bit a name can be moved or removed only by the owner of the file or of the directory. */
const STICKY = 0o1000;
/** As many as Linux follows. The system call that uses a longer path fails. */
const MAX_LINKS = 40;

/** Who can change what a path means. docs/specs/files.md has the rule. */
export type Trust =
  /** The user and root alone. `exists`: the directory is there; a missing one is judged by those above it. */
  | { readonly kind: 'trusted'; readonly exists: boolean }
  /** Another user owns a directory, or a link, on the way. */
  | { readonly kind: 'foreign'; readonly path: string; readonly uid: number }
  /** Other users can write a directory on the way. */
  | { readonly kind: 'open'; readonly path: string; readonly by: 'everyone' | 'its group' };

/** What the path leads to. */
export interface TrustOptions {
  /** A file, which is not judged itself. */
  readonly file?: boolean;
  /**
   * How many of the last directories must be the user's own (1 if not given, 0 for a file): one of root's is refused
   * then, and the sticky bit does not help.
   */
  readonly own?: number;
}

/**
 * Judges a directory, or a file's directory, and every directory and link on the way to it. What cannot be looked at
 * counts as missing: the system call that uses the path fails with the reason.
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
      // What is left of the way has no links in it any more.
      at = at.slice(0, Math.max(0, at.lastIndexOf(SEPARATOR)));
      continue;
    }
    const place = `${at}${SEPARATOR}${name}`;
    let target: string | null = null;
    try {
      const stat = fs.lstatSync(place, { throwIfNoEntry: false });
      if (stat === undefined) return { kind: 'trusted', exists: false };
      const link = stat.isSymbolicLink();
      if (file && !link && names.length === 0) return { kind: 'trusted', exists: true };
      const ours = !link && names.length < own;
      if (stat.uid !== uid && (ours || !isSystemId(system, stat.uid)))
        return { kind: 'foreign', path: place, uid: stat.uid };
      if (link) target = fs.readlinkSync(place);
      else if (ours || !(stat.mode & STICKY)) {
        if (stat.mode & WRITABLE_BY_EVERYONE) return { kind: 'open', path: place, by: 'everyone' };
        if (stat.mode & WRITABLE_BY_GROUP && !isGroupOfOne(system, stat.gid))
          return { kind: 'open', path: place, by: 'its group' };
      }
    } catch {
      return { kind: 'trusted', exists: false };
    }
    if (target === null) at = place;
    else {
      if ((links += 1) > MAX_LINKS) return { kind: 'trusted', exists: false };
      if (target.startsWith(SEPARATOR)) at = '';
      names.unshift(...namesIn(target));
    }
  }
  return { kind: 'trusted', exists: true };
}

/**
 * Judges the file that a path leads to as well: whether another user can change what is read there. A file that cannot be
 * looked at counts as trusted, and is found out by the call that reads it.
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

/** Ids below this one belong to Android itself: every app is a user, and the system's are above their directories. */
const FIRST_ANDROID_APP = 10_000;
/** How Linux shows the owners that a user namespace does not know, such as root outside of a container. */
const UNKNOWN_OWNER = 65_534;

/** Whether a user or group id is the system's own: what it can write is not written by other users. */
function isSystemId({ fs, platform }: System, id: number): boolean {
  if (id === 0) return true;
  if (platform === 'android') return id < FIRST_ANDROID_APP;
  return id === UNKNOWN_OWNER && isUserNamespace(fs);
}

/** Where not all user ids exist: in containers without root, in sandboxes. */
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
