import { dirname } from 'node:path';
import { errno } from '../platform/errno.ts';
import { readTextFile, reasonText } from '../platform/files.ts';
import type { System } from '../platform/system.ts';
import { trustIn } from '../platform/trust.ts';

/*
 * Reads the user's files, decides which of them may be changed, and creates the directories that they need.
 */

/** A file that may be changed. */
export interface FoundFile {
  /** The path without a link at its end: dotfile managers replace files by links, and the target is what changes. */
  readonly real: string;
  /** The text of the file; null if there is no file. */
  readonly text: string | null;
}

/** Reads a file that may be changed. Returns the reason, in words, for a file that must not be. */
export function inspectFile(system: System, path: string): FoundFile | string {
  try {
    return inspect(system, path);
  } catch (error) {
    return `it cannot be looked at: ${errno(error)}`;
  }
}

function inspect(system: System, path: string): FoundFile | string {
  const { fs, uid, platform } = system;
  const reason = untrustedReason(system, path);
  if (reason !== null) return reason;
  const real = realPath(fs, path);
  if (real === null) return 'it is a link that leads nowhere';
  const it = real === path ? 'it' : `it is a link to ${real}, which`;
  const read = readTextFile(fs, real, 'follow');
  if (read.kind === 'absent') return { real, text: null };
  if (read.kind === 'not_utf8') return `${it} is not UTF-8`;
  if (read.kind === 'unreadable') return `${it} cannot be read: ${reasonText(read.reason)}`;
  const stat = fs.statSync(real);
  if (stat.nlink > 1) return `${it} has a second name (a hard link), which would not change with it`;
  if (platform !== 'win32' && (stat.mode & 0o222) === 0) return `${it} is read-only`;
  if (uid !== null && stat.uid !== uid) return `${it} belongs to ${nameOf(system, stat.uid)}`;
  return { real, text: read.text };
}

/** Why a file cannot be made or replaced in its directory, in words; null if it can, as far as permissions show. */
export function unwritableReason({ fs }: System, path: string): string | null {
  let directory = dirname(path);
  while (!fs.existsSync(directory) && dirname(directory) !== directory) directory = dirname(directory);
  try {
    fs.accessSync(directory, fs.constants.W_OK);
    return null;
  } catch {
    return `you cannot write in the directory ${directory}`;
  }
}

/** Follows a link at the end of a path; null for a link without a target. */
function realPath(fs: System['fs'], path: string): string | null {
  try {
    const link = fs.lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
    return link ? fs.realpathSync(path) : path;
  } catch (error) {
    if (['ELOOP', 'ENOENT', 'ENOTDIR'].includes(errno(error))) return null;
    throw error;
  }
}

/**
 * Why a file at this path must not be changed: another user could replace it by another file or a link.
 *
 * @param path absolute
 * @returns a reason in words, or null
 */
export function untrustedReason(system: System, path: string): string | null {
  const trust = trustIn(system, path, { file: true });
  switch (trust.kind) {
    case 'trusted':
      return null;
    case 'foreign':
      return `${trust.path} belongs to ${nameOf(system, trust.uid)}`;
    case 'open':
      return `${trust.path} can be written by ${trust.by}`;
  }
}

/**
 * Why root must not install into this home directory: another user owns it, and could not change the files that root
 * creates there.
 *
 * @returns a sentence, or null
 */
export function foreignHomeReason(system: System, home: string): string | null {
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

/** A user's login name; `user 1000` if `/etc/passwd` does not list it. */
function nameOf({ fs }: System, uid: number): string {
  const users = readTextFile(fs, '/etc/passwd', 'follow');
  const entry = (users.kind === 'file' ? users.text : '')
    .split('\n')
    .map((line) => line.split(':', 3))
    .find(([, , number]) => number === String(uid));
  const name = entry?.[0] ?? '';
  return /^[\w.@-]+$/.test(name) ? name : `user ${uid}`;
}

/** Only the owner can write, whatever the umask: the next call would refuse a directory that others can write. */
const DIRECTORY_MODE = 0o755;

/**
 * Creates a directory and its missing parents. If one of them fails, removes those it has created and throws the error
 * of the file system.
 *
 * @returns the directories that this call has created, outermost first
 */
export function makeDirectories(system: System, directory: string): string[] {
  const { fs } = system;
  const missing: string[] = [];
  const made: string[] = [];
  for (let path = directory; !fs.existsSync(path) && dirname(path) !== path; path = dirname(path))
    missing.unshift(path);
  // One by one: Node 20 never returns from `recursive` where a parent takes no directories (`/proc`).
  for (const path of missing) {
    try {
      fs.mkdirSync(path, { mode: DIRECTORY_MODE });
      made.push(path);
    } catch (error) {
      // Another process has created it since `existsSync`.
      if (errno(error) === 'EEXIST' && fs.existsSync(path)) continue;
      removeDirectories(system, made);
      throw error;
    }
  }
  return made;
}

/**
 * Removes a file or a link. A missing one is no failure.
 *
 * @returns the errno name of a failure, or null
 */
export function removeFile({ fs }: System, path: string): string | null {
  try {
    fs.unlinkSync(path);
    return null;
  } catch (error) {
    const reason = errno(error);
    return reason === 'ENOENT' || reason === 'ENOTDIR' ? null : reason;
  }
}

/** Removes a directory unless it contains something. Returns whether it is gone. */
export function removeEmpty({ fs }: System, directory: string): boolean {
  try {
    fs.rmdirSync(directory);
    return true;
  } catch (error) {
    return errno(error) === 'ENOENT';
  }
}

/**
 * Removes those directories that are empty.
 *
 * @param directories outermost first
 */
export function removeDirectories(system: System, directories: readonly string[]): void {
  for (const path of directories.toReversed()) removeEmpty(system, path);
}
