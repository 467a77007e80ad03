import { expect, it } from 'vitest';
import { PROVIDERS } from '../../src/fetch/providers.ts';
import { providerCases } from './cases.ts';
import { contractOf } from './suite.ts';

it('every provider has a case', () => {
  expect(providerCases.map(({ id }) => id).toSorted()).toEqual(Object.keys(PROVIDERS).toSorted());
});

for (const each of providerCases) contractOf(each);
