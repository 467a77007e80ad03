import { describe, expect, it } from 'vitest';
import { environmentHash } from '../../src/cache/environment-hash.ts';

describe('the variant of an environment', () => {
  it.each([{}, { USAGELINE_CONFIG: '', USAGELINE_NETWORK: '' }, { HOME: '/home/ada' }])(
    'is none for %o',
    (env) => {
      expect(environmentHash(env)).toBe('');
    },
  );

  it('is another one for each', () => {
    const all = [
      { USAGELINE_CONFIG: '/a.toml' },
      { USAGELINE_CONFIG: '/b.toml' },
      { USAGELINE_NETWORK: 'never' },
      { USAGELINE_NETWORK: 'always' },
      { USAGELINE_CONFIG: '/a.toml', USAGELINE_NETWORK: 'never' },
      { USAGELINE_CONFIG: '/a.tomlnever' },
    ].map(environmentHash);
    expect(new Set(all).size).toBe(all.length);
    for (const variant of all) expect(variant).toMatch(/^[0-9a-f]{8}$/);
  });
});
