import { join } from 'node:path';
import type { System } from '../platform/system.ts';
import { HOUR } from '../usage/time.ts';
import type { AccountDirectory } from './directory.ts';
import { removeOwnFile } from './own-files.ts';

/**
 * What temporary files are called, and were in earlier versions: the file's name plus a number. Earlier versions kept
 * `transcripts.new` as well.
 */
const TEMPORARY =
  /^((usage\.json|usage\.lock|keychain\.json|transcripts\.(json|bin|new)|\.new(\.\d+)?)\.\d+|transcripts\.new)$/;

/** Removes temporary files that a killed process left more than an hour ago. Called under the mutex. */
export function sweepTemporaries(system: System, directory: AccountDirectory): void {
  const { fs, now } = system;
  for (const name of namesIn(fs, directory.path)) {
    if (!TEMPORARY.test(name)) continue;
    const path = join(directory.path, name);
    try {
      const stat = fs.lstatSync(path, { throwIfNoEntry: false });
      if (stat && Math.abs(now() - stat.mtimeMs) > HOUR) removeOwnFile(system, path);
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
