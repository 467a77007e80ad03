import { frameworkIn } from '../prompt-framework.ts';
import { runnerStep } from '../snippets/runner.ts';
import type { Target } from '../target.ts';
import { hookFile, readHook } from '../snippets/posix-shell.ts';
import { ZSH_INTERACTIVE, zshrc } from './zsh.ts';

/**
 * The segment shows the hook's variables when the prompt is drawn, without a process. p10k expands the text like a prompt, so
 * percent signs are doubled. One of three states is shown, named as those of p10k's own segments. Where segments have a
 * background (classic, rainbow), the text has a light colour of 256 by its level. Where they have none (lean, pure), each
 * number has the line's own colour, as in a zsh without p10k, and `default` (no colour that p10k knows) resets the rest.
 * Instant prompt makes the same calls with the values of the last shell.
 *
 * `POWERLEVEL9K_USAGELINE_FOREGROUND` overrides all three, `POWERLEVEL9K_USAGELINE_WARNING_FOREGROUND` one of them: then
 * the text has that colour alone. The same text is in shell/usageline.zsh.
 */
export const SEGMENT_FUNCTION = [
  'prompt_usageline() {',
  '  _usageline_back=${POWERLEVEL9K_USAGELINE_BACKGROUND-${POWERLEVEL9K_BACKGROUND-0}}',
  "  _usageline_normal='${USAGELINE//\\%/%%}'",
  "  _usageline_warning=\"%B$_usageline_normal%b\" _usageline_critical=$'%B%{\\e[7m%}'$_usageline_normal$'%{\\e[27m%}%b'",
  '  if [[ -z $_usageline_back${POWERLEVEL9K_USAGELINE_FOREGROUND-}${POWERLEVEL9K_USAGELINE_NORMAL_FOREGROUND-}${POWERLEVEL9K_USAGELINE_WARNING_FOREGROUND-}${POWERLEVEL9K_USAGELINE_CRITICAL_FOREGROUND-} ]]; then',
  '    _usageline_normal="\\${usageline_prompt:-$_usageline_normal}"',
  '    _usageline_warning=$_usageline_normal _usageline_critical=$_usageline_normal',
  '  fi',
  "  p10k segment -s CRITICAL -f ${${_usageline_back:+217}:-default} -c '${${(M)usageline_level:#critical}:+$USAGELINE}' -e -t $_usageline_critical",
  "  p10k segment -s WARNING -f ${${_usageline_back:+220}:-default} -c '${${${(M)usageline_level:#warn}:-${(M)usageline_level:#error}}:+$USAGELINE}' -e -t $_usageline_warning",
  "  p10k segment -s NORMAL -f ${${_usageline_back:+252}:-default} -c '${${${${${usageline_level:-ok}:#critical}:#warn}:#error}:+$USAGELINE}' -e -t $_usageline_normal",
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
