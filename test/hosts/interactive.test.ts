import fs from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../src/usage/time.ts';
import { json } from '../support/endpoint.ts';
import { describeWith } from '../support/tools.ts';
import { aHost, eventually, NEW_LINE, OLD_LINE } from './host.ts';
import type { Host, Terminal } from './host.ts';
import { open, shells } from './shells.ts';

const AGED = '5h 22% 4h37m · 7d 33% 4d3h · 12m ago';

/** Waits until the shell can read the new line. */
function prepared(host: Host, name: string): Promise<void> {
  return eventually('a new line', () =>
    fs.readFileSync(join(host.prerendered, name), 'utf8').includes('11%'),
  );
}

/** Writes another token: a request with the same token would have to wait. */
function anotherToken(file: string): void {
  fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('"accessToken":"', '$&another-'));
}

for (const shell of Object.values(shells)) {
  const { name } = shell;
  /** The last prompt on the screen. In bash the line is in a row above it. */
  const promptIn = async (terminal: Terminal) =>
    (await terminal.screen())
      .split('\n')
      .slice(name === 'bash' ? -2 : -1)
      .join('\n');
  const aged = async () => {
    const host = await aHost([name]);
    await host.ageBy(12 * MINUTE, name);
    return host;
  };

  describeWith('tmux', `in a terminal, ${name}`, () =>
    describeWith(name, 'the hook', () => {
      it.concurrent('shows the line in colour, and starts nothing', async () => {
        const host = await aHost([name]);
        const terminal = await open(host, shell, { ready: OLD_LINE });
        expect(await terminal.colours()).toMatch(/5h \u001B\[33m22%\u001B\[(39|0)?m/);
        await terminal.command('echo a');
        await terminal.command('echo b');
        expect(await terminal.screen()).toContain(OLD_LINE);
        expect(host.started).toEqual([]);
        expect(host.requests).toBe(0);
      });

      it.concurrent('shows old numbers with their age at once, and new numbers after one refresh', async () => {
        const host = await aged();
        host.holdRefreshes(true);
        const terminal = await open(host, shell, { ready: AGED });
        await terminal.command('true');
        await terminal.press('C-l');
        await terminal.type('echo typed meanwhile');
        expect(await terminal.shows('typed meanwhile')).toContain(AGED);
        host.holdRefreshes(false);
        // bash cannot redraw a prompt by itself.
        if (name === 'bash') {
          await prepared(host, name);
          await terminal.press('C-u', 'Enter');
        }
        const screen = await terminal.shows(NEW_LINE);
        if (name !== 'bash') expect(screen).toContain('> echo typed meanwhile');
        expect(host.refreshes).toBe(1);
        expect(host.requests).toBe(1);
      });

      it.concurrent('keeps the exit code of the last command for the prompt', async () => {
        const host = await aged();
        host.holdRefreshes(true);
        const terminal = await open(host, shell);
        await terminal.type('sh -c "exit 7"\n');
        await terminal.shows(/7 >/);
        host.holdRefreshes(false);
        if (name !== 'bash') await terminal.shows(NEW_LINE);
        expect(await terminal.last()).toMatch(/7 >/);
        await terminal.type('echo "it was $'.concat(name === 'fish' ? 'status"\n' : '?"\n'));
        await terminal.shows('it was 7');
      });

      it.concurrent('follows the account that the environment names, and returns to the first one', async () => {
        const host = await aHost([name]);
        const other = join(host.home, 'other dir');
        fs.mkdirSync(other);
        const login = fs.readFileSync(host.machine.credentials, 'utf8');
        fs.writeFileSync(join(other, '.credentials.json'), login);
        await host.machine.run(['--wait'], { CLAUDE_CONFIG_DIR: other });
        const terminal = await open(host, shell, { ready: OLD_LINE });
        await terminal.press('C-l');
        await terminal.type(`${shell.export('CLAUDE_CONFIG_DIR', other)}\n`);
        await terminal.shows(NEW_LINE);
        await terminal.press('C-l');
        await terminal.type(`${shell.unset('CLAUDE_CONFIG_DIR')}\n`);
        await terminal.shows(OLD_LINE);
        expect(host.started).toEqual([`ready ${name}`, `ready ${name}`]);
      });

      it.concurrent('follows the account also when the window size changes meanwhile', async () => {
        const host = await aHost([name]);
        const other = join(host.home, 'other');
        fs.mkdirSync(other);
        fs.copyFileSync(host.machine.credentials, join(other, '.credentials.json'));
        await host.machine.run(['--wait'], { CLAUDE_CONFIG_DIR: other });
        const terminal = await open(host, shell, { ready: OLD_LINE });
        await terminal.press('C-l');
        const self = name === 'fish' ? '$fish_pid' : '$$';
        await terminal.type(`${shell.export('CLAUDE_CONFIG_DIR', other)}; kill -WINCH ${self}; sleep 0.2\n`);
        await terminal.shows(NEW_LINE);
      });

      it.concurrent('shows no colour from the first prompt at which NO_COLOR is set', async () => {
        const host = await aHost([name]);
        const terminal = await open(host, shell, { ready: OLD_LINE });
        await terminal.press('C-l');
        await terminal.type(`${shell.export('NO_COLOR', '1')}\n`);
        await terminal.press('C-l');
        await eventually('no colours', async () => {
          const screen = await terminal.colours();
          return screen.includes(OLD_LINE);
        });
        await terminal.type(`${shell.unset('NO_COLOR')}\n`);
        await terminal.press('C-l');
        await eventually('colours', async () => (await terminal.colours()).includes('5h \u001B[33m22%'));
      });

      it.concurrent.each([
        ['rewritten', anotherToken],
        [
          'rewritten with an older time',
          (file: string) => {
            anotherToken(file);
            fs.utimesSync(file, 1_700_000_000, 1_700_000_000);
          },
        ],
        ['removed', (file: string) => fs.unlinkSync(file)],
      ] as const)('shows no numbers of another login when the login file is %s', async (what, change) => {
        const host = await aHost([name]);
        host.holdRefreshes(true);
        const terminal = await open(host, shell, { ready: OLD_LINE });
        change(host.machine.credentials);
        await terminal.press('C-l');
        await terminal.type('true\n');
        await terminal.shows('…');
        expect(await promptIn(terminal)).not.toContain('22%');
        host.holdRefreshes(false);
        const expected = what === 'removed' ? 'sign in' : NEW_LINE;
        await eventually(expected, async () => {
          await terminal.press('Enter');
          await new Promise((resolve) => setTimeout(resolve, 100));
          return (await promptIn(terminal)).includes(expected);
        });
      });

      it.concurrent('works in a directory that has been removed', async () => {
        const host = await aged();
        fs.mkdirSync(join(host.home, 'gone'));
        const terminal = await open(host, shell, {
          before: 'cd $HOME/gone; command rmdir $HOME/gone',
          ready: /12m ago|11%/,
        });
        await eventually('the refresh', () => host.requests === 1);
        await eventually('the line', async () => {
          await terminal.press('Enter');
          return (await terminal.screen()).includes(NEW_LINE);
        });
        expect(await terminal.screen()).not.toMatch(/getcwd|error|usageline/i);
      });

      it.concurrent('shows the line once when it is loaded twice', async () => {
        const host = await aHost([name]);
        const terminal = await open(host, shell, { after: shell.init, ready: OLD_LINE });
        await terminal.command(shell.init);
        await terminal.press('C-l');
        await terminal.type('true\n');
        await terminal.shows(OLD_LINE);
        expect((await promptIn(terminal)).split('7d').length).toBe(2);
      });

      it.concurrent('prints nothing, and leaves the list of jobs empty', async () => {
        const host = await aged();
        const terminal = await open(host, shell, { ready: /12m ago|11%/ });
        await eventually('the request', () => host.requests === 1);
        await terminal.command('jobs');
        await eventually('the line', async () => {
          await terminal.press('Enter');
          return (await terminal.screen()).includes(NEW_LINE);
        });
        const lines = (await terminal.screen()).split('\n').filter((line) => !/ >( |$)|^(╭ )?5h /.test(line));
        expect(lines.filter((line) => !/^(done|jobs: There are no jobs$)/.test(line))).toEqual([]);
      });

      it.concurrent('exports the line as plain text, and leaves the prompt alone if the user wants that', async () => {
        const host = await aHost([name]);
        const terminal = await open(host, shell, {
          before: name === 'fish' ? 'set -g usageline_place none' : 'usageline_place=none',
        });
        expect(await terminal.command('sh -c \'echo "<$USAGELINE>"\'')).toContain(`<${OLD_LINE}>`);
        expect(await terminal.last()).toMatch(/^\d > *$/);
      });

      it.concurrent('prints no error when the program is gone', async () => {
        const host = await aged();
        const terminal = await open(host, shell, {
          after:
            name === 'fish'
              ? 'set -g _usageline_program /nonexistent/usageline x'
              : '_usageline_program=(/nonexistent/usageline x)',
          ready: AGED,
        });
        await terminal.command('true');
        await terminal.type(`${shell.export('CLAUDE_CONFIG_DIR', '/nonexistent/claude')}\n`);
        const screen = await terminal.command('true');
        expect(screen).not.toMatch(/usageline|not found|No such/);
        expect(await terminal.last()).toMatch(/^\d > *$/);
      });

      it.concurrent('redraws nothing after a refresh that brought nothing new', async () => {
        const host = await aHost([name]);
        await host.ageBy(HOUR, name);
        host.endpoint.answer = json({}, 500);
        const terminal = await open(host, shell, { ready: /1h ago|…/ });
        await eventually('the refresh', () => host.requests === 1);
        await terminal.command('true');
        expect(await terminal.screen()).toContain('5h 22% 3h37m · 7d 33% 4d2h · 1h ago'.slice(0, 6));
      });
    }),
  );
}
