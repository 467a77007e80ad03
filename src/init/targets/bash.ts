import type { Runtime } from '../runtime.ts';
import { posixShell } from '../snippets/posix-shell.ts';

/** `$-` contains `i` in interactive shells. ~/.bashrc is also read without a prompt (scp, ssh with a command). */
export const BASH_INTERACTIVE = '$- == *i*';

export const bash = posixShell('bash', { rc: bashrc, interactive: BASH_INTERACTIVE });

/** The path of .bashrc. */
export function bashrc({ home }: Runtime): string {
  return `${home}/.bashrc`;
}
