import type { Stats } from 'node:fs';
import type { System } from '../../../platform/system.ts';

/**
 * Opens a regular file for reading, without following a link in its place and without waiting for the writer of
 * a FIFO; null for anything else. To be closed by the caller.
 */
export function openRegular(fs: System['fs'], path: string): { fd: number; stat: Stats } | null {
  const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = fs.constants;
  let fd: number;
  try {
    fd = fs.openSync(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
  } catch {
    return null;
  }
  try {
    const stat = fs.fstatSync(fd);
    if (stat.isFile()) return { fd, stat };
  } catch {
    // As below.
  }
  fs.closeSync(fd);
  return null;
}

/** The bytes of a file of ours, up to a cap; null when there are none to be had. They start on a word's border. */
export function readBytes(fs: System['fs'], path: string, cap: number): Buffer | null {
  const open = openRegular(fs, path);
  if (open === null) return null;
  try {
    return open.stat.size > cap ? null : readAt(fs, open.fd, open.stat.size, 0);
  } catch {
    return null;
  } finally {
    fs.closeSync(open.fd);
  }
}

/** So many bytes from a place on; null when there are not so many. */
export function readAt(fs: System['fs'], fd: number, size: number, position: number): Buffer | null {
  const bytes = Buffer.allocUnsafeSlow(size);
  let length = 0;
  while (length < size) {
    const count = fs.readSync(fd, bytes, length, size - length, position + length);
    if (count === 0) return null;
    length += count;
  }
  return bytes;
}
