import { CRONTAB } from '../crontab.ts';
import { cron as escaped, shCommand } from '../snippets/quote.ts';
import { installedProgram, pastedProgram, runnerStep } from '../snippets/runner.ts';
import type { Target } from '../target.ts';

export const cron: Target = {
  name: 'cron',
  snippet: (runtime) => `# Into crontab -e. Silent, and so without mail, unless you have to sign in.
${line(runtime.user, pastedProgram(runtime, 'refresh', '--quiet'))}
`,
  install: {
    multipleFiles: true,
    steps: (runtime) => [
      runnerStep(runtime),
      {
        kind: 'crontab',
        path: CRONTAB,
        body: line(runtime.user, installedProgram(runtime, 'refresh', '--quiet')),
      },
    ],
    afterInstall: 'cron asks every ten minutes. Silent, and so without mail, unless you have to sign in.',
  },
};

function line(user: string, argv: readonly string[]): string {
  return `${minute(user)}-59/10 * * * * ${escaped(shCommand(argv))}`;
}

/** The minute of the first call, 0 to 9. It depends on the user, to spread the requests of many users. */
function minute(user: string): number {
  return [...user].reduce((sum, character) => (sum * 31 + (character.codePointAt(0) ?? 0)) % 9973, 7) % 10;
}
