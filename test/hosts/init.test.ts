import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { closeAtTheEnd } from '../support/endpoint.ts';
import { runProgram } from '../support/program.ts';
import { describeWith } from '../support/tools.ts';
import { aHost, entry, eventually, OLD_LINE, Terminal, tmux } from './host.ts';
import type { Host } from './host.ts';
import { shells } from './shells.ts';

/** The command that the README promises: it gives the host its line. */
async function install(host: Host, target: string): Promise<void> {
  const run = await host.machine.run(['init', target, '--install', '--yes']);
  expect(run).toMatchObject({ stderr: '', code: 0 });
}

function runnerOf(host: Host): string {
  return join(host.home, '.local/share/usageline/usageline-run');
}

/** The command that the README promises for the removal of everything. */
async function uninstall(host: Host): Promise<void> {
  expect(await host.machine.run(['init', '--uninstall', '--yes'])).toMatchObject({ stderr: '', code: 0 });
}

for (const shell of Object.values(shells)) {
  describeWith('tmux', `usageline init ${shell.name} --install`, () =>
    describeWith(shell.name, 'in a terminal', () => {
      it('shows the line in the next shell, and changes nothing in the shell after the removal', async () => {
        const host = await aHost([shell.name]);
        host.write(shell.rc, shell.prompt);
        await install(host, shell.name);
        const terminal = await Terminal.open(host, shell.argv(host));
        await terminal.shows(OLD_LINE);
        await terminal.close();
        await uninstall(host);
        expect(fs.readFileSync(join(host.home, shell.rc), 'utf8')).toBe(shell.prompt);
        const after = await Terminal.open(host, shell.argv(host));
        await after.shows(/ >/);
        expect(await after.command('echo "<$USAGELINE>"')).toContain('<>');
        expect(await after.screen()).not.toMatch(/7d|usageline:|No such/);
      });

      it('starts no process with the shell', async () => {
        const host = await aHost([shell.name]);
        host.write(shell.rc, shell.prompt);
        await install(host, shell.name);
        // The runner starts every process of the program.
        fs.copyFileSync(join(host.home, 'counted'), runnerOf(host));
        const terminal = await Terminal.open(host, shell.argv(host));
        await terminal.shows(OLD_LINE);
        expect(host.started).toEqual([]);
      });
    }),
  );
}

describeWith('fish', 'usageline init fish --install', () =>
  describeWith('tmux', 'with a right prompt of the user', () => {
    it('follows what config.fish puts there', async () => {
      const host = await aHost(['fish']);
      const { prompt, rc } = shells.fish;
      host.write(rc, `${prompt}\nfunction fish_right_prompt; echo -n "mine "; end\n`);
      await install(host, 'fish');
      const terminal = await Terminal.open(host, shells.fish.argv(host));
      await terminal.shows(`mine ${OLD_LINE}`);
    });
  }),
);

describeWith('tmux', 'the question before a change', () => {
  it('is asked at the terminal, and nothing changes without a yes', async () => {
    const host = await aHost(['zsh']);
    host.write('.zshrc', 'mine\n');
    const command = `${process.execPath} ${entry} init zsh --install; echo "code $?"; exec sleep 60`;
    const no = await Terminal.open(host, ['sh', '-c', command], 150);
    await no.shows('Do this? [y/N]');
    expect(await no.screen()).toContain('+ # >>> usageline >>>');
    await no.type('\n');
    await no.shows('nothing has been changed');
    await no.shows('code 1');
    expect(fs.readFileSync(join(host.home, '.zshrc'), 'utf8')).toBe('mine\n');
    const yes = await Terminal.open(host, ['sh', '-c', command], 150);
    await yes.shows('Do this? [y/N]');
    await yes.type('y\n');
    await yes.shows('code 0');
    expect(fs.readFileSync(join(host.home, '.zshrc'), 'utf8')).toMatch(/^mine\n# >>> usageline >>>\n/);
  });

  it('covers no file that has changed since the question', async () => {
    const host = await aHost(['zsh']);
    host.write('.zshrc', 'mine\n');
    const command = `${process.execPath} ${entry} init zsh --install; echo "code $?"; exec sleep 60`;
    const terminal = await Terminal.open(host, ['sh', '-c', command], 150);
    await terminal.shows('Do this? [y/N]');
    host.write('.zshrc', 'mine\nmore\n');
    await terminal.type('y\n');
    await terminal.shows('have been changed since they were shown. Run the same command again');
    await terminal.shows('code 1');
    expect(fs.readFileSync(join(host.home, '.zshrc'), 'utf8')).toBe('mine\nmore\n');
    expect(fs.existsSync(join(host.home, '.local/share/usageline'))).toBe(false);
  });
});

describeWith('tmux', 'usageline init tmux --install', () => {
  it.each([
    ['behind a separator from the date of tmux', '', /\d\d-\w+-\d\d \| $/],
    ['behind a separator from the text of the user', "set -g status-right 'mine'\n", /mine \| $/],
    ['without a separator where there is no text', "set -g status-right ''\n", /[^|]$/],
    ['at the position that the user has chosen', "set -g status-right '#{E:@usageline} mine'\n", /[^|]$/],
  ])('shows the line once, %s, also when the file is read again', async (_, configuration, before) => {
    const host = await aHost(['tmux']);
    // Characters that a path can contain.
    const home = join(host.home, `it's 50% #1 "x" $HOME`);
    for (const name of ['.claude', '.cache']) {
      fs.cpSync(join(host.home, name), join(home, name), { recursive: true, preserveTimestamps: true });
    }
    host.machine.env = { ...host.machine.env, HOME: home };
    fs.writeFileSync(join(home, '.tmux.conf'), configuration);
    await install(host, 'tmux');
    const inner = `usageline-init-${process.pid}-${Math.floor(Math.random() * 1e9)}`;
    closeAtTheEnd(() => void spawnSync('tmux', ['-L', inner, 'kill-server']));
    const terminal = await Terminal.open(host, ['tmux', '-L', inner, 'new-session', 'sleep 60'], 120);
    await terminal.shows(OLD_LINE);
    expect((await terminal.last()).split(OLD_LINE)[0]).toMatch(before);
    const again = await runProgram(
      'tmux',
      ['-L', inner, 'source-file', join(home, '.tmux.conf')],
      host.machine.env,
    );
    expect(again).toMatchObject({ stderr: '', code: 0 });
    expect((await terminal.last()).split(OLD_LINE)[0]).toMatch(before);
    expect((await terminal.screen()).split(OLD_LINE)).toHaveLength(2);
    const { stdout } = await runProgram(
      'tmux',
      ['-L', inner, 'show', '-gv', 'status-right'],
      host.machine.env,
    );
    expect(stdout.match(/@usageline/g)).toHaveLength(1);
  });

  it.each(['a (b) c', 'b)', '(b', 'a)b(c', `it's) (50% #(1`])(
    'shows the line when the directory is named %j',
    async (name) => {
      const host = await aHost(['tmux']);
      const home = join(host.home, name);
      for (const part of ['.claude', '.cache']) {
        fs.cpSync(join(host.home, part), join(home, part), { recursive: true, preserveTimestamps: true });
      }
      host.machine.env = { ...host.machine.env, HOME: home };
      await install(host, 'tmux');
      const inner = `usageline-paren-${process.pid}-${Math.floor(Math.random() * 1e9)}`;
      closeAtTheEnd(() => void spawnSync('tmux', ['-L', inner, 'kill-server']));
      const terminal = await Terminal.open(host, ['tmux', '-L', inner, 'new-session', 'sleep 60'], 120);
      await terminal.shows(OLD_LINE);
      expect(await terminal.last()).not.toContain('usageline');
      await terminal.close();
    },
  );
});

for (const [editor, target] of [
  ['vim', 'vim'],
  ['nvim', 'neovim'],
] as const) {
  describeWith('tmux', `usageline init ${target} --install`, () =>
    describeWith(editor, 'in an editor', () => {
      it.each([
        ["beside the editor's own status line", ''],
        ['after a status line of the user', 'set statusline=mine'],
      ])('shows the line %s, and does not wait for the program', async (_, configuration) => {
        const host = await aHost(['plain']);
        host.write('.vimrc', `${configuration}\n`);
        host.write('.config/nvim/init.vim', `${configuration}\n`);
        await install(host, target);
        const terminal = await Terminal.open(host, [editor, 'file.txt'], 120);
        const screen = await terminal.shows(OLD_LINE);
        const status = screen.split('\n').find((line) => line.includes(OLD_LINE)) ?? '';
        expect(status).toContain(configuration === '' ? 'file.txt' : 'mine');
        expect(screen).not.toMatch(/Error|E\d+:/);
      });

      it.each([
        ['a warning', 'warn = 30\ncritical = 90', '33%', '48;5;221'],
        ['a critical number', 'warn = 10\ncritical = 30', '33%', '48;5;160'],
      ])('gives %s a background of its own', async (_, thresholds, text, background) => {
        const host = await aHost([]);
        host.write('.config/usageline/config.toml', `[thresholds]\n${thresholds}\n`);
        await install(host, target);
        const terminal = await Terminal.open(host, [editor, 'file.txt'], 120);
        await terminal.shows(OLD_LINE);
        const colours = await terminal.colours();
        expect(colours).toMatch(new RegExp(String.raw`${background}m${text}\u001B\[`));
        await terminal.close();
      });

      it('shows a shorter line in a narrow window, beside the name of the file, and follows the width', async () => {
        const host = await aHost(['vim']);
        await install(host, target);
        const terminal = await Terminal.open(host, [editor, 'file.txt'], 80);
        const narrow = await terminal.shows(/5h 22% · 7d 33%/);
        expect(narrow.split('\n').find((line) => line.includes('7d 33%'))).toContain('file.txt');
        await tmux('resize-window', '-t', terminal.session, '-x', '130');
        await terminal.shows(OLD_LINE);
        await terminal.close();
      });

      it('leaves nothing behind after the removal', async () => {
        const host = await aHost(['plain']);
        await install(host, target);
        await uninstall(host);
        const left = fs.readdirSync(host.home, { recursive: true, encoding: 'utf8' });
        expect(left.filter((name) => name.includes('usageline'))).toEqual([]);
      });
    }),
  );
}

describeWith('tmux', 'in a vim that does not interpret parts of its status line', () =>
  describeWith('vim', 'the script for vim', () => {
    it.each([
      ['warn', 'warn = 30\ncritical = 95', '48;5;221'],
      ['critical', 'warn = 10\ncritical = 30', '48;5;160'],
    ])('the whole line has the colour of its level, %s, once', async (_, thresholds, background) => {
      const host = await aHost([]);
      host.write('.config/usageline/config.toml', `[thresholds]\n${thresholds}\n`);
      await install(host, 'vim');
      const plugin = '.vim/plugin/usageline.vim';
      const script = fs.readFileSync(join(host.home, plugin), 'utf8');
      expect(script).toContain("has('patch-8.2.2854')");
      host.write(plugin, script.replace("has('patch-8.2.2854')", '0'));
      const terminal = await Terminal.open(host, ['vim', 'file.txt'], 120);
      const screen = await terminal.shows(OLD_LINE);
      expect(screen.split(OLD_LINE)).toHaveLength(2);
      expect(screen).not.toMatch(/E\d+:/);
      const colours = await terminal.colours();
      expect(colours).toMatch(new RegExp(String.raw`${background}m${OLD_LINE}`));
      await terminal.close();
    });
  }),
);

describeWith('vim', 'a text that is not from usageline', () => {
  it.each([
    '5h 22%{execute("silent !touch ran")}',
    '5h 22%% %{%system("touch ran")%}',
    '%!g:usageline',
    '5h %=22%%',
    '%#Error#5h 22%%',
    '%%%',
  ])('gets into no status line: %s', async (text) => {
    const host = await aHost([]);
    await install(host, 'vim');
    const plugin = '.vim/plugin/usageline.vim';
    const script = fs.readFileSync(join(host.home, plugin), 'utf8');
    host.write('text', `${text}\n`);
    host.write(plugin, script.replace(/let s:command = .*/, `let s:command = ['cat', '${host.home}/text']`));
    const commands = [
      'sleep 500m',
      'call writefile([g:usageline_format, g:usageline], $HOME . "/seen")',
      'qa!',
    ];
    const { code } = await runProgram(
      'vim',
      [
        '-i',
        'NONE',
        '-n',
        '-es',
        '-N',
        '-S',
        join(host.home, plugin),
        ...commands.flatMap((command) => ['-c', command]),
      ],
      { ...host.machine.env, TERM: 'xterm' },
    );
    expect(code).toBe(0);
    expect(fs.readFileSync(join(host.home, 'seen'), 'utf8')).toBe('\n\n');
    expect(fs.existsSync(join(host.home, 'ran'))).toBe(false);
  });
});

describeWith('nvim', 'the component for lualine', () => {
  it('doubles every percent sign, so that the status line shows the text', async () => {
    const host = await aHost(['plain']);
    await install(host, 'neovim');
    const script = [
      'lua package.loaded.lualine = {}',
      'call wait(8000, {-> g:usageline != ""})',
      // lualine makes the text of the component a part of the status line's format.
      'let text = nvim_eval_statusline(g:usageline, {}).str',
      'call writefile([g:usageline, text, &statusline], $HOME . "/seen")',
    ].flatMap((command) => ['-c', command]);
    const run = await runProgram(
      'nvim',
      ['--headless', '--cmd', 'set columns=120', ...script, '-c', 'qa!'],
      host.machine.env,
    );
    expect(run.code).toBe(0);
    const [component, text, statusline] = fs.readFileSync(join(host.home, 'seen'), 'utf8').split('\n');
    expect(component).toContain('22%%');
    expect(text).toBe(OLD_LINE);
    expect(statusline).not.toContain('usageline');
  });
});

describe('usageline init claude --install', () => {
  const input = JSON.stringify({ session_id: 'one', model: { display_name: 'Opus' } });

  /** Runs the command as Claude Code does: by a shell, with JSON on standard input, in a directory of the user's. */
  function claudeCode(host: Host): ReturnType<typeof spawnSync> {
    const { statusLine } = JSON.parse(fs.readFileSync(join(host.home, '.claude/settings.json'), 'utf8'));
    expect(statusLine.type).toBe('command');
    const env = { HOME: host.home, PATH: '/usr/bin:/bin', USAGELINE_API_BASE_URL: host.endpoint.url };
    return spawnSync('sh', ['-c', statusLine.command], { input, env, cwd: host.home, encoding: 'utf8' });
  }

  it('gives Claude Code a command that works without a PATH', async () => {
    const host = await aHost(['plain']);
    await install(host, 'claude');
    const { stdout, status } = claudeCode(host);
    expect(status).toBe(0);
    expect(`${stdout}`.replace(/\u001B\[[0-9;]*m/g, '')).toBe(`${OLD_LINE}\n`);
  });

  it('wraps the command that is configured, and restores it', async () => {
    const host = await aHost(['plain']);
    const settings = String.raw`{"statusLine":{"type":"command","command":"sed 's/.*\"display_name\":\"\\([^\"]*\\).*/I am \\1/'"}}`;
    const path = host.write('.claude/settings.json', settings);
    await install(host, 'claude');
    const { stdout } = claudeCode(host);
    expect(`${stdout}`.replace(/\u001B\[[0-9;]*m/g, '')).toBe(`I am Opus  ${OLD_LINE}\n`);
    await uninstall(host);
    expect(fs.readFileSync(path, 'utf8')).toBe(settings);
  });
});

describe('usageline init starship --install', () => {
  it('gives starship a command that its shell runs from standard input', async () => {
    const host = await aHost(['starship']);
    await install(host, 'starship');
    const text = fs.readFileSync(join(host.home, '.config/starship.toml'), 'utf8');
    const command = JSON.parse(/^command = (.*)$/m.exec(text)?.[1] ?? '');
    // starship writes the command to the shell that `shell` names, and trims white space at the ends.
    const { stdout, status } = spawnSync('sh', {
      input: `${command}\n`,
      env: host.machine.env,
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    // In the line's own colours, which the module's style must not paint over.
    expect(stdout).toBe('5h \u001B[33m22%\u001B[0m 4h37m · 7d \u001B[36m33%\u001B[0m 4d3h\n');
    expect(text).toMatch(/^shell = \["sh"\]\nwhen = true\nstyle = ""$/m);
    await eventually('nothing is asked', () => host.requests === 0);
  });
});
