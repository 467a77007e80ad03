import { cron as escaped, shCommand } from '../snippets/quote.ts';
import { pastedProgram } from '../snippets/runner.ts';
import type { Target } from '../target.ts';

export const cron: Target = {
  name: 'cron',
  snippet: (runtime) => `# Into crontab -e. Silent, and so without mail, unless you have to sign in.
${minute(runtime.user)}-59/10 * * * * ${escaped(shCommand(pastedProgram(runtime, 'refresh', '--quiet')))}
`,
  install: 'a crontab is changed with: crontab -e',
};

/** The minute of the first call, 0 to 9. It depends on the user, to spread the requests of many users. */
function minute(user: string): number {
  return [...user].reduce((sum, character) => (sum * 31 + (character.codePointAt(0) ?? 0)) % 9973, 7) % 10;
}
