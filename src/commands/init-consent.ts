import { askOnTerminal } from '../init/ask.ts';
import { STDOUT, writeOut } from '../output.ts';
import type { System } from '../system.ts';
import { result } from './command.ts';
import type { CommandResult } from './command.ts';
import type { InitOptions } from './init.ts';

/** Shows what will change, and does it when whoever asked for it says so: by `--yes`, or at the terminal. */
export function withConsent(
  system: System,
  { yes, dryRun, action }: Pick<InitOptions, 'yes' | 'dryRun' | 'action'>,
  shown: string,
  act: () => CommandResult,
): CommandResult {
  if (dryRun) return result(`${shown}nothing has been changed (--dry-run)\n`);
  // Before the question, and before anything is done.
  if (!writeOut(system, STDOUT, shown))
    return failure('standard output cannot be written; nothing has been changed');
  if (yes) return act();
  const answer = askOnTerminal(system, 'Do this?');
  if (answer === null) {
    return failure(`nothing has been changed: without a terminal, --${action} needs --yes`, 2);
  }
  return answer ? act() : failure('nothing has been changed');
}

export function failure(problem: string, exitCode: 1 | 2 = 1): CommandResult {
  return result('', { stderr: `usageline: ${problem}\n`, exitCode });
}
