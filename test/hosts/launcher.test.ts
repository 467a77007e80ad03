import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../src/usage/time.ts';
import { closeAtTheEnd } from '../support/endpoint.ts';
import { runProgram } from '../support/program.ts';
import type { Run } from '../support/program.ts';
import { removeTree } from '../support/remove.ts';
import { describeWith } from '../support/tools.ts';
import { aHost, eventually, launcher, NEW_LINE, OLD_LINE, Terminal, tmux } from './host.ts';
import type { Host } from './host.ts';

const AGED = `${OLD_LINE} · 12m ago`;

const shells = {
  dash: ['dash'],
  'bash --posix -eu': ['bash', '--posix', '-eu'],
  'busybox ash -eu': ['busybox', 'ash', '-eu'],
};

let printed: Promise<Run> | null = null;

/** Installs the launcher that `usageline init sh` prints, for a program whose starts are counted. */
async function install(host: Host, directory = join(host.home, "it's a directory")): Promise<string> {
  fs.mkdirSync(directory, { recursive: true });
  printed ??= host.machine.run(['init', 'sh']);
  const { stdout } = await printed;
  const path = join(directory, 'usageline-prompt');
  const counted = stdout.replace(/^run\(\) \{\n[^]*?^\}$/m, `run() { exec '${host.home}/counted' "$@"; }`);
  expect(counted).toContain('/counted');
  fs.writeFileSync(path, counted, { mode: 0o755 });
  return path;
}

for (const [name, argv] of Object.entries(shells)) {
  const [file = '', ...options] = argv;

  describeWith(file, `the launcher under ${name}`, () => {
    const launch = (host: Host, path: string, args: string[] = [], env = {}): Promise<Run> =>
      runProgram(file, [...options, path, ...args], { ...host.machine.env, ...env });

    const aged = async () => {
      const host = await aHost(['plain', 'tmux']);
      await host.ageBy(12 * MINUTE, 'plain', 'tmux');
      return { host, path: await install(host) };
    };

    it.concurrent('prints the line, and starts nothing', async () => {
      const host = await aHost(['plain', 'tmux', 'starship']);
      await host.machine.run(['--output', 'tmux', '--format', 'compact']);
      await host.machine.run(['--output', 'tmux', '--format', 'minimal']);
      const path = await install(host);
      const styled = '5h #[underscore]22%#[default]';
      for (const [args, text] of [
        [[], OLD_LINE],
        [['--output', 'plain'], OLD_LINE],
        [['--output', 'starship'], '5h \u001B[33m22%\u001B[0m 4h37m'],
        [['--output', 'tmux'], `${styled} 4h37m · 7d 33%`],
        [['--output', 'tmux', '--format', 'compact'], `${styled} · 7d 33%`],
        [['--output', 'tmux', '--format', 'minimal'], '7d 33%'],
      ] as const) {
        const run = await launch(host, path, [...args]);
        expect(run).toMatchObject({ stderr: '', code: 0 });
        expect(run.stdout.trimEnd().split('\n')).toEqual([expect.stringContaining(text)]);
      }
      expect(host.started).toEqual([]);
    });

    it.concurrent('starts a process once in four minutes where no requests are allowed', async () => {
      const host = await aHost([]);
      host.write('.config/usageline/config.toml', 'network = "never"\n');
      await host.machine.run(['ready', 'plain']);
      const path = await install(host);
      for (let minute = 1; minute <= 12; minute += 1) {
        host.letTimePass(MINUTE / 1000);
        host.forgetStartedRefreshes();
        const before = host.refreshes;
        for (const _ of [1, 2]) expect((await launch(host, path)).stdout).toContain('5h 22%');
        await new Promise((resolve) => setTimeout(resolve, 600));
        if (host.refreshes > before) await eventually('its end', () => host.refreshes > before);
      }
      expect(host.started.length).toBeLessThanOrEqual(4);
      expect(host.requests).toBe(0);
    });

    it.concurrent('prints the current text, and starts one refresh without waiting for it', async () => {
      const { host, path } = await aged();
      host.holdRefreshes(true);
      for (const _ of [1, 2, 3]) {
        expect(await launch(host, path)).toMatchObject({ stdout: `${AGED}\n`, stderr: '', code: 0 });
        await eventually('the refresh', () => host.refreshes === 1);
      }
      host.holdRefreshes(false);
      await eventually('the new line', async () => (await launch(host, path)).stdout === `${NEW_LINE}\n`);
      expect(host.refreshes).toBe(1);
      expect(host.requests).toBe(1);
    });

    it.concurrent.each([
      ['in the near file', false],
      ['in the later file', true],
    ])('prints the text of this moment, which is %s', async (_, later) => {
      const { host, path } = await aged();
      const now = Math.floor(Date.now() / 1000);
      host.plant(
        'plain',
        [`${now - 9} first`, `${now - 5} second`, `${now + 99} third \\n`, `${now + 999} last`],
        {
          later,
        },
      );
      // Its end has passed.
      fs.utimesSync(join(host.prerendered, 'plain'), now - 9, now - 9);
      expect(await launch(host, path)).toMatchObject({ stdout: 'third \\n\n', stderr: '', code: 0 });
    });

    it.concurrent('prints the first of the short texts that is still valid, byte for byte', async () => {
      const host = await aHost(['plain']);
      const path = await install(host);
      const now = Math.floor(Date.now() / 1000);
      host.plant('plain', [`${now + 99} of the whole line`]);
      const third = String.raw`  $(touch x) 100% \n \\`;
      host.plantShort('plain', { first: now - 60, second: now - 1, [third]: now + 99, fourth: now + 200 });
      // Some shells compare files by whole seconds.
      fs.utimesSync(host.prerendered, now - 5, now - 5);
      expect(await launch(host, path)).toMatchObject({ stdout: `${third}\n`, stderr: '', code: 0 });
      expect(host.started).toEqual([]);
    });

    const third = String.raw`$(touch x) 100% \n \\`;
    it.concurrent.each<[string, string, (host: Host, now: number) => void]>([
      ['the only one', `  ${third}`, (host, now) => host.plantOld('plain', `  ${third}`, now + 99)],
      [
        'the current one of several',
        third,
        (host, now) => {
          const lines = [`${now - 5} over`, `${now + 99} ${third}`, `${now + 200} last`];
          host.plantSeveral('plain', lines, now + 200);
        },
      ],
    ])('prints a short text of old numbers, %s, and starts one refresh', async (_, text, plant) => {
      const { host, path } = await aged();
      host.holdRefreshes(true);
      const now = Math.floor(Date.now() / 1000);
      host.plant('plain', [`${now + 99} of the whole line`]);
      host.plantShort('plain', { first: now - 60, second: now - 9 });
      plant(host, now);
      for (const call of [1, 2, 3, 4]) {
        // Ten seconds later. The launchers before look for started refreshes in the background.
        if (call === 4) {
          await eventually('the launchers’ end', () => spawnSync('pgrep', ['-f', path]).status === 1);
          host.forgetStartedRefreshes();
        }
        // Some shells compare files by whole seconds, and a launcher that starts a refresh can write a file
        // there.
        fs.utimesSync(host.prerendered, now - 5, now - 5);
        expect(await launch(host, path)).toMatchObject({ stdout: `${text}\n`, stderr: '', code: 0 });
        await eventually('the refresh', () => host.refreshes === (call === 4 ? 2 : 1));
      }
      host.holdRefreshes(false);
      await eventually('the new line', async () => (await launch(host, path)).stdout === `${NEW_LINE}\n`);
      expect(host.requests).toBe(1);
    });

    it.concurrent('prints no short text that has expired, and none that it cannot read', async () => {
      const host = await aHost(['plain']);
      const path = await install(host);
      const now = Math.floor(Date.now() / 1000);
      host.plant('plain', [`${now + 99} of the whole line`]);
      const whole = { stdout: 'of the whole line\n', stderr: '', code: 0 };
      host.plantShort('plain', { over: now - 1 });
      expect(await launch(host, path)).toMatchObject(whole);
      host.plantShort('plain', {});
      fs.mkdirSync(join(host.prerendered, 'plain.1'));
      fs.utimesSync(join(host.prerendered, 'plain.1'), now + 99, now + 99);
      expect(await launch(host, path)).toMatchObject(whole);
      expect(host.started).toEqual([]);
    });

    it.concurrent('prints no short text from before the clock was set back', async () => {
      const host = await aHost(['plain']);
      const path = await install(host);
      const hour = Math.floor(Date.now() / 1000) + HOUR / 1000;
      host.plant('plain', [`${hour + 99} of the whole line`], { from: HOUR / 1000, refresh: HOUR / 500 });
      host.plantShort('plain', { 'of the future': hour + 60 });
      fs.utimesSync(host.prerendered, hour, hour);
      expect((await launch(host, path)).stdout).not.toMatch(/future|whole/);
      expect(host.started).toEqual(['line']);
    });

    it.concurrent('passes every other option to the program, with its output and exit code', async () => {
      const host = await aHost(['plain']);
      const path = await install(host);
      for (const [args, output, code] of [
        [['--json'], /^\{"/, 0],
        [['show'], /^Claude · Ultra\n/, 0],
        [['--output', 'plain', '--cached'], /^5h 22%/, 0],
        [['--output', 'nonsense'], /^$/, 2],
        [['--version'], /^\d+\.\d+\.\d+\n$/, 0],
      ] as const) {
        const run = await launch(host, path, [...args]);
        expect(run.stdout).toMatch(output);
        expect(run.code).toBe(code);
        expect(host.started.at(-1)).toBe(args.join(' '));
      }
    });

    it.concurrent('starts the program for everything that it cannot decide itself', async () => {
      const host = await aHost(['plain']);
      const path = await install(host);
      for (const env of [
        { FORCE_COLOR: '' },
        { FORCE_COLOR: '1' },
        { CLICOLOR_FORCE: '1' },
        { USAGELINE_LOG: 'debug' },
        { USAGELINE_API_BASE_URL: 'http://example.invalid' },
        { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' },
        { CLAUDE_CONFIG_DIR: '/nonexistent/a b' },
        { USAGELINE_CACHE_DIR: 'relative' },
        { XDG_CACHE_HOME: 'relative' },
        { XDG_CONFIG_HOME: 'relative' },
        { HOME: '' },
      ]) {
        const before = host.started.length;
        const run = await launch(host, path, [], env);
        const code = env.USAGELINE_API_BASE_URL ? 2 : 0;
        expect([env, host.started.length, run.code]).toEqual([env, before + 1, code]);
      }
    });

    it.concurrent('prints no colour where NO_COLOR is set', async () => {
      const host = await aHost(['tmux']);
      const path = await install(host);
      // The program prints the first one, and prerenders the next one.
      for (const _ of [1, 2]) {
        const run = await launch(host, path, ['--output', 'tmux'], { NO_COLOR: '1' });
        expect(run.stdout).toBe(`${OLD_LINE}\n`);
      }
      expect(host.started).toHaveLength(1);
    });

    it.concurrent('finds the account of a configuration directory by its index file', async () => {
      const host = await aHost(['plain']);
      const path = await install(host);
      const CLAUDE_CONFIG_DIR = join(host.home, 'an.other_one-2');
      fs.mkdirSync(CLAUDE_CONFIG_DIR);
      fs.copyFileSync(host.machine.credentials, join(CLAUDE_CONFIG_DIR, '.credentials.json'));
      await host.machine.run(['--wait'], { CLAUDE_CONFIG_DIR });
      await host.machine.run(['ready', 'plain'], { CLAUDE_CONFIG_DIR });
      expect((await launch(host, path, [], { CLAUDE_CONFIG_DIR })).stdout).toBe(`${NEW_LINE}\n`);
      expect(host.started).toEqual([]);
      removeTree(join(host.home, '.cache/usageline/accounts'));
      expect((await launch(host, path, [], { CLAUDE_CONFIG_DIR })).stdout).toBe(`${NEW_LINE}\n`);
      expect(host.started).toHaveLength(1);
      expect((await launch(host, path)).stdout).toBe(`${OLD_LINE}\n`);
    });

    it.concurrent.each([
      ['younger', (path: string) => fs.utimesSync(path, Date.now() / 1000 + 5, Date.now() / 1000 + 5)],
      ['older', (path: string) => fs.utimesSync(path, 1_700_000_000, 1_700_000_000)],
      ['gone', (path: string) => fs.unlinkSync(path)],
      [
        'in the other location',
        (path: string) => {
          const other = join(path, '../../.config/claude');
          fs.mkdirSync(other, { recursive: true });
          fs.copyFileSync(path, join(other, '.credentials.json'));
        },
      ],
    ])('starts the program when the credentials are %s', async (_, change) => {
      const host = await aHost(['plain']);
      const path = await install(host);
      change(host.machine.credentials);
      const run = await launch(host, path);
      expect(host.started).toEqual(['line']);
      expect(run).toMatchObject({ stderr: '', code: 0 });
    });

    it.concurrent('prints no line that was prerendered in the future, after the clock was set back', async () => {
      const { host, path } = await aged();
      const now = Math.floor(Date.now() / 1000);
      host.plant('plain', [`${now + HOUR / 1000} from the future`], { from: 3000, refresh: 4000 });
      const hour = now + HOUR / 1000;
      for (const name of ['plain', 'plain.later', '.'])
        fs.utimesSync(join(host.prerendered, name), hour, hour);
      expect((await launch(host, path)).stdout).not.toContain('future');
      expect(host.started).toEqual(['line']);
    });

    it.concurrent('runs no command and prints no error, whatever the file contains', async () => {
      const host = await aHost(['plain']);
      const path = await install(host);
      for (const [what, text, short] of [
        [
          'no number as the time of the next refresh',
          'usageline-ready 1 a[$(touch$IFS$HOME/x)] 1 1\n9999999999 text\n',
        ],
        [
          'no number as the start of validity',
          'usageline-ready 1 9999999999 a[$(touch$IFS$HOME/x)] 1 1\n9999999999 text\n',
        ],
        [
          'no number as the end of a text',
          'usageline-ready 1 9999999999 1000000000 1\na[$(touch$IFS$HOME/x)] text\n',
        ],
        [
          'a word as a number',
          'usageline-ready 1 9999999999 1000000000 a[$(touch$IFS$HOME/x)]\n1 a\n99999999999 text\n',
        ],
        ['octal digits', 'usageline-ready 1 0999 0888 1\n0999 text\n'],
        ['endless digits', `usageline-ready 1 ${'9'.repeat(40)} 1 1\n${'9'.repeat(40)} text\n`],
        [
          'a text with commands',
          'usageline-ready 1 9999999999 1000000000 1\n9999999999 $(touch $HOME/x)`touch $HOME/x`\\\n',
        ],
        ['nothing', ''],
        ['another version', 'usageline-ready 2 9999999999 1000000000 1\n9999999999 text\n'],
        ['short, no number as the start of validity', '', ['a[$(touch$IFS$HOME/x)]', '9999999999 text']],
        [
          'short, no number as the end of a text',
          '',
          ['1', 'a[$(touch$IFS$HOME/x)] text', '9999999999 text'],
        ],
        ['short, empty', '', ['']],
        ['short, a text with commands', '', ['1', '9999999999 $(touch $HOME/x)`touch $HOME/x`\\']],
      ] as const) {
        fs.writeFileSync(join(host.prerendered, 'plain'), text);
        host.plantShort('plain', {});
        if (short !== undefined) host.plantSeveral('plain', short.slice(1), 9_999_999_999, short[0]);
        const { stderr, code } = await launch(host, path);
        const ran = fs.existsSync(join(host.home, 'x'));
        expect({ what, stderr, code, ran }).toEqual({ what, stderr: '', code: 0, ran: false });
      }
    });

    it.concurrent.each([
      ['bash', '\u0001\u001B[36m\u00025h\u0001\u001B[0m\u0002', true],
      ['plain', '\u001B[36m5h\u001B[0m', true],
      ['bash', '\u001B[36m5h\u001B[0m', false],
      ['bash', '\u0001\u001B[36m5h', false],
      ['bash', '\u00015h\u0002', false],
      ['bash', '\u0001\u001B]0;x\u0007\u00025h', false],
      ['plain', '\u0001\u001B[36m\u00025h', false],
    ])(
      'prints colours as the kind %s has them, and no other control characters: %j',
      async (kind, text, isPrinted) => {
        const host = await aHost([kind]);
        const path = await install(host);
        const now = Math.floor(Date.now() / 1000);
        host.plant(kind, [`${now + 99} ${text}`]);
        const { stdout } = await launch(host, path, ['--output', kind]);
        expect(stdout === `${text}\n`).toBe(isPrinted);
        // What it does not print it leaves to the program.
        expect(host.started).toHaveLength(isPrinted ? 0 : 1);
      },
    );

    it.concurrent('works without standard input, and passes none to the refresh', async () => {
      const { host, path } = await aged();
      host.holdRefreshes(true);
      const command = [...argv, path].map((word) => `"${word}"`).join(' ');
      const run = await runProgram('sh', ['-c', `${command} <&-`], host.machine.env);
      expect(run).toMatchObject({ stdout: `${AGED}\n`, stderr: '', code: 0 });
      // The launcher notes the start in the background.
      await eventually('the first refresh', () => host.refreshes === 1);
      host.forgetStartedRefreshes();
      const child = spawn(file, [...options, path], { env: host.machine.env, stdio: 'pipe' });
      closeAtTheEnd(() => child.kill());
      // A refresh that inherited it would keep the caller waiting: tmux uses one socket for both ends.
      await new Promise((resolve) => child.on('close', resolve));
      child.stdin.on('error', () => {});
      await eventually(
        'the other end is closed',
        () => child.stdin.destroyed || !child.stdin.write('x'),
        3000,
      );
      host.holdRefreshes(false);
      await eventually('the refreshes', () => host.refreshes === 2);
    });

    it.concurrent.each([
      ['with short texts', true],
      ['without', false],
    ])('takes its time from now and not from the start of its process, %s', async (_, short) => {
      const host = await aHost(['plain']);
      const path = await install(host);
      const now = Date.now() / 1000;
      const second = Math.floor(now) + 1;
      host.plant('plain', [`${second} first`, `${second + 60} second`]);
      fs.utimesSync(join(host.prerendered, 'plain'), second, second);
      if (short) host.plantShort('plain', { first: second, second: second + 60 });
      const command = [...argv, path].map((word) => `"${word}"`).join(' ');
      const run = await runProgram(
        'sh',
        [
          '-c',
          // The clock of the files is a few ms behind the one that `date` reads.
          `ls /proc/$$/stat >/dev/null; while [ "$(date +%s)" -lt ${second} ]; do sleep 0.05; done; sleep 0.2; exec ${command}`,
        ],
        host.machine.env,
      );
      expect(run.stdout).toBe('second\n');
      expect(host.started).toEqual([]);
    });
  });
}

describeWith('strace', 'the launcher', () => {
  it.each(Object.entries(shells))('starts no process under %s while the line is fresh', async (_, argv) => {
    const host = await aHost(['plain']);
    const path = await install(host);
    const log = join(host.home, 'trace');
    const args = ['-f', '-o', log, '-e', 'trace=process', ...argv, path];
    const run = await runProgram('strace', args, host.machine.env);
    expect(run.stdout).toBe(`${OLD_LINE}\n`);
    const calls = fs.readFileSync(log, 'utf8').match(/\b(fork|vfork|clone3?|execve)\(/g);
    expect(calls).toEqual(['execve(']);
  });
});

describe('the launcher of the package', () => {
  it('finds the program by PATH', async () => {
    const host = await aHost(['plain']);
    fs.mkdirSync(join(host.home, 'bin'));
    fs.symlinkSync(join(host.home, 'counted'), join(host.home, 'bin/usageline'));
    const env = { ...host.machine.env, PATH: `${host.home}/bin:${host.machine.env.PATH}` };
    expect((await runProgram(launcher, [], env)).stdout).toBe(`${OLD_LINE}\n`);
    expect((await runProgram(launcher, ['--cached'], env)).stdout).toBe(`${OLD_LINE}\n`);
    expect(host.started).toEqual(['--cached']);
    expect(spawnSync(launcher, [], { env: { ...env, PATH: '/nonexistent' } }).status).not.toBeNull();
  });
});

describeWith('tmux', 'the status line of tmux', () => {
  it('shows the line with its styles, and new numbers once they are there', async () => {
    const host = await aHost(['tmux']);
    const path = await install(host);
    // A tmux within tmux, because only a client draws a status line.
    const inner = `usageline-inner-${process.pid}`;
    host.write(
      'tmux.conf',
      [
        `set -g status-right '#("${path.replaceAll("'", String.raw`'\''`)}" --output tmux)'`,
        'set -g status-right-length 80',
        'set -g status-interval 1',
        'set -g status-left ""',
        'set -g status-style default',
        '',
      ].join('\n'),
    );
    const terminal = await Terminal.open(
      host,
      ['tmux', '-L', inner, '-f', join(host.home, 'tmux.conf'), 'new-session', 'sleep 60'],
      100,
    );
    closeAtTheEnd(() => void spawnSync('tmux', ['-L', inner, 'kill-server']));
    await terminal.shows(OLD_LINE);
    expect(await terminal.colours()).toMatch(/5h \u001B\[(39;49m\u001B\[)?4m22%/);
    await host.ageBy(12 * MINUTE, 'tmux');
    await terminal.shows(NEW_LINE);
    expect(host.requests).toBe(1);
    await tmux('kill-session', '-t', terminal.session);
  });
});
