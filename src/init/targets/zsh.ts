import { absoluteDirectory } from '../runtime.ts';
import type { Runtime } from '../runtime.ts';
import { posixShell } from '../snippets/posix-shell.ts';

/** The condition of `[[ … ]]` that holds in interactive shells. */
export const ZSH_INTERACTIVE = '-o interactive';

export const zsh = posixShell('zsh', { rc: zshrc, interactive: ZSH_INTERACTIVE });

/** The path of .zshrc: in `ZDOTDIR` if that is set. */
export function zshrc({ env, home }: Runtime): string {
  return `${absoluteDirectory(env.ZDOTDIR) ?? home}/.zshrc`;
}
