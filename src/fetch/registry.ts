import type { System } from '../platform/system.ts';
import { identity, identitySource } from './claude/identity.ts';
import { claudeFiles } from './claude/on-disk.ts';
import type { Identity, IdentitySource, Provider, ProviderFiles } from './provider.ts';

/**
 * What can be known of a provider without loading it. Nothing here reads credentials, and everything that costs
 * time to load is behind `connect`.
 */
export interface ProviderDescriptor extends ProviderFiles {
  /** The account that is signed in. Reading a large file can take seconds. */
  identity(system: System): Identity;
  /** The file that names the account, by `stat` only. */
  identitySource(system: System): IdentitySource;
  /** macOS: modification date of the keychain's item, `absent` without one; null when it cannot be found out. */
  keychainModified(system: System): Promise<string | null>;
  connect(): Promise<Provider>;
}

export const claude: ProviderDescriptor = {
  ...claudeFiles,
  identity,
  identitySource,
  keychainModified: async (system) => (await import('./claude/keychain.ts')).keychainModified(system),
  connect: async () => (await import('./claude/index.ts')).claude,
};
