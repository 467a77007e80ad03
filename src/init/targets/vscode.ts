import { pastedProgram } from '../snippets/runner.ts';
import type { Target } from '../target.ts';

export const vscode: Target = {
  name: 'vscode',
  snippet: (
    runtime,
  ) => `// Into .vscode/tasks.json, or the user's own: Tasks: Open User Tasks. It runs by: Tasks: Run Task.
${JSON.stringify(tasks(pastedProgram(runtime, 'show')), null, 2)}
`,
  install: 'tasks.json may hold comments and tasks of your own: paste the task',
};

/** Type `process`, because `shell` would need quoting for the user's default shell. */
function tasks([command = '', ...args]: readonly string[]): unknown {
  return {
    version: '2.0.0',
    tasks: [
      {
        label: 'usageline',
        type: 'process',
        command,
        args,
        presentation: { reveal: 'always', panel: 'dedicated', clear: true, showReuseMessage: false },
        problemMatcher: [],
      },
    ],
  };
}
