import { spawn } from 'node:child_process';
import { describe, expect } from 'vitest';
import { anEndpoint, closeAtTheEnd, json } from '../support/endpoint.ts';
import { describeWith } from '../support/tools.ts';
import { itAsRoot } from '../support/user.ts';
import { eventually, firstNumbers, OLD_LINE, Terminal } from './host.ts';
import type { Host } from './host.ts';
import { inSway, NewUser, onXScreen } from './new-user.ts';

/** 22 % are critical here: the colour of that is searched in pictures. */
const CONFIGURATION = '[thresholds]\nwarn = 10\ncritical = 20\n';
/** The background that the number has in waybar. */
const CRITICAL = '#a40000';
/** A text of some digits has at least so many pixels of exactly its colour. */
const ENOUGH = 8;

/** `OLD_LINE` with any countdowns: the test takes longer than a minute on a busy machine. */
const LINE = new RegExp(OLD_LINE.replaceAll(/\d+[dhm]\d*[hm]?(?= ·|$)/g, String.raw`[\ddhm]+`));

function whileAll(tools: readonly string[], name: string, tests: () => void): void {
  const [tool, ...others] = tools;
  if (tool === undefined) describe(name, tests);
  else describeWith(tool, name, () => whileAll(others, name, tests));
}

const TERMINALS = ['useradd', 'npm', 'tmux', 'zsh', 'fish', 'vim', 'nvim', 'i3blocks'];
const BARS = ['Xvfb', 'polybar', 'i3', 'sway', 'grim', 'waybar'];

whileAll([...TERMINALS, ...BARS], 'a new user of the machine', () => {
  itAsRoot('gets from nothing to a line in every host with two commands, and back with one', async () => {
    const user = new NewUser((await anEndpoint(json(firstNumbers()))).url);
    user.write('.config/usageline/config.toml', CONFIGURATION);
    await user.installPackage();
    const before = user.files();

    const done = await user.run('usageline', 'setup', '--yes');
    expect(done).toMatchObject({ stderr: '', code: 0 });
    expect(done.stdout).toMatch(LINE);
    expect(await user.run('usageline', 'init', '--uninstall', '--yes')).toMatchObject({
      stderr: '',
      code: 0,
    });
    expect(user.files()).toEqual(before);

    await user.run('usageline', 'setup', '--yes');
    const host = { home: user.home, machine: { env: user.env } } as unknown as Host;
    const terminals = [
      ...['zsh', 'bash', 'fish'].map((shell) => [shell, '-i']),
      ['tmux', '-L', user.name, 'new-session', 'sleep 60'],
      ['vim', '-i', 'NONE', '.profile'],
      ['nvim', '-i', 'NONE', '.profile'],
    ];
    for (const words of terminals) {
      const terminal = await Terminal.open(host, user.argv(...words), 120);
      await terminal.shows(LINE);
      await terminal.close();
    }
    await user.run('tmux', '-L', user.name, 'kill-server');

    expect(await i3blocks(user)).toMatch(LINE);
    // The bars draw the critical number in its colour.
    await inSway(user, 'waybar', 'waybar with the line', (screen) => screen.count(CRITICAL) > 200);
    await onXScreen(user, ['polybar', 'example'], 'polybar with the line', await hasColor(user, 'polybar'));
    const i3 = user.write(
      'i3',
      '# i3 config file (v4)\nfont pango:monospace 10\nbar {\n  status_command i3blocks\n}\n',
    );
    await onXScreen(user, ['i3', '-c', i3], 'i3bar with the line', await hasColor(user, 'i3blocks'));
    await user.run('rm', 'i3');

    expect(await user.run('usageline', 'init', '--uninstall', '--yes')).toMatchObject({
      stderr: '',
      code: 0,
    });
    const after = user.files();
    expect(after.filter(([path]) => before.some(([name]) => name === path))).toEqual(before);
    // What the hosts themselves have written names nothing of usageline.
    const added = after.filter(([path]) => !before.some(([name]) => name === path));
    const left = added.filter(([path, bytes]) => /usageline/.test(path + bytes.replaceAll(user.name, '')));
    expect(left.map(([path]) => path)).toEqual([]);
  });
});

/** The text of usageline's block, as i3blocks sends it to the bar. */
async function i3blocks(user: NewUser): Promise<string> {
  const [file = '', ...args] = user.argv('i3blocks');
  const child = spawn(file, args, { env: user.env, cwd: user.home, stdio: ['ignore', 'pipe', 'ignore'] });
  closeAtTheEnd(() => void child.kill());
  let received = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (received += text));
  const text = () => /"full_text":"([^"]*)"[^}]*"name":"usageline"/.exec(received)?.[1] ?? '';
  await eventually('a block of i3blocks', () => text().includes('7d'));
  child.kill();
  return text().replaceAll(/<[^>]*>/g, '');
}

/** Whether a screen has the first colour of a line in this syntax. */
async function hasColor(
  user: NewUser,
  output: string,
): Promise<(screen: { count(color: string): number }) => boolean> {
  const { stdout } = await user.run('usageline', '--cached', '--output', output);
  const color = /#[\da-f]{6}/i.exec(stdout)?.[0] ?? 'none';
  return (screen) => screen.count(color) >= ENOUGH;
}
