import { dirname } from 'node:path';
import { configHome } from '../runtime.ts';
import type { Runtime } from '../runtime.ts';
import { shCommand } from '../snippets/quote.ts';
import { installedLine, pastedLine, pastedProgram, runnerStep } from '../snippets/runner.ts';
import { refreshCommand, showCommand, showStep } from '../snippets/show.ts';
import type { Seed, Target } from '../target.ts';
import { launcherStep } from './sh.ts';

const SYSTEM = '/etc/xdg/waybar';
/** waybar reads its files again at this signal. */
const RELOAD = 'Reload waybar: killall -SIGUSR2 waybar';
const NAMES = ['config', 'config.jsonc'];

export const waybar: Target = {
  name: 'waybar',
  snippet: (
    runtime,
  ) => `// Into ~/.config/waybar/config.jsonc; and "custom/usageline" among modules-left, -center or -right.
"custom/usageline": ${JSON.stringify(
    {
      ...moduleOf(shCommand(pastedLine(runtime, 'waybar'))),
      'on-click-right': shCommand(pastedProgram(runtime, 'refresh', '--quiet')),
    },
    null,
    2,
  )},
// Into ~/.config/waybar/style.css:
${STYLE.replace(/^/gm, '// ')}
`,
  install: {
    steps: (runtime, file) => {
      const { path, seed } = configuration(runtime, file);
      const style = `${dirname(path)}/style.css`;
      return [
        runnerStep(runtime),
        launcherStep(runtime),
        showStep(runtime),
        {
          kind: 'waybar',
          path,
          seed,
          module: {
            ...moduleOf(shCommand(installedLine(runtime, 'waybar'))),
            'on-click': showCommand(runtime),
            'on-click-right': refreshCommand(runtime),
          },
        },
        {
          kind: 'block',
          path: style,
          comment: '/*',
          seed: seedOf(runtime, style, `${SYSTEM}/style.css`),
          body: STYLE,
        },
      ];
    },
    afterInstall: RELOAD,
    afterRemoval: RELOAD,
  },
};

/** The same path as waybar's own search takes; while the user has no configuration, waybar reads the system's. */
function configuration(runtime: Runtime, file: string | null): { path: string; seed: Seed | null } {
  if (file !== null) return { path: file, seed: null };
  const directory = `${configHome(runtime)}/waybar`;
  const own = NAMES.find((name) => runtime.exists(`${directory}/${name}`));
  if (own !== undefined) return { path: `${directory}/${own}`, seed: null };
  const name = NAMES.find((candidate) => runtime.exists(`${SYSTEM}/${candidate}`)) ?? 'config.jsonc';
  const path = `${directory}/${name}`;
  return { path, seed: seedOf(runtime, path, `${SYSTEM}/${name}`) };
}

/** The system's file as the beginning of a user's file that does not exist yet. */
export function seedOf(runtime: Runtime, path: string, system: string): Seed | null {
  const text = runtime.exists(path) ? null : runtime.readText(system);
  return text === null ? null : { path: system, text };
}

function moduleOf(exec: string): object {
  return { exec, 'return-type': 'json', interval: 15, tooltip: true };
}

/** Room around the text, as other modules have. Colours are in the markup of the text, a number each. */
const STYLE = `#custom-usageline { padding: 0 10px; }
#custom-usageline.stale, #custom-usageline.error { font-style: italic; }`;
