import { texts } from '../fetch/registry.ts';
import { UsageError } from './command.ts';
import type { Command } from './command.ts';
import { isLineOfJson, LINE_DEFAULTS, lineOptions } from './fast-options.ts';
import type { UsageOptions } from './fast-options.ts';
import { CONFIGURED, withTexts } from './options.ts';

/** `usageline` without the name of a command: the line. */
export const command: Command<UsageOptions> = {
  name: 'usageline',
  about: 'How much of your AI coding subscriptions is used, in one line.',
  options: withTexts(lineOptions()),
  missing: CONFIGURED,
  defaults: LINE_DEFAULTS,
  help: `
Examples:
  usageline                    5h 22% 4h37m · 7d 33% 4d3h
  usageline show               a table, with local times and advice on errors
  usageline --json | jq .      for programs
  usageline --wait             wait for a fresh response, as in a terminal
  usageline --output tmux      with the colours and escapes of tmux
  usageline --format bars      5h ┻━────── 22% 4h37m · 7d ━━╾┸──── 33% 4d3h
  usageline --format '{5h.left} left[ until {5h.at}]'
  usageline --cached           make no request, show the cached numbers
  usageline refresh --quiet    for cron: prints nothing unless you have to act
  usageline statusline         the status line of ${texts.client}, and its numbers
  usageline explain            why it shows this, and when it asks next
  usageline config set format bars
  usageline demo               a tour that needs no account

In a terminal the line waits for a response, at most --timeout. Anywhere else
(prompt, tmux, bar) it does not wait: it shows the cached numbers and refreshes
them in the background. However often you run usageline, its requests are kept
to ${texts.requestLimit}.
`,
  async run(system, options) {
    if (isLineOfJson(options)) {
      const refused = options.output === 'plain' ? '--format' : '--output';
      throw new UsageError(`${refused} cannot be used with --json; accepted: one of them`);
    }
    const { usage } = await import('./usage.ts');
    return usage(system, options);
  },
};
