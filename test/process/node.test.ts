import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { transformSync } from 'esbuild';
import { describe, expect, it, onTestFinished } from 'vitest';
import { anEndpoint, fixture, json } from '../support/endpoint.ts';
import { Machine, runProgram } from '../support/program.ts';
import { PATIENCE } from '../support/patience.ts';
import { fakeSystem } from '../support/system.ts';
import { describeWith } from '../support/tools.ts';

const root = new URL('../../', import.meta.url).pathname;
const entry = join(root, 'dist/hot.cjs');
const LINE = '5h 22% 4h37m · 7d 33% 4d3h\n';

async function aMachine(): Promise<Machine> {
  return new Machine((await anEndpoint(json(fixture('2026-04-18-max.json')))).url);
}

describe('a Node without WebAssembly', () => {
  it('fetches the numbers: --jitless', async () => {
    const machine = await aMachine();
    const { stdout, code } = await machine.run(['--wait'], { NODE_OPTIONS: '--jitless' });
    expect({ stdout, code }).toEqual({ stdout: LINE, code: 0 });
    // The worker as well.
    machine.reset();
    await machine.run([], { NODE_OPTIONS: '--jitless' });
    await expect.poll(() => fs.existsSync(join(machine.cache, 'usage.json')), { timeout: 8000 }).toBe(true);
    expect(machine.read('usage.json').error).toBeNull();
  });

  it.runIf(process.platform === 'linux')('fetches them under a limit of the address space', async () => {
    const machine = await aMachine();
    const command = 'ulimit -v 4000000; exec "$0" "$@"';
    const run = await runProgram('sh', ['-c', command, process.execPath, entry, '--wait'], machine.env);
    expect(run).toMatchObject({ stdout: LINE, stderr: '', code: 0 });
  });
});

describe('a Node that is too old', () => {
  const { root: directory } = fakeSystem();
  /** A module for `--require`, which makes Node say that it has the version in PRETENDED. */
  function pretend(): string {
    const preload = join(directory, 'preload.cjs');
    fs.writeFileSync(
      preload,
      `const { env, versions } = process;
       Object.defineProperty(process, 'versions', { value: { ...versions, node: env.PRETENDED } });
       process.getBuiltinModule = undefined;`,
    );
    return preload;
  }
  /** Runs the entry as if Node had this version. It may load nothing else of the program but `old-node.cjs`. */
  function runAs(version: string, ...args: string[]) {
    const preload = pretend();
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--require', preload, entry, ...args], {
      env: { PATH: process.env.PATH, HOME: directory, PRETENDED: version },
      encoding: 'utf8',
    });
    return { stdout, stderr, status };
  }
  const sentence = (version: string) => `usageline needs Node 20.18.1 or newer, this is ${version}\n`;

  it.each(['0.12.18', '9.11.2', '12.22.12', '18.20.8', '20.9.0', '20.18.0'])(
    'prints one sentence: %s',
    (version) => {
      for (const args of [
        ['show'],
        ['shwo'],
        ['--help'],
        ['--json'],
        ['init', 'zsh'],
        ['ready', 'zsh', '--refresh'],
        ['--output', 'openmetrics'],
      ]) {
        expect(runAs(version, ...args)).toEqual({ stdout: '', stderr: sentence(version), status: 1 });
      }
    },
  );

  it.each([
    [[], sentence('18.20.8')],
    [['statusline'], sentence('18.20.8')],
    [['--output', 'tmux'], sentence('18.20.8')],
    [['--color', 'never', '--output=tmux', '--cached'], sentence('18.20.8')],
    [['--output', 'waybar'], `${JSON.stringify({ text: sentence('18.20.8').trimEnd() })}\n`],
    [['--output', 'i3blocks'], `${JSON.stringify({ full_text: sentence('18.20.8').trimEnd() })}\n`],
  ])('prints it where a host shows the line: %j', (args, stdout) => {
    expect(runAs('18.20.8', ...args)).toEqual({ stdout, stderr: '', status: 0 });
  });

  /** A directory for PATH in which `usageline` is the program under Node 18. */
  function pathOfOld(): string {
    const file = join(directory, 'bin', 'usageline');
    fs.mkdirSync(dirname(file), { recursive: true });
    const start = `PRETENDED=18.20.8 exec '${process.execPath}' --require '${pretend()}' '${entry}' "$@"`;
    fs.writeFileSync(file, `#!/bin/sh\n${start}\n`, { mode: 0o755 });
    return `${dirname(file)}:${process.env.PATH}`;
  }

  it('shows it in place of the line where the launcher calls the program', async () => {
    const launcher = join(root, 'bin/usageline-prompt');
    const env = { PATH: pathOfOld(), HOME: directory };
    for (const args of [[], ['--output', 'tmux'], ['--output', 'polybar']]) {
      const run = await runProgram('/bin/sh', [launcher, ...args], env);
      expect(run).toMatchObject({ stdout: sentence('18.20.8'), stderr: '', code: 0 });
    }
  });

  const SHELLS: [shell: string, options: string[], line: string][] = [
    ['zsh', ['-f', '-c'], 'eval "$(usageline init zsh)"; echo goes on'],
    ['bash', ['--norc', '--noprofile', '-c'], 'eval "$(usageline init bash)"; echo goes on'],
    ['fish', ['--no-config', '-c'], 'usageline init fish | source; echo goes on'],
  ];
  for (const [shell, options, line] of SHELLS) {
    describeWith(shell, `in the start file of ${shell}`, () => {
      it('prints it once in place of the hook, and the shell goes on', async () => {
        const run = await runProgram(shell, [...options, line], { PATH: pathOfOld(), HOME: directory });
        expect(run).toMatchObject({ stdout: 'goes on\n', stderr: sentence('18.20.8'), code: 0 });
      });
    });
  }

  it('is UNKNOWN to a monitoring program', () => {
    const stdout = `UNKNOWN - ${sentence('18.20.8')}`;
    expect(runAs('18.20.8', 'check', '-w', '5')).toEqual({ stdout, stderr: '', status: 3 });
  });

  describeWith('tmux', 'at a terminal', () => {
    it('prints the sentence once, and fails', () => {
      const name = `usageline-test-${process.pid}-node`;
      const tmux = (...args: string[]) => execFileSync('tmux', ['-L', name, ...args], { encoding: 'utf8' });
      const preload = pretend();
      const command = `PRETENDED=18.20.8 ${process.execPath} --require ${preload} ${entry}; echo "exit $?"; sleep 60`;
      tmux('-f', '/dev/null', 'new-session', '-d', '-x', '80', '-y', '24', command);
      onTestFinished(() => void tmux('kill-server'));
      return expect
        .poll(() => tmux('capture-pane', '-p').trimEnd(), { timeout: PATIENCE })
        .toBe(`${sentence('18.20.8')}exit 1`);
    });
  });

  it.each(['20.18.1', '20.19.0', '21.0.0', '22.3.0', '24.11.0', '100.0.0-nightly'])(
    'is not %s',
    (version) => {
      // The preload removes the first function that the program needs.
      expect(runAs(version, 'show').stderr).not.toContain('needs Node');
    },
  );

  it('prints the sentence before anything that it cannot parse', () => {
    const text = fs.readFileSync(entry, 'utf8').replace(/^#!.*\n/, '');
    expect(text).toMatch(/^"use strict";\(function\(/);
    // What the bundler would rewrite is what Node 12 cannot parse.
    const shape = (target: string) => transformSync(text, { target, minifyWhitespace: true }).code;
    expect(shape('node12')).toBe(shape('esnext'));
    const check = /^"use strict";(\(function\(.*?\}\)\(.*?process\.versions\.node\);)/s.exec(text)?.[1] ?? '';
    expect(check).toContain('old-node.cjs');
    const sentenceOf = fs.readFileSync(join(root, 'dist/old-node.cjs'), 'utf8');
    for (const code of [check, sentenceOf])
      expect(() => transformSync(code, { target: 'es5' })).not.toThrow();
  });

  it('is the one that the package names', () => {
    const { engines } = JSON.parse(fs.readFileSync(join(root, 'package.json'), 'utf8'));
    expect(sentence('x')).toContain(engines.node.slice(2));
    const undici = JSON.parse(fs.readFileSync(join(root, 'node_modules/undici/package.json'), 'utf8'));
    expect(engines.node).toBe(undici.engines.node);
  });
});
