import type { System } from '../system.ts';
import { accountId } from './claude/identity.ts';
import { claudeFiles } from './claude/on-disk.ts';
import type { Provider, ProviderFiles } from './provider.ts';

/**
 * What can be known of a provider without loading it. Nothing here reads credentials, and everything that costs
 * time to load is behind `connect`.
 */
export interface ProviderDescriptor extends ProviderFiles {
  /** Who is signed in; null when that cannot be known. */
  accountId(system: System): string | null;
  /** macOS: modification date of the keychain's item, `absent` without one; null when it cannot be found out. */
  keychainModified(system: System): Promise<string | null>;
  connect(): Promise<Provider>;
}

export const claude: ProviderDescriptor = {
  ...claudeFiles,
  accountId,
  keychainModified: async (system) => (await import('./claude/keychain.ts')).keychainModified(system),
  connect: async () => (await import('./claude/index.ts')).claude,
};
