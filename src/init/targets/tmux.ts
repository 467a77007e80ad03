import { shCommand, tmux as quoted } from '../snippets/quote.ts';
import { installedLine, pastedLine, runnerStep } from '../snippets/runner.ts';
import { USUAL_WIDTHS } from '../snippets/widths.ts';
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

/** The columns of the line with the words about three limits, beside those of tmux' own right side. */
const RIGHT = 120;

/**
 * The line is an option of its own, so that reading the file again does not add it to the status line twice. It has a shorter
 * format in a narrow client, where it would push out windows and clock; each client runs only the command of its width. The
 * style around the line is pushed, so that the line's own styles end in it. The default length of 40 columns would cut off
 * the rest of the status line.
 */
function options(command: readonly string[]): string {
  const job = (...format: string[]) => `"#(${quoted(shCommand([...command, ...format]))})"`;
  const byWidth = `#{?#{e|<:#{client_width},${USUAL_WIDTHS.middle}},#{E:@usageline_minimal},#{?#{e|<:#{client_width},${USUAL_WIDTHS.wide}},#{E:@usageline_compact},#{E:@usageline_full}}}`;
  return `set -g @usageline_full ${job()}
set -g @usageline_compact ${job('--format', 'compact')}
set -g @usageline_minimal ${job('--format', 'minimal')}
set -g @usageline "#[push-default]${byWidth}#[pop-default]"
if -F "#{m:*@usageline*,#{status-right}}" "" "if -F '#{status-right}' \\"set -ga status-right '#[default] | #{E:@usageline}'\\" \\"set -g status-right '#{E:@usageline}'\\""
if -F "#{e|<:#{status-right-length},${RIGHT}}" "set -g status-right-length ${RIGHT}"`;
}

/** tmux reads both files if both exist; the one that exists is the one that the user maintains. */
function usualFile(runtime: Runtime): string {
  const old = `${runtime.home}/.tmux.conf`;
  const xdg = `${configHome(runtime)}/tmux/tmux.conf`;
  return !runtime.exists(old) && runtime.exists(xdg) ? xdg : old;
}
