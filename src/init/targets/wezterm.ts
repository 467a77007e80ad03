import { configHome } from '../runtime.ts';
import type { Runtime } from '../runtime.ts';
import { json } from '../snippets/quote.ts';
import { installedLine, pastedLine, runnerStep } from '../snippets/runner.ts';
import type { Target } from '../target.ts';
import { launcherStep } from './sh.ts';

export const wezterm: Target = {
  name: 'wezterm',
  snippet: (runtime) =>
    `-- Into ~/.config/wezterm/wezterm.lua, at its beginning.\n${script(pastedLine(runtime, 'ansi'))}\n`,
  install: {
    steps: (runtime, file) => [
      runnerStep(runtime),
      launcherStep(runtime),
      {
        kind: 'block',
        path: file ?? usualFile(runtime),
        comment: '--',
        // The configuration ends with a `return`.
        at: () => 0,
        seed: { path: 'an empty configuration', text: 'return {}\n' },
        body: script(installedLine(runtime, 'ansi')),
        objection,
      },
    ],
    afterInstall: 'WezTerm shows it at once, on the right of the tab bar.',
  },
};

function usualFile(runtime: Runtime): string {
  const old = `${runtime.home}/.wezterm.lua`;
  const xdg = `${configHome(runtime)}/wezterm/wezterm.lua`;
  return runtime.exists(xdg) && !runtime.exists(old) ? xdg : old;
}

/** The right side has one text: two handlers would replace each other's every second. */
function objection(rest: string): string | null {
  return rest
    .split('\n')
    .some((line) => line.includes('set_right_status') && !line.trimStart().startsWith('--'))
    ? 'it has a text of your own on the right of the tab bar (set_right_status)'
    : null;
}

/** WezTerm raises `update-status` every `status_update_interval`, 1 s by default: every 15 s is enough. */
function script(command: readonly string[]): string {
  return `do
  local wezterm = require 'wezterm'
  local asked, line = 0, ''
  wezterm.on('update-status', function(window)
    if os.time() - asked >= 15 then
      asked = os.time()
      local ok, found, output = pcall(wezterm.run_child_process, { ${command.map(json).join(', ')} })
      if ok and found then line = output:gsub('%s+$', '') end
    end
    window:set_right_status(line .. ' ')
  end)
end`;
}
