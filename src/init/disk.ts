import { dirname } from 'node:path';
import { errno } from '../errno.ts';
import { readTextFile } from '../files.ts';
import type { System } from '../system.ts';

/** A file of somebody's, as found. */
export interface Found {
  /** The file itself: what a link points to, since dotfile managers put links in its place. */
  readonly real: string;
  /** Null: there is none. */
  readonly text: string | null;
  /** Permissions, owner and group; null where there is no file. */
  readonly keep: Keep | null;
}

export interface Keep {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** Looks at a file that may be changed; in words, why it is not to be. */
export function look(system: System, path: string): Found | string {
  const { fs, uid, platform } = system;
  const real = realPath(fs, path);
  if (real === null) return 'it is a link that leads nowhere';
  const read = readTextFile(fs, real, 'follow');
  if (read.kind === 'absent') return { real, text: null, keep: null };
  if (read.kind === 'not_utf8') return 'it is not UTF-8';
  if (read.kind === 'unreadable') return `it cannot be read: ${read.reason}`;
  const stat = fs.statSync(real);
  if (stat.nlink > 1) return 'it has a second name (a hard link), which would not change with it';
  if (platform !== 'win32' && (stat.mode & 0o222) === 0) return 'it is read-only';
  if (uid !== null && uid !== 0 && stat.uid !== uid) return 'it belongs to another user';
  return { real, text: read.text, keep: { mode: stat.mode & 0o7777, uid: stat.uid, gid: stat.gid } };
}

function realPath(fs: System['fs'], path: string): string | null {
  const link = fs.lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  if (!link) return path;
  try {
    return fs.realpathSync(path);
  } catch {
    return null;
  }
}

/**
 * Replaces a file at once, with the mode and the owner that it had: a reader sees the old text or the new one, and
 * when the disk is full the old one stays.
 * @returns the errno name of what went wrong, or null
 */
export function replaceKeeping(
  system: System,
  path: string,
  text: string,
  keep: Keep | number,
): string | null {
  const { fs, random } = system;
  const temporary = `${path}.usageline-${Math.floor(random() * 1e12)}`;
  let fd: number | null = null;
  try {
    fd = fs.openSync(temporary, 'wx', 0o600);
    fs.writeFileSync(fd, text);
    if (typeof keep === 'number') fs.fchmodSync(fd, keep);
    else {
      const { uid, gid } = fs.fstatSync(fd);
      if (uid !== keep.uid || gid !== keep.gid) fs.fchownSync(fd, keep.uid, keep.gid);
      fs.fchmodSync(fd, keep.mode);
    }
    // A power failure must not leave somebody without an rc file.
    fs.fsyncSync(fd);
    fs.closeSync(fd);
    fd = null;
    fs.renameSync(temporary, path);
    return null;
  } catch (error) {
    if (fd !== null) fs.closeSync(fd);
    fs.rmSync(temporary, { force: true });
    return errno(error);
  }
}

/** Makes the directory that a file needs. @returns those that were not there, outermost first */
export function makeDirectories({ fs }: System, directory: string): string[] {
  const made: string[] = [];
  for (let path = directory; !fs.existsSync(path) && dirname(path) !== path; path = dirname(path))
    made.unshift(path);
  // One by one: Node's own `recursive` tries for ever where nothing can be made in a parent (`/proc`, Node 20).
  for (const path of made) fs.mkdirSync(path);
  return made;
}
