import { shCommand } from '../snippets/quote.ts';
import { pastedLine } from '../snippets/runner.ts';
import type { Target } from '../target.ts';

export const polybar: Target = {
  name: 'polybar',
  snippet: (
    runtime,
  ) => `; Into ~/.config/polybar/config.ini; and usageline among modules-left, -center or -right.
[module/usageline]
type = custom/script
exec = ${shCommand(pastedLine(runtime, 'polybar'))}
interval = 15
`,
  install: 'only you know where in the bar it goes: paste the module',
};
