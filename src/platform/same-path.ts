import { isAbsolutePath, SEPARATOR } from './paths.ts';
import type { System } from './system.ts';

/*
 * Spellings of one path. On the hot path where a variable names the directory of a login: two `stat` calls, no more.
 */

/** The absolute path of a text that counts from the working directory; the text itself where that has been removed. */
export function absolutePath({ cwd }: Pick<System, 'cwd'>, given: string): string {
  if (isAbsolutePath(given)) return given;
  const at = cwd();
  return at === null ? given : `${at}${at.endsWith(SEPARATOR) ? '' : SEPARATOR}${given}`;
}

/** Whether two paths lead to the same directory, by what is there, or by their text where neither exists. */
export function isSamePath(fs: System['fs'], path: string, other: string): boolean {
  if (path === other) return true;
  const [one, two] = [statOf(fs, path), statOf(fs, other)];
  if (one === null && two === null) return normalizedPath(path) === normalizedPath(other);
  return one !== null && one.ino === two?.ino && one.dev === two.dev;
}

/** A path without dots, doubled slashes and a slash at its end. Links are not followed. */
export function normalizedPath(path: string): string {
  const { normalize } = process.getBuiltinModule('node:path');
  const text = normalize(path);
  return text.length > 1 && text.endsWith(SEPARATOR) ? text.slice(0, -1) : text;
}

/** Inode numbers can exceed 2^53, so they are read as big integers. */
function statOf(fs: System['fs'], path: string) {
  try {
    return fs.statSync(path, { bigint: true, throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}
