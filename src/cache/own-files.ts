import { MAX_FILE_BYTES, readFailure, readTextFile } from '../platform/files.ts';
import type { FileRead } from '../platform/files.ts';
import { SEPARATOR } from '../platform/paths.ts';
import type { System } from '../platform/system.ts';
import { trustIn } from '../platform/trust.ts';
import { SECOND } from '../usage/time.ts';

/*
 * The one way to touch a file in the cache. A file is opened for writing only where this open has created it, or where
 * it is the one that `write-file-atomic` has just made; the directory is one that no other user can change; and an
 * existing file is replaced by a rename, never written in place. The mutex alone is `proper-lockfile`'s: a directory,
 * taken after `ensureDirectory` has judged the place.
 */

/** Write permission for anybody but the owner, in a file's mode. */
const WRITABLE_BY_OTHERS = 0o022;

/**
 * Reads a file of ours: regular, no link, at most 1 MiB, and the user's own; root reads those of other users as well.
 * It is looked at first and then read in one go: that is twice as fast as four system calls, at every prompt, and in a
 * directory that is trusted no other user can put anything else in its place.
 */
export function readOwnFile({ fs, uid }: System, path: string): FileRead {
  try {
    const stat = fs.lstatSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return { kind: 'absent' };
    if (!stat.isFile()) return { kind: 'unreadable', reason: 'not_a_file' };
    if (stat.size > MAX_FILE_BYTES) return { kind: 'unreadable', reason: 'too_large' };
    if (uid !== null && stat.uid !== uid) {
      // The owner may exchange it meanwhile: what was opened is looked at, and nothing else is read.
      return uid === 0 ? readTextFile(fs, path, 'refuse') : { kind: 'unreadable', reason: 'EPERM' };
    }
    const text = readAtOnce(fs, path);
    if (text.length > MAX_FILE_BYTES) return { kind: 'unreadable', reason: 'too_large' };
    // What is not UTF-8 becomes this character, which a file can also hold.
    if (text.includes('\uFFFD')) return readTextFile(fs, path, 'refuse');
    return { kind: 'file', text, mtimeMs: stat.mtimeMs };
  } catch (error) {
    return readFailure(error);
  }
}

/**
 * Reads a small file whose text is used as it stands: it must be the user's own, root's being root's, and no other user
 * may have the right to write it. Null for anything else. On the hot path.
 *
 * @throws what the system calls fail with
 */
export function readClosedFile({ fs, uid }: System, path: string, maxBytes: number): string | null {
  const stat = fs.lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile() || stat.size > maxBytes) return null;
  if (uid !== null && (stat.uid !== uid || stat.mode & WRITABLE_BY_OTHERS)) return null;
  return readAtOnce(fs, path);
}

function readAtOnce(fs: System['fs'], path: string): string {
  const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = fs.constants;
  const flag = O_RDONLY | O_NONBLOCK | O_NOFOLLOW;
  // Node takes a number, its types only a text.
  return fs.readFileSync(path, { encoding: 'utf8', flag: flag as unknown as string });
}

/** Which directories each system has found to be trusted: no other user can change that. */
const trusted = new WeakMap<System, Set<string>>();

/**
 * Whether anything may be made, replaced or removed in a directory: the whole way to it is trusted. For root, that also
 * means that no part of it belongs to another user, who could exchange it meanwhile for a link to a file of root's.
 */
export function mayWriteIn(system: System, directory: string): boolean {
  const known = trusted.get(system) ?? new Set();
  if (known.has(directory)) return true;
  const trust = trustIn(system, directory);
  if (trust.kind !== 'trusted') return false;
  if (trust.exists) trusted.set(system, known.add(directory));
  return true;
}

/** @throws EPERM where `mayWriteIn` says no to the directory of a file */
export function assertMayWrite(system: System, path: string): void {
  if (!mayWriteIn(system, directoryOf(path))) {
    throw Object.assign(new Error('the directory is not trusted'), { code: 'EPERM' });
  }
}

/**
 * Creates a file exclusively, mode 0600: a link in its place is not followed. A file that cannot be written is removed
 * again.
 *
 * @param mtimeMs its modification time, epoch ms; by default the present time
 * @throws what the system calls fail with; EEXIST when there is anything under this path
 */
export function createOwnFile(system: System, path: string, content: string, mtimeMs?: number): void {
  assertMayWrite(system, path);
  const { fs } = system;
  const fd = fs.openSync(path, 'wx', 0o600);
  try {
    try {
      fs.writeFileSync(fd, content);
      if (mtimeMs !== undefined) fs.futimesSync(fd, mtimeMs / SECOND, mtimeMs / SECOND);
    } finally {
      fs.closeSync(fd);
    }
  } catch (error) {
    removeIfPresent(system, path);
    throw error;
  }
}

/** Removes a file, or a link. @throws what the system calls fail with */
export function removeOwnFile(system: System, path: string): void {
  assertMayWrite(system, path);
  system.fs.unlinkSync(path);
}

/** Removes a file, or a link, if there is one and it can be removed. */
export function removeIfPresent(system: System, path: string): void {
  try {
    // There is mostly none, and looking costs a tenth of an exception.
    if (system.fs.lstatSync(path, { throwIfNoEntry: false })) removeOwnFile(system, path);
  } catch {
    // Another process has removed it, or this one may not.
  }
}

/**
 * Removes a file, a link, or a directory with everything in it. A directory that another user can change is not entered:
 * between two calls that user could put a link in the place of what is in it, and Node's own `rmSync` would go on behind
 * the link.
 *
 * @throws what the system calls fail with; EPERM for a directory that is not trusted and has something in it
 */
export function removeOwnTree(system: System, path: string): void {
  assertMayWrite(system, path);
  const { fs } = system;
  const stat = fs.lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isDirectory()) return fs.unlinkSync(path);
  for (const name of fs.readdirSync(path)) removeOwnTree(system, `${path}${SEPARATOR}${name}`);
  fs.rmdirSync(path);
}

/** Sets the time of a file that is there, without writing into it. A link is not followed. @throws as above */
export function setOwnFileTime(system: System, path: string, seconds: number): void {
  assertMayWrite(system, path);
  system.fs.lutimesSync(path, seconds, seconds);
}

function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf(SEPARATOR));
}
