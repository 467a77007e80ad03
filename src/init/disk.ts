import { dirname } from 'node:path';
import { errno } from '../errno.ts';
import { readTextFile } from '../files.ts';
import type { System } from '../system.ts';
import { distrust } from './trust.ts';

/** A user's file, as found. */
export interface Found {
  /** The file itself: what a link points to, since dotfile managers put links in its place. */
  readonly real: string;
  /** Null: there is none. */
  readonly text: string | null;
}

/** Looks at a file that may be changed; in words, why it is not to be. */
export function look(system: System, path: string): Found | string {
  try {
    return found(system, path);
  } catch (error) {
    return `it cannot be looked at: ${errno(error)}`;
  }
}

function found(system: System, path: string): Found | string {
  const { fs, uid, platform } = system;
  const reason = distrust(system, path);
  if (reason !== null) return reason;
  const real = realPath(fs, path);
  if (real === null) return 'it is a link that leads nowhere';
  const read = readTextFile(fs, real, 'follow');
  if (read.kind === 'absent') return { real, text: null };
  if (read.kind === 'not_utf8') return 'it is not UTF-8';
  if (read.kind === 'unreadable') return `it cannot be read: ${read.reason}`;
  const stat = fs.statSync(real);
  if (stat.nlink > 1) return 'it has a second name (a hard link), which would not change with it';
  if (platform !== 'win32' && (stat.mode & 0o222) === 0) return 'it is read-only';
  if (uid !== null && stat.uid !== uid) return 'it belongs to another user';
  return { real, text: read.text };
}

/** Where the links of a path lead; null for nowhere. */
function realPath(fs: System['fs'], path: string): string | null {
  try {
    const link = fs.lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
    return link ? fs.realpathSync(path) : path;
  } catch (error) {
    if (['ELOOP', 'ENOENT', 'ENOTDIR'].includes(errno(error))) return null;
    throw error;
  }
}

/** Writable by the owner alone, whatever the umask: a directory that others can write would be refused at the next call. */
const DIRECTORY_MODE = 0o755;

/**
 * Makes the directory that a file needs. Throws what the file system says where it cannot be made, and makes none then.
 * @returns those that this call has made, outermost first
 */
export function makeDirectories(system: System, directory: string): string[] {
  const { fs } = system;
  const missing: string[] = [];
  const made: string[] = [];
  for (let path = directory; !fs.existsSync(path) && dirname(path) !== path; path = dirname(path))
    missing.unshift(path);
  // One by one: Node's own `recursive` tries for ever where nothing can be made in a parent (`/proc`, Node 20).
  for (const path of missing) {
    try {
      fs.mkdirSync(path, { mode: DIRECTORY_MODE });
      made.push(path);
    } catch (error) {
      // Another process has made it meanwhile.
      if (errno(error) === 'EEXIST' && fs.existsSync(path)) continue;
      removeDirectories(system, made);
      throw error;
    }
  }
  return made;
}

/** Removes a file or a link; none there is no failure. @returns the errno name of what went wrong, or null */
export function removeFile({ fs }: System, path: string): string | null {
  try {
    fs.unlinkSync(path);
    return null;
  } catch (error) {
    const reason = errno(error);
    return reason === 'ENOENT' || reason === 'ENOTDIR' ? null : reason;
  }
}

/** Removes a directory unless it has something in it. @returns whether it is gone */
export function removeEmpty({ fs }: System, directory: string): boolean {
  try {
    fs.rmdirSync(directory);
    return true;
  } catch (error) {
    return errno(error) === 'ENOENT';
  }
}

/** Removes directories that are empty. @param directories outermost first */
export function removeDirectories(system: System, directories: readonly string[]): void {
  for (const path of directories.toReversed()) removeEmpty(system, path);
}
