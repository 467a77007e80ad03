import type { Stats } from 'node:fs';
import type { System } from '../system.ts';

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
    if (open.stat.size > cap) return null;
    const bytes = Buffer.allocUnsafeSlow(open.stat.size);
    let length = 0;
    while (length < bytes.length) {
      const count = fs.readSync(open.fd, bytes, length, bytes.length - length, length);
      if (count === 0) return null;
      length += count;
    }
    return bytes;
  } catch {
    return null;
  } finally {
    fs.closeSync(open.fd);
  }
}
