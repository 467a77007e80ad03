import { absoluteDirectory } from '../runtime.ts';
import type { Runtime } from '../runtime.ts';
import { posixShell } from '../snippets/posix-shell.ts';

/** The condition of `[[ … ]]` that holds in interactive shells. */
export const ZSH_INTERACTIVE = '-o interactive';

export const zsh = posixShell('zsh', { rc: zshrc, interactive: ZSH_INTERACTIVE });

/** The path of .zshrc: in `ZDOTDIR` if that is set, in the environment or in a file that zsh reads before. */
export function zshrc(runtime: Runtime): string {
  const { env, home } = runtime;
  return `${runtime.zshDirectory() ?? absoluteDirectory(env.ZDOTDIR) ?? home}/.zshrc`;
}
