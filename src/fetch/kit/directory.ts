import { absolutePath, isSamePath, normalizedPath } from '../../platform/same-path.ts';
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
  const path = absolutePath(system, given);
  const usual = standard(system);
  return usual !== null && isSamePath(system.fs, path, usual) ? null : path;
}

/** The path of a directory in one spelling: without links, dots and doubled slashes. */
export function canonicalPath({ fs }: System, path: string): string {
  try {
    // Not `realpathSync` itself, which resolves `..` in the text: the name before it can be a link.
    return fs.realpathSync.native(path);
  } catch {
    return normalizedPath(path);
  }
}
