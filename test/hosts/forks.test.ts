import fs from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runProgram } from '../support/program.ts';
import { describeWith } from '../support/tools.ts';
import { aHost } from './host.ts';
import { script, shells } from './shells.ts';
import type { Shell } from './shells.ts';

/** Counts process starts of a shell that has read the hook and then repeats some lines. */
async function starts(shell: Shell, times: number): Promise<number> {
  const host = await aHost([shell.name]);
  // Read from a file, because the process of `init` must not count.
  const init = host.write('init', (await host.machine.run(['init', shell.name])).stdout);
  const [file = '', ...args] = shell.script;
  const lines = [`source '${init}'`, ...Array.from({ length: times }, () => shell.hook)];
  const log = join(host.home, 'trace');
  const trace = ['-f', '-o', log, '-e', 'trace=fork,vfork,clone,clone3,execve', file, ...args];
  const run = await runProgram(
    'strace',
    [...trace, [...lines, 'echo "<$USAGELINE>"'].join('\n')],
    host.machine.env,
  );
  expect(run.stdout).toMatch(/^<5h 22%/);
  expect(run.stderr).toBe('');
  // fish starts threads of its own.
  const calls = fs
    .readFileSync(log, 'utf8')
    .match(/^.*\b(fork|vfork|clone3?|execve)\((?!.*CLONE_THREAD).*$/gm);
  return calls?.length ?? 0;
}

for (const shell of Object.values(shells)) {
  describeWith('strace', `the hook of ${shell.name}`, () =>
    describeWith(shell.name, 'with a fresh line', () => {
      it('starts no process, however often a prompt is drawn', async () => {
        expect(await starts(shell, 50)).toBe(1);
      });
    }),
  );
}

for (const shell of Object.values(shells)) {
  describeWith(shell.name, `a hostile prerendered line in ${shell.name}`, () => {
    const hostile = '$(touch $HOME/x)`touch $HOME/x`';
    it('runs no command, shows none of its text, and prints no error', async () => {
      const host = await aHost([shell.name]);
      // A process that the hook starts would replace the file with the right line.
      host.holdRefreshes(true);
      const head = 'usageline-ready 1 9999999999 1000000000 1';
      for (const [what, text] of [
        ['a command as the text', `${head}\n9999999999 ${hostile}\n`],
        ['a backslash', `${head}\n9999999999 \\$(touch $HOME/x)\n`],
        ['an escape sequence', `${head}\n9999999999 \u001B]0;title\u0007\n`],
        [
          'an invisible escape sequence',
          `${head}\n9999999999 \u0001\u001B]0;title\u0007\u0002 %{\u001B[2J%}\n`,
        ],
        ['a command as the time of an end', `${head}\na[$(touch$IFS$HOME/x)] text\n`],
        [
          'a command as the time of the next refresh',
          `usageline-ready 1 a[$(touch$IFS$HOME/x)] 1 1\n9999999999 text\n`,
        ],
        [
          'a command as the time of prerendering',
          `usageline-ready 1 1 a[$(touch$IFS$HOME/x)] 1 1\n9999999999 text\n`,
        ],
        ['endless digits', `usageline-ready 1 ${'9'.repeat(40)} 1 1\n${'9'.repeat(40)} text\n`],
        ['octal digits', 'usageline-ready 1 0999 0888 1\n0999 text\n'],
        ['another version', 'usageline-ready 2 9999999999 1000000000 1\n9999999999 text\n'],
        ['nothing', ''],
      ]) {
        const path = join(host.prerendered, shell.name);
        const save = fs.readFileSync(path);
        const options = shell.name === 'zsh' ? 'setopt promptsubst' : '';
        const prompts: Record<string, string> = {
          zsh: 'setopt promptsubst; print -rP -- "<$RPROMPT>"; unsetopt promptsubst; print -rP -- "<$usageline_prompt>"',
          bash: 'PS1=; _usageline_search; echo "<${PS1@P}>"',
          fish: 'echo "<$(fish_right_prompt)>"',
        };
        const run = await script(
          host,
          shell,
          [
            options,
            `cp $HOME/planted '${path}'`,
            shell.hook,
            prompts[shell.name],
            'echo "<$USAGELINE>"',
          ].join('\n'),
          { PLANTED: host.write('planted', text ?? '') },
        );
        const ran = fs.existsSync(join(host.home, 'x'));
        const lines = new Set(run.stdout.trimEnd().split('\n'));
        expect({ what, ran, stderr: run.stderr, lines }).toEqual({
          what,
          ran: false,
          stderr: '',
          lines: new Set(['<>']),
        });
        fs.writeFileSync(path, save);
      }
      host.holdRefreshes(false);
    });
  });
}
