import { findAccounts } from '../accounts/find.ts';
import type { Config } from '../config/config.ts';
import type { System } from '../platform/system.ts';

/** The names of the accounts with a login, by the names of their directories: `codex/work`, or `codex` for the usual one. */
export async function choicesOf(system: System, config: Config): Promise<ReadonlyMap<string, string>> {
  const { accounts } = await findAccounts(system, config);
  return new Map(
    accounts.map(({ provider, name, system: view }) => [
      provider.account(view).directory,
      name === 'default' ? provider.id : `${provider.id}/${name}`,
    ]),
  );
}
