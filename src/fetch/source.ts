import type { ProviderDescriptor } from './provider.ts';

/**
 * The provider as it is asked through the source that is configured: the same logins, files and numbers, with another way to
 * them. A provider without that source is asked as usual.
 *
 * @param source the key `source`
 */
export function throughSource(provider: ProviderDescriptor, source: string): ProviderDescriptor {
  const { sources } = provider;
  const other = sources && Object.hasOwn(sources, source) ? sources[source] : undefined;
  return other === undefined
    ? provider
    : { ...provider, ...other, texts: { ...provider.texts, ...other.texts } };
}
