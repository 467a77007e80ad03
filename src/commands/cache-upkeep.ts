import { providerIds } from '../accounts/find.ts';
import type { KnownAccount } from '../accounts/account.ts';
import { sweepAccounts } from '../cache/sweep-accounts.ts';
import type { Swept } from '../cache/sweep-accounts.ts';
import type { Config } from '../config/config.ts';
import { provider as mainProvider } from '../fetch/registry.ts';
import type { System } from '../platform/system.ts';
import { pathsOf } from '../resolve/paths.ts';

/**
 * Removes accounts that are not used any more, and keeps the cache under its size: a bounded part of it in each run. Called
 * by the worker after its request.
 *
 * @param accounts those of this run
 */
export function keepUp(
  system: System,
  config: Config,
  accounts: readonly Pick<KnownAccount, 'provider' | 'system'>[],
): Swept | null {
  const { cache } = pathsOf(system, mainProvider);
  if (cache === null) return null;
  const used = [{ provider: mainProvider, system }, ...accounts];
  return sweepAccounts(system, cache.root, {
    providers: providerIds(config),
    inUse: used.map(({ provider, system: view }) => provider.account(view).directory),
    maxBytes: config.cacheBytes,
  });
}
