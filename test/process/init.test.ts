import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { INIT_TARGETS } from '../../src/init/target.ts';
import { anEndpoint, fixture, json } from '../support/endpoint.ts';
import { filesBelow, Machine, runProgram } from '../support/program.ts';
import { itAsRoot } from '../support/user.ts';

const entry = new URL('../../bin/usageline.cjs', import.meta.url).pathname;

async function aMachine(): Promise<Machine> {
  return new Machine((await anEndpoint(json(fixture('2026-04-18-max.json')))).url);
}

const home = ({ home: path }: Machine) =>
  filesBelow(path).map((file) => ({ ...file, path: file.path.slice(path.length + 1) }));

describe('usageline init', () => {
  it.each(Object.keys(INIT_TARGETS))(
    'prints the lines for %s, and changes no file of the user',
    async (target) => {
      const machine = await aMachine();
      const before = home(machine);
      const run = await machine.run(['init', target]);
      expect(run).toMatchObject({ stderr: '', code: 0 });
      const { stdout } = run;
      // A host can have another PATH, so the lines name Node by its path. Those for oh-my-posh, p10k and completions start no process.
      if (!['oh-my-posh', 'p10k', 'completions'].includes(target)) expect(stdout).toContain(process.execPath);
      expect(stdout.split('\n').slice(0, 3).join('\n')).toMatch(/(Into|As|Among|Written by|A script) |~\//);
      expect(home(machine).filter(({ path }) => !path.startsWith('.cache/'))).toEqual(before);
    },
  );

  it('finds the hosts of the machine without a target, prints the plan, and changes nothing without a terminal', async () => {
    const machine = await aMachine();
    const before = home(machine);
    for (const args of [['init'], ['init', '--install'], ['setup'], ['setup', '--dry-run']]) {
      const run = await machine.run(args);
      expect(run).toMatchObject({ stderr: '', code: 0 });
      expect(run.stdout).toMatch(/^ 1 {2}\w+ +~\//m);
      expect(run.stdout).toMatch(/claude +~\/\.claude\/settings\.json/);
      expect(run.stdout).toMatch(/nothing has been changed/i);
    }
    expect(home(machine).filter(({ path }) => !path.startsWith('.cache/'))).toEqual(before);
  });

  it('installs every host that is found, once, and removes all of them', async () => {
    const machine = await aMachine();
    fs.writeFileSync(join(machine.home, '.bashrc'), 'mine');
    const before = home(machine);
    const run = await machine.run(['setup', '--yes']);
    expect(run).toMatchObject({ stderr: '', code: 0 });
    // The preview has the real numbers: a person who types it waits for them.
    expect(run.stdout).toContain('5h 22% 4h37m');
    expect(run.stdout).toMatch(/^ *\d+ {2}bash +~\/\.bashrc$/m);
    expect(run.stdout).toMatch(/^ *\d+ {2}claude +~\/\.claude\/settings\.json \(new\)$/m);
    expect(run.stdout).toContain('To undo all: usageline init --uninstall');
    expect(fs.readFileSync(join(machine.home, '.bashrc'), 'utf8')).toContain('usageline >>>');
    const again = await machine.run(['setup', '--yes']);
    expect(again).toMatchObject({ stderr: '', code: 0 });
    expect(again.stdout).toMatch(/^Installed already: .*bash.*claude.*\n(.*\n)*Nothing to install\.$/m);
    await machine.run(['init', '--uninstall', '--yes']);
    expect(home(machine)).toEqual(before);
  });

  it('installs clicks in bars that run: the table in a new terminal, and fresh numbers', async () => {
    const machine = await aMachine();
    const file = (name: string, text: string, mode = 0o644) => {
      const path = join(machine.home, name);
      fs.writeFileSync(path, text, { mode });
      return path;
    };
    const texts = {
      waybar: '{"modules-right": []}',
      polybar: '[bar/a]\nmodules-right = a\n',
      i3blocks: '[a]\n',
    };
    const installed = new Map<string, string>();
    for (const [target, text] of Object.entries(texts)) {
      const path = file(target, text);
      const run = await machine.run(['init', target, '--install', '--yes', '--file', path]);
      expect(run).toMatchObject({ stderr: '', code: 0 });
      installed.set(target, fs.readFileSync(path, 'utf8'));
    }
    const module = JSON.parse(installed.get('waybar') ?? '')['custom/usageline'];
    const value = (target: string, key: string) =>
      new RegExp(`^${key} ?= ?(.*usageline.*)$`, 'm').exec(installed.get(target) ?? '')?.[1] ?? '';
    const block = value('i3blocks', 'command');
    const clicks = [
      [module['on-click'], module['on-click-right'], {}, {}],
      [value('polybar', 'click-left'), value('polybar', 'click-right'), {}, {}],
      [block, block, { BLOCK_BUTTON: '1' }, { BLOCK_BUTTON: '3' }],
      [block, block, { button: '1' }, { button: '3' }],
    ] as const;
    const terminal = file('terminal', '#!/bin/sh\nprintf "%s\\n" "$*" >"$HOME/clicked"\n', 0o755);
    const clicked = join(machine.home, 'clicked');
    for (const [show, refresh, left, right] of clicks) {
      const env = { ...machine.env, TERMINAL: terminal };
      expect(await runProgram('/bin/sh', ['-c', show], { ...env, ...left })).toMatchObject({ code: 0 });
      await vi.waitFor(() => expect(fs.existsSync(clicked)).toBe(true), 10_000);
      await vi.waitFor(() =>
        expect(fs.readFileSync(clicked, 'utf8')).toMatch(/^-e .*usageline-show --inside\n$/),
      );
      fs.rmSync(clicked);
      // The worker's record of the request shows that the right button has asked.
      fs.rmSync(join(machine.home, '.cache'), { recursive: true, force: true });
      expect(await runProgram('/bin/sh', ['-c', refresh], { ...env, ...right })).toMatchObject({ code: 0 });
      expect(fs.existsSync(clicked)).toBe(false);
      expect(filesBelow(join(machine.home, '.cache')).some(({ path }) => path.endsWith('/usage.json'))).toBe(
        true,
      );
    }
  });

  it('says without any host what it looked for, and what to do', async () => {
    const machine = await aMachine();
    fs.rmSync(join(machine.home, '.claude'), { recursive: true });
    const run = await machine.run(['setup'], { PATH: machine.home });
    expect(run).toMatchObject({ stderr: '', code: 0 });
    expect(run.stdout).toMatch(
      /^No host was found that setup knows: .*\n.*usageline init <target> --install/,
    );
    expect(run.stdout).not.toContain('To undo');
  });

  it('says that numbers are examples, why, and what to do', async () => {
    const machine = await aMachine();
    fs.rmSync(join(machine.home, '.claude/.credentials.json'));
    const run = await machine.run(['setup', '--yes']);
    expect(run.stdout).toMatch(
      /^The numbers are examples\. No login of Claude Code was found\. Run `claude` once/m,
    );
  });

  itAsRoot('warns with sudo that the files are those of root', async () => {
    const machine = await aMachine();
    for (const args of [['setup'], ['init', 'zsh', '--install', '--dry-run']]) {
      const { stdout } = await machine.run(args, { SUDO_USER: 'ada' });
      expect(stdout).toContain(
        `warning: with sudo this is for root, in ${machine.home}. For ada: without sudo\n`,
      );
    }
    expect((await machine.run(['setup'])).stdout).not.toContain('sudo');
  });

  it('leaves out a host that is refused, names the reason, and installs the others', async () => {
    const machine = await aMachine();
    fs.writeFileSync(join(machine.home, '.bashrc'), '# >>> usageline >>>\n');
    const run = await machine.run(['setup', '--yes']);
    expect(run.stdout).toMatch(
      /^Left out: bash: .*\.bashrc: its marks are not one .*\n(.*\n)*To add one by hand: usageline init <target>$/m,
    );
    expect(run.stdout).toMatch(/^Installed:\n(.*\n)* {2}claude /m);
    expect(run.code).toBe(0);
    expect(fs.readFileSync(join(machine.home, '.bashrc'), 'utf8')).toBe('# >>> usageline >>>\n');
  });

  it('installs and uninstalls, one by one and all at once', async () => {
    const machine = await aMachine();
    fs.writeFileSync(join(machine.home, '.zshrc'), 'mine');
    const before = home(machine);
    for (const target of ['zsh', 'tmux', 'claude', 'systemd']) {
      expect(await machine.run(['init', target, '--install', '--yes'])).toMatchObject({
        stderr: '',
        code: 0,
      });
    }
    await machine.run(['--wait']);
    const again = await machine.run(['init', 'zsh', '--install']);
    expect(again).toMatchObject({ stdout: 'zsh is installed already: nothing to change\n', code: 0 });
    const one = await machine.run(['init', 'claude', '--uninstall', '--yes']);
    expect(one).toMatchObject({ stderr: '', code: 0 });
    expect(fs.existsSync(join(machine.home, '.claude/settings.json'))).toBe(false);
    const all = await machine.run(['init', '--uninstall', '--yes']);
    expect(all).toMatchObject({ stderr: '', code: 0 });
    expect(all.stdout).toContain(`remove ${machine.home}/.cache/usageline, the cache\n`);
    expect(all.stdout).toContain(`remove ${machine.home}/.tmux.conf, which was created for this\n`);
    expect(all.stdout).toMatch(/^remove .*\/usageline-run$/m);
    expect(home(machine)).toEqual(before);
    expect(fs.readdirSync(machine.home).sort()).toEqual(['.cache', '.claude', '.zshrc']);
    const nothing = await machine.run(['init', '--uninstall', '--yes']);
    expect(nothing).toMatchObject({ stdout: 'nothing is installed\n', stderr: '', code: 0 });
  });

  it.each(['000', '002'])(
    'installs twice and uninstalls under umask %s, and makes no directory that others can write',
    async (umask) => {
      const machine = await aMachine();
      const under = (...args: string[]) =>
        runProgram(
          '/bin/sh',
          ['-c', `umask ${umask}; exec "$@"`, 'sh', process.execPath, entry, 'init', ...args],
          machine.env,
        );
      expect(await under('zsh', '--install', '--yes')).toMatchObject({ stderr: '', code: 0 });
      for (const name of ['.local', '.local/share', '.local/share/usageline'])
        expect(fs.statSync(join(machine.home, name)).mode & 0o022, name).toBe(0);
      expect(await under('tmux', '--install', '--yes')).toMatchObject({ stderr: '', code: 0 });
      expect(await under('--uninstall', '--yes')).toMatchObject({ stderr: '', code: 0 });
      expect(fs.existsSync(join(machine.home, '.local'))).toBe(false);
    },
  );

  it('takes the launcher and the runner with the last target, and names what it leaves', async () => {
    const machine = await aMachine();
    const before = home(machine);
    for (const target of ['tmux', 'claude', 'systemd'])
      await machine.run(['init', target, '--install', '--yes']);
    const runner = join(machine.home, '.local/share/usageline/usageline-run');
    const wants = join(machine.home, '.config/systemd/user/timers.target.wants');
    fs.mkdirSync(wants);
    fs.symlinkSync('../usageline.timer', join(wants, 'usageline.timer'));
    const shown = await machine.run(['init', 'systemd', '--uninstall', '--dry-run']);
    expect(shown.stdout).toContain(`remove ${wants}/usageline.timer\n`);
    const systemd = await machine.run(['init', 'systemd', '--uninstall', '--yes']);
    expect(systemd.stdout).toContain(`kept ${runner}: used by tmux, claude\n`);
    expect(systemd.stdout).not.toContain('disable');
    expect(fs.existsSync(join(machine.home, '.config'))).toBe(false);
    const tmux = await machine.run(['init', 'tmux', '--uninstall', '--yes']);
    expect(tmux.stdout).toContain(`kept ${runner}: used by claude\n`);
    expect(tmux.stdout).toMatch(/^remove .*usageline-prompt$/m);
    const claude = await machine.run(['init', 'claude', '--uninstall', '--yes']);
    expect(claude.stdout).not.toContain('left ');
    expect(home(machine).filter(({ path }) => !path.startsWith('.cache/'))).toEqual(before);
    expect(fs.readdirSync(machine.home).filter((name) => name !== '.cache')).toEqual(['.claude']);
  });

  it('is reported by explain, with the files that are missing', async () => {
    const machine = await aMachine();
    expect((await machine.run(['explain'])).stdout).not.toContain('Installed');
    for (const target of ['tmux', 'claude']) await machine.run(['init', target, '--install', '--yes']);
    const whole = (await machine.run(['explain'])).stdout;
    expect(whole).toMatch(/^Installed +tmux, claude$/m);
    expect(whole).not.toContain('To repair');
    fs.writeFileSync(join(machine.home, '.tmux.conf'), '');
    fs.rmSync(join(machine.home, '.local/bin/usageline-prompt'));
    fs.writeFileSync(
      join(machine.home, '.claude/settings.json'),
      '{"statusLine": {"type": "command", "command": "date"}}',
    );
    const { stdout } = await machine.run(['explain']);
    expect(stdout).toContain(
      '.tmux.conf: nothing of tmux is in it any more. To repair it: usageline init tmux --install',
    );
    expect(stdout).toContain('usageline-prompt: nothing of tmux is in it any more.');
    expect(stdout).toContain('settings.json: nothing of claude is in it any more.');
    fs.rmSync(join(machine.home, '.local/share/usageline/usageline-run'));
    expect((await machine.run(['explain'])).stdout).toContain('usageline-run is not found');
  });

  it('shows what would change, and changes nothing where it cannot ask', async () => {
    const machine = await aMachine();
    fs.writeFileSync(join(machine.home, '.bashrc'), 'export TOKEN=mine\n');
    const before = home(machine);
    const shown = await machine.run(['init', 'bash', '--install', '--dry-run']);
    expect(shown).toMatchObject({ stderr: '', code: 0 });
    expect(shown.stdout).toMatch(/^create .*hook\.bash\n/m);
    expect(shown.stdout).toMatch(
      /^change .*\.bashrc, line 2; kept as it is: .*\n {2}\+ # >>> usageline >>>$/m,
    );
    // Other content of the file is not repeated.
    expect(shown.stdout).not.toContain('TOKEN');
    const asked = await machine.run(['init', 'bash', '--install']);
    expect(asked.code).toBe(2);
    expect(asked.stderr).toBe(
      'usageline: nothing has been changed: without a terminal, --install needs --yes\n',
    );
    expect(home(machine)).toEqual(before);
  });

  it('changes nothing if it cannot parse one of the files, and names that file', async () => {
    const machine = await aMachine();
    const path = join(machine.home, '.zshrc');
    fs.writeFileSync(path, '# >>> usageline >>>\n');
    const before = home(machine);
    const run = await machine.run(['init', 'zsh', '--install', '--yes']);
    expect(run).toMatchObject({ stdout: '', code: 1 });
    expect(run.stderr).toMatch(
      /^usageline: nothing has been changed: .*\.zshrc: its marks are not one .*: line 1\. To add it by hand: usageline init zsh\n$/,
    );
    expect(home(machine)).toEqual(before);
    const all = await machine.run(['init', '--uninstall', '--yes']);
    expect(all.code).toBe(1);
    expect(all.stderr).toMatch(/^usageline: left as it is: .*\.zshrc: its marks/);
  });

  it.each(['XDG_DATA_HOME', 'XDG_CONFIG_HOME'])(
    'refuses a path with a control character, which would end a line of what it writes: %s',
    async (name) => {
      const machine = await aMachine();
      const path = join(machine.home, 'a\nrun-shell id\n#\u001B[31m\u009B');
      for (const action of [[], ['--install', '--yes']]) {
        const run = await machine.run(['init', 'neovim', ...action], { [name]: path });
        expect(run).toMatchObject({ stdout: '', code: 2 });
        expect(run.stderr).toContain('a path has a control character in it: "');
        expect(run.stderr).not.toMatch(/run-shell id\n|[\u001B\u009B]/);
      }
      expect(fs.readdirSync(machine.home)).not.toContain('a\nrun-shell id\n#\u001B[31m\u009B');
    },
  );

  it('works with notes in which another program has nested lists thousands of levels deep', async () => {
    const machine = await aMachine();
    await machine.run(['init', 'zsh', '--install', '--yes']);
    const notes = join(machine.home, '.local', 'share', 'usageline', 'installed.json');
    const deep = `{"x":${'['.repeat(100_000)}${']'.repeat(100_000)},`;
    fs.writeFileSync(notes, fs.readFileSync(notes, 'utf8').replace(/\{(?=\s*"target")/, deep));
    expect(await machine.run(['init', 'tmux', '--install', '--yes'])).toMatchObject({ stderr: '', code: 0 });
    expect(await machine.run(['init', '--uninstall', '--yes'])).toMatchObject({ stderr: '', code: 0 });
    expect(fs.existsSync(notes)).toBe(false);
  });

  it("removes only usageline's own files from a cache in another directory", async () => {
    const machine = await aMachine();
    const root = join(machine.home, 'shared');
    for (const name of ['claude/.credentials.json', 'claude/usage.txt', 'notes']) {
      fs.mkdirSync(join(root, 'claude'), { recursive: true, mode: 0o700 });
      fs.writeFileSync(join(root, name), 'mine');
    }
    const before = home(machine);
    const env = { USAGELINE_CACHE_DIR: root };
    await machine.run(['--wait'], env);
    expect(home(machine).length).toBeGreaterThan(before.length);
    await machine.run(['init', '--uninstall', '--yes'], env);
    expect(home(machine)).toEqual(before);
  });

  it.each([
    [['init', 'ed'], /target is 'ed'; accepted: zsh/],
    [['init', 'sketchybar', '--install'], /^usageline: 'sketchybar' is printed only: /],
    [['init', '--install', '--file', 'x'], /^usageline: --file needs a target; accepted: zsh, bash, /],
    [['init', 'zsh', '--yes'], /^usageline: --yes needs --install or --uninstall\n/],
    [['init', 'zsh', '--file', 'x'], /^usageline: --file needs --install or --uninstall\n/],
    [['init', 'zsh', '--install', '--file', ''], /^usageline: --file is ''; accepted: a path/],
    [['init', '--uninstall', '--file', 'x'], /^usageline: --file needs a target; accepted: zsh, bash, /],
    [['init', 'systemd', '--install', '--file', 'x'], /^usageline: --file names one file/],
    [['init', 'zsh', '--install', '--uninstall'], /cannot be used with/],
  ])('names the mistake in %j', async (args, expected) => {
    const run = await (await aMachine()).run(args);
    expect(run).toMatchObject({ stdout: '', code: 2 });
    expect(run.stderr).toMatch(expected);
  });
});
