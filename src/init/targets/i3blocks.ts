import { configHome } from '../runtime.ts';
import type { Runtime } from '../runtime.ts';
import { shCommand } from '../snippets/quote.ts';
import { installedLine, pastedLine, runnerStep } from '../snippets/runner.ts';
import { refreshCommand, showCommand, showStep } from '../snippets/show.ts';
import type { Target } from '../target.ts';
import { launcherStep } from './sh.ts';
import { seedOf } from './waybar.ts';

const SYSTEM = ['/etc/xdg/i3blocks/config', '/etc/i3blocks.conf'];

export const i3blocks: Target = {
  name: 'i3blocks',
  snippet: (runtime) => `# Into ~/.config/i3blocks/config, where in the bar it shall be.
${block(shCommand(pastedLine(runtime, 'i3blocks')))}
`,
  install: {
    steps: (runtime, file) => {
      const path = file ?? usualFile(runtime);
      const system = SYSTEM.find((candidate) => runtime.exists(candidate)) ?? '';
      return [
        runnerStep(runtime),
        launcherStep(runtime),
        showStep(runtime),
        {
          kind: 'block',
          path,
          seed: file === null ? seedOf(runtime, path, system) : null,
          at: firstBlock,
          body: block(
            // i3blocks 1.4 names the button BLOCK_BUTTON, 1.5 and later button.
            `case "\${button:-$BLOCK_BUTTON}" in 1) ${showCommand(runtime)} >/dev/null 2>&1 & ;; ` +
              `3) ${refreshCommand(runtime)} >/dev/null 2>&1 ;; esac; ` +
              shCommand(installedLine(runtime, 'i3blocks')),
          ),
        },
      ];
    },
    afterInstall:
      'Start the bar again. The configuration of i3 or sway must have in its bar { ... }: status_command i3blocks',
  },
};

function usualFile(runtime: Runtime): string {
  const old = `${runtime.home}/.i3blocks.conf`;
  const xdg = `${configHome(runtime)}/i3blocks/config`;
  return runtime.exists(old) && !runtime.exists(xdg) ? old : xdg;
}

/** The first block is the leftmost one. What stands before it holds for all blocks. */
function firstBlock(text: string): number {
  return /^\[/m.exec(text)?.index ?? text.length;
}

function block(command: string): string {
  return `[usageline]
command=${command}
interval=15
format=json`;
}
