import { errno } from '../platform/errno.ts';
import { SEPARATOR } from '../platform/paths.ts';
import type { System } from '../platform/system.ts';
import { makeDirectory } from './make-directory.ts';

/**
 * Why nothing can be kept in a cache root: a sentence; null where it can be used. One that is absent is made, as every call
 * does that has something to keep, and removed again: an attempt also shows what permissions do not, such as a read-only
 * file system.
 */
export function rootProblem(system: System, root: string): string | null {
  const { fs } = system;
  try {
    const stat = fs.statSync(root, { throwIfNoEntry: false });
    if (stat === undefined) return problemOf(root, 'made', makeAndRemove(system, root));
    if (!stat.isDirectory()) return `the cache ${root} cannot be used: it is no directory`;
    fs.accessSync(root, fs.constants.R_OK | fs.constants.X_OK);
    return null;
  } catch (error) {
    return problemOf(root, 'read', errno(error));
  }
}

function problemOf(root: string, verb: string, reason: string | null): string | null {
  return reason === null ? null : `the cache ${root} cannot be used: it cannot be ${verb} (${reason})`;
}

/** Makes a directory, and removes it with the levels above it that were absent. Returns an errno name, or null. */
function makeAndRemove(system: System, path: string): string | null {
  const absent: string[] = [];
  for (let level = path; level !== '' && !isThere(system, level); level = parentOf(level)) absent.push(level);
  const reason = makeDirectory(system, path, 1);
  for (const level of absent) if (!removeEmpty(system, level)) break;
  return reason;
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf(SEPARATOR));
}

function isThere({ fs }: System, path: string): boolean {
  return fs.lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Removes a directory without files; false where that fails, because another process has begun to use it. */
function removeEmpty({ fs }: System, path: string): boolean {
  try {
    fs.rmdirSync(path);
    return true;
  } catch (error) {
    return errno(error) === 'ENOENT';
  }
}
