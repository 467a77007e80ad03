import { accountDirectory, environmentHash } from '../cache/directory.ts';
import type { AccountDirectory } from '../cache/directory.ts';
import { cacheRoot } from '../cache/root.ts';
import { distrust, isOwnDirectory } from '../cache/trust.ts';
import type { Account } from '../fetch/provider.ts';
import type { ProviderDescriptor } from '../fetch/provider.ts';
import type { System } from '../platform/system.ts';

/** The paths of one account's files. */
export interface Paths {
  readonly account: Account;
  /** Null where there is no usable cache root. Root reads that of another user; writing there fails. */
  readonly cache: AccountDirectory | null;
  /** Where backoff and claims are stored while the cache cannot be written; null when there is no such directory. */
  readonly fallback: AccountDirectory | null;
  /** Why nothing is cached, or which setting cannot be used, in words; null when there is no problem. */
  readonly warning: string | null;
}

/** The paths of the account in use. */
export function pathsOf(system: System, provider: ProviderDescriptor): Paths {
  const account = provider.account(system);
  const root = cacheRoot(system);
  const cache =
    root.path === null ? null : accountDirectory(root.path, account.directory, environmentHash(system.env));
  const reason = cache && distrust(system, cache);
  return {
    account,
    cache: reason === null ? cache : null,
    fallback: fallbackOf(system, account),
    warning: reason === null ? root.warning : `${reason}: nothing is cached`,
  };
}

function fallbackOf(system: System, account: Account): AccountDirectory | null {
  const runtime = system.env.XDG_RUNTIME_DIR;
  if (!runtime?.startsWith('/')) return null;
  const directory = accountDirectory(`${runtime}/usageline`, account.directory);
  return isOwnDirectory(system, directory) ? directory : null;
}
