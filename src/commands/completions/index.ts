import { bashCompletions } from './bash.ts';
import { fishCompletions } from './fish.ts';
import type { CompletionShell } from './names.ts';
import { powershellCompletions } from './powershell.ts';
import type { CommandSpec } from './spec.ts';
import { zshCompletions } from './zsh.ts';

const SHELLS: Readonly<Record<CompletionShell, (program: CommandSpec) => string>> = {
  zsh: zshCompletions,
  bash: bashCompletions,
  fish: fishCompletions,
  powershell: powershellCompletions,
};

/** The script that completes the command line in one shell. It starts no process while somebody types. */
export function completions(program: CommandSpec, shell: CompletionShell): string {
  return SHELLS[shell](program);
}
