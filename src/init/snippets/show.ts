import { ownFileHeader } from '../edits/own-file.ts';
import { dataHome } from '../runtime.ts';
import type { Runtime } from '../runtime.ts';
import type { Step } from '../target.ts';
import { shCommand } from './quote.ts';
import { installedProgram } from './runner.ts';

/*
 * What a click on a bar's module does: the left button shows the table in a new terminal, the right one asks for fresh
 * numbers.
 */

/** The step that installs the script which shows the table in a new terminal. */
export function showStep(runtime: Runtime): Step {
  return { kind: 'whole', path: showPath(runtime), text: script(runtime), mode: 0o755, shared: true };
}

/** The shell command that shows the table. */
export function showCommand(runtime: Runtime): string {
  return shCommand([showPath(runtime)]);
}

/** The shell command that asks for fresh numbers. */
export function refreshCommand(runtime: Runtime): string {
  return shCommand(installedProgram(runtime, 'refresh', '--quiet'));
}

function showPath(runtime: Runtime): string {
  return `${dataHome(runtime)}/usageline-show`;
}

/** Terminals run a program with its arguments after `-e`, except for those in the `case`. */
function script(runtime: Runtime): string {
  return `#!/bin/sh
${ownFileHeader('#', 'sh')}
if [ "\${1-}" = --inside ]; then
  ${shCommand(installedProgram(runtime, 'show'))}
  printf '\\nPress Enter to close. '
  read -r _
  exit
fi
for terminal in "\${TERMINAL-}" x-terminal-emulator foot kitty alacritty ghostty wezterm konsole gnome-terminal xfce4-terminal xterm; do
  [ -n "$terminal" ] && command -v "$terminal" >/dev/null 2>&1 || continue
  case \${terminal##*/} in
  wezterm) exec "$terminal" start -- "$0" --inside ;;
  gnome-terminal) exec "$terminal" -- "$0" --inside ;;
  xfce4-terminal) exec "$terminal" -x "$0" --inside ;;
  *) exec "$terminal" -e "$0" --inside ;;
  esac
done
exit 1
`;
}
