import { join } from 'node:path';
import type { System } from '../system.ts';
import { HOUR } from '../usage/time.ts';
import type { AccountDirectory } from './directory.ts';

/** What temporary files are called: ours plus a number, with a dot before those of `replaceLightly`. */
const TEMPORARY = /^(usage\.json|usage\.lock|keychain\.json|transcripts\.(json|bin|new)|\.new)\.\d+$/;

/** Removes temporary files that a killed process left more than an hour ago. Called under the mutex. */
export function sweepTemporaries({ fs, now }: System, directory: AccountDirectory): void {
  for (const name of namesIn(fs, directory.path)) {
    if (!TEMPORARY.test(name)) continue;
    const path = join(directory.path, name);
    try {
      const stat = fs.lstatSync(path, { throwIfNoEntry: false });
      if (stat && Math.abs(now() - stat.mtimeMs) > HOUR) fs.unlinkSync(path);
    } catch {
      // Sweeping is a courtesy: what does not go stays, and does not keep the others.
    }
  }
}

function namesIn(fs: System['fs'], path: string): string[] {
  try {
    return fs.readdirSync(path);
  } catch {
    return [];
  }
}
