import { describe, expect, it } from 'vitest';
import { bundled, ORDINARY_USER, runSeparately } from '../support/separate.ts';
import { isRoot } from '../support/user.ts';

const program = bundled(new URL('../separate/paths-program.ts', import.meta.url));

/** The users that the commands are tried as. Only root can be both. */
const users = isRoot
  ? [['an ordinary user', ORDINARY_USER] as const, ['root', undefined] as const]
  : [['an ordinary user', undefined] as const];

/** Each run has a watchdog of its own, which knows a loop from a busy machine. */
const timeout = 900_000;

describe.concurrent('whatever stands where the program looks', { timeout }, () => {
  for (const [user, uid] of users) {
    it(`every command but init ends well, as ${user}`, async () => {
      const run = await runSeparately(await program, { uid });
      expect(run.lines.filter((line) => line.startsWith('!'))).toEqual([]);
      expect(run).toMatchObject({ stderr: '', end: 0 });
      expect(run.lines.length).toBeGreaterThan(240);
    });
    it(`init ends well, as ${user}`, async () => {
      const run = await runSeparately(await program, { uid, args: ['init'] });
      expect(run.lines.filter((line) => line.startsWith('!'))).toEqual([]);
      expect(run).toMatchObject({ end: 0 });
    });
  }
});
