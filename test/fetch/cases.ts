import fs from 'node:fs';
import type { ProviderCase } from './case.ts';

const here = new URL('.', import.meta.url).pathname;

/** The cases of all providers, found by their place: `test/fetch/<id>/case.ts`. */
export const providerCases: readonly ProviderCase[] = await Promise.all(
  fs
    .readdirSync(here)
    .filter((name) => fs.existsSync(`${here}/${name}/case.ts`))
    .map(async (name) => (await import(`./${name}/case.ts`)).providerCase),
);
