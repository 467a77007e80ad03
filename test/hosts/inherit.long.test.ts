import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../src/usage/time.ts';
import { runProgram } from '../support/program.ts';
import { describeWith } from '../support/tools.ts';
import { aHost, eventually, launcher, quoted, Terminal } from './host.ts';
import type { Host } from './host.ts';
import { shells } from './shells.ts';
import type { Shell } from './shells.ts';

/**
 * Descriptors that a caller has open: one digit, two digits, the numbers that shells use themselves, and higher
 * ones.
 */
const NUMBERS = [3, 9, 10, 11, 12, 20, 200];

/**
 * A machine whose line is due for a refresh, with a script instead of the program that records how it was
 * started.
 */
async function aNotingHost(kind: string): Promise<Host> {
  const host = await aHost([kind]);
  await host.ageBy(12 * MINUTE, kind);
  const lines = [
    '#!/bin/sh',
    'case $* in *--refresh) ;; *) exit 0 ;; esac',
    `{ pwd; ls -l /proc/$$/fd; ls -l "/proc/$PPID/fd"; } >"$HOME/noting" 2>&1`,
    'mv "$HOME/noting" "$HOME/noted"',
    '',
  ];
  fs.chmodSync(host.write('bin/usageline', lines.join('\n')), 0o755);
  return host;
}

/** A command line that runs with those descriptors open, in a directory of its own. */
function calling(host: Host, command: readonly string[]): string[] {
  const project = join(host.home, 'project');
  fs.mkdirSync(project, { recursive: true });
  const opened = NUMBERS.map((number) => `${number}>${quoted(join(host.home, 'lock'))}`).join(' ');
  return ['bash', '-c', `cd ${quoted(project)} && exec ${opened} && "$@"`, 'bash', ...command];
}

/** The caller's directory and descriptors that the program, or the process above it, still has. */
async function noted(host: Host): Promise<{ directory: string | undefined; own: string[]; above: string[] }> {
  const path = join(host.home, 'noted');
  await eventually('the refresh', () => fs.existsSync(path));
  const [directory, ...lines] = fs.readFileSync(path, 'utf8').split('\n');
  const second = lines.findIndex((line, index) => index > 0 && line.startsWith('total'));
  const locks = (part: readonly string[]) => part.filter((line) => line.includes('/lock'));
  return { directory, own: locks(lines.slice(0, second)), above: locks(lines.slice(second)) };
}

describe.runIf(process.platform === 'linux')(
  'a refresh keeps no descriptor and no directory of its caller',
  () => {
    for (const argv of [['dash'], ['busybox', 'ash', '-eu'], ['bash', '--posix', '-eu']]) {
      describeWith(argv[0] as string, `the launcher under ${argv.join(' ')}`, () => {
        it.each([
          ['', (host: Host) => `${host.home}/bin:${host.machine.env.PATH}`, '/'],
          // The program cannot be found from another directory.
          [
            ', except the directory where PATH is relative',
            (host: Host) => `../bin:${host.machine.env.PATH}`,
            null,
          ],
        ])('keeps neither%s', async (_, pathOf, directory) => {
          const host = await aNotingHost('plain');
          const [file = '', ...args] = calling(host, [...argv, launcher]);
          const run = await runProgram(file, args, { ...host.machine.env, PATH: pathOf(host) });
          expect(run).toMatchObject({
            stdout: expect.stringMatching(/^5h 22%.*12m ago\n$/),
            stderr: '',
            code: 0,
          });
          expect(await noted(host)).toMatchObject({
            directory: directory ?? join(host.home, 'project'),
            own: [],
          });
        });

        it('closes the descriptors that it can name where bash is missing', async () => {
          const host = await aNotingHost('plain');
          const bin = join(host.home, 'few');
          fs.mkdirSync(bin);
          for (const name of ['sh', 'ls', 'mv', 'date', 'node']) {
            const { stdout } = await runProgram('sh', ['-c', `command -v ${name}`], host.machine.env);
            fs.symlinkSync(stdout.trim(), join(bin, name));
          }
          const [file = '', ...args] = calling(host, [
            'env',
            `PATH=${host.home}/bin:${bin}`,
            (await runProgram('sh', ['-c', `command -v ${argv[0]}`], host.machine.env)).stdout.trim(),
            ...argv.slice(1),
            launcher,
          ]);
          await runProgram(file, args, host.machine.env);
          const { own } = await noted(host);
          expect(own.filter((line) => / [3-9] -> /.test(line))).toEqual([]);
        });
      });
    }

    const script = (shell: Shell) =>
      [
        `cd /`,
        shell.init,
        shell.counted.replace('$HOME/counted', '$HOME/bin/usageline'),
        shell.name === 'fish' ? 'cd $HOME/project' : 'cd "$HOME/project"',
      ].join('\n');

    for (const shell of Object.values(shells)) {
      describeWith(shell.name, `the hook of ${shell.name}`, () => {
        it('keeps neither', async () => {
          const host = await aNotingHost(shell.name);
          const text = [script(shell), shell.hook, 'echo "<$USAGELINE>"'].join('\n');
          const [file = '', ...args] = calling(host, [...shell.script, text]);
          const run = await runProgram(file, args, host.machine.env);
          expect(run.stdout).toMatch(/^<5h 22%.*12m ago>\n$/);
          expect(run.stderr).toBe('');
          expect(await noted(host)).toMatchObject({ directory: '/', own: [] });
        });

        describeWith('tmux', 'at a terminal', () => {
          it('keeps neither', async () => {
            const host = await aNotingHost(shell.name);
            host.write(shell.rc, [shell.prompt, script(shell), ''].join('\n'));
            const terminal = await Terminal.open(host, calling(host, shell.argv(host)));
            const screen = await terminal.shows(/ >/);
            const { directory, own, above } = await noted(host);
            expect({ directory, own, screen }).toEqual({ directory: '/', own: [], screen });
            // The process above it waits for its end.
            if (shell.name === 'fish') expect(above).toEqual([]);
            await terminal.close();
          });
        });
      });
    }
  },
);
