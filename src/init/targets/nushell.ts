import { configHome } from '../runtime.ts';
import { json } from '../snippets/quote.ts';
import { installedLine, pastedLine, runnerStep } from '../snippets/runner.ts';
import type { Target } from '../target.ts';
import { launcherStep } from './sh.ts';

export const nushell: Target = {
  name: 'nushell',
  snippet: (runtime) =>
    `# Into ~/.config/nushell/config.nu ($nu.config-path).\n${script(pastedLine(runtime, 'ansi'))}\n`,
  install: {
    steps: (runtime, file) => [
      runnerStep(runtime),
      launcherStep(runtime),
      {
        kind: 'block',
        path: file ?? `${configHome(runtime)}/nushell/config.nu`,
        body: script(installedLine(runtime, 'ansi')),
      },
    ],
    afterInstall: 'Start a new shell, or: exec nu',
    afterRemoval: 'Shells that run keep the line until they end.',
  },
};

/**
 * Puts the line behind the right prompt that is there. The launcher prints what is prerendered, so that the prompt waits
 * for the start of one small shell only.
 */
function script([program = '', ...args]: readonly string[]): string {
  return `let usageline_before = ($env.PROMPT_COMMAND_RIGHT? | default "")
$env.PROMPT_COMMAND_RIGHT = {||
    let before = (if ($usageline_before | describe) == "closure" { do $usageline_before } else { $usageline_before })
    let line = (try { ^${json(program)} ${args.map(json).join(' ')} | str trim } catch { "" })
    # nushell paints the prompt in a colour of its own up to the first reset.
    let line = (if ($line | is-empty) { "" } else { $"(ansi reset)($line)" })
    [$before $line] | where {|part| ($part | is-not-empty) } | str join " "
}`;
}
