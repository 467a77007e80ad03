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
    steps: (runtime, file) => [
      runnerStep(runtime),
      {
        kind: 'whole',
        path: file ?? `${runtime.home}/Library/Application Support/xbar/plugins/usageline.1m.sh`,
        text: `#!/bin/sh\n${ownFileHeader('#', 'xbar')}\nexec ${shCommand(installedProgram(runtime, '--output', 'xbar'))}\n`,
        mode: 0o755,
      },
    ],
    afterInstall: 'xbar shows it after: Refresh all.',
  },
};
