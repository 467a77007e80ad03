import { isUtf8 } from 'node:buffer';
import { errno } from './errno.ts';
import type { System } from './system.ts';

/** No file we read is ever larger: what is, was not written by who we think. */
export const MAX_FILE_BYTES = 1024 * 1024;

export type FileRead =
  | { readonly kind: 'file'; readonly text: string; readonly mtimeMs: number }
  | { readonly kind: 'absent' }
  /** `not_utf8`: read, but no text; `mtimeMs` is still known. */
  | { readonly kind: 'not_utf8'; readonly mtimeMs: number }
  /** `reason`: an errno name, or `not_a_file` (directory, FIFO, device), or `too_large`. */
  | { readonly kind: 'unreadable'; readonly reason: string };

/**
 * Reads a small text file without ever hanging and without reading more than 1 MiB: it is opened without
 * blocking (a FIFO would wait for its writer), must be a regular file and is read up to the cap.
 *
 * @param links `refuse` for files that the program makes (those in the cache: `readOwnFile` of cache/own-files.ts);
 *   `follow` for files that people manage, which may be links as long as they end in a regular file
 */
export function readTextFile(fs: System['fs'], path: string, links: 'follow' | 'refuse'): FileRead {
  const read = readBytes(fs, path, links);
  if (read.kind !== 'bytes') return read;
  const { bytes, mtimeMs } = read;
  return isUtf8(bytes)
    ? { kind: 'file', text: bytes.toString('utf8'), mtimeMs }
    : { kind: 'not_utf8', mtimeMs };
}

/** The bytes of a file that may be a link to a regular one, read as carefully; null when they cannot be read. */
export function readBinaryFile(fs: System['fs'], path: string): Buffer | null {
  const read = readBytes(fs, path, 'follow');
  return read.kind === 'bytes' ? read.bytes : null;
}

interface BytesRead {
  readonly kind: 'bytes';
  readonly bytes: Buffer;
  readonly mtimeMs: number;
}

/** Type and size come from the open descriptor, so the file cannot change in between. */
function readBytes(fs: System['fs'], path: string, links: 'follow' | 'refuse'): BytesRead | FileRead {
  const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = fs.constants;
  let fd: number;
  try {
    // A platform without that flag follows links all the same.
    if (links === 'refuse' && fs.lstatSync(path).isSymbolicLink())
      return { kind: 'unreadable', reason: 'not_a_file' };
    fd = fs.openSync(path, O_RDONLY | O_NONBLOCK | (links === 'refuse' ? O_NOFOLLOW : 0));
  } catch (error) {
    return readFailure(error);
  }
  try {
    const stat = fs.fstatSync(fd);
    if (!stat.isFile()) return { kind: 'unreadable', reason: 'not_a_file' };
    if (stat.size > MAX_FILE_BYTES) return { kind: 'unreadable', reason: 'too_large' };
    const bytes = readUpTo(fs, fd, stat.size);
    if (bytes === null) return { kind: 'unreadable', reason: 'too_large' };
    return { kind: 'bytes', bytes, mtimeMs: stat.mtimeMs };
  } catch (error) {
    return readFailure(error);
  } finally {
    fs.closeSync(fd);
  }
}

/** What a failed system call says of a file. */
export function readFailure(error: unknown): FileRead {
  const reason = errno(error);
  return reason === 'ENOENT' || reason === 'ENOTDIR' ? { kind: 'absent' } : { kind: 'unreadable', reason };
}

/** The whole file, also when it grows or shrinks meanwhile; null when it grew beyond the cap. */
function readUpTo(fs: System['fs'], fd: number, size: number): Buffer | null {
  // One byte more than expected: the read that finds the end is then the same that reads the file.
  let buffer = Buffer.allocUnsafe(size + 1);
  let length = 0;
  for (;;) {
    const count = fs.readSync(fd, buffer, length, buffer.length - length, null);
    if (count === 0) return buffer.subarray(0, length);
    length += count;
    if (length > MAX_FILE_BYTES) return null;
    if (length === buffer.length) buffer = Buffer.concat([buffer, Buffer.allocUnsafe(length)]);
  }
}
