import { expect, it } from 'vitest';
import { bundled, ORDINARY_USER, runSeparately } from '../support/separate.ts';
import { isRoot } from '../support/user.ts';

const program = bundled(new URL('../separate/paths-program.ts', import.meta.url));

// Every fourth state; `npm run test:all` tries all of them, as root too, in `test/commands/paths.long.test.ts`. The process
// has its own watchdog, which distinguishes a loop from a busy machine.
it.concurrent.each([
  ['every command but init', 'others'],
  ['init', 'init'],
] as const)(
  '%s ends with a result for an ordinary user, whatever is at the paths that the program reads',
  { timeout: 900_000 },
  async (_, which) => {
    const run = await runSeparately(await program, {
      args: [which, '4'],
      uid: isRoot ? ORDINARY_USER : undefined,
    });
    expect(run.lines.filter((line) => line.startsWith('!'))).toEqual([]);
    expect(run).toMatchObject({ stderr: '', end: 0 });
    expect(run.lines.length).toBeGreaterThan(60);
  },
);
