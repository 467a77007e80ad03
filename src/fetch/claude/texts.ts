import type { ProviderTexts } from '../../usage/provider-facts.ts';

/** The names of Claude, of its client and its plans, and what helps against failures of its own. */
export const texts: ProviderTexts = {
  name: 'Claude',
  vendor: 'Anthropic',
  client: 'Claude Code',
  signInCommand: 'claude',
  renewLogin: 'run `/login` in Claude Code',
  identityFile: '.claude.json',
  requestLimit: 'one a minute and 24 an hour',
  mainWindows: { five_hour: '5h', seven_day: '7d' },
  planNames: { max_20x: 'Ultra', max_5x: 'Max' },
  failures: {
    token_lapsed: {
      advice: 'The login is not lost. Run `claude` once in a terminal: the desktop app does not renew it.',
    },
    missing_scope: {
      happened: 'The login may not read usage: it lacks the scope user:profile, as setup tokens do',
    },
    forbidden: {
      happened: 'Anthropic does not let this login read usage (403), as with setup tokens',
    },
  },
};
