import { ownFileHeader } from '../edits/own-file.ts';
import { configHome, dataHome } from '../runtime.ts';
import type { HookShell, Runtime } from '../runtime.ts';
import { zshCompletionFile } from '../snippets/posix-shell.ts';
import type { Step, Target } from '../target.ts';

const SHELLS: readonly HookShell[] = ['zsh', 'bash', 'fish'];

export const completions: Target = {
  name: 'completions',
  snippet: () => `# Into ~/.zshrc, behind compinit: eval "$(usageline completions zsh)"
# Into ~/.bashrc: eval "$(usageline completions bash)"
# fish: usageline completions fish > ~/.config/fish/completions/usageline.fish
`,
  install: {
    multipleFiles: true,
    obstacle: (runtime) =>
      SHELLS.some((shell) => runtime.hasCommand(shell))
        ? null
        : 'none of these shells is found: zsh, bash, fish',
    steps: (runtime) =>
      SHELLS.filter((shell) => runtime.hasCommand(shell)).map((shell) => stepFor(runtime, shell)),
    afterInstall:
      'Start a new shell. zsh needs its hook (init zsh) behind compinit, bash the package bash-completion.',
  },
};

/** The files that fish and the package bash-completion read at the first Tab, and the one that the hook of zsh names. */
function stepFor(runtime: Runtime, shell: HookShell): Step {
  const paths: Record<HookShell, string> = {
    zsh: zshCompletionFile(runtime),
    bash: `${dataHome(runtime).replace(/[^/]*$/, '')}bash-completion/completions/usageline`,
    fish: `${configHome(runtime)}/fish/completions/usageline.fish`,
  };
  const text = runtime.completions(shell);
  const header = ownFileHeader('#', 'completions');
  // zsh looks at the first line for what is completed.
  const marked = text.startsWith('#compdef')
    ? text.replace('\n', () => `\n${header}\n`)
    : `${header}\n${text}`;
  return { kind: 'whole', path: paths[shell], text: marked, mode: 0o644 };
}
