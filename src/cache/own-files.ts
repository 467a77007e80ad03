import { MAX_FILE_BYTES, readFailure, readTextFile } from '../platform/files.ts';
import type { FileRead } from '../platform/files.ts';
import { SEPARATOR } from '../platform/paths.ts';
import type { System } from '../platform/system.ts';
import { trustIn } from '../platform/trust.ts';
import { SECOND } from '../usage/time.ts';

/*
 * The one way to read, create and remove files in the cache; `replace-file.ts` is the one way to replace them. A file is
 * opened for writing only by the call that creates it (for the one exception see `replace-durably.ts`), in a directory that
 * no other user can change, and is never written in place. The mutex is a directory of `proper-lockfile`, which is made
 * after `ensureDirectory` has judged the directory around it.
 */

/** The bits of a file's mode that let other users than the owner write it. */
const WRITABLE_BY_OTHERS = 0o022;

/**
 * Reads a file of the cache: a regular file of the user, at most 1 MiB; root also reads files of other users. Examines the
 * path and then reads it, which is twice as fast as four system calls with a descriptor: in a trusted directory no other
 * user can exchange the file in between. On the hot path.
 */
export function readOwnFile({ fs, uid }: System, path: string): FileRead {
  try {
    const stat = fs.lstatSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return { kind: 'absent' };
    if (!stat.isFile()) return { kind: 'unreadable', reason: 'not_a_file' };
    if (stat.size > MAX_FILE_BYTES) return { kind: 'unreadable', reason: 'too_large' };
    if (uid !== null && stat.uid !== uid) {
      // The owner may exchange the file at any time, so root examines the open file.
      return uid === 0 ? readTextFile(fs, path, 'refuse') : { kind: 'unreadable', reason: 'EPERM' };
    }
    const text = readAtOnce(fs, path);
    if (text.length > MAX_FILE_BYTES) return { kind: 'unreadable', reason: 'too_large' };
    // Bytes that are not UTF-8 become this character, which a file can also contain.
    if (text.includes('\uFFFD')) return readTextFile(fs, path, 'refuse');
    return { kind: 'file', text, mtimeMs: stat.mtimeMs };
  } catch (error) {
    return readFailure(error);
  }
}

/**
 * Reads a small file whose text is used without being checked: the file must belong to the user, also for root, and no
 * other user may write it. Null for anything else. On the hot path.
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
  // Node accepts a number; its types do not.
  return fs.readFileSync(path, { encoding: 'utf8', flag: flag as unknown as string });
}

/** The directories that were found to be trusted. No other user can change that. */
const trusted = new WeakMap<System, Set<string>>();

/**
 * Whether files may be created, replaced and removed in a directory: every directory on the way to it is trusted. For root
 * none of them may belong to another user, who could exchange it for a link to one of root's files.
 */
export function mayWriteIn(system: System, directory: string): boolean {
  const directories = trusted.get(system) ?? new Set();
  if (directories.has(directory)) return true;
  const trust = trustIn(system, directory);
  if (trust.kind !== 'trusted') return false;
  if (trust.exists) trusted.set(system, directories.add(directory));
  return true;
}

/** @throws EPERM unless `mayWriteIn` allows the directory of a file */
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
 * Removes a file, a link, or a directory with everything in it. Does not enter a directory that another user can change:
 * that user could exchange a directory in it for a link, and Node's own `rmSync` would follow the link.
 *
 * @throws what the system calls fail with; EPERM for a directory that is not trusted and not empty
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

/** Sets the times of a file, epoch s, without opening it. Does not follow a link. @throws what the system calls fail with */
export function setOwnFileTime(system: System, path: string, seconds: number): void {
  assertMayWrite(system, path);
  system.fs.lutimesSync(path, seconds, seconds);
}

function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf(SEPARATOR));
}
