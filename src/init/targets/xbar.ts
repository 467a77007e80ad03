import { configHome } from '../runtime.ts';
import type { Runtime } from '../runtime.ts';
import { shCommand } from '../snippets/quote.ts';
import { pastedProgram, installedProgram, runnerStep } from '../snippets/runner.ts';
import type { Target } from '../target.ts';
import { ownFileHeader } from '../edits/own-file.ts';

export const xbar: Target = {
  name: 'xbar',
  snippet: (runtime) => `#!/bin/sh
# xbar: ~/Library/Application Support/xbar/plugins/usageline.1m.sh, executable. SwiftBar: the same, in its plugin
# folder. Argos: ~/.config/argos/usageline.r.1m.sh
# <swiftbar.hideAbout>true</swiftbar.hideAbout>
exec ${shCommand(pastedProgram(runtime, '--output', 'xbar'))}
`,
  install: {
    obstacle: (runtime, file) =>
      file === null && usualFile(runtime) === null
        ? 'xbar and SwiftBar are programs for macOS, and the directory of Argos is not there: ~/.config/argos. Name a file with --file'
        : null,
    steps: (runtime, file) => [
      runnerStep(runtime),
      {
        kind: 'whole',
        path: file ?? usualFile(runtime) ?? macFile(runtime),
        text: `#!/bin/sh\n${ownFileHeader('#', 'xbar')}\nexec ${shCommand(installedProgram(runtime, '--output', 'xbar'))}\n`,
        mode: 0o755,
      },
    ],
    afterInstall: 'xbar shows it after: Refresh all. Argos shows it at once.',
  },
};

/** The path at which a program of this platform looks for it; null if there is no such program. */
function usualFile(runtime: Runtime): string | null {
  if (runtime.platform === 'darwin') return macFile(runtime);
  const argos = `${configHome(runtime)}/argos`;
  return runtime.exists(argos) ? `${argos}/usageline.r.1m.sh` : null;
}

function macFile({ home }: Runtime): string {
  return `${home}/Library/Application Support/xbar/plugins/usageline.1m.sh`;
}
