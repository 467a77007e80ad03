import { shCommand, tmux as quoted } from '../snippets/quote.ts';
import { installedLine, pastedLine, runnerStep } from '../snippets/runner.ts';
import { configHome } from '../runtime.ts';
import type { Runtime } from '../runtime.ts';
import type { Target } from '../target.ts';
import { launcherStep } from './sh.ts';

export const tmux: Target = {
  name: 'tmux',
  snippet: (runtime) => `# Into ~/.tmux.conf. To have it elsewhere, put #{E:@usageline} there.
${options(pastedLine(runtime, 'tmux'))}
`,
  install: {
    steps: (runtime, file) => [
      runnerStep(runtime),
      launcherStep(runtime),
      {
        kind: 'block',
        path: file ?? usualFile(runtime),
        body: options(installedLine(runtime, 'tmux')),
      },
    ],
    afterInstall: (runtime, file) =>
      `In a running tmux: ${shCommand(['tmux', 'source-file', file ?? usualFile(runtime)])}`,
    afterRemoval: 'A tmux server that runs keeps the line until it ends.',
  },
};

/** A style in a text of tmux, `#[reverse]`, as a regular expression. tmux itself would read a `#` or a `}` in it. */
const STYLE = '(.[[][^]]*[]])';

/** The columns of the line with the words about three limits, beside those of tmux' own right side. */
const RIGHT = 120;

/**
 * The texts beside the line, for their width: tmux' own left side, names of windows, and its own right side. Like
 * `status-format[0]` by default, with a clock that never has another width.
 *
 * @param windows the names of windows
 */
function beside(windows: string): string {
  return `[#{=7:session_name}] ${windows}'#{=21:pane_title}' 00:00 01-Jan-00 | `;
}

/**
 * The first of several forms that fits beside the texts of an option; else the last one. Each is an option. tmux before 3.2,
 * which cannot measure, takes the first one.
 */
function fitting([first = '', ...shorter]: readonly string[], texts: string): string {
  if (shorter.length === 0) return first;
  const room = `#{e|-:#{client_width},#{w:#{E:${texts}}}}`;
  return `#{?#{e|>:#{w:${first}},${room}},${fitting(shorter, texts)},${first}}`;
}

/** A form of the line as tmux expands it. */
function form(name: string): string {
  return `#{E:@usageline_${name}}`;
}

/**
 * The line is an option of its own, so that reading the file again does not add it to the status line twice. Of its forms
 * it has the first one beside which all windows have room, and of the last two the one that leaves room for the current
 * window: tmux cuts names of windows before the right side. tmux makes these two of the form `minimal`, without a process
 * more: without the verdict, and without the name of the window. The style around the line is pushed, so that the line's own
 * styles end in it. The default length of 40 columns would cut off the rest of the status line.
 */
function options(command: readonly string[]): string {
  const job = (...format: string[]) => `"#(${quoted(shCommand([...command, ...format]))})"`;
  const narrow = fitting(['short', 'percent'].map(form), '@usageline_beside_current');
  const line = fitting([...['full', 'compact', 'minimal'].map(form), narrow], '@usageline_beside');
  return `set -g @usageline_full ${job()}
set -g @usageline_compact ${job('--format', 'compact')}
set -g @usageline_minimal ${job('--format', 'minimal')}
set -g @usageline_short "#{s/, ${STYLE}?empty in [0-9a-z]*${STYLE}?//:${form('minimal')}}"
set -g @usageline_percent "#{s/^.* (${STYLE}?[0-9]+[^0-9a-zA-Z. ])/\\\\1/:${form('short')}}"
set -g @usageline_beside "${beside('#{W:#I:#W* }')}"
set -g @usageline_beside_current "${beside('<#I:#W*>')}"
set -g @usageline "#[push-default]${line}#[pop-default]"
if -F "#{m:*@usageline*,#{status-left}#{status-right}}" "" "if -F '#{status-right}' \\"set -ga status-right '#[default] | #{E:@usageline}'\\" \\"set -g status-right '#{E:@usageline}'\\""
if -F "#{e|<:#{status-right-length},${RIGHT}}" "set -g status-right-length ${RIGHT}"`;
}

/** tmux reads both files if both exist; the one that exists is the one that the user maintains. */
function usualFile(runtime: Runtime): string {
  const old = `${runtime.home}/.tmux.conf`;
  const xdg = `${configHome(runtime)}/tmux/tmux.conf`;
  return !runtime.exists(old) && runtime.exists(xdg) ? xdg : old;
}
