import { isAbsolutePath, joinPaths } from '../platform/paths.ts';
import type { System } from '../platform/system.ts';

/** Where the configuration is, if there is one. On the hot path. */
export interface ConfigFile {
  /** Null: there is no place where one could be. */
  readonly path: string | null;
  /** Somebody named this file: that it is not there is worth a word. */
  readonly explicit: boolean;
  /** A value that was set and could not be used, in words; null when all is well. */
  readonly warning: string | null;
}

/**
 * The file of `USAGELINE_CONFIG`, else `usageline/config.toml` below `$XDG_CONFIG_HOME` on every platform, below
 * `%APPDATA%` on Windows and `~/.config` elsewhere. Relative values are ignored, as the XDG base directory
 * specification says: they would be another configuration in every directory.
 */
export function findConfigFile(system: System): ConfigFile {
  const { USAGELINE_CONFIG: own } = system.env;
  const named = own !== undefined && own !== '' && isAbsolutePath(own);
  const path = named ? own : usualPlace(system);
  // Bytes that are not UTF-8 reach us as U+FFFD: the path we would open is not the path that was meant.
  if (path?.includes('\uFFFD')) {
    return {
      path: null,
      explicit: named,
      warning: 'the path of the configuration is not valid UTF-8: it is not read',
    };
  }
  const warning = own && !named ? `USAGELINE_CONFIG is no absolute path: using ${path ?? 'none'}` : null;
  return { path, explicit: named, warning };
}

function usualPlace({ env, platform, home }: System): string | null {
  const { XDG_CONFIG_HOME: xdg } = env;
  if (xdg && isAbsolutePath(xdg)) return joinPaths(xdg, 'usageline', 'config.toml');
  const place = home();
  if (platform !== 'win32') return place && joinPaths(place, '.config', 'usageline', 'config.toml');
  const roaming = env.APPDATA || (place && joinPaths(place, 'AppData', 'Roaming'));
  return roaming && joinPaths(roaming, 'usageline', 'config.toml');
}

/** What is to be told of a file that somebody named and that is not there. */
export function missingFileWarning({ explicit: named, path }: ConfigFile): string | null {
  return named && path !== null
    ? 'USAGELINE_CONFIG names a file that is not there: the defaults apply'
    : null;
}
