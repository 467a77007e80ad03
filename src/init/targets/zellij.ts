import { json, shCommand } from '../snippets/quote.ts';
import { pastedLine } from '../snippets/runner.ts';
import type { Target } from '../target.ts';

export const zellij: Target = {
  name: 'zellij',
  snippet: (runtime) => {
    const loop = `while :; do printf '\\r\\033[K%s' "$(${shCommand(pastedLine(runtime, 'ansi'))})"; sleep 15; done`;
    return `// Into a layout, for example ~/.config/zellij/layouts/default.kdl: a row of its own, beside the status bar.
pane size=1 borderless=true command="sh" {
    args "-c" ${json(loop)}
}
// With the plugin zjstatus instead, and {command_usageline} in its format:
//   command_usageline_command ${json(shCommand(pastedLine(runtime, 'plain')))}
//   command_usageline_interval "15"
`;
  },
  install: 'the row belongs into a layout of your own, in which only you know the place: paste it',
};
