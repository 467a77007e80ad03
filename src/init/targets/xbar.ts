import { shCommand } from '../quote.ts';
import { programOf } from '../runtime.ts';
import type { Runtime } from '../runtime.ts';
import type { Target } from '../target.ts';
import { writtenBy } from '../written.ts';

export const xbar: Target = {
  name: 'xbar',
  snippet: (runtime) => `#!/bin/sh
# xbar: ~/Library/Application Support/xbar/plugins/usageline.1m.sh, executable. SwiftBar: the same, in its plugin
# folder. Argos: ~/.config/argos/usageline.r.1m.sh
# <swiftbar.hideAbout>true</swiftbar.hideAbout>
exec ${command(runtime)}
`,
  install: {
    steps: (runtime, file) => [
      {
        kind: 'whole',
        path: file ?? `${runtime.home}/Library/Application Support/xbar/plugins/usageline.1m.sh`,
        text: `#!/bin/sh\n${writtenBy('#', 'xbar')}\nexec ${command(runtime)}\n`,
        mode: 0o755,
      },
    ],
    after: 'xbar shows it after: Refresh all.',
  },
};

function command(runtime: Runtime): string {
  return shCommand(programOf(runtime, '--output', 'xbar'));
}
