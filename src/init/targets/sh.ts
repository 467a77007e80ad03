import { shCommand } from '../snippets/quote.ts';
import { installedProgram, runnerScript, runnerStep } from '../snippets/runner.ts';
import { launcherPath } from '../runtime.ts';
import type { Runtime } from '../runtime.ts';
import type { Step, Target } from '../target.ts';
import { ownFileHeader } from '../edits/own-file.ts';

export const sh: Target = {
  name: 'sh',
  snippet: (runtime) => launcherText(runtime, runnerScript(runtime.program)),
  install: {
    steps: (runtime, file) => [runnerStep(runtime), launcherStep(runtime, file)],
    afterInstall: 'Bars and editors that are set up from now on use it.',
  },
};

/** The step that installs the launcher. The installed launcher starts the program through the runner. */
export function launcherStep(runtime: Runtime, file: string | null = null): Step {
  const text = launcherText(runtime, `exec ${shCommand(installedProgram(runtime))} "$@"\n`);
  return { kind: 'whole', path: file ?? launcherPath(runtime), text, mode: 0o755, shared: true };
}

/** @param start commands that start the program with the launcher's arguments; they replace its function `run` */
function launcherText(runtime: Runtime, start: string): string {
  const text = runtime.packageText('bin', 'usageline-prompt');
  const runFunction = /^run\(\) \{ .* \}$/m;
  // Without the replacement the launcher would look for the program in the caller's PATH.
  if (!runFunction.test(text)) throw new Error('the launcher has no line that starts the program');
  return text
    .replace(/^#!.*$/m, (shebang) => `${shebang}\n${ownFileHeader('#', 'sh')}`)
    .replace(runFunction, () => `run() {\n${start}}`);
}
