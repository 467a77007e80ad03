import { errno } from './errno.ts';
import type { System } from './system.ts';

export const STDOUT = 1;
export const STDERR = 2;

/** How long a full pipe is waited for: its reader is slow, or gone without closing it. */
const PATIENCE_MS = 2000;

/**
 * Writes all of a text at once. `process.stdout` would cost a seventh of a Node start, and loses what it has
 * not written when the process ends.
 * @returns whether the text got out; a reader that has left (EPIPE) wants nothing and counts as served
 */
export function writeOut({ fs }: System, fd: number, text: string): boolean {
  const length = Buffer.byteLength(text);
  // In one go, as almost always: then no buffer is needed.
  let rest: string | Uint8Array = text;
  let written = 0;
  let waited = 0;
  while (written < length) {
    try {
      const count = fs.writeSync(fd, rest as string);
      // No usual file does that; such a one would never take the rest.
      if (count === 0) return false;
      written += count;
      if (written < length) rest = Buffer.from(text).subarray(written);
    } catch (error) {
      const reason = errno(error);
      if (reason === 'EPIPE') return true;
      if (reason !== 'EAGAIN' || waited >= PATIENCE_MS) return false;
      // Somebody made the pipe non-blocking, and it is full just now.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
      waited += 10;
    }
  }
  return true;
}

/** A text with paths, or values of the environment, for people: nothing in it steers a terminal. */
export function printable(text: string): string {
  return text.replace(/\p{C}/gu, '?');
}

/**
 * Whether a descriptor is a terminal. Most callers are pipes, and to see that costs one system call. On Linux
 * the device number says the rest; elsewhere Node's `tty` is asked, which costs an eighth of a Node start.
 */
export function isTerminal({ fs, platform }: System, fd: number): boolean {
  try {
    const stat = fs.fstatSync(fd);
    if (!stat.isCharacterDevice()) return false;
    const known = platform === 'linux' ? linuxTerminal(stat.rdev >> 8) : null;
    return known ?? process.getBuiltinModule('node:tty').isatty(fd);
  } catch {
    return false;
  }
}

/** What the major device number says: /dev/null and its like, consoles and pseudo-terminals; null: neither. */
function linuxTerminal(major: number): boolean | null {
  if (major === 1) return false;
  return major === 4 || (major >= 136 && major <= 143) ? true : null;
}
