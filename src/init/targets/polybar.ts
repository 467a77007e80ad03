import { configHome } from '../runtime.ts';
import type { Runtime } from '../runtime.ts';
import { shCommand } from '../snippets/quote.ts';
import { installedLine, pastedLine, pastedProgram, runnerStep } from '../snippets/runner.ts';
import { refreshCommand, showCommand, showStep } from '../snippets/show.ts';
import type { Target } from '../target.ts';
import { launcherStep } from './sh.ts';
import { seedOf } from './waybar.ts';

const RESTART = 'Start polybar again; where it has enable-ipc: polybar-msg cmd restart';
const SYSTEM = '/etc/polybar/config.ini';

export const polybar: Target = {
  name: 'polybar',
  snippet: (
    runtime,
  ) => `; Into ~/.config/polybar/config.ini; and usageline among modules-left, -center or -right.
${section(pastedLine(runtime, 'polybar'))}
click-right = ${shCommand(pastedProgram(runtime, 'refresh', '--quiet'))}
`,
  install: {
    steps: (runtime, file) => {
      const path = file ?? usualFile(runtime);
      return [
        runnerStep(runtime),
        launcherStep(runtime),
        showStep(runtime),
        {
          kind: 'polybar',
          path,
          seed: file === null ? seedOf(runtime, path, SYSTEM) : null,
          body: [
            section(installedLine(runtime, 'polybar')),
            `click-left = ${showCommand(runtime)}`,
            `click-right = ${refreshCommand(runtime)}`,
          ].join('\n'),
        },
      ];
    },
    afterInstall: RESTART,
    afterRemoval: RESTART,
  },
};

/** `config` is the name that polybar used before 3.5.3, and still reads where there is no `config.ini`. */
function usualFile(runtime: Runtime): string {
  const directory = `${configHome(runtime)}/polybar`;
  const old = `${directory}/config`;
  return runtime.exists(old) && !runtime.exists(`${old}.ini`) ? old : `${old}.ini`;
}

/**
 * The module. polybar gives each module the columns that it wants, also those of its neighbours, so the line is short. Its
 * `label-maxlen` would count and cut the marks of colours.
 */
function section(command: readonly string[]): string {
  return `[module/usageline]
type = custom/script
exec = ${shCommand([...command, '--format', 'compact'])}
interval = 15`;
}
