import { errno } from './errno.ts';
import type { System } from './system.ts';

/**
 * The fingerprint of a file: its mtime (ms), size and inode. `absent` where there is no file, an errno name where
 * `stat` fails. On the hot path.
 */
export function fileFingerprint({ fs }: System, path: string): string {
  try {
    const stat = fs.statSync(path, { throwIfNoEntry: false });
    return stat ? `${stat.mtimeMs}:${stat.size}:${stat.ino}` : 'absent';
  } catch (error) {
    return errno(error);
  }
}
