import { hookHeader, hookText } from '../snippets/hook.ts';
import { fish as quoted } from '../snippets/quote.ts';
import { MOVED, installedProgram, runnerStep } from '../snippets/runner.ts';
import { frameworkObstacle } from '../prompt-framework.ts';
import { configHome } from '../runtime.ts';
import type { Runtime } from '../runtime.ts';
import type { Target } from '../target.ts';
import { ownFileHeader } from '../edits/own-file.ts';

export const fish: Target = {
  name: 'fish',
  snippet: (runtime) =>
    hookText(runtime, 'fish', 'Into ~/.config/fish/config.fish: usageline init fish | source'),
  install: {
    obstacle: (runtime) => frameworkObstacle(runtime, 'fish', `${configHome(runtime)}/fish/config.fish`),
    steps: (runtime, file) => [
      runnerStep(runtime),
      {
        kind: 'whole',
        path: file ?? `${configHome(runtime)}/fish/conf.d/usageline.fish`,
        text: atFirstPrompt(runtime),
        mode: 0o644,
      },
    ],
    afterInstall: 'Start a new shell, or: exec fish',
    afterRemoval: 'Shells that run keep the line until they end.',
  },
};

/**
 * Loads the hook at the first prompt: config.fish, which is read after conf.d, may define a right prompt that the
 * hook extends.
 */
function atFirstPrompt(runtime: Runtime): string {
  const script = quoted(runtime.packagePath('shell', 'usageline.fish'));
  return `${ownFileHeader('#', 'fish')}
if status is-interactive
    function _usageline_begin --on-event fish_prompt
        functions -e _usageline_begin
        if test -r ${script}
${indented(hookHeader(runtime, 'fish', installedProgram(runtime)))}
            source ${script}
        else
            # The package has moved: its program has the hook's new place, if there is one.
            ${installedProgram(runtime, 'init', 'fish').map(quoted).join(' ')} </dev/null 2>/dev/null | source
            if not functions -q _usageline_prompt
                set -gx USAGELINE ${quoted(MOVED)}
                test "$usageline_place" = none; and return
                functions -q fish_right_prompt; and functions -c fish_right_prompt _usageline_right_prompt_before
                function fish_right_prompt
                    functions -q _usageline_right_prompt_before; and _usageline_right_prompt_before; and echo -n \\e'[0m '
                    echo -n "$USAGELINE"
                end
                return
            end
        end
        _usageline_prompt
    end
end
`;
}

function indented(text: string): string {
  return text.replace(/^/gm, '            ');
}
