import { SEPARATOR } from '../platform/paths.ts';
import type { System } from '../platform/system.ts';
import { ageOf, HOUR } from '../usage/time.ts';
import { isAccountName } from './directory.ts';
import type { AccountDirectory } from './directory.ts';
import { mayWriteIn, readOwnFile, removeOwnFile, removeOwnTree } from './own-files.ts';

/**
 * Matches the names of temporary files. Those of earlier versions were the name of a file and a number, and
 * `transcripts.new`.
 */
const TEMPORARY =
  /^((usage\.json|usage\.lock|keychain\.json|transcripts\.(json|bin|new)|\.new(\.\d+)?)\.\d+|transcripts\.new)$/;
/** Age at which a temporary file counts as left behind by a killed process, ms. */
const LEFTOVER_MS = HOUR;

/** Removes the temporary files that killed processes have left in an account's directory. Called under the mutex. */
export function sweepTemporaries(system: System, directory: AccountDirectory): void {
  const { fs, now } = system;
  for (const name of namesIn(fs, directory.path)) {
    if (!TEMPORARY.test(name)) continue;
    const path = `${directory.path}${SEPARATOR}${name}`;
    try {
      const stat = fs.lstatSync(path, { throwIfNoEntry: false });
      if (stat && ageOf(stat.mtimeMs, now()) > LEFTOVER_MS) removeOwnFile(system, path);
    } catch {
      // The file stays, and the others are still removed.
    }
  }
}

/** Matches the names of all files and directories that any version has written into an account's directory. */
const WRITTEN =
  /^(usage\.json|usage\.lock|statusline\.json|after\.json|keychain\.json|identity\.json|transcripts\.(json|bin|new)|ready(-[0-9a-f]{8})?|refresh\.mutex|(attempt|background)\.\d+|\.new\.\d+(\.\d+)?|[a-z]+\.(json|lock|bin|new)\.\d+)$/;

/**
 * Removes the cache. The user may have put its root into any directory, so only files with names of the cache go, and
 * directories only when they are empty. Removes nothing where other users can exchange the directory.
 *
 * @param provider the id of the provider, with which the names of its directories begin
 */
export function removeCache(system: System, root: string, provider: string): void {
  if (!mayWriteIn(system, root)) return;
  const { fs } = system;
  for (const name of namesIn(fs, root)) {
    const path = `${root}${SEPARATOR}${name}`;
    if (name === 'CACHEDIR.TAG') removeTag(system, path);
    else if (name === 'accounts') removeAll(system, path);
    else if (isAccountName(name, provider)) {
      for (const file of namesIn(fs, path))
        if (WRITTEN.test(file)) removeAll(system, `${path}${SEPARATOR}${file}`);
      removeEmpty(fs, path);
    }
  }
  removeEmpty(fs, root);
}

/** Removes the tag of this program. Other programs write such a file as well. */
function removeTag(system: System, path: string): void {
  try {
    const read = readOwnFile(system, path);
    if (read.kind === 'file' && read.text.includes('usageline')) removeOwnFile(system, path);
  } catch {
    // It cannot be removed.
  }
}

function removeAll(system: System, path: string): void {
  try {
    removeOwnTree(system, path);
  } catch {
    // A refresh writes there at this moment, or other users can.
  }
}

function removeEmpty(fs: System['fs'], path: string): void {
  try {
    fs.rmdirSync(path);
  } catch {
    // It contains a file of another program.
  }
}

function namesIn(fs: System['fs'], directory: string): string[] {
  try {
    return fs.readdirSync(directory);
  } catch {
    return [];
  }
}
