import { expect, it } from 'vitest';
import { bundled, ORDINARY_USER, runSeparately } from '../support/separate.ts';
import { isRoot } from '../support/user.ts';

const program = bundled(new URL('../separate/paths-program.ts', import.meta.url));

// `npm run test:all` runs the same test as root, in `test/commands/paths.long.test.ts`. The process has its own watchdog,
// which distinguishes a loop from a busy machine.
it.concurrent.each([
  ['every command but init', []],
  ['init', ['init']],
] as const)(
  '%s ends with a result for an ordinary user, whatever is at the paths that the program reads',
  { timeout: 900_000 },
  async (_, args) => {
    const run = await runSeparately(await program, { args, uid: isRoot ? ORDINARY_USER : undefined });
    expect(run.lines.filter((line) => line.startsWith('!'))).toEqual([]);
    expect(run).toMatchObject({ stderr: '', end: 0 });
    expect(run.lines.length).toBeGreaterThan(240);
  },
);
