import { hookHeader, hookText } from '../hook.ts';
import { fish as quoted } from '../quote.ts';
import { configHome } from '../runtime.ts';
import type { Runtime } from '../runtime.ts';
import type { Target } from '../target.ts';
import { writtenBy } from '../written.ts';

export const fish: Target = {
  name: 'fish',
  snippet: (runtime) =>
    hookText(runtime, 'fish', 'Into ~/.config/fish/config.fish: usageline init fish | source'),
  install: {
    steps: (runtime, file) => [
      {
        kind: 'whole',
        path: file ?? `${configHome(runtime)}/fish/conf.d/usageline.fish`,
        text: atFirstPrompt(runtime),
        mode: 0o644,
      },
    ],
    after: 'Start a new shell, or: exec fish',
    afterRemoval: 'Shells that run keep the line until they end.',
  },
};

/** Files of conf.d are read before config.fish, which may set a right prompt that the hook has to come after. */
function atFirstPrompt(runtime: Runtime): string {
  const script = quoted(runtime.packagePath('shell', 'usageline.fish'));
  return `${writtenBy('#', 'fish')}
if status is-interactive; and test -r ${script}
    function _usageline_begin --on-event fish_prompt
        functions -e _usageline_begin
${indented(hookHeader(runtime, 'fish'))}
        source ${script}
        _usageline_prompt
    end
end
`;
}

function indented(text: string): string {
  return text.replace(/^/gm, '        ');
}
