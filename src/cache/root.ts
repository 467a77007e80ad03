import { isAbsolutePath, joinPaths } from '../platform/paths.ts';
import type { System } from '../platform/system.ts';

const NAME = 'usageline';

/** Where the cache is. `path` null: there is no usable place, everything works uncached. */
export interface CacheRoot {
  readonly path: string | null;
  /** A value that was set and could not be used, in words; null when all is well. */
  readonly warning: string | null;
}

/**
 * The cache root, first that applies: `USAGELINE_CACHE_DIR`, `$XDG_CACHE_HOME/usageline` on every platform,
 * the platform's own place. Relative values are ignored, as the XDG base directory specification says:
 * they would be another cache in every directory.
 *
 * The platform's place is what the `env-paths` package gives for `usageline` without a suffix. Importing it
 * would cost a tenth of a Node start at every prompt, so it is the oracle of this function's test instead.
 */
export function cacheRoot(system: System): CacheRoot {
  const { USAGELINE_CACHE_DIR: own, XDG_CACHE_HOME: xdg } = system.env;
  const relative = own && !isAbsolutePath(own) ? own : null;
  const chosen =
    (!relative && own) || (xdg && isAbsolutePath(xdg) ? joinPaths(xdg, NAME) : platformDefault(system));
  if (chosen === null) {
    return { path: null, warning: 'no home directory and no USAGELINE_CACHE_DIR: nothing is cached' };
  }
  // Bytes that are not UTF-8 reach us as U+FFFD: the path we would open is not the path that was meant.
  if (chosen.includes('\uFFFD')) {
    return { path: null, warning: 'the cache directory is not valid UTF-8: nothing is cached' };
  }
  const warning = relative && `USAGELINE_CACHE_DIR is "${relative}", not an absolute path: using ${chosen}`;
  return { path: chosen, warning };
}

function platformDefault({ platform, env, home }: System): string | null {
  const place = home();
  switch (platform) {
    case 'darwin':
      return place && joinPaths(place, 'Library', 'Caches', NAME);
    case 'win32': {
      const local = env.LOCALAPPDATA || (place && joinPaths(place, 'AppData', 'Local'));
      return local && joinPaths(local, NAME, 'Cache');
    }
    default:
      return place && joinPaths(place, '.cache', NAME);
  }
}
