import { isUtf8 } from 'node:buffer';
import { errno } from './errno.ts';
import type { System } from './system.ts';

/**
 * The size limit for files, bytes. None of the files that are read is ever larger, so a larger one is another file.
 */
export const MAX_FILE_BYTES = 1024 * 1024;

/** The result of reading a text file. `mtimeMs`: when it was last changed, epoch ms. */
export type FileRead =
  | { readonly kind: 'file'; readonly text: string; readonly mtimeMs: number }
  | { readonly kind: 'absent' }
  /** Readable, but not UTF-8. */
  | { readonly kind: 'not_utf8'; readonly mtimeMs: number }
  /** `reason`: an errno name, or `not_a_file` (directory, FIFO, device), or `too_large`. */
  | { readonly kind: 'unreadable'; readonly reason: string };

const REASONS: Readonly<Record<string, string>> = {
  not_a_file: 'not a regular file',
  too_large: 'larger than 1 MiB',
};

/** The reason of an unreadable file for a message; an errno name stays. */
export function reasonText(reason: string): string {
  return REASONS[reason] ?? reason;
}

/**
 * Reads a text file of at most 1 MiB, and never hangs: it opens the file without blocking (a FIFO would wait for its
 * writer) and refuses everything but regular files.
 *
 * @param links `refuse` for files that the program creates; `follow` for files of the user, which may be links to regular
 *   files
 */
export function readTextFile(fs: System['fs'], path: string, links: 'follow' | 'refuse'): FileRead {
  const read = readBytes(fs, path, links);
  if (read.kind !== 'bytes') return read;
  const { bytes, mtimeMs } = read;
  return isUtf8(bytes)
    ? { kind: 'file', text: bytes.toString('utf8'), mtimeMs }
    : { kind: 'not_utf8', mtimeMs };
}

/** Reads the bytes of a file with the same care, and follows links; null if it cannot be read. */
export function readBinaryFile(fs: System['fs'], path: string): Buffer | null {
  const read = readBytes(fs, path, 'follow');
  return read.kind === 'bytes' ? read.bytes : null;
}

interface BytesRead {
  readonly kind: 'bytes';
  readonly bytes: Buffer;
  readonly mtimeMs: number;
}

/** Takes type and size from the open descriptor: another file may appear under the path at any time. */
function readBytes(fs: System['fs'], path: string, links: 'follow' | 'refuse'): BytesRead | FileRead {
  const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = fs.constants;
  let fd: number;
  try {
    // For platforms without `O_NOFOLLOW`.
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

/** Translates a failed system call on a file. */
export function readFailure(error: unknown): FileRead {
  const reason = errno(error);
  return reason === 'ENOENT' || reason === 'ENOTDIR' ? { kind: 'absent' } : { kind: 'unreadable', reason };
}

/** The whole file, even if it grows or shrinks meanwhile; null if it exceeds the size limit. */
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
