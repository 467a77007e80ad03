import { json, shCommand } from '../snippets/quote.ts';
import { installedLine, pastedLine, runnerStep } from '../snippets/runner.ts';
import { starshipFile } from '../prompt-framework.ts';
import type { Target } from '../target.ts';
import { launcherStep } from './sh.ts';

export const starship: Target = {
  name: 'starship',
  snippet: (runtime) => `# Into ~/.config/starship.toml. A format of your own names it: \${custom.usageline}
# Where a hook for the shell is (usageline init zsh, bash, fish), this is faster:
#   [env_var.USAGELINE]
#   style = ''
#   format = '[$env_value]($style) '
${table(pastedLine(runtime, 'starship'))}
`,
  install: {
    steps: (runtime, file) => [
      runnerStep(runtime),
      launcherStep(runtime),
      {
        kind: 'block',
        path: file ?? starshipFile(runtime),
        body: table(installedLine(runtime, 'starship')),
        objection,
      },
    ],
    afterInstall:
      'Start a new shell. If starship.toml has a format of its own, name the module in it: ${custom.usageline}',
  },
};

/**
 * `style` is set because starship's default is bold green, whatever the line says: the line has colours of its own. `shell`
 * is set because starship's default is the user's shell, which would read its rc file at every prompt.
 */
function table(command: readonly string[]): string {
  return `[custom.usageline]
description = "How much of the Claude subscription is used"
command = ${json(shCommand(command))}
shell = ["sh"]
when = true
style = ""
format = "[$output]($style) "`;
}

/**
 * Blanks within one line only: a pattern that also matches newlines takes seconds in a file with many blank lines.
 */
const TABLE = /^[ \t]*\[[ \t]*["']?custom["']?[ \t]*\.[ \t]*["']?usageline["']?[ \t]*\]/m;

/** starship ignores the whole file if a table occurs twice, or if a multi-line string is not closed. */
function objection(rest: string): string | null {
  if (TABLE.test(rest)) {
    return 'there is a [custom.usageline] already';
  }
  const open = ['"""', "'''"].find((quotes) => rest.split(quotes).length % 2 === 0);
  return open === undefined ? null : `a ${open} is not closed`;
}
