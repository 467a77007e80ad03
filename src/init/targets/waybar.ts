import { shCommand } from '../snippets/quote.ts';
import { pastedLine } from '../snippets/runner.ts';
import type { Target } from '../target.ts';

export const waybar: Target = {
  name: 'waybar',
  snippet: (
    runtime,
  ) => `// Into ~/.config/waybar/config.jsonc; and "custom/usageline" among modules-left, -center or -right.
// style.css has it as #custom-usageline, with the classes ok, warn, critical, stale and error.
"custom/usageline": ${JSON.stringify(moduleOf(shCommand(pastedLine(runtime, 'waybar'))), null, 2)},
`,
  install: 'its configuration holds comments, and only you know where in the bar it goes: paste the module',
};

function moduleOf(exec: string): unknown {
  return { exec, 'return-type': 'json', interval: 15, tooltip: true };
}
