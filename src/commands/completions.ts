import { result } from './command.ts';
import type { Command, Program } from './command.ts';
import { bashCompletions } from './completions/bash.ts';
import { fishCompletions } from './completions/fish.ts';
import { powershellCompletions } from './completions/powershell.ts';
import { specOf } from './completions/spec.ts';
import type { CommandSpec } from './completions/spec.ts';
import { zshCompletions } from './completions/zsh.ts';

/** The shells with the function that makes their script, which starts no process while the user types. */
const SHELLS = {
  zsh: zshCompletions,
  bash: bashCompletions,
  fish: fishCompletions,
  powershell: powershellCompletions,
} as const satisfies Record<string, (program: CommandSpec) => string>;

/** Makes the scripts that complete the whole command line. */
export async function completionScripts(
  all: () => Promise<Program>,
): Promise<(shell: keyof typeof SHELLS) => string> {
  const spec = specOf(await all());
  return (shell) => SHELLS[shell](spec);
}

interface CompletionsOptions {
  readonly shell: keyof typeof SHELLS;
}

/** `usageline completions <shell>`. */
export const command: Command<CompletionsOptions> = {
  name: 'completions',
  about: 'print the script that completes this command line in a shell',
  argument: {
    name: 'shell',
    required: true,
    choices: Object.keys(SHELLS),
    sets: (shell) => ({ shell: shell as keyof typeof SHELLS }),
  },
  options: [],
  defaults: { shell: 'zsh' },
  help: `
Examples:
  eval "$(usageline completions zsh)"           in ~/.zshrc, after compinit
  eval "$(usageline completions bash)"          in ~/.bashrc
  usageline completions fish > ~/.config/fish/completions/usageline.fish
  usageline completions powershell | Out-String | Invoke-Expression
`,
  run: async (_system, { shell }, all) => result((await completionScripts(all))(shell)),
};
