import { withoutBlock } from '../edits/block.ts';
import { ownFileHeader } from '../edits/own-file.ts';
import { configHome } from '../runtime.ts';
import type { Runtime } from '../runtime.ts';
import { json } from '../snippets/quote.ts';
import { installedLine, pastedLine, runnerStep } from '../snippets/runner.ts';
import type { Target } from '../target.ts';
import { launcherStep } from './sh.ts';

/** The styles of kitty's tab bar that a function of kitty draws, with the end of that function's name. */
const STYLES = new Set(['fade', 'powerline', 'separator', 'slant']);

export const kitty: Target = {
  name: 'kitty',
  snippet: (runtime) => `# As ~/.config/kitty/tab_bar.py; and into kitty.conf: tab_bar_style custom
${script(pastedLine(runtime, 'plain'), 'fade')}`,
  install: {
    multipleFiles: true,
    obstacle: (runtime) =>
      styleOf(runtime) === 'custom'
        ? `${directory(runtime)}/kitty.conf has a tab bar of your own (tab_bar_style custom): call usageline's functions from it, as usageline init kitty prints them`
        : null,
    steps: (runtime) => [
      runnerStep(runtime),
      launcherStep(runtime),
      {
        kind: 'whole',
        path: `${directory(runtime)}/tab_bar.py`,
        text: `${ownFileHeader('#', 'kitty')}\n${script(installedLine(runtime, 'plain'), styleOf(runtime))}`,
        mode: 0o644,
      },
      {
        kind: 'block',
        path: `${directory(runtime)}/kitty.conf`,
        body: 'tab_bar_style custom\ntab_bar_min_tabs 1',
      },
    ],
    afterInstall: 'Start kitty again. The line is in the tab bar, on the right.',
  },
};

function directory(runtime: Runtime): string {
  return `${configHome(runtime)}/kitty`;
}

/** The style of the tab bar that the user has chosen; usageline's block does not count. */
function styleOf(runtime: Runtime): string {
  const text = runtime.readText(`${directory(runtime)}/kitty.conf`) ?? '';
  const edit = withoutBlock(text);
  const own = edit.kind === 'change' ? (edit.after ?? '') : text;
  const style = [...own.matchAll(/^[ \t]*tab_bar_style[ \t]+(\w+)/gm)].at(-1)?.[1];
  return style === 'custom' || STYLES.has(style ?? '') ? (style as string) : 'fade';
}

/**
 * Draws the tabs as kitty does, and the line on the right where there is room. A process fetches it every 15 s, so that
 * kitty never waits.
 */
function script(command: readonly string[], style: string): string {
  return `import subprocess

from kitty.boss import get_boss
from kitty.fast_data_types import add_timer, get_options
from kitty.tab_bar import as_rgb, draw_tab_with_${style}
from kitty.utils import color_as_int

COMMAND = [${command.map(json).join(', ')}]
state = {'line': '', 'process': None, 'timer': None}


def ask(timer=None):
    process = state['process']
    if process is not None and process.poll() is not None:
        state['line'] = process.stdout.read().decode('utf-8', 'replace').split('\\n')[0]
        state['process'] = process = None
        boss = get_boss()
        for manager in boss.os_window_map.values() if boss else ():
            manager.mark_tab_bar_dirty()
    if process is None and timer is not fetch:
        try:
            state['process'] = subprocess.Popen(COMMAND, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            add_timer(lambda _id: ask(fetch), 1.0, False)
        except OSError:
            pass


fetch = object()


def draw_tab(draw_data, screen, tab, before, max_title_length, index, is_last, extra_data):
    if state['timer'] is None:
        state['timer'] = add_timer(ask, 15.0, True)
        ask()
    end = draw_tab_with_${style}(draw_data, screen, tab, before, max_title_length, index, is_last, extra_data)
    line = state['line']
    if is_last and line and screen.columns - screen.cursor.x > len(line) + 2:
        # The colour of inactive tabs is hardly readable, and the background of the active tab can be that of the bar.
        screen.cursor.bold = screen.cursor.italic = False
        screen.cursor.bg, screen.cursor.fg = 0, as_rgb(color_as_int(get_options().foreground))
        screen.cursor.x = screen.columns - len(line) - 1
        screen.draw(line)
    return end
`;
}
