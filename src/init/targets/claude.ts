import { shCommand } from '../snippets/quote.ts';
import { pastedProgram, installedProgram, runnerStep } from '../snippets/runner.ts';
import { absoluteDirectory } from '../runtime.ts';
import type { Runtime } from '../runtime.ts';
import type { Target } from '../target.ts';

export const claude: Target = {
  name: 'claude',
  snippet: (
    runtime,
  ) => `// Into ~/.claude/settings.json, without this comment. A command that you have already goes behind it:
// statusline --after 'my-own-command'
${JSON.stringify({ statusLine: { type: 'command', command: pasted(runtime) } }, null, 2)}
`,
  install: {
    steps: (runtime, file) => [
      runnerStep(runtime),
      {
        kind: 'statusline',
        path: file ?? settings(runtime),
        command: shCommand(installedProgram(runtime, 'statusline')),
      },
    ],
    afterInstall: 'Start Claude Code again.',
  },
};

function settings({ env, home }: Runtime): string {
  return `${absoluteDirectory(env.CLAUDE_CONFIG_DIR) ?? `${home}/.claude`}/settings.json`;
}

/** On Windows, Claude Code runs the command with Git Bash, where a backslash is an escape character. */
function pasted(runtime: Runtime): string {
  const argv = pastedProgram(runtime, 'statusline');
  return shCommand(runtime.platform === 'win32' ? argv.map((word) => word.replaceAll('\\', '/')) : argv);
}
