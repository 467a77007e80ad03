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
 * @param links `refuse` for files of our own (a link in the cache directory is none of our making);
 *   `follow` for files that people manage, which may be links as long as they end in a regular file
 */
export function readTextFile(fs: System['fs'], path: string, links: 'follow' | 'refuse'): FileRead {
  return links === 'refuse' ? readOwn(fs, path) : readCarefully(fs, path, 0);
}

/**
 * A file in a directory that only we can write. Looked at first and then read in one go: that is twice as
 * fast as four system calls, at every prompt, and nobody is there to put a device in its place in between.
 */
function readOwn(fs: System['fs'], path: string): FileRead {
  try {
    const stat = fs.lstatSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return { kind: 'absent' };
    if (!stat.isFile()) return { kind: 'unreadable', reason: 'not_a_file' };
    if (stat.size > MAX_FILE_BYTES) return { kind: 'unreadable', reason: 'too_large' };
    const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = fs.constants;
    const flag = O_RDONLY | O_NONBLOCK | O_NOFOLLOW;
    // Node takes a number, its types only a text.
    const options = { encoding: 'utf8', flag: flag as unknown as string } as const;
    const text = fs.readFileSync(path, options);
    if (text.length > MAX_FILE_BYTES) return { kind: 'unreadable', reason: 'too_large' };
    // What is not UTF-8 becomes this character, which a file can also hold.
    if (text.includes('\uFFFD')) return readCarefully(fs, path, O_NOFOLLOW);
    return { kind: 'file', text, mtimeMs: stat.mtimeMs };
  } catch (error) {
    return failed(error);
  }
}

/** The bytes of a file that may be a link to a regular one, read as carefully; null when they cannot be read. */
export function readBinaryFile(fs: System['fs'], path: string): Buffer | null {
  const read = readBytes(fs, path, 0);
  return read.kind === 'bytes' ? read.bytes : null;
}

function readCarefully(fs: System['fs'], path: string, more: number): FileRead {
  const read = readBytes(fs, path, more);
  if (read.kind !== 'bytes') return read;
  const { bytes, mtimeMs } = read;
  return isUtf8(bytes)
    ? { kind: 'file', text: bytes.toString('utf8'), mtimeMs }
    : { kind: 'not_utf8', mtimeMs };
}

interface BytesRead {
  readonly kind: 'bytes';
  readonly bytes: Buffer;
  readonly mtimeMs: number;
}

/** Reads a file of another program. Type and size come from the open descriptor, so the file cannot change in between. */
function readBytes(fs: System['fs'], path: string, more: number): BytesRead | FileRead {
  const { O_RDONLY, O_NONBLOCK = 0 } = fs.constants;
  let fd: number;
  try {
    fd = fs.openSync(path, O_RDONLY | O_NONBLOCK | more);
  } catch (error) {
    return failed(error);
  }
  try {
    const stat = fs.fstatSync(fd);
    if (!stat.isFile()) return { kind: 'unreadable', reason: 'not_a_file' };
    if (stat.size > MAX_FILE_BYTES) return { kind: 'unreadable', reason: 'too_large' };
    const bytes = readUpTo(fs, fd, stat.size);
    if (bytes === null) return { kind: 'unreadable', reason: 'too_large' };
    return { kind: 'bytes', bytes, mtimeMs: stat.mtimeMs };
  } catch (error) {
    return failed(error);
  } finally {
    fs.closeSync(fd);
  }
}

function failed(error: unknown): FileRead {
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
