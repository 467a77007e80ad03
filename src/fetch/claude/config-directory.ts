import { isAbsolutePath, SEPARATOR } from '../../platform/paths.ts';
import type { System } from '../../platform/system.ts';

/*
 * Claude Code's configuration directory, which stands for one login. On the hot path: where CLAUDE_CONFIG_DIR is not
 * set, nothing is looked at; where it is, two directories and one file are.
 */

const known = new WeakMap<System, string | null>();

/**
 * The absolute path of the directory that CLAUDE_CONFIG_DIR names; null where that is the default one, `~/.claude`,
 * however it is spelled, or where the variable is unset or empty. A relative value counts from the directory in which
 * the process was started.
 */
export function configDirectory(system: System): string | null {
  const given = system.env.CLAUDE_CONFIG_DIR;
  if (!given) return null;
  let directory = known.get(system);
  if (directory === undefined) {
    const path = absolute(system, given);
    directory = isDefault(system, path) ? null : path;
    known.set(system, directory);
  }
  return directory;
}

/**
 * One text for all spellings of a directory: absolute, without links, dots and doubled slashes. On macOS the text as
 * it stands, since the name of the keychain's item depends on every character: two spellings can be two logins.
 */
export function canonicalPath(system: System, path: string): string {
  if (system.platform === 'darwin') return path;
  try {
    // The other one takes two dots for the name before them, which can be a link.
    return system.fs.realpathSync.native(path);
  } catch {
    return normalized(path);
  }
}

/** The second place of a login, which counts only without CLAUDE_CONFIG_DIR; null where there is none. */
export function secondDirectory({ env, home, platform }: System): string | null {
  const { XDG_CONFIG_HOME: xdg } = env;
  const pattern = platform === 'win32' ? /^([A-Za-z]:[\\/]|\\\\)/ : /^\//;
  // Relative values are to be ignored, says the XDG Base Directory Specification; empty is unset.
  if (xdg && pattern.test(xdg)) return join(platform, xdg, 'claude');
  const at = home();
  return at === null ? null : join(platform, at, '.config', 'claude');
}

/** The name of the file with a login. */
export const CREDENTIALS_FILE = '.credentials.json';

/** Path parts joined as the platform does; nothing is normalised. */
export function join(platform: NodeJS.Platform, ...parts: readonly string[]): string {
  return parts.join(platform === 'win32' ? '\\' : '/');
}

function absolute({ cwd }: System, given: string): string {
  if (isAbsolutePath(given)) return given;
  const at = cwd();
  return at === null ? given : `${at}${at.endsWith(SEPARATOR) ? '' : SEPARATOR}${given}`;
}

function isDefault(system: System, path: string): boolean {
  const { platform, fs } = system;
  const home = system.home();
  if (platform === 'darwin' || home === null) return false;
  const usual = join(platform, home, '.claude');
  if (path !== usual && !(isSame(fs, path, usual) ?? normalized(path) === normalized(usual))) return false;
  // Without the variable a login in the second place counts as well, with it none does.
  const second = secondDirectory(system);
  return second === null || !isThere(fs, join(platform, second, CREDENTIALS_FILE));
}

/** Whether two paths lead to one directory; null where neither leads to any. */
function isSame(fs: System['fs'], path: string, other: string): boolean | null {
  const [one, two] = [lookAt(fs, path), lookAt(fs, other)];
  if (one === null && two === null) return null;
  return one !== null && one.ino === two?.ino && one.dev === two.dev;
}

/** Numbers of inodes can be larger than those that a double holds. */
function lookAt(fs: System['fs'], path: string) {
  try {
    return fs.statSync(path, { bigint: true, throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}

function isThere(fs: System['fs'], path: string): boolean {
  try {
    return fs.statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOTDIR';
  }
}

function normalized(path: string): string {
  const { normalize } = process.getBuiltinModule('node:path');
  const text = normalize(path);
  return text.length > 1 && text.endsWith(SEPARATOR) ? text.slice(0, -1) : text;
}
