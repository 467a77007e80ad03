import { accountDirectory, environmentHash } from '../cache/directory.ts';
import type { AccountDirectory } from '../cache/directory.ts';
import { cacheRoot } from '../cache/root.ts';
import { distrust, isOwnDirectory } from '../cache/trust.ts';
import type { Account } from '../fetch/provider.ts';
import type { ProviderDescriptor } from '../fetch/provider.ts';
import type { System } from '../platform/system.ts';

/** Where one account's files are. */
export interface Paths {
  readonly account: Account;
  /** Null: there is no usable cache root. Root reads that of another user, and whatever would write there fails. */
  readonly cache: AccountDirectory | null;
  /** Where the budget is kept while the cache cannot be written; null when there is no such place. */
  readonly fallback: AccountDirectory | null;
  /** A setting that could not be used, in words. */
  readonly warning: string | null;
}

export function pathsOf(system: System, provider: ProviderDescriptor): Paths {
  const place = cachePaths(system, provider);
  return { ...place, fallback: fallbackOf(system, place.account) };
}

/** The account and its cache directory: all that an answer from the cache needs. */
export function cachePaths(system: System, provider: ProviderDescriptor): Omit<Paths, 'fallback'> {
  const account = provider.account(system);
  const root = cacheRoot(system);
  const cache =
    root.path === null ? null : accountDirectory(root.path, account.directory, environmentHash(system.env));
  const reason = cache && distrust(system, cache);
  return {
    account,
    cache: reason === null ? cache : null,
    warning: reason === null ? root.warning : `${reason}: nothing is cached`,
  };
}

function fallbackOf(system: System, account: Account): AccountDirectory | null {
  const runtime = system.env.XDG_RUNTIME_DIR;
  if (!runtime?.startsWith('/')) return null;
  const directory = accountDirectory(`${runtime}/usageline`, account.directory);
  return isOwnDirectory(system, directory) ? directory : null;
}
