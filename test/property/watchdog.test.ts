import { expect, it } from 'vitest';
import { bundled, runSeparately } from '../support/separate.ts';
import { runs } from './support.ts';

const { CI, FC_SEED } = process.env;
/** As in `test/support/seed.ts`: in CI the seed is fixed. */
const seed = FC_SEED ?? (CI ? '20261121' : '');

/** The watchdog of the other process ends a batch that hangs; a busy machine is only slow. */
const timeout = 900_000;

it(
  'every reader of foreign text ends, in a time that grows linearly with the text',
  { timeout },
  async () => {
    const program = await bundled(new URL('../separate/fuzz-program.ts', import.meta.url));
    const run = await runSeparately(program, { args: [seed, String(runs(100))] });
    expect(run.lines.filter((line) => line.startsWith('!'))).toEqual([]);
    expect(run, run.lines.at(-1)).toMatchObject({ stderr: '', end: 0 });
  },
);
