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

/** The launcher as a file, which has the runner start the program. */
export function launcherStep(runtime: Runtime, file: string | null = null): Step {
  const text = launcherText(runtime, `exec ${shCommand(installedProgram(runtime))} "$@"\n`);
  return { kind: 'whole', path: file ?? launcherPath(runtime), text, mode: 0o755, shared: true };
}

/** @param start the commands that start the program with the arguments of the launcher */
function launcherText(runtime: Runtime, start: string): string {
  const text = runtime.packageText('bin', 'usageline-prompt');
  const place = /^run\(\) \{ .* \}$/m;
  // Without its place the launcher would depend on the caller's PATH.
  if (!place.test(text)) throw new Error('the launcher has no line that starts the program');
  return text
    .replace(/^#!.*$/m, (shebang) => `${shebang}\n${ownFileHeader('#', 'sh')}`)
    .replace(place, () => `run() {\n${start}}`);
}
