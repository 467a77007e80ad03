import { readToml } from '../../../src/config/toml.ts';
import { ownProvider } from '../../../src/fetch/own/index.ts';
import type { ProviderDescriptor } from '../../../src/fetch/provider.ts';
import type { OwnProvider } from '../../../src/usage/own-provider.ts';

/** The first provider that a configuration describes. Throws for a mistake in it. */
export function ownIn(config: string): OwnProvider {
  const { values, mistakes } = readToml(config);
  const [own] = (values.get('provider')?.value ?? []) as OwnProvider[];
  if (own === undefined || mistakes.length > 0) throw new Error(JSON.stringify(mistakes));
  return own;
}

/** As `ownIn`, ready to be asked. */
export function providerIn(config: string): ProviderDescriptor {
  return ownProvider(ownIn(config));
}
