import type { ProviderDescriptor, SecondExample } from './provider.ts';

/**
 * All providers besides the one of `registry.ts`, in the order of lists: by id, with what loads them. To add one: a folder
 * beside this file, and a line here. The build joins all of them in one file, which is loaded where one is asked for.
 */
export const PROVIDERS: Readonly<Record<string, () => Promise<ProviderDescriptor>>> = {
  codex: async () => (await import('./codex/index.ts')).provider,
  copilot: async () => (await import('./copilot/index.ts')).provider,
  cursor: async () => (await import('./cursor/index.ts')).provider,
  antigravity: async () => (await import('./antigravity/index.ts')).provider,
  zai: async () => (await import('./zai/index.ts')).provider,
  kimi: async () => (await import('./kimi/index.ts')).provider,
  grok: async () => (await import('./grok/index.ts')).provider,
  openrouter: async () => (await import('./openrouter/index.ts')).provider,
  minimax: async () => (await import('./minimax/index.ts')).provider,
  kiro: async () => (await import('./kiro/index.ts')).provider,
  factory: async () => (await import('./factory/index.ts')).provider,
};

/** The second account of `usageline demo`: the provider's id, and what is invented. */
export const SECOND_EXAMPLE: { readonly id: string; readonly load: () => Promise<SecondExample> } = {
  id: 'codex',
  load: async () => (await import('./codex/example.ts')).codexExample,
};
