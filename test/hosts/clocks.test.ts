import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram } from '../support/program.ts';
import type { Run } from '../support/program.ts';
import { isRoot } from '../support/user.ts';
import { aHost, eventually, launcher, OLD_LINE, replaceFile } from './host.ts';
import type { Host } from './host.ts';

/** Runs the package's launcher under dash, with a program whose starts are counted. */
function launch(host: Host, env: Record<string, string> = {}, before: readonly string[] = []): Promise<Run> {
  const bin = join(host.home, 'bin');
  fs.mkdirSync(bin, { recursive: true });
  if (!fs.existsSync(join(bin, 'usageline')))
    fs.symlinkSync(join(host.home, 'counted'), join(bin, 'usageline'));
  const [file = '', ...args] = [...before, 'dash', launcher];
  const PATH = `${bin}:${host.machine.env.PATH}`;
  return runProgram(file, args, { ...host.machine.env, PATH, ...env });
}

const canMoveUptime = spawnSync('unshare', ['-T', '--boottime', '60', '--fork', 'true']).status === 0;
const skipped = canMoveUptime ? '' : ` (skipped: needs ${isRoot ? 'a time namespace' : 'root'})`;

describe("the launcher's clock", () => {
  const now = () => Math.floor(Date.now() / 1000);
  /** One small file with the texts of ten minutes, five before now and five after. */
  const ten = async () => {
    const host = await aHost(['plain']);
    host.holdRefreshes(true);
    const lines = [-4, -3, -2, -1, 0, 1, 2, 3, 4, 5].map(
      (minute) => `${now() + minute * 60 + 30} minute ${minute}`,
    );
    host.plant('plain', ['1 gone'], { refresh: -300 });
    host.plantShort('plain', { over: now() - 300 });
    host.plantSeveral('plain', lines, now() + 330, now() - 300);
    fs.utimesSync(join(host.prerendered, 'plain'), 1, 1);
    fs.utimesSync(host.prerendered, now() - 600, now() - 600);
    return host;
  };

  it.skipIf(!canMoveUptime).each([-200, -60, 60, 200, 3600, 40_000])(
    `is right when the uptime is off by %d s${skipped}`,
    async (seconds) => {
      const host = await ten();
      const run = await launch(host, {}, ['unshare', '-T', '--boottime', String(seconds), '--fork']);
      expect(run).toMatchObject({ stdout: 'minute 0\n', stderr: '', code: 0 });
    },
  );

  it('ignores a clock variable that the caller has exported', async () => {
    const host = await ten();
    const EPOCHSECONDS = String(now() + 150);
    expect(await launch(host, { EPOCHSECONDS })).toMatchObject({ stdout: 'minute 0\n', stderr: '' });
  });

  it.each([
    ['fails', 'exit 1'],
    ['prints nonsense', "echo 'a[$(touch $HOME/x)]'"],
    ['is an hour behind the files', `echo ${Math.floor(Date.now() / 1000) - 3600}`],
    ['is an hour ahead of the files', `echo ${Math.floor(Date.now() / 1000) + 3600}`],
  ])('the launcher starts the program when `date` %s', async (_, script) => {
    const host = await ten();
    host.holdRefreshes(false);
    fs.mkdirSync(join(host.home, 'bin'), { recursive: true });
    fs.writeFileSync(join(host.home, 'bin/date'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const run = await launch(host);
    expect(run).toMatchObject({ stdout: `${OLD_LINE}\n`, stderr: '', code: 0 });
    expect(host.started).toEqual(['line']);
    expect(fs.existsSync(join(host.home, 'x'))).toBe(false);
  });
});

describe('the launcher and files with misleading times', () => {
  const config = (host: Host) => join(host.home, '.config/usageline/config.toml');
  const FORMATS = { compact: /^5h 22% · 7d 33%\n$/, minimal: /^7d 33%\n$/ };
  const age = (path: string, seconds: number) => {
    fs.utimesSync(path, new Date(seconds * 1000), new Date(seconds * 1000));
  };
  const generation = (host: Host, name: keyof typeof FORMATS, seconds: number) => {
    const path = host.write(`store/${name}/config.toml`, `format = "${name}"\n`);
    age(path, seconds);
    return path;
  };
  const linked = (path: string, target: string) => {
    fs.mkdirSync(join(path, '..'), { recursive: true });
    fs.symlinkSync(target, `${path}~`);
    fs.renameSync(`${path}~`, path);
  };

  it.each([-5, 0, 1, 1_700_000_000])(
    'sees that a link to a file of %d s points to another configuration, and starts no process before and after',
    async (seconds) => {
      const host = await aHost(['plain']);
      linked(config(host), generation(host, 'compact', seconds));
      await host.machine.run(['ready', 'plain']);
      expect((await launch(host)).stdout).toMatch(FORMATS.compact);
      expect(host.started).toEqual([]);
      linked(config(host), generation(host, 'minimal', seconds));
      expect((await launch(host)).stdout).toMatch(FORMATS.minimal);
      expect(host.started).toEqual(['line']);
      await eventually('the new line', async () => {
        const before = host.started.length;
        return (await launch(host)).stdout.match(FORMATS.minimal) && host.started.length === before;
      });
    },
  );

  it.each([0, 1])(
    'sees that the parent directory of the configuration is another one, with all files of %d s',
    async (seconds) => {
      const host = await aHost(['plain']);
      const directory = join(host.home, '.config/usageline');
      fs.mkdirSync(join(host.home, '.config'), { recursive: true });
      linked(directory, join(generation(host, 'compact', seconds), '..'));
      await host.machine.run(['ready', 'plain']);
      expect((await launch(host)).stdout).toMatch(FORMATS.compact);
      expect(host.started).toEqual([]);
      linked(directory, join(generation(host, 'minimal', seconds), '..'));
      expect((await launch(host)).stdout).toMatch(FORMATS.minimal);
    },
  );

  it.each([0, 1])('starts the program for a configuration of %d s that is not a link', async (seconds) => {
    const host = await aHost(['plain']);
    for (const name of ['compact', 'minimal', 'compact'] as const) {
      // Written in place, with the old time: neither mtime nor inode differs, only the size.
      host.write('.config/usageline/config.toml', `format = "${name}"\n${name === 'compact' ? '' : '\n'}`);
      age(config(host), seconds);
      expect((await launch(host)).stdout).toMatch(FORMATS[name]);
    }
  });

  it('sees that a configuration of 1970 has appeared, and that it has been removed', async () => {
    const host = await aHost(['plain']);
    expect((await launch(host)).stdout).toBe(`${OLD_LINE}\n`);
    generation(host, 'minimal', 0);
    fs.mkdirSync(join(host.home, '.config/usageline'), { recursive: true });
    fs.renameSync(join(host.home, 'store/minimal/config.toml'), config(host));
    expect((await launch(host)).stdout).toMatch(FORMATS.minimal);
    fs.unlinkSync(config(host));
    expect((await launch(host)).stdout).toBe(`${OLD_LINE}\n`);
  });

  it('sees a configuration that is older than the one before', async () => {
    const host = await aHost(['plain']);
    host.write('.config/usageline/config.toml', 'format = "compact"\n');
    await host.machine.run(['ready', 'plain']);
    expect((await launch(host)).stdout).toMatch(FORMATS.compact);
    replaceFile(config(host), 'format = "minimal"\n', 1_700_000_000.5);
    expect((await launch(host)).stdout).toMatch(FORMATS.minimal);
  });

  it.each([-5, 0, 1])(
    'shows the numbers of a linked login file of %d s, and starts the program for another one',
    async (seconds) => {
      const host = await aHost(['plain']);
      const { credentials } = host.machine;
      // Another token: a request with the same token would have to wait for the next minute.
      host.machine.login({ accessToken: 'sk-ant-oat01-EXAMPLE-OF-ANOTHER' });
      const store = host.write('store/login', fs.readFileSync(credentials, 'utf8'));
      age(store, seconds);
      linked(credentials, store);
      await host.machine.run(['--wait']);
      const before = (await launch(host)).stdout;
      expect(before).toMatch(/^5h \d+%/);
      host.started.length = 0;
      const starts = host.started.length;
      expect((await launch(host)).stdout).toBe(before);
      expect(host.started.length).toBe(starts);
      const other = host.write(
        'store/other',
        fs.readFileSync(credentials, 'utf8').replace('"accessToken":"', '"accessToken":"x'),
      );
      age(other, seconds);
      linked(credentials, other);
      await launch(host);
      expect(host.started.length).toBe(starts + 1);
    },
  );

  it('reads the small files of an account that has a directory of its own', async () => {
    const host = await aHost(['plain']);
    const CLAUDE_CONFIG_DIR = join(host.home, 'work');
    fs.mkdirSync(CLAUDE_CONFIG_DIR);
    fs.copyFileSync(host.machine.credentials, join(CLAUDE_CONFIG_DIR, '.credentials.json'));
    await host.machine.run(['--wait'], { CLAUDE_CONFIG_DIR });
    await host.machine.run(['ready', 'plain'], { CLAUDE_CONFIG_DIR });
    const ready = join(
      host.home,
      '.cache/usageline',
      fs.readdirSync(join(host.home, '.cache/usageline')).find((name) => name.startsWith('claude-')) ?? '',
      'ready',
    );
    // The second text is the current one. The launcher sees that without starting a process.
    const now = Math.floor(Date.now() / 1000);
    replaceFile(join(ready, 'plain.1'), 'first\n', now - 9);
    replaceFile(join(ready, 'plain.2'), 'second\n', now + 99);
    fs.utimesSync(ready, now - 20, now - 20);
    const run = await launch(host, { CLAUDE_CONFIG_DIR });
    expect(run).toMatchObject({ stdout: 'second\n', stderr: '' });
    expect(host.started).toEqual([]);
  });
});
