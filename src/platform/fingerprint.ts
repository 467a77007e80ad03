import { errno } from './errno.ts';
import type { System } from './system.ts';

/**
 * The fingerprint of a file: it changes when the file is replaced or rewritten. `absent` where there is no file, the
 * errno name where the file cannot be examined. Follows links and reads no content. On the hot path.
 */
export function fileFingerprint({ fs }: System, path: string): string {
  try {
    const stat = fs.statSync(path, { throwIfNoEntry: false });
    return stat ? fingerprintOf(stat) : ABSENT;
  } catch (error) {
    return errno(error);
  }
}

/** The fingerprint of a file that does not exist. */
export const ABSENT = 'absent';

/**
 * What identifies one state of a file: mtime (ms), size (bytes) and inode. Transcripts are compared by these numbers and not
 * by texts: there can be tens of thousands of them, and one that has only grown is read on.
 */
export interface FileStats {
  readonly mtimeMs: number;
  readonly size: number;
  readonly ino: number;
}

/** A fingerprint as text, e.g. `1750000000000:512:1234`. */
export function fingerprintOf({ mtimeMs, size, ino }: FileStats): string {
  return `${mtimeMs}:${size}:${ino}`;
}
