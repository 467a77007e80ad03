import { join } from 'node:path';
import { runDemo } from '../demo/demo.ts';
import { isTerminal, STDOUT, printable } from '../platform/stdio.ts';
import { wantsColor } from '../render/wants-color.ts';
import type { System } from '../platform/system.ts';
import { result } from './command.ts';
import type { Command, CommandResult } from './command.ts';

/** `usageline demo`: runs the built program with an endpoint and a home directory of its own, and prints as it goes. */
export const command: Command<object> = {
  name: 'demo',
  synonyms: ['tour', 'try', 'example'],
  about: 'a tour with a built-in endpoint: no account, no network',
  options: [],
  defaults: {},
  help: `
Examples:
  usageline demo
`,
  run: demo,
};

async function demo(system: System): Promise<CommandResult> {
  const color = wantsColor({
    flag: 'auto',
    env: system.env,
    configured: 'auto',
    kindDefault: null,
    isTerminal: () => isTerminal(system, STDOUT),
  });
  // The build puts all parts of the program into one directory.
  const entry = join(import.meta.dirname, 'hot.cjs');
  const outcome = await runDemo(system, { entry, color });
  if (outcome.kind === 'impossible') {
    return result('', {
      exitCode: 1,
      stderr: `usageline: the demo cannot begin: ${printable(outcome.reason)}\n`,
    });
  }
  const { failures } = outcome;
  if (failures === 0) return result('');
  const what = failures === 1 ? 'one thing' : `${failures} things`;
  return result('', { exitCode: 1, stderr: `usageline: ${what} did not come out as announced\n` });
}
