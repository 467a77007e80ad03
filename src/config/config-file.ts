import { isAbsolutePath, joinPaths } from '../platform/paths.ts';
import type { System } from '../platform/system.ts';

/** Path of the configuration file, whether or not the file exists. On the hot path. */
export interface ConfigFile {
  /** Null: there is no home directory, or the path cannot be used. */
  readonly path: string | null;
  /** `USAGELINE_CONFIG` set this path: a missing file deserves a warning. */
  readonly explicit: boolean;
  /** A sentence about a variable that was ignored; null if there is none. */
  readonly warning: string | null;
}

/**
 * Finds the configuration file: the value of `USAGELINE_CONFIG`, else `usageline/config.toml` below `$XDG_CONFIG_HOME`,
 * else below `%APPDATA%` on Windows and `~/.config` on other platforms. Relative values are ignored, as the XDG base
 * directory specification requires: a relative path would mean another file in every directory.
 */
export function findConfigFile(system: System): ConfigFile {
  const { USAGELINE_CONFIG: own } = system.env;
  const explicit = own !== undefined && own !== '' && isAbsolutePath(own);
  const path = explicit ? own : defaultPath(system);
  // Node decodes bytes that are not UTF-8 as U+FFFD, so that `path` names another file than the variable does.
  if (path?.includes('\uFFFD')) {
    return {
      path: null,
      explicit,
      warning: 'the path of the configuration is not valid UTF-8: it is not read',
    };
  }
  const warning = own && !explicit ? `USAGELINE_CONFIG is no absolute path: using ${path ?? 'none'}` : null;
  return { path, explicit, warning };
}

function defaultPath({ env, platform, home }: System): string | null {
  const { XDG_CONFIG_HOME: xdg } = env;
  if (xdg && isAbsolutePath(xdg)) return joinPaths(xdg, 'usageline', 'config.toml');
  const homePath = home();
  if (platform !== 'win32') return homePath && joinPaths(homePath, '.config', 'usageline', 'config.toml');
  const roaming = env.APPDATA || (homePath && joinPaths(homePath, 'AppData', 'Roaming'));
  return roaming && joinPaths(roaming, 'usageline', 'config.toml');
}
