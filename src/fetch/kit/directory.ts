import { isAbsolutePath, SEPARATOR } from '../../platform/paths.ts';
import type { System } from '../../platform/system.ts';

/*
 * The directory of a login, one for each account. Paths are joined with the separator of the platform and not normalized.
 */

/** Where a provider's program keeps its login. */
export interface LoginDirectory {
  /** The variable that names another directory; null where no variable does. */
  readonly variable: string | null;
  /** The directory without the variable, absolute; null where there is none. */
  standard(system: System): string | null;
}

/** A path below another one; null below null. */
export function below(system: System, base: string | null, ...names: readonly string[]): string | null {
  return base === null ? null : [base, ...names].join(system.platform === 'win32' ? '\\' : '/');
}

/** A path below the home directory; null without one. */
export function inHome(system: System, ...names: readonly string[]): string | null {
  return below(system, system.home(), ...names);
}

/** A path below the directory for configuration: `XDG_CONFIG_HOME`, else `~/.config`. */
export function inConfigHome(system: System, ...names: readonly string[]): string | null {
  return below(system, xdg(system, system.env.XDG_CONFIG_HOME) ?? inHome(system, '.config'), ...names);
}

/** A path below the directory for data: `XDG_DATA_HOME`, else `~/.local/share`. */
export function inDataHome(system: System, ...names: readonly string[]): string | null {
  return below(system, xdg(system, system.env.XDG_DATA_HOME) ?? inHome(system, '.local', 'share'), ...names);
}

/** The XDG Base Directory Specification: a relative value is ignored, an empty one counts as unset. */
function xdg({ platform }: System, value: string | undefined): string | null {
  if (!value) return null;
  return (platform === 'win32' ? /^([A-Za-z]:[\\/]|\\\\)/ : /^\//).test(value) ? value : null;
}

/** The paths that are not null. */
export function known(...paths: readonly (string | null)[]): string[] {
  return paths.filter((path) => path !== null);
}

/**
 * The absolute path of the directory that the variable names; null where that is the standard one in any spelling, or where
 * the variable is unset or empty. A relative value counts from the working directory.
 */
export function otherDirectory(system: System, { variable, standard }: LoginDirectory): string | null {
  const given = variable === null ? undefined : system.env[variable];
  if (!given) return null;
  const path = absolute(system, given);
  const usual = standard(system);
  if (usual === null) return path;
  const same = path === usual || (isSame(system.fs, path, usual) ?? normalized(path) === normalized(usual));
  return same ? null : path;
}

/** The path of a directory in one spelling: without links, dots and doubled slashes. */
export function canonicalPath({ fs }: System, path: string): string {
  try {
    // Not `realpathSync` itself, which resolves `..` in the text: the name before it can be a link.
    return fs.realpathSync.native(path);
  } catch {
    return normalized(path);
  }
}

function absolute({ cwd }: System, given: string): string {
  if (isAbsolutePath(given)) return given;
  const at = cwd();
  return at === null ? given : `${at}${at.endsWith(SEPARATOR) ? '' : SEPARATOR}${given}`;
}

/** Whether two paths lead to the same directory; null where neither exists. */
function isSame(fs: System['fs'], path: string, other: string): boolean | null {
  const [one, two] = [statOf(fs, path), statOf(fs, other)];
  if (one === null && two === null) return null;
  return one !== null && one.ino === two?.ino && one.dev === two.dev;
}

/** Inode numbers can exceed 2^53, so they are read as big integers. */
function statOf(fs: System['fs'], path: string) {
  try {
    return fs.statSync(path, { bigint: true, throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}

function normalized(path: string): string {
  const { normalize } = process.getBuiltinModule('node:path');
  const text = normalize(path);
  return text.length > 1 && text.endsWith(SEPARATOR) ? text.slice(0, -1) : text;
}
