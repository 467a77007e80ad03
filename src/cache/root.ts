import { isAbsolutePath, joinPaths } from '../platform/paths.ts';
import type { System } from '../platform/system.ts';

const NAME = 'usageline';

/** Where the cache is. Where `path` is null there is no usable directory, and nothing is cached. */
export interface CacheRoot {
  readonly path: string | null;
  /** Why a setting cannot be used, in words; null when there is none. */
  readonly warning: string | null;
}

/**
 * The cache root: the first of `USAGELINE_CACHE_DIR`, `$XDG_CACHE_HOME/usageline` (on every platform) and the platform's
 * default. Relative values are ignored, as the XDG base directory specification demands: they would mean another cache in
 * every working directory. On the hot path.
 *
 * The platform's default is that of the package `env-paths` for `usageline` without a suffix. Importing the package takes a
 * tenth of a Node start, so this function computes it, and its test compares the two.
 */
export function cacheRoot(system: System): CacheRoot {
  const { USAGELINE_CACHE_DIR: own, XDG_CACHE_HOME: xdg } = system.env;
  const relative = own && !isAbsolutePath(own) ? own : null;
  const chosen =
    (!relative && own) || (xdg && isAbsolutePath(xdg) ? joinPaths(xdg, NAME) : platformDefault(system));
  if (chosen === null) {
    return { path: null, warning: 'no home directory and no USAGELINE_CACHE_DIR: nothing is cached' };
  }
  // Node puts U+FFFD for bytes that are not UTF-8, so this is not the path that the variable names.
  if (chosen.includes('\uFFFD')) {
    return { path: null, warning: 'the cache directory is not valid UTF-8: nothing is cached' };
  }
  const warning = relative && `USAGELINE_CACHE_DIR is "${relative}", not an absolute path: using ${chosen}`;
  return { path: chosen, warning };
}

function platformDefault({ platform, env, home }: System): string | null {
  const directory = home();
  switch (platform) {
    case 'darwin':
      return directory && joinPaths(directory, 'Library', 'Caches', NAME);
    case 'win32': {
      const local = env.LOCALAPPDATA || (directory && joinPaths(directory, 'AppData', 'Local'));
      return local && joinPaths(local, NAME, 'Cache');
    }
    default:
      return directory && joinPaths(directory, '.cache', NAME);
  }
}
