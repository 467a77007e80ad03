import { alwaysSh, shCommand } from '../snippets/quote.ts';
import { pastedLine } from '../snippets/runner.ts';
import type { Runtime } from '../runtime.ts';
import type { Target } from '../target.ts';

export const sketchybar: Target = {
  name: 'sketchybar',
  snippet: (runtime) => `# Into ~/.config/sketchybar/sketchybarrc.
sketchybar --add item usageline right \\
  --set usageline update_freq=15 script=${alwaysSh(script(runtime))} \\
  --subscribe usageline system_woke
`,
  install: 'sketchybarrc is a program, in which only you know the place: paste the item',
};

/** xargs splits the line into words like a shell, but expands and executes nothing in it. */
function script(runtime: Runtime): string {
  return `${shCommand(pastedLine(runtime, 'sketchybar'))} | xargs sketchybar --set "$NAME"`;
}
