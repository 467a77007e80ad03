import { alwaysSh } from '../quote.ts';
import { launcherPath } from '../runtime.ts';
import type { Runtime } from '../runtime.ts';
import type { Step, Target } from '../target.ts';
import { writtenBy } from '../written.ts';

export const sh: Target = {
  name: 'sh',
  snippet: launcherText,
  install: {
    steps: (runtime, file) => [launcherStep(runtime, file)],
    after: 'Bars and editors that are set up from now on use it.',
  },
};

/** The launcher with the program's place in it: what asks for it often need not look for the program by PATH. */
function launcherText(runtime: Runtime): string {
  const [node, script] = runtime.program;
  const place = `program=${alwaysSh(node)} script=${alwaysSh(script)}`;
  return runtime
    .packageText('bin', 'usageline-prompt')
    .replace(/^#!.*$/m, (shebang) => `${shebang}\n${writtenBy('#', 'sh')}`)
    .replace(/^program=usageline script=$/m, () => place);
}

/** For whoever runs the launcher. It stays when one of them goes, since others may run it too. */
export function launcherStep(runtime: Runtime, file: string | null = null): Step {
  const path = file ?? launcherPath(runtime);
  return { kind: 'whole', path, text: launcherText(runtime), mode: 0o755, shared: true };
}
