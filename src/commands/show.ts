import type { Command } from './command.ts';
import { LINE_DEFAULTS, showOptions } from './fast-options.ts';
import type { UsageOptions } from './fast-options.ts';
import { CONFIGURED, withTexts } from './options.ts';

const LOOKS = 'the table takes its looks from the configuration, [output.show]: see `usageline config show`';

/** `usageline show`: the table. */
export const command: Command<UsageOptions> = {
  name: 'show',
  about: 'print a table for people: bars, resets, pace, and what to do about an error',
  options: withTexts(showOptions()),
  takesLineOptions: true,
  synonyms: ['status', 'stats', 'stat', 'usage', 'list', 'ls', 'table', 'print', 'view'],
  missing: {
    ...CONFIGURED,
    '--format': LOOKS,
    '--output': LOOKS,
  },
  defaults: { ...LINE_DEFAULTS, command: 'show' },
  help: `
Examples:
  usageline show
  usageline show --cached      the cached numbers, without a request
  usageline show --verbose     the week by product, too
  usageline show --json        the same as usageline --json
`,
  run: async (system, options) => (await import('./usage.ts')).usage(system, options),
};
