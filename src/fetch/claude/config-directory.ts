import { absolutePath, isSamePath, normalizedPath } from '../../platform/same-path.ts';
import type { System } from '../../platform/system.ts';

/*
 * Claude Code's configuration directory, one for each login. On the hot path: no file is examined unless CLAUDE_CONFIG_DIR
 * is set, and then two directories and one file.
 */

const directories = new WeakMap<System, string | null>();

/**
 * The absolute path of the directory that CLAUDE_CONFIG_DIR names; null where that is the default one, `~/.claude`, in any
 * spelling, or where the variable is unset or empty. A relative value counts from the working directory.
 */
export function configDirectory(system: System): string | null {
  const given = system.env.CLAUDE_CONFIG_DIR;
  if (!given) return null;
  let directory = directories.get(system);
  if (directory === undefined) {
    const path = absolutePath(system, given);
    directory = isDefault(system, path) ? null : path;
    directories.set(system, directory);
  }
  return directory;
}

/**
 * The path of a directory in one spelling: absolute, without links, dots and doubled slashes. On macOS the path is returned
 * unchanged: the name of the keychain's item depends on every character, so two spellings can be two logins.
 */
export function canonicalPath(system: System, path: string): string {
  if (system.platform === 'darwin') return path;
  try {
    // Not `realpathSync` itself, which resolves `..` in the text: the name before it can be a link.
    return system.fs.realpathSync.native(path);
  } catch {
    return normalizedPath(path);
  }
}

/** The second directory that can contain a login, used only without CLAUDE_CONFIG_DIR; null where there is none. */
export function secondDirectory({ env, home, platform }: System): string | null {
  const { XDG_CONFIG_HOME: xdg } = env;
  const pattern = platform === 'win32' ? /^([A-Za-z]:[\\/]|\\\\)/ : /^\//;
  // The XDG Base Directory Specification: a relative value is ignored, an empty one counts as unset.
  if (xdg && pattern.test(xdg)) return join(platform, xdg, 'claude');
  const at = home();
  return at === null ? null : join(platform, at, '.config', 'claude');
}

/** The name of the file with a login. */
export const CREDENTIALS_FILE = '.credentials.json';

/** Path parts joined with the platform's separator; nothing is normalised. */
export function join(platform: NodeJS.Platform, ...parts: readonly string[]): string {
  return parts.join(platform === 'win32' ? '\\' : '/');
}

function isDefault(system: System, path: string): boolean {
  const { platform, fs } = system;
  const home = system.home();
  if (platform === 'darwin' || home === null) return false;
  const usual = join(platform, home, '.claude');
  if (!isSamePath(fs, path, usual)) return false;
  // Without the variable a login in the second directory counts as well, with it none does.
  const second = secondDirectory(system);
  return second === null || !isThere(fs, join(platform, second, CREDENTIALS_FILE));
}

function isThere(fs: System['fs'], path: string): boolean {
  try {
    return fs.statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOTDIR';
  }
}
