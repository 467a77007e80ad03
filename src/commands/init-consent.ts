import { dirname } from 'node:path';
import { askOnTerminal } from '../init/confirm.ts';
import { installedProblem } from '../init/installed.ts';
import { takeLock } from '../init/lock.ts';
import type { InitTarget } from '../init/target.ts';
import { STDOUT, printable, writeOut } from '../platform/stdio.ts';
import type { System } from '../platform/system.ts';
import { result } from './command.ts';
import type { CommandResult } from './command.ts';

export interface InitOptions {
  /** Null: all of them, for `--uninstall`. */
  readonly target: InitTarget | null;
  readonly action: 'print' | 'install' | 'uninstall';
  /** The file to change, in the place of the usual one. */
  readonly file: string | null;
  /** Nobody need be asked. */
  readonly yes: boolean;
  /** Only show what would change. */
  readonly dryRun: boolean;
}

/** What is to be done, as the files and the notes are at this moment. */
export type Decision =
  /** It is refused. */
  | { readonly kind: 'refused'; readonly result: CommandResult }
  /** No file of the user changes, so nothing is shown: only the notes, and what a killed process has left. */
  | { readonly kind: 'note'; readonly result: CommandResult; note(): string | null }
  | {
      readonly kind: 'change';
      readonly shown: string;
      /** The changes as a value: two decisions with the same one do the same. */
      readonly what: unknown;
      act(): CommandResult;
    };

export interface Job extends Pick<InitOptions, 'yes' | 'dryRun' | 'action'> {
  /** The path of `installed.json`. */
  readonly notes: string;
}

/**
 * Shows what will change, and does it with the consent of the user: by `--yes`, or at the terminal. While it is done
 * no other process changes what is installed, so it is decided once more then.
 */
export function withConsent(system: System, job: Job, decide: () => Decision): CommandResult {
  const { yes, dryRun, action, notes } = job;
  const problem = installedProblem(system, notes);
  if (problem !== null) return failure(`nothing has been changed: ${problem}`);
  const first = decide();
  if (first.kind === 'refused') return first.result;
  if (dryRun) {
    if (first.kind === 'note') return first.result;
    return result(`${first.shown}nothing has been changed (--dry-run)\n`);
  }
  if (first.kind === 'change' && !yes) {
    // Before the question, and before anything is done.
    if (!writeOut(system, STDOUT, first.shown)) return failure(NOT_SHOWN);
    const answer = askOnTerminal(system, 'Do this?');
    if (answer === null) {
      return failure(`nothing has been changed: without a terminal, --${action} needs --yes`, 2);
    }
    if (!answer) return failure('nothing has been changed');
  }
  return alone(system, job, () => {
    const now = decide();
    if (now.kind === 'refused') return now.result;
    if (now.kind === 'note') {
      const reason = now.note();
      return reason === null ? now.result : failure(reason);
    }
    if (yes && !writeOut(system, STDOUT, now.shown)) return failure(NOT_SHOWN);
    const agreed = yes || (first.kind === 'change' && sameAs(first.what, now.what));
    return agreed ? now.act() : failure('nothing has been changed: the files have been changed meanwhile');
  });
}

const NOT_SHOWN = 'standard output cannot be written; nothing has been changed';

function sameAs(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Without the directory of the notes, an uninstall has nothing to share with other processes, and makes none. */
function alone(system: System, { action, notes }: Job, act: () => CommandResult): CommandResult {
  if (action === 'uninstall' && !system.fs.existsSync(dirname(notes))) return act();
  const lock = takeLock(system, notes);
  if (typeof lock === 'string') return failure(`nothing has been changed: ${lock}`);
  try {
    return act();
  } finally {
    lock.release();
  }
}

export function failure(problem: string, exitCode: 1 | 2 = 1): CommandResult {
  return result('', { stderr: `usageline: ${printable(problem)}\n`, exitCode });
}
