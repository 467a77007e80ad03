import { SEPARATOR } from '../platform/paths.ts';
import type { System } from '../platform/system.ts';
import { ageOf, HOUR } from '../usage/time.ts';
import type { AccountDirectory } from './directory.ts';
import { isAccount } from './is-account.ts';
import { namesIn } from './list.ts';
import {
  isTemporaryName,
  isWrittenName,
  POINTERS_NAME,
  providerOfName,
  TAG_NAME,
  UPKEEP_NAME,
} from './names.ts';
import { mayWriteIn, readOwnFile, removeOwnFile, removeOwnTree } from './own-files.ts';
import { pointerDirectory, pointerTarget } from './pointer.ts';

/** Age at which a temporary file counts as left behind by a killed process, ms. */
const LEFTOVER_MS = HOUR;

/** How many temporary files one call examines: the mutex must not be held for long. */
const MAX_LEFTOVERS = 1000;

/**
 * Removes temporary files that killed processes have left in an account's directory, and leaves the rest of a large number
 * to later calls. Called under the mutex.
 */
export function sweepTemporaries(system: System, directory: AccountDirectory): void {
  const { fs, now } = system;
  for (const name of namesIn(fs, directory.path).filter(isTemporaryName).slice(0, MAX_LEFTOVERS)) {
    const path = `${directory.path}${SEPARATOR}${name}`;
    try {
      const stat = fs.lstatSync(path, { throwIfNoEntry: false });
      if (stat && ageOf(stat.mtimeMs, now()) > LEFTOVER_MS) removeOwnFile(system, path);
    } catch {
      // The file stays, and the others are still removed.
    }
  }
}

/**
 * Removes the cache. The user may have put its root into any directory, so only files with names of the cache go, only
 * from directories of accounts, and directories only when they are empty. Removes nothing where other users can exchange the directory.
 *
 * @param providers the ids of all providers, with which the names of their directories begin
 */
export function removeCache(system: System, root: string, providers: readonly string[]): void {
  if (!mayWriteIn(system, root)) return;
  const { fs } = system;
  const ids = new Set(providers);
  for (const name of everyName(fs, root)) {
    const path = `${root}${SEPARATOR}${name}`;
    if (name === TAG_NAME || name === UPKEEP_NAME) removeMarked(system, path);
    else if (name === POINTERS_NAME) removePointers(system, root);
    else if (providerOfName(name, ids) !== null && isAccount(system, path)) {
      for (const file of everyName(fs, path))
        if (isWrittenName(file)) removeAll(system, `${path}${SEPARATOR}${file}`);
      removeEmpty(fs, path);
    }
  }
  removeEmpty(fs, root);
}

/** Removes a file that names this program as its writer. Other programs write a `CACHEDIR.TAG` as well. */
function removeMarked(system: System, path: string): void {
  try {
    const read = readOwnFile(system, path);
    if (read.kind === 'file' && read.text.includes('usageline')) removeOwnFile(system, path);
  } catch {
    // It cannot be removed.
  }
}

/** Removes the pointers, and their directory if nothing else is in it: a user's directory can have this name. */
function removePointers(system: System, root: string): void {
  const directory = pointerDirectory(root);
  for (const name of everyName(system.fs, directory)) {
    const path = `${directory}${SEPARATOR}${name}`;
    if (isTemporaryName(name) || pointerTarget(system, path) !== null) removeAll(system, path);
  }
  removeEmpty(system.fs, directory);
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

function everyName(fs: System['fs'], directory: string): string[] {
  return namesIn(fs, directory, Number.POSITIVE_INFINITY);
}
