import { frameworkIn } from '../prompt-framework.ts';
import { runnerStep } from '../snippets/runner.ts';
import type { Target } from '../target.ts';
import { hookFile, readHook } from '../snippets/posix-shell.ts';
import { ZSH_INTERACTIVE, zshrc } from './zsh.ts';

/**
 * The segment shows the hook's variable when the prompt is drawn, without a process. p10k expands the text like a prompt,
 * so percent signs are doubled. Instant prompt makes the same call with the values of the last shell.
 */
const SEGMENT = [
  "function prompt_usageline() { p10k segment -c '$USAGELINE' -e -t '${USAGELINE//\\%/%%}'; }",
  'function instant_prompt_usageline() { prompt_usageline; }',
  'if (( ! ${POWERLEVEL9K_RIGHT_PROMPT_ELEMENTS[(Ie)usageline]} )); then POWERLEVEL9K_RIGHT_PROMPT_ELEMENTS+=(usageline); fi',
].join('\n');

export const p10k: Target = {
  name: 'p10k',
  snippet: () => `# Into ~/.zshrc, behind the line that reads ~/.p10k.zsh.
usageline_place=none
eval "$(usageline init zsh)"
${SEGMENT}
`,
  install: {
    obstacle: (runtime, file) => {
      const rc = file ?? zshrc(runtime);
      const theme = rc.replace(/[^/]*$/, '.p10k.zsh');
      return frameworkIn(runtime.readText(rc)) === 'p10k' || runtime.exists(theme)
        ? null
        : `powerlevel10k is not found: no line of ${rc} names it. For zsh without it: usageline init zsh --install`;
    },
    steps: (runtime, file) => [
      runnerStep(runtime),
      hookFile(runtime, 'zsh'),
      {
        kind: 'block',
        path: file ?? zshrc(runtime),
        body: `usageline_place=none\n${readHook(runtime, 'zsh', ZSH_INTERACTIVE)}\n${SEGMENT}`,
      },
    ],
    afterInstall: 'Start a new shell, or: exec zsh',
    afterRemoval: 'Shells that run keep the line until they end.',
  },
};
