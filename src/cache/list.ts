import type { System } from '../platform/system.ts';

/** What a clean-up may still do: a step examines, reads or removes one file. */
export interface Steps {
  left: number;
}

/** Whether there is a step left; takes it. */
export function takeStep(steps: Steps): boolean {
  if (steps.left <= 0) return false;
  steps.left -= 1;
  return true;
}

/** How many names of one directory are looked at: reading a name costs a hundredth of examining a file. */
const MAX_NAMES = 50_000;
/** How many names one system call is asked for. */
const AT_ONCE = 512;

/**
 * The first names in a directory, in no order; none where it cannot be listed. Unlike `readdirSync` it ends after a bounded
 * time, however many files there are.
 */
export function namesIn(fs: System['fs'], directory: string, limit: number = MAX_NAMES): string[] {
  const names: string[] = [];
  try {
    const open = fs.opendirSync(directory, { bufferSize: AT_ONCE });
    try {
      while (names.length < limit) {
        const entry = open.readSync();
        if (entry === null) break;
        names.push(entry.name);
      }
    } finally {
      open.closeSync();
    }
  } catch {
    // What was listed until then counts.
  }
  return names;
}
