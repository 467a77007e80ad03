/*
 * Properties are tried with other cases each time, except in CI, where the seed is fixed so that a failure comes
 * from the change. `FC_SEED=7 npm test` tries the cases of a seed that a failure has named.
 */
const { CI, FC_SEED } = process.env;
if (CI || FC_SEED) {
  const { default: fc } = await import('fast-check');
  fc.configureGlobal({ seed: Number(FC_SEED || 20_261_121) });
}
