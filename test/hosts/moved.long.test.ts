import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { MOVED } from '../../src/init/snippets/runner.ts';
import { closeAtTheEnd } from '../support/endpoint.ts';
import { runProgram } from '../support/program.ts';
import type { Run } from '../support/program.ts';
import { removeTree } from '../support/remove.ts';
import { describeWith } from '../support/tools.ts';
import { aHost, OLD_LINE, Terminal } from './host.ts';
import type { Host } from './host.ts';
import { LAYOUTS } from './layouts.ts';
import type { Layout } from './layouts.ts';
import { shells } from './shells.ts';

const SYSTEM = '/usr/bin:/bin';
const withoutColours = (text: string) => text.replace(/\u001B\[[0-9;]*m/g, '');

/** An installation of the program whose home has every character in its path that a host could expand. */
class Installation {
  readonly home: string;
  readonly layout: Layout;
  path: string;

  constructor(
    readonly host: Host,
    name: string,
    home = `it's 50% #1 "x" $HOME`,
  ) {
    this.home = join(host.home, home);
    fs.mkdirSync(this.home);
    // A copy of the credentials file would be another login.
    for (const name of ['.claude', '.cache']) fs.renameSync(join(host.home, name), join(this.home, name));
    fs.mkdirSync(join(this.home, '.local/share/fish/generated_completions'), { recursive: true });
    this.layout = LAYOUTS[name]!(this.home);
    this.path = [...this.layout.path, SYSTEM].join(':');
  }

  static async with(name: string, home?: string): Promise<Installation> {
    return new Installation(await aHost(['plain']), name, home);
  }

  get env(): Record<string, string> {
    return { ...this.host.machine.env, HOME: this.home, PATH: this.path };
  }

  read(name: string): string {
    return fs.readFileSync(join(this.home, name), 'utf8');
  }

  async install(...targets: string[]): Promise<string> {
    let output = '';
    for (const target of targets) {
      const { node, script } = this.layout;
      const run = await runProgram(node, [script, 'init', target, '--install', '--yes'], this.env);
      expect(run).toMatchObject({ stderr: '', code: 0 });
      output += run.stdout;
    }
    return output;
  }

  upgrade(): void {
    this.layout.upgrade();
    this.path = [...(this.layout.pathAfter ?? this.layout.path), SYSTEM].join(':');
    // Without the prerendered lines the launcher and the hooks have to start the program.
    removeTree(join(this.home, '.cache/usageline/claude/ready'));
  }

  /** Removes Node and the program for good. */
  remove(): void {
    for (const name of ['.nvm', '.npm', 'bin', 'prefix']) removeTree(join(this.home, name));
    this.path = SYSTEM;
    removeTree(join(this.home, '.cache/usageline/claude/ready'));
  }

  sh(command: string, input = ''): { stdout: string; stderr: string; status: number | null } {
    return spawnSync('dash', ['-c', command], { env: this.env, input, encoding: 'utf8' });
  }

  /** Writes the launcher that `usageline init sh` prints to a file, and returns its path. */
  printLauncher(): string {
    const { node, script } = this.layout;
    const { stdout } = spawnSync(node, [script, 'init', 'sh'], { env: this.env, encoding: 'utf8' });
    const path = join(this.home, 'printed-launcher');
    fs.writeFileSync(path, stdout);
    return path;
  }

  launcher(...args: string[]): Promise<Run> {
    return runProgram(join(this.home, '.local/bin/usageline-prompt'), args, this.env);
  }

  statusline(): { stdout: string; stderr: string; status: number | null } {
    const { statusLine } = JSON.parse(this.read('.claude/settings.json'));
    return this.sh(statusLine.command, '{"session_id": "one"}');
  }

  /** The command that the script for vim starts, split into words as vim does it. */
  get editorCommand(): string[] {
    const list = /^ *let s:command = \[(.*)\]$/m.exec(this.read('.vim/plugin/usageline.vim'))?.[1] ?? '';
    return [...list.matchAll(/'((?:[^']|'')*)'/g)].map(([, word = '']) => word.replaceAll("''", "'"));
  }
}

describe.each(Object.keys(LAYOUTS))('after an upgrade by %s', (name) => {
  let installation: Installation;
  beforeAll(async () => {
    installation = await Installation.with(name);
    // Argos reads the plugins of xbar, and is there where its directory is.
    fs.mkdirSync(join(installation.home, '.config/argos'), { recursive: true });
    await installation.install('sh', 'claude', 'vim', 'xbar', 'systemd');
    installation.upgrade();
  });

  it('the launcher prints its line', async () => {
    expect(await installation.launcher()).toMatchObject({ stdout: `${OLD_LINE}\n`, stderr: '', code: 0 });
    expect((await installation.launcher('--output', 'waybar')).stdout.replace(/<[^>]*>/g, '')).toContain(
      `{"text":"${OLD_LINE}"`,
    );
  });

  it("Claude Code's status line shows its line", () => {
    const { stdout, stderr, status } = installation.statusline();
    expect({ stdout: withoutColours(stdout), stderr, status }).toEqual({
      stdout: `${OLD_LINE}\n`,
      stderr: '',
      status: 0,
    });
  });

  it('the commands of the editor and of xbar print their lines', async () => {
    const [file = '', ...args] = installation.editorCommand;
    const run = await runProgram(file, args, installation.env);
    // vim's output has highlight groups, and doubles percent signs.
    const text = run.stdout.replaceAll(/%#\w+#|%\*/g, '').replaceAll('%%', '%');
    expect({ text, code: run.code }).toEqual({ text: `${OLD_LINE}\n`, code: 0 });
    const plugin = join(installation.home, '.config/argos/usageline.r.1m.sh');
    const { stdout, code } = await runProgram(plugin, [], installation.env);
    expect(stdout).toMatch(/^5h 22%/);
    expect(code).toBe(0);
  });

  it('the timer can refresh', async () => {
    const runner = join(installation.home, '.local/share/usageline/usageline-run');
    expect(installation.read('.config/systemd/user/usageline.service')).toContain('usageline-run');
    expect(await runProgram(runner, ['refresh', '--quiet'], installation.env)).toMatchObject({
      stdout: '',
      code: 0,
    });
  });

  it('explain reports a missing path, unless a link has outlived the upgrade', async () => {
    const runner = join(installation.home, '.local/share/usageline/usageline-run');
    const { stdout } = await runProgram(runner, ['explain'], installation.env);
    expect(stdout).toMatch(/^Installed +claude, vim, xbar, systemd, sh$/m);
    const linked = ['fnm', 'Homebrew', 'pnpm'].includes(name);
    expect(stdout.includes('not found')).toBe(!linked);
    expect(stdout.includes('To repair it: usageline init claude --install')).toBe(!linked);
  });
});

describe('without Node and without the program', () => {
  let installation: Installation;
  let printed: string;
  beforeAll(async () => {
    installation = await Installation.with('nvm');
    fs.mkdirSync(join(installation.home, '.config/fish'), { recursive: true });
    for (const { rc, prompt } of Object.values(shells))
      fs.writeFileSync(join(installation.home, rc), `${prompt}\n`);
    await installation.install('sh', 'claude', 'zsh', 'bash', 'fish');
    printed = installation.printLauncher();
    installation.remove();
  });

  it.each([
    [[], MOVED],
    [['--output', 'tmux'], MOVED],
    [['--output', 'waybar'], JSON.stringify({ text: MOVED })],
    [['--output', 'i3blocks'], JSON.stringify({ full_text: MOVED })],
  ])('the launcher with %j prints once that the program is missing', async (args, text) => {
    const missing = { stdout: `${text}\n`, stderr: '', code: 0 };
    expect(await installation.launcher(...args)).toMatchObject(missing);
    expect(await runProgram('dash', [printed, ...args], installation.env)).toMatchObject(missing);
  });

  it("Claude Code's status line shows that the program is missing", () => {
    expect(installation.statusline()).toMatchObject({ stdout: `${MOVED}\n`, stderr: '', status: 0 });
  });

  it.each([
    [['--output', 'openmetrics'], ''],
    [['ready', 'zsh'], ''],
    [['refresh', '--quiet'], `${MOVED}\n`],
    [['show'], `${MOVED}\n`],
  ])('%j fails, and prints nothing that a program could take for an answer', async (args, stderr) => {
    expect(await installation.launcher(...args)).toMatchObject({ stdout: '', stderr, code: 127 });
  });

  for (const shell of Object.values(shells)) {
    describeWith('tmux', `the prompt of ${shell.name}`, () =>
      describeWith(shell.name, 'in a terminal', () => {
        it('shows that the program is missing', async () => {
          const before = installation.host.machine.env;
          installation.host.machine.env = installation.env;
          const rc = join(installation.home, '.bashrc');
          const argv =
            shell.name === 'bash'
              ? ['bash', '--noprofile', '--rcfile', rc, '-i']
              : shell.argv(installation.host);
          const terminal = await Terminal.open(installation.host, argv, 120);
          installation.host.machine.env = before;
          expect(await terminal.shows(MOVED)).not.toMatch(/not found|No such/);
          await terminal.close();
        });
      }),
    );
  }
});

for (const shell of Object.values(shells)) {
  describeWith('tmux', `after an upgrade under the hook of ${shell.name}`, () =>
    describeWith(shell.name, 'in a terminal', () => {
      // pnpm: the package moves and its link stays. nvm and npx: the hook's file is gone with the package.
      it.each(['nvm', 'pnpm', 'npx'])('new shells show the line: %s', async (name) => {
        const installation = await Installation.with(name);
        fs.mkdirSync(join(installation.home, '.config/fish'), { recursive: true });
        fs.writeFileSync(join(installation.home, shell.rc), `${shell.prompt}\n`);
        await installation.install(shell.name);
        installation.upgrade();
        installation.host.machine.env = installation.env;
        const rc = join(installation.home, '.bashrc');
        const argv =
          shell.name === 'bash'
            ? ['bash', '--noprofile', '--rcfile', rc, '-i']
            : shell.argv(installation.host);
        const terminal = await Terminal.open(installation.host, argv, 120);
        await terminal.shows(/ >/);
        // The first prompt starts the refresh, and a later prompt shows the line.
        await terminal.type('\n');
        await expect
          .poll(async () => (await terminal.press('Enter'), terminal.screen()), {
            timeout: 15_000,
            interval: 300,
          })
          .toMatch(/5h \d+% 4h37m/);
        await terminal.close();
      });
    }),
  );
}

describeWith('tmux', 'after an upgrade under tmux, vim and neovim', () => {
  it('tmux shows its line', async () => {
    const installation = await Installation.with('nvm');
    await installation.install('tmux');
    installation.upgrade();
    installation.host.machine.env = installation.env;
    const inner = `usageline-moved-${process.pid}-${Math.floor(Math.random() * 1e9)}`;
    closeAtTheEnd(() => void spawnSync('tmux', ['-L', inner, 'kill-server']));
    const terminal = await Terminal.open(
      installation.host,
      ['tmux', '-L', inner, 'new-session', 'sleep 60'],
      120,
    );
    await terminal.shows(OLD_LINE);
  });

  for (const [editor, target] of [
    ['vim', 'vim'],
    ['nvim', 'neovim'],
  ] as const) {
    describeWith(editor, 'an editor', () => {
      it(`${editor} shows its line`, async () => {
        const installation = await Installation.with('nvm', 'plain');
        await installation.install(target);
        installation.upgrade();
        installation.host.machine.env = installation.env;
        const terminal = await Terminal.open(installation.host, [editor, 'file.txt'], 120);
        await terminal.shows(OLD_LINE);
        await terminal.close();
      });
    });
  }
});

describe('an installation from a temporary directory', () => {
  it('prints a warning before the question', async () => {
    const installation = await Installation.with('npx');
    const output = await installation.install('sh');
    expect(output).toContain(
      `warning: ${installation.layout.script} will not stay: it is in npx's cache, which npm empties. Better: npm install -g usageline`,
    );
    expect(output.indexOf('warning: ')).toBeLessThan(output.indexOf('installed.'));
  });
});

describe("a debugger's NODE_OPTIONS", () => {
  const NODE_OPTIONS = '--require=/gone/bootloader.js';

  it('does not reach what the launcher and Claude Code start', async () => {
    const installation = await Installation.with('nvm');
    await installation.install('sh', 'claude');
    removeTree(join(installation.home, '.cache/usageline/claude/ready'));
    const env = { ...installation.env, NODE_OPTIONS };
    const launcher = join(installation.home, '.local/bin/usageline-prompt');
    expect(await runProgram(launcher, [], env)).toMatchObject({
      stdout: `${OLD_LINE}\n`,
      stderr: '',
      code: 0,
    });
    const { statusLine } = JSON.parse(installation.read('.claude/settings.json'));
    const line = spawnSync('sh', ['-c', statusLine.command], { env, input: '', encoding: 'utf8' });
    expect(line).toMatchObject({ stdout: expect.stringContaining('22%'), stderr: '', status: 0 });
  });

  it('keeps the options about certificates', async () => {
    const installation = await Installation.with('nvm');
    await installation.install('sh');
    const node = join(installation.home, '.nvm/versions/node/v22.1.0/bin/node');
    fs.rmSync(node);
    fs.writeFileSync(node, '#!/bin/sh\necho "<$NODE_OPTIONS> <$NODE_USE_SYSTEM_CA>"\n', { mode: 0o755 });
    const runner = join(installation.home, '.local/share/usageline/usageline-run');
    const nodeOptions = async (options: string) =>
      (await runProgram(runner, ['show'], { ...installation.env, NODE_OPTIONS: options })).stdout;
    expect(await nodeOptions('--jitless --use-openssl-ca')).toBe('<--use-openssl-ca> <>\n');
    expect(await nodeOptions('--use-system-ca --inspect')).toBe('<> <1>\n');
    expect(await nodeOptions('--inspect')).toBe('<> <>\n');
  });

  for (const shell of Object.values(shells)) {
    describeWith(shell.name, `the hook of ${shell.name}`, () => {
      it.each(['installed', 'printed'])('can start its refresh: %s', async (how) => {
        const installation = await Installation.with('nvm', 'plain');
        const { node, script } = installation.layout;
        await installation.install(shell.name);
        const read = {
          zsh: 'source ~/.local/share/usageline/hook.zsh',
          bash: 'source ~/.local/share/usageline/hook.bash',
          fish: 'source ~/.config/fish/conf.d/usageline.fish; functions -q _usageline_begin; and _usageline_begin',
        }[shell.name];
        const printed = shell.init.replace(/'[^']*' '[^']*'/, `env NODE_OPTIONS= '${node}' '${script}'`);
        removeTree(join(installation.home, '.cache/usageline/claude/ready'));
        const [file = '', ...args] = shell.script.toSpliced(-1, 0, '-i');
        const lines = [how === 'printed' ? printed : read, shell.hook, 'sleep 0.1', shell.hook].join('\n');
        const env = { ...installation.env, NODE_OPTIONS };
        await runProgram(file, [...args, lines], env);
        const ready = join(installation.home, '.cache/usageline/claude/ready', shell.name);
        await expect.poll(() => fs.existsSync(ready), { timeout: 10_000 }).toBe(true);
      });
    });
  }
});
