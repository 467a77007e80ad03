import { errno } from './errno.ts';
import type { System } from './system.ts';

/** The file descriptor of standard output. */
export const STDOUT = 1;
/** The file descriptor of standard error. */
export const STDERR = 2;

/** How long to wait for a full pipe, ms: its reader is slow, or will never read again. */
const PIPE_WAIT_MS = 2000;

/**
 * Writes a text completely before it returns. `process.stdout` would take a seventh of a Node start to load, and loses
 * unwritten output when the process ends.
 *
 * @returns whether the text was written; also true if the reader has closed the pipe (EPIPE)
 */
export function writeOut({ fs }: System, fd: number, text: string): boolean {
  const length = Buffer.byteLength(text);
  // Almost always one call writes the whole text, and no buffer is needed.
  let rest: string | Uint8Array = text;
  let written = 0;
  let waited = 0;
  while (written < length) {
    try {
      const count = fs.writeSync(fd, rest as string);
      // No ordinary file accepts 0 bytes; this one would never accept the rest.
      if (count === 0) return false;
      written += count;
      if (written < length) rest = Buffer.from(text).subarray(written);
    } catch (error) {
      const reason = errno(error);
      if (reason === 'EPIPE') return true;
      if (reason !== 'EAGAIN' || waited >= PIPE_WAIT_MS) return false;
      // Another process has made the pipe non-blocking, and it is full.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
      waited += 10;
    }
  }
  return true;
}

/**
 * Replaces invisible characters by `?`, so that a path or a value of the environment in a message cannot control the
 * terminal.
 */
export function printable(text: string): string {
  return text.replace(/\p{C}/gu, '?');
}

/**
 * Whether a descriptor is a terminal. Most are pipes, which one system call shows. On Linux the device number decides the
 * rest; other platforms need Node's `tty`, which takes an eighth of a Node start to load.
 */
export function isTerminal({ fs, platform }: System, fd: number): boolean {
  try {
    const stat = fs.fstatSync(fd);
    if (!stat.isCharacterDevice()) return false;
    const byDevice = platform === 'linux' ? linuxTerminal(stat.rdev >> 8) : null;
    return byDevice ?? process.getBuiltinModule('node:tty').isatty(fd);
  } catch {
    return false;
  }
}

/** Decides by the major device number: /dev/null and its like, consoles, pseudo-terminals; null for any other. */
function linuxTerminal(major: number): boolean | null {
  if (major === 1) return false;
  return major === 4 || (major >= 136 && major <= 143) ? true : null;
}
