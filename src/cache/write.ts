import './survive-sigxfsz.ts';
import { basename, dirname, join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { errno } from '../errno.ts';
import type { System } from '../system.ts';

/** Windows refuses to replace a file that somebody has open just now: worth a few tries, ms in between. */
const RENAME_RETRIES_MS = [10, 20, 30];

/**
 * Replaces a file of ours so that a reader sees the old content or the new one, never a torn one; mode 0600.
 * A full disk keeps the old file.
 * @returns the errno name of what went wrong (the old file is then still there), or null
 */
export function replaceFile(system: System, path: string, content: string | Uint8Array): string | null {
  const { fs, platform } = system;
  for (let attempt = 0; ; attempt += 1) {
    try {
      unlinkLinks(fs, path);
      // A fresh options object each time: the package may write a file's mode and owner into it. The owner is
      // left as it was: `sudo usageline` does not take a user's cache away.
      writeFileAtomic.sync(path, '', {
        mode: 0o600,
        tmpfileCreated: (temporary: string) => writeChecked(fs, temporary, content),
      });
      return null;
    } catch (error) {
      const reason = errno(error);
      const pause = RENAME_RETRIES_MS[attempt];
      const refused = reason === 'EPERM' || reason === 'EACCES' || reason === 'EBUSY';
      if (platform !== 'win32' || !refused || pause === undefined) return reason;
      sleep(pause);
    }
  }
}

/**
 * The package's own single write takes a short one for a success and then puts a truncated file in the good
 * one's place. Node's `writeFileSync` goes on until all is written or fails; the size is what the disk says.
 */
function writeChecked(fs: System['fs'], temporary: string, content: string | Uint8Array): void {
  // An umask such as 0277 takes the right to write the file from everyone but root.
  fs.chmodSync(temporary, 0o600);
  fs.writeFileSync(temporary, content);
  if (fs.statSync(temporary).size !== Buffer.byteLength(content)) {
    throw Object.assign(new Error('short write'), { code: 'EIO' });
  }
}

/**
 * The package would follow a link in the file's place, and one under the name of its temporary file, which can
 * be foretold, and write into what it points to. Ours are never links, nor has any of them a second name.
 */
function unlinkLinks(fs: System['fs'], path: string): void {
  const beside = namesIn(fs, dirname(path)).filter((name) => isTemporaryOf(basename(path), name));
  for (const file of [path, ...beside.map((name) => join(dirname(path), name))]) {
    const stat = fs.lstatSync(file, { throwIfNoEntry: false });
    if (stat?.isSymbolicLink() || (stat?.isFile() && stat.nlink > 1)) fs.unlinkSync(file);
  }
}

/** What `write-file-atomic` calls its temporary files: ours plus a number. */
function isTemporaryOf(name: string, other: string): boolean {
  return other.startsWith(`${name}.`) && /^\d+$/.test(other.slice(name.length + 1));
}

function namesIn(fs: System['fs'], directory: string): string[] {
  try {
    return fs.readdirSync(directory);
  } catch {
    // Then the write says what is wrong.
    return [];
  }
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
