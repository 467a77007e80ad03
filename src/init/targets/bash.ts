import type { Runtime } from '../runtime.ts';
import { posixShell } from '../snippets/posix-shell.ts';

/** `$-` contains `i` in interactive shells. ~/.bashrc is also read without a prompt (scp, ssh with a command). */
export const BASH_INTERACTIVE = '$- == *i*';

export const bash = posixShell('bash', { rc: bashrc, interactive: BASH_INTERACTIVE, also: aboutLoginShells });

/** The path of .bashrc. */
export function bashrc({ home }: Runtime): string {
  return `${home}/.bashrc`;
}

/** What a login shell reads in the place of .bashrc: the first of these files that exists. */
const LOGIN_FILES = ['.bash_profile', '.bash_login', '.profile'];

/**
 * What to do so that login shells (tmux, ssh and the terminals of macOS start them) show the line; null if they do: their
 * file reads .bashrc.
 */
function aboutLoginShells({ home, exists, readText }: Runtime): string | null {
  const name = LOGIN_FILES.find((candidate) => exists(`${home}/${candidate}`)) ?? '.bash_profile';
  if (readText(`${home}/${name}`)?.includes('bashrc')) return null;
  return `For login shells: echo '[ -z "$BASH" ] || . ~/.bashrc' >> ~/${name}`;
}
