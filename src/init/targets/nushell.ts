import { configHome } from '../runtime.ts';
import { json } from '../snippets/quote.ts';
import { installedLine, pastedLine, runnerStep } from '../snippets/runner.ts';
import type { Target } from '../target.ts';
import { LEFT_PROMPT } from '../snippets/widths.ts';
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

/** A verdict in the line, with its colour: `, empty in 15h`. A regular expression of nushell. */
const VERDICT = String.raw`, (\x1b\[[0-9;]*m)?empty in [0-9a-z]+(\x1b\[0m)?`;

/**
 * Puts the line behind the right prompt that is there. The launcher prints what is prerendered, so that the prompt waits
 * for the start of one to three small shells only. nushell shows no right prompt at all if it does not fit beside the left
 * one, so the line is the widest form that leaves room for both, or nothing.
 */
function script([program = '', ...args]: readonly string[]): string {
  return `let usageline_before = ($env.PROMPT_COMMAND_RIGHT? | default "")
$env.PROMPT_COMMAND_RIGHT = {||
    let before = (if ($usageline_before | describe) == "closure" { do $usageline_before } else { $usageline_before })
    let columns = (term size).columns
    let width = {|text| $text | ansi strip | str length --grapheme-clusters }
    # At most half of the columns, and what the text before it and the left prompt leave. The latter often has the path.
    let left = ([${LEFT_PROMPT} (4 + (do $width ($env.PWD | str replace ($env.HOME? | default "") "~")))] | math max)
    let beside = (do $width $before)
    let room = ([($columns // 2) ($columns - $left - $beside - (if $beside > 0 { 1 } else { 0 }))] | math min)
    let line = ([[] [--format compact] [--format minimal]]
        | each {|format|
            let line = (try { ^${json(program)} ${args.map(json).join(' ')} ...$format | str trim } catch { "" })
            # The last form is without the verdict.
            if "minimal" in $format { [$line ($line | str replace --regex '${VERDICT}' "")] } else { [$line] }
        }
        | flatten | where {|line| (do $width $line) <= $room } | append "" | first)
    # nushell paints the prompt in a colour of its own up to the first reset.
    let line = (if ($line | is-empty) { "" } else { $"(ansi reset)($line)" })
    [$before $line] | where {|part| ($part | is-not-empty) } | str join " "
}`;
}
