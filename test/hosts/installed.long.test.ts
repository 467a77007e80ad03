import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeWith } from '../support/tools.ts';
import { aHost, OLD_LINE, Terminal } from './host.ts';
import type { Host } from './host.ts';

async function install(host: Host, target: string): Promise<void> {
  const run = await host.machine.run(['init', target, '--install', '--yes']);
  expect(run).toMatchObject({ stderr: '', code: 0 });
}

describeWith('emacs', 'usageline init emacs --install', () =>
  describeWith('tmux', 'in a terminal', () => {
    it.each(['.emacs', '.emacs.d/init.el', '.config/emacs/init.el'])(
      'shows the line in the mode line, from %s',
      async (name) => {
        const host = await aHost(['plain']);
        host.write(name, '(setq inhibit-startup-screen t)\n(global-set-key (kbd "C-c q") #\'kill-emacs)\n');
        await install(host, 'emacs');
        expect(fs.readFileSync(join(host.home, name), 'utf8')).toContain(';; >>> usageline >>>');
        const terminal = await Terminal.open(host, ['emacs', '-nw', '--no-site-file', 'file'], 150);
        await terminal.shows(OLD_LINE);
        await host.machine.run(['init', '--uninstall', '--yes']);
        expect(fs.readFileSync(join(host.home, name), 'utf8')).not.toContain('usageline');
      },
    );
  }),
);

describeWith('kitty', 'usageline init kitty --install', () => {
  it("is a tab bar of kitty's own Python, which fetches the line", async () => {
    const host = await aHost(['plain']);
    host.write('.config/kitty/kitty.conf', 'tab_bar_style powerline\n');
    await install(host, 'kitty');
    const script = [
      'import runpy, time',
      `bar = runpy.run_path(${JSON.stringify(join(host.home, '.config/kitty/tab_bar.py'))})`,
      // Outside of its event loop kitty has no timers.
      "bar['ask'].__globals__['add_timer'] = lambda *words: 1",
      "bar['ask']()",
      "bar['state']['process'].wait()",
      "bar['ask'](bar['fetch'])",
      "print(bar['state']['line'], bar['draw_tab_with_powerline'].__name__)",
    ].join('\n');
    const { stdout } = spawnSync('kitty', ['+runpy', script], { env: host.machine.env, encoding: 'utf8' });
    expect(stdout).toBe(`${OLD_LINE} draw_tab_with_powerline\n`);
  });

  it('is refused beside a tab bar of the user', async () => {
    const host = await aHost(['plain']);
    host.write('.config/kitty/kitty.conf', 'tab_bar_style custom\n');
    const run = await host.machine.run(['init', 'kitty', '--install', '--yes']);
    expect(run).toMatchObject({ stdout: '', code: 1 });
    expect(run.stderr).toContain('tab_bar_style custom');
  });
});

describeWith('zsh', 'usageline init completions --install', () =>
  describeWith('fish', 'in shells', () =>
    describeWith('tmux', 'in a terminal', () => {
      it('completes the command line in zsh with its hook, and in fish', async () => {
        const host = await aHost(['zsh']);
        host.write('.zshrc', 'PS1="%~ >"\nautoload -Uz compinit\ncompinit -u\n');
        await install(host, 'zsh');
        await install(host, 'completions');
        const zsh = await Terminal.open(host, ['zsh', '-i']);
        await zsh.shows('>');
        await zsh.type('usageline explai\t');
        await zsh.shows('usageline explain');
        // fish completes only commands that are there.
        host.write('bin/usageline', '#!/bin/sh\n');
        fs.chmodSync(join(host.home, 'bin/usageline'), 0o755);
        host.machine.env = { ...host.machine.env, PATH: `${host.home}/bin:${host.machine.env.PATH}` };
        const typed = "complete -C 'usageline init starsh'";
        const { stdout } = spawnSync('fish', ['-c', typed], { env: host.machine.env, encoding: 'utf8' });
        expect(stdout.trim().split('\t')[0]).toBe('starship');
      });
    }),
  ),
);

describe('usageline init cron --install', () => {
  it('puts a line into the crontab whose command runs, and takes it out again', async () => {
    const host = await aHost(['plain']);
    // The real crontab belongs to the user who runs the tests.
    const kept = join(host.home, 'kept');
    host.write(
      'bin/crontab',
      `#!/bin/sh\ncase $1 in -l) cat ${kept} 2>/dev/null || exit 0 ;; -r) rm ${kept} ;; *) cat >${kept} ;; esac\n`,
    );
    fs.chmodSync(join(host.home, 'bin/crontab'), 0o755);
    fs.writeFileSync(kept, 'MAILTO=""\n');
    host.machine.env = { ...host.machine.env, PATH: `${host.home}/bin:${host.machine.env.PATH}` };
    await install(host, 'cron');
    const text = fs.readFileSync(kept, 'utf8');
    const line = text.split('\n').find((it) => it.includes('refresh')) ?? '';
    const command = line.replace(/^\d-59\/10( \*){4} /, '').replaceAll('\\%', '%');
    expect(spawnSync('sh', ['-c', command], { env: host.machine.env }).status).toBe(0);
    await host.machine.run(['init', 'cron', '--uninstall', '--yes']);
    expect(fs.readFileSync(kept, 'utf8')).toBe('MAILTO=""\n');
  });
});

describeWith('nu', 'usageline init nushell --install', () =>
  describeWith('tmux', 'in a terminal', () => {
    it('puts the line behind the right prompt of the user, and takes it out again', async () => {
      const host = await aHost(['ansi']);
      const before = '$env.PROMPT_COMMAND = {|| "mine" }\n$env.PROMPT_COMMAND_RIGHT = {|| "right" }\n';
      const path = host.write('.config/nushell/config.nu', before);
      host.write('.config/nushell/env.nu', '');
      await install(host, 'nushell');
      const terminal = await Terminal.open(host, ['nu']);
      await terminal.shows(`right ${OLD_LINE}`);
      await host.machine.run(['init', 'nushell', '--uninstall', '--yes']);
      expect(fs.readFileSync(path, 'utf8')).toBe(before);
    });
  }),
);
