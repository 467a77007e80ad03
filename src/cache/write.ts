import './survive-sigxfsz.ts';
import writeFileAtomic from 'write-file-atomic';
import { errno } from '../platform/errno.ts';
import type { System } from '../platform/system.ts';
import { assertMayWrite, openTemporary, temporaryBeside } from './own-files.ts';
import { removeIfPresent } from './replace.ts';

/** Windows refuses to replace a file that somebody has open just now: worth a few tries, ms in between. */
const RENAME_RETRIES_MS = [10, 20, 30];

/**
 * Replaces a file of ours so that a reader sees the old content or the new one, never a torn one; mode 0600.
 * A full disk keeps the old file.
 * @returns the errno name of what went wrong (the old file is then still there), or null
 */
export function replaceDurably(system: System, path: string, content: string | Uint8Array): string | null {
  for (let attempt = 0; ; attempt += 1) {
    try {
      replaceOnce(system, path, content);
      return null;
    } catch (error) {
      const reason = errno(error);
      const pause = RENAME_RETRIES_MS[attempt];
      const refused = reason === 'EPERM' || reason === 'EACCES' || reason === 'EBUSY';
      if (system.platform !== 'win32' || !refused || pause === undefined) return reason;
      sleep(pause);
    }
  }
}

/**
 * The package opens its temporary file by a name that is made of the file's own and the process, and would follow a link
 * there. So it is given the name of another temporary file, which cannot be foretold, and the rename into the place of
 * the old file, which follows no link, is ours.
 */
function replaceOnce(system: System, path: string, content: string | Uint8Array): void {
  const complete = temporaryBeside(system, path);
  assertMayWrite(system, path);
  // A fresh options object each time: the package may write into it.
  writeFileAtomic.sync(complete, '', {
    mode: 0o600,
    tmpfileCreated: (temporary: string) => writeChecked(system, temporary, content),
  });
  try {
    system.fs.renameSync(complete, path);
  } catch (error) {
    removeIfPresent(system, complete);
    throw error;
  }
}

/**
 * The package's own single write takes a short one for a success and then puts a truncated file in the good
 * one's place. Node's `writeFileSync` goes on until all is written or fails; the size is what the disk says.
 */
function writeChecked(system: System, temporary: string, content: string | Uint8Array): void {
  const { fs } = system;
  // An umask such as 0277 takes the right to write the file from everyone but root.
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

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
