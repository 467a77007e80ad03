import { frameworkIn } from '../prompt-framework.ts';
import { runnerStep } from '../snippets/runner.ts';
import type { Target } from '../target.ts';
import { hookFile, readHook } from '../snippets/posix-shell.ts';
import { ZSH_INTERACTIVE, zshrc } from './zsh.ts';

/**
 * The segment shows the hook's variable when the prompt is drawn, without a process. p10k expands the text like a prompt, so
 * percent signs are doubled. One of three states is shown. Where segments have a background (classic, rainbow), the
 * foreground is a light colour of 256; where they have none (lean, pure), it is the terminal's own: `default` is no colour
 * that p10k knows, so it resets. Instant prompt makes the same calls with the values of the last shell.
 *
 * `POWERLEVEL9K_USAGELINE_FOREGROUND` overrides all three, `POWERLEVEL9K_USAGELINE_CRITICAL_FOREGROUND` one of them. The same
 * text is in shell/usageline.zsh.
 */
export const SEGMENT_FUNCTION = [
  'prompt_usageline() {',
  '  _usageline_back=${POWERLEVEL9K_USAGELINE_BACKGROUND-${POWERLEVEL9K_BACKGROUND-0}}',
  "  p10k segment -s CRITICAL -f ${${_usageline_back:+217}:-default} -c '${${(M)usageline_level:#critical}:+$USAGELINE}' -e -t $'%B%{\\e[7m%}${USAGELINE//\\\\%/%%}%{\\e[27m%}%b'",
  "  p10k segment -s WARN -f ${${_usageline_back:+220}:-default} -c '${${${(M)usageline_level:#warn}:-${(M)usageline_level:#error}}:+$USAGELINE}' -e -t '%B${USAGELINE//\\%/%%}%b'",
  "  p10k segment -s OK -f ${${_usageline_back:+252}:-default} -c '${${${${${usageline_level:-ok}:#critical}:#warn}:#error}:+$USAGELINE}' -e -t '${USAGELINE//\\%/%%}'",
  '}',
].join('\n');

const SEGMENT = [
  `function ${SEGMENT_FUNCTION}`,
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
