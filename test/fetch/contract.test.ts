import fs from 'node:fs';
import { expect, it } from 'vitest';
import { PROVIDERS } from '../../src/fetch/providers.ts';
import type { ProviderCase } from './case.ts';
import { contractOf } from './suite.ts';

const here = new URL('.', import.meta.url).pathname;
const ids = fs.readdirSync(here).filter((name) => fs.existsSync(`${here}/${name}/case.ts`));
const cases: ProviderCase[] = [];
for (const id of ids) cases.push((await import(`./${id}/case.ts`)).providerCase);

it('every provider has a case', () => {
  expect(cases.map(({ id }) => id).toSorted()).toEqual(Object.keys(PROVIDERS).toSorted());
});

for (const each of cases) contractOf(each);
