import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram } from '../support/program.ts';
import { describeWith } from '../support/tools.ts';
import { aHost, eventually, launcher, OLD_LINE } from './host.ts';
import type { Host } from './host.ts';
import { open, script, shells } from './shells.ts';
import type { Shell } from './shells.ts';

const CONFIG = '.config/usageline/config.toml';
const NEVER = 'color = "never"\n';

const print: Record<Shell['name'], string> = {
  zsh: 'print -r -- "$usageline_prompt"',
  bash: 'printf "%s\\n" "$usageline_prompt"',
  fish: 'echo -- "$usageline_prompt"',
};

/** What happens once a minute: the hook reads the line anew. */
const minute = ({ name }: Shell) => (name === 'fish' ? 'set -g _usageline_until 0' : '_usageline_until=0');
/** Draws a prompt and prints what it shows. */
const prompt = ({ hook, name }: Shell) => `${hook}\n${print[name]}`;
const write = (host: Host, text: string) =>
  `mkdir -p ${host.home}/.config/usageline; echo '${text}' >${host.home}/${CONFIG}`;

describe('a change of the configuration', () => {
  for (const shell of Object.values(shells)) {
    describeWith(shell.name, `in ${shell.name}`, () => {
      it.concurrent('is visible at the next prompt, and its removal or an older file with the next line', async () => {
        const host = await aHost([shell.name]);
        const coloured = await host.printedLine(shell.name);
        const plain = await host.printedLine(shell.name, { NO_COLOR: '1' });
        expect(plain).not.toBe(coloured);
        const run = await script(
          host,
          shell,
          [
            prompt(shell),
            write(host, NEVER),
            prompt(shell),
            prompt(shell),
            write(host, 'color = "auto" # never mind'),
            prompt(shell),
            write(host, NEVER),
            // As old as the first one, like a copy that keeps times.
            `touch -d '2020-01-01' ${host.home}/${CONFIG}`,
            minute(shell),
            prompt(shell),
            `rm ${host.home}/${CONFIG}`,
            minute(shell),
            prompt(shell),
            prompt(shell),
          ].join('\n'),
        );
        expect(run).toMatchObject({ stderr: '', code: 0 });
        expect(run.stdout.trimEnd().split('\n')).toEqual([
          coloured,
          plain,
          plain,
          coloured,
          plain,
          coloured,
          coloured,
        ]);
        // One start for each change, and no refresh.
        expect(host.started).toEqual(Array.from({ length: 4 }, () => `ready ${shell.name}`));
        expect(host.requests).toBe(0);
      });

      it.concurrent('starts one process if the program cannot prerender the new line, and leaves the line as it is', async () => {
        const host = await aHost([shell.name]);
        const line = await host.printedLine(shell.name);
        const broken = host.write('broken', '#!/bin/sh\necho "$*" >>"$HOME/started"\nexit 1\n');
        fs.chmodSync(broken, 0o755);
        const program =
          shell.name === 'fish' ? `set -g _usageline_program ${broken}` : `_usageline_program=(${broken})`;
        // An empty text must not be taken for another path.
        const text = [
          prompt(shell),
          program,
          write(host, NEVER),
          prompt(shell),
          prompt(shell),
          prompt(shell),
        ];
        const run = await script(host, shell, text.join('\n'));
        expect(run.stderr).toBe('');
        expect(run.stdout.trimEnd().split('\n')).toEqual([line, line, line, line]);
        await eventually('a refresh', () => host.refreshes === 1);
        expect(host.started.filter((args) => args === `ready ${shell.name}`)).toHaveLength(1);
      });

      it.concurrent('is noticed when a variable names another file', async () => {
        const host = await aHost([shell.name]);
        const coloured = await host.printedLine(shell.name);
        const plain = await host.printedLine(shell.name, { NO_COLOR: '1' });
        const other = host.write('other.toml', NEVER);
        const run = await script(
          host,
          shell,
          [
            prompt(shell),
            shell.export('USAGELINE_CONFIG', other),
            prompt(shell),
            shell.unset('USAGELINE_CONFIG'),
            prompt(shell),
          ].join('\n'),
        );
        expect(run.stdout.trimEnd().split('\n')).toEqual([coloured, plain, coloured]);
      });
    });
  }

  describeWith('tmux', 'in a terminal', () => {
    for (const shell of Object.values(shells)) {
      describeWith(shell.name, `with ${shell.name}`, () => {
        it.concurrent('is on the screen at the next prompt', async () => {
          const host = await aHost([shell.name]);
          const terminal = await open(host, shell);
          await terminal.shows(OLD_LINE);
          expect(await terminal.colours()).toMatch(/\u001B\[[\d;]*m22%/);
          host.write(CONFIG, NEVER);
          await terminal.command('true');
          await terminal.press('C-l');
          await terminal.shows(OLD_LINE);
          await eventually('a line without colours', async () => {
            const screen = await terminal.colours();
            return screen.includes('22%') && !/\u001B\[[\d;]*m22%/.test(screen);
          });
          await terminal.close();
        });
      });
    }
  });

  for (const argv of [['dash'], ['bash', '--posix'], ['busybox', 'ash']]) {
    const [file = '', ...options] = argv;
    describeWith(file, `for the launcher under ${argv.join(' ')}`, () => {
      it.concurrent('is visible at the next call, and read without a process after that', async () => {
        const host = await aHost(['plain', 'tmux']);
        fs.mkdirSync(join(host.home, 'bin'));
        fs.symlinkSync(join(host.home, 'counted'), join(host.home, 'bin/usageline'));
        const env = { ...host.machine.env, PATH: `${host.home}/bin:${host.machine.env.PATH}` };
        const call = async (more: Record<string, string> = {}) => {
          const run = await runProgram(file, [...options, launcher, '--output', 'tmux'], { ...env, ...more });
          expect(run).toMatchObject({ stderr: '', code: 0 });
          return run.stdout;
        };
        expect(await call()).toContain('#[underscore]');
        host.write(CONFIG, NEVER);
        expect(await call()).toBe(`${OLD_LINE}\n`);
        const path = host.write('other.toml', 'color = "always"');
        expect(await call({ USAGELINE_CONFIG: path })).toContain('#[underscore]');
        await eventually('the line', async () => {
          const before = host.started.length;
          return (await call()) === `${OLD_LINE}\n` && host.started.length === before;
        });
        fs.unlinkSync(join(host.home, CONFIG));
        expect(await call()).toContain('#[underscore]');
        expect(host.requests).toBe(0);
      });
    });
  }
});
