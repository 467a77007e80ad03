import { posixShell } from '../snippets/posix-shell.ts';

/** `$-` has an `i` in it where somebody types: other users of ~/.bashrc (scp, ssh with a command) want no line. */
export const bash = posixShell('bash', { rc: ({ home }) => `${home}/.bashrc`, interactive: '$- == *i*' });
