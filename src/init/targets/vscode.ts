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

/** A process and no shell: then nothing has to be quoted for the shell that is the default there. */
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
