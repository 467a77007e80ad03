import { expect, it } from 'vitest';
import { bundled, ORDINARY_USER, runSeparately } from '../support/separate.ts';
import { isRoot } from '../support/user.ts';

const program = bundled(new URL('../separate/paths-program.ts', import.meta.url));

// `npm run test:all` does the same as root, in `test/commands/paths.long.test.ts`. The other process has a watchdog of
// its own, which can tell a loop from a busy machine.
it.concurrent.each([
  ['every command but init', []],
  ['init', ['init']],
] as const)(
  '%s ends well for an ordinary user, whatever stands where the program looks',
  { timeout: 900_000 },
  async (_, args) => {
    const run = await runSeparately(await program, { args, uid: isRoot ? ORDINARY_USER : undefined });
    expect(run.lines.filter((line) => line.startsWith('!'))).toEqual([]);
    expect(run).toMatchObject({ stderr: '', end: 0 });
    expect(run.lines.length).toBeGreaterThan(240);
  },
);
