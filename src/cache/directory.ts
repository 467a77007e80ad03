import { SEPARATOR } from '../platform/paths.ts';
import type { System } from '../platform/system.ts';

/** The files of one account. Claims (`claims.ts`) and transcript counts lie in `path` as well. On the hot path. */
export interface AccountDirectory {
  readonly root: string;
  readonly path: string;
  /** The directory of the prerendered lines; there is one for each `environmentHash`. */
  readonly prerendered: string;
  /** `usage.json`: the entry. */
  readonly entry: string;
  /** `usage.lock`: the backoff and the requests of the last hour. Not a mutex. */
  readonly backoff: string;
  /** `refresh.mutex`: the mutex, a directory that `proper-lockfile` makes and removes. */
  readonly mutex: string;
  /** `statusline.json`: the reports of sessions. */
  readonly reports: string;
  /** `keychain.json`: the result of the last keychain query (macOS). */
  readonly keychain: string;
  /** `identity.json`: the account that was signed in. Exists only where the file that names the account is large. */
  readonly identity: string;
}

/**
 * The paths of an account's files.
 *
 * @param root the cache root
 * @param name the name of the account's directory, e.g. `<provider>-1a2b3c4d`
 * @param hash see `environmentHash`
 */
export function accountDirectory(root: string, name: string, hash = ''): AccountDirectory {
  const path = `${root}${SEPARATOR}${name}`;
  return {
    root,
    path,
    prerendered: `${path}${SEPARATOR}ready${hash === '' ? '' : `-${hash}`}`,
    entry: `${path}${SEPARATOR}usage.json`,
    backoff: `${path}${SEPARATOR}usage.lock`,
    mutex: `${path}${SEPARATOR}refresh.mutex`,
    reports: `${path}${SEPARATOR}statusline.json`,
    keychain: `${path}${SEPARATOR}keychain.json`,
    identity: `${path}${SEPARATOR}identity.json`,
  };
}

/**
 * A hash of the `USAGELINE_CONFIG` and `USAGELINE_NETWORK` in use: 8 hex digits, or empty where neither is set. Shells
 * with different values thus do not overwrite each other's prerendered lines.
 */
export function environmentHash({
  USAGELINE_CONFIG: file,
  USAGELINE_NETWORK: network,
}: System['env']): string {
  return file || network ? fnv1a(`${file ?? ''}\n${network ?? ''}`) : '';
}

/** FNV-1a, because importing `node:crypto` costs time at every prompt. A collision costs only a prerendered line. */
export function fnv1a(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
