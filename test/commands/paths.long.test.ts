import { expect, it } from 'vitest';
import { bundled, runSeparately } from '../support/separate.ts';
import { isRoot } from '../support/user.ts';

// `test/commands/paths.test.ts` is the same test as an ordinary user.
it.skipIf(!isRoot).concurrent.each([
  ['every command but init', []],
  ['init', ['init']],
] as const)(
  `%s ends with a result for root, whatever is at the paths that the program reads${isRoot ? '' : ' (skipped: needs root)'}`,
  { timeout: 900_000 },
  async (_, args) => {
    const program = await bundled(new URL('../separate/paths-program.ts', import.meta.url));
    const run = await runSeparately(program, { args });
    expect(run.lines.filter((line) => line.startsWith('!'))).toEqual([]);
    expect(run).toMatchObject({ stderr: '', end: 0 });
    expect(run.lines.length).toBeGreaterThan(240);
  },
);
