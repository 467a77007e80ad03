import { posixShell } from '../snippets/posix-shell.ts';

/** `$-` contains `i` in interactive shells. ~/.bashrc is also read without a prompt (scp, ssh with a command). */
export const bash = posixShell('bash', { rc: ({ home }) => `${home}/.bashrc`, interactive: '$- == *i*' });
