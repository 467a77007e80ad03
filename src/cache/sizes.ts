import { SEPARATOR } from '../platform/paths.ts';
import type { System } from '../platform/system.ts';
import { isFromFuture } from '../usage/time.ts';
import { namesIn, takeStep } from './list.ts';
import type { Steps } from './list.ts';
import { isLinesName, isWrittenName } from './names.ts';

/** How much an account's directory holds, and when a process last wrote into it. */
export interface AccountSize {
  /** The sum of the lengths of its files, bytes; without those of other programs. */
  readonly bytes: number;
  /** Epoch ms; a time in the future counts as now. */
  readonly usedAt: number;
  /** Whether all files were counted. Otherwise `bytes` is too small. */
  readonly complete: boolean;
}

/** How many files of one account are examined: the largest ones that occur have a tenth of it. */
const MAX_FILES = 1000;

/** Files that each use of an account writes, except hits. Their times show its last use where that of the directory was set back. */
const WRITTEN_BY_USE = new Set(['usage.json', 'usage.lock', 'statusline.json']);

/**
 * Measures an account's directory. A hit writes nothing, so the last use is the last write: an account in use is written
 * at least once a day, the longest time for which numbers count as current. Follows no links. Null for anything but a
 * directory of the user.
 */
export function sizeOfAccount(system: System, path: string, steps: Steps): AccountSize | null {
  const stat = statOwn(system, path);
  if (stat === null || !stat.isDirectory()) return null;
  const within: Steps = { left: Math.min(steps.left, MAX_FILES) };
  const before = within.left;
  const times = [stat.mtimeMs];
  let bytes = 0;
  const add = (directory: string, isTop: boolean): void => {
    for (const name of namesIn(system.fs, directory, within.left + 1)) {
      if (!takeStep(within)) return;
      if (isTop && !isWrittenName(name)) continue;
      const file = `${directory}${SEPARATOR}${name}`;
      const it = statOwn(system, file);
      if (it === null) continue;
      if (it.isDirectory()) {
        if (!isTop || !isLinesName(name)) continue;
        times.push(it.mtimeMs);
        add(file, false);
      } else {
        bytes += it.size;
        if (isTop && WRITTEN_BY_USE.has(name)) times.push(it.mtimeMs);
      }
    }
  };
  add(path, true);
  steps.left -= before - within.left;
  const now = system.now();
  const usedAt = Math.max(...times.map((time) => (isFromFuture(time, now) ? now : time)));
  return { bytes, usedAt, complete: within.left > 0 };
}

/** Examines a file without following a link; null for one of another user, or none. */
export function statOwn({ fs, uid }: System, path: string): import('node:fs').Stats | null {
  try {
    const stat = fs.lstatSync(path, { throwIfNoEntry: false });
    return stat !== undefined && (uid === null || stat.uid === uid) ? stat : null;
  } catch {
    return null;
  }
}
