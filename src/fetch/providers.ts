import type { ProviderDescriptor } from './provider.ts';
import { provider as main } from './registry.ts';

/**
 * All providers, by their ids. The main one is loaded already; each `import()` is a bundle of its own, which only an account
 * of that provider loads. To add one: a folder that exports `provider`, and its line here.
 */
export const PROVIDERS: Readonly<Record<string, () => Promise<ProviderDescriptor>>> = {
  [main.id]: async () => main,
  codex: async () => (await import('./codex/index.ts')).provider,
};

/** The ids of all providers, the main one first. */
export const PROVIDER_IDS: readonly string[] = /* @__PURE__ */ Object.keys(PROVIDERS);
