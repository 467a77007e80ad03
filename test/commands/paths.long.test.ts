import { expect, it } from 'vitest';
import { bundled, ORDINARY_USER, runSeparately } from '../support/separate.ts';
import { isRoot } from '../support/user.ts';

const program = bundled(new URL('../separate/paths-program.ts', import.meta.url));

const USERS: [user: string, uid: number | undefined][] = isRoot
  ? [
      ['root', undefined],
      ['an ordinary user', ORDINARY_USER],
    ]
  : [['an ordinary user', undefined]];

// `npm test` tries a quarter of the states, in `test/commands/paths.test.ts`.
for (const [user, uid] of USERS) {
  it.concurrent.each([
    ['every command but init', 'others'],
    ['init', 'init'],
  ] as const)(
    `%s ends with a result for ${user}, whatever is at the paths that the program reads`,
    { timeout: 900_000 },
    async (_, which) => {
      const run = await runSeparately(await program, { args: [which], uid });
      expect(run.lines.filter((line) => line.startsWith('!'))).toEqual([]);
      expect(run).toMatchObject({ stderr: '', end: 0 });
      expect(run.lines.length).toBeGreaterThan(240);
    },
  );
}
