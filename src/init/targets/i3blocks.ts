import { shCommand } from '../snippets/quote.ts';
import { pastedLine } from '../snippets/runner.ts';
import type { Target } from '../target.ts';

export const i3blocks: Target = {
  name: 'i3blocks',
  snippet: (runtime) => `# Into ~/.config/i3blocks/config, where in the bar it shall be.
[usageline]
command=${shCommand(pastedLine(runtime, 'i3blocks'))}
interval=15
format=json
`,
  install: 'the order of the blocks is their place in the bar: paste the block where you want it',
};
