import './survive-sigxfsz.ts';
import writeFileAtomic from 'write-file-atomic';
import type { System } from '../platform/system.ts';
import { assertMayWrite } from './own-files.ts';
import { replaceWith } from './replace-file.ts';

/** Pauses before further attempts, ms: Windows refuses to replace a file that another process has open. */
const PAUSES_MS = [10, 20, 30];

/**
 * Replaces a file of which a power failure must leave the old content or the new one; mode 0600.
 *
 * @returns an errno name, and the old file is still there; null when it was replaced
 */
export function replaceDurably(system: System, path: string, content: string | Uint8Array): string | null {
  for (let attempt = 0; ; attempt += 1) {
    const reason = replaceWith(system, path, (temporary) => createFlushed(system, temporary, content));
    const pause = PAUSES_MS[attempt];
    const refused = reason === 'EPERM' || reason === 'EACCES' || reason === 'EBUSY';
    if (system.platform !== 'win32' || !refused || pause === undefined) return reason;
    sleep(pause);
  }
}

/**
 * Makes a file and flushes it to the disk. The package writes into a temporary file of its own, opens it by a name that
 * can be computed, and would follow a link there: so it is given a path that contains a random number.
 */
function createFlushed(system: System, path: string, content: string | Uint8Array): void {
  assertMayWrite(system, path);
  // A new object of options each time: the package may write into it.
  writeFileAtomic.sync(path, '', {
    mode: 0o600,
    tmpfileCreated: (temporary: string) => writeChecked(system, temporary, content),
  });
}

/**
 * Writes the content into the package's temporary file and checks its size. The package's own write takes a short write
 * for a success, and a truncated file would take the place of a good one.
 */
function writeChecked(system: System, temporary: string, content: string | Uint8Array): void {
  const { fs } = system;
  // An umask such as 0277 takes the right to write the file from every user but root.
  fs.chmodSync(temporary, 0o600);
  const fd = openTemporary(system, temporary);
  try {
    fs.writeFileSync(fd, content);
    if (fs.fstatSync(fd).size !== Buffer.byteLength(content)) {
      throw Object.assign(new Error('short write'), { code: 'EIO' });
    }
  } finally {
    fs.closeSync(fd);
  }
}

/**
 * Opens the package's temporary file for writing.
 *
 * @throws what the system calls fail with; EPERM for anything but a regular file of the user with one name
 */
function openTemporary({ fs, uid }: System, path: string): number {
  const { O_WRONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = fs.constants;
  const fd = fs.openSync(path, O_WRONLY | O_NONBLOCK | O_NOFOLLOW);
  try {
    const stat = fs.fstatSync(fd);
    if (stat.isFile() && stat.nlink === 1 && (uid === null || stat.uid === uid)) return fd;
    throw Object.assign(new Error('not the file that was made'), { code: 'EPERM' });
  } catch (error) {
    fs.closeSync(fd);
    throw error;
  }
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
