import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';
import { offsetTo } from '../faults/time-clock.ts';
import { clockMovedBy } from '../support/clock.ts';
import { anEndpoint, fixture, json } from '../support/endpoint.ts';
import { Machine, runProgram, until, withRealClock } from '../support/program.ts';
import type { Run } from '../support/program.ts';
import { describeWith } from '../support/tools.ts';

const LINE = '5h 22% 4h37m · 7d 33% 4d3h\n';
const OTHER = '5h 11% 4h37m · 7d 9% 4d3h\n';
/** A text that only a prerendered line can contain. */
const MARK = 'from the prerendered line';
const program = new URL('../../bin/usageline.cjs', import.meta.url).pathname;
const dist = new URL('../../dist/', import.meta.url).pathname;

async function aMachine(env: Record<string, string> = {}) {
  const endpoint = await anEndpoint(json(fixture('2026-04-18-max.json')));
  return { endpoint, machine: new Machine(endpoint.url, env) };
}

const ready = (machine: Machine, name = 'plain') => join(machine.cache, 'ready', name);

/** Replaces the prerendered texts by a text that nothing else prints. */
function mark(machine: Machine, name = 'plain'): void {
  const path = ready(machine, name);
  const text = fs.readFileSync(path, 'utf8');
  const { atimeMs, mtimeMs } = fs.statSync(path);
  fs.writeFileSync(path, text.replaceAll(/^(\d+) .*$/gm, `$1 ${MARK}`));
  fs.utimesSync(path, atimeMs / SECOND, mtimeMs / SECOND);
}

/** A machine with a prerendered line that contains the mark. */
async function prepared(env: Record<string, string> = {}) {
  const all = await aMachine(env);
  expect(await all.machine.run(['--wait'])).toMatchObject({ stdout: LINE, stderr: '', code: 0 });
  mark(all.machine);
  return all;
}

const entryOf = (machine: Machine) => join(machine.cache, 'usage.json');

describe('a prerendered line', () => {
  it('is printed by every further call', async () => {
    const { endpoint, machine } = await prepared();
    for (const args of [[], ['--no-wait'], ['--output=plain'], ['--timeout=1']]) {
      expect(await machine.run(args)).toMatchObject({ stdout: `${MARK}\n`, stderr: '', code: 0 });
    }
    // What is asked for is not what is usual: with a configuration they are two things.
    expect((await machine.run(['--color', 'never'])).stdout).toBe(LINE);
    mark(machine, 'plain-mono');
    expect((await machine.run(['--color', 'never'])).stdout).toBe(`${MARK}\n`);
    expect(endpoint.requests).toHaveLength(1);
  });

  it('is written by the call that misses it, for the kind of that call, and separately for each kind', async () => {
    const { machine } = await prepared();
    const first = await machine.run(['--output', 'zsh']);
    expect(first.stdout).toBe('5h %F{3}22%%%f 4h37m · 7d %F{6}33%%%f 4d3h\n');
    mark(machine, 'zsh');
    expect((await machine.run(['--output', 'zsh'])).stdout).toBe(`${MARK}\n`);
    expect((await machine.run(['--output', 'tmux'])).stdout).toContain('#[underscore]22%');
    expect((await machine.run(['--output', 'zsh', '--color=never'])).stdout).toBe(
      '5h 22%% 4h37m · 7d 33%% 4d3h\n',
    );
  });

  it.each([
    ['', null],
    [', whatever is configured', 'color = "never"\nnetwork = "never"\n[colors]\nok = "#ff8800"'],
  ])('loads nothing but one of our bundles, and no module more than an empty script%s', async (_, config) => {
    const { machine } = await aMachine();
    await machine.run(['--wait']);
    const configs = join(machine.home, '.config', 'usageline');
    fs.mkdirSync(configs, { recursive: true });
    if (config !== null) fs.writeFileSync(join(configs, 'config.toml'), config);
    await machine.run();
    mark(machine);
    const spy = join(machine.home, 'spy.cjs');
    const list = join(machine.home, 'list');
    // Written at the exit, with the modules that were loaded until then: the check itself loads none.
    fs.writeFileSync(
      spy,
      `const fs = require('node:fs');
       process.on('exit', () => {
         const bundles = Object.keys(require.cache).filter((path) => path !== __filename);
         fs.writeFileSync(${JSON.stringify(list)}, JSON.stringify({ modules: process.moduleLoadList, bundles }));
       });`,
    );
    const empty = join(machine.home, 'empty.cjs');
    fs.writeFileSync(empty, '');
    const env = { ...machine.env, NODE_OPTIONS: `--require=${spy}` };
    const loaded = async (script: string) => {
      const run = await runProgram(process.execPath, [script], env);
      return {
        run,
        ...(JSON.parse(fs.readFileSync(list, 'utf8')) as Record<'modules' | 'bundles', string[]>),
      };
    };
    const nothing = await loaded(empty);
    const hit = await loaded(join(dist, 'hot.cjs'));
    expect(hit.run.stdout).toBe(`${MARK}\n`);
    expect(hit.bundles).toEqual([join(dist, 'hot.cjs')]);
    expect(hit.modules.filter((name) => !nothing.modules.includes(name))).toEqual([]);
  });

  it('is printed although the entry cannot be read', async () => {
    const { machine } = await prepared();
    fs.chmodSync(entryOf(machine), 0o000);
    expect((await machine.run()).stdout).toBe(`${MARK}\n`);
  });

  it.each([['--json'], ['--debug'], ['show'], ['refresh'], ['explain'], ['--cached', '--json']])(
    'is not printed by `%s`',
    async (...args) => {
      const { machine } = await prepared();
      const run = await machine.run(args);
      expect(run.stdout).not.toContain(MARK);
      expect(run.stdout).toMatch(/22|fresh/);
      expect(run.code).toBe(0);
    },
  );

  it('is not printed where decisions are logged', async () => {
    const { machine } = await prepared();
    const run = await machine.run([], { USAGELINE_LOG: 'debug' });
    expect(run.stdout).toBe(LINE);
    expect(run.stderr).not.toBe('');
  });
});

describe('the next call prints the right line when', () => {
  /** Replaces a number in `usage.json` by one of the same length. */
  const rewrite = (machine: Machine) => {
    const path = entryOf(machine);
    const text = fs.readFileSync(path, 'utf8');
    const other = text.replace('"utilization":22', '"utilization":27');
    expect(other).not.toBe(text);
    fs.writeFileSync(path, other);
  };

  it.each<[string, (machine: Machine) => void, RegExp]>([
    ['usage.json is rewritten in place, with the same size', rewrite, /^5h 27% 4h37m · 7d 33% 4d3h\n$/],
    ['usage.json is gone', (machine) => fs.unlinkSync(entryOf(machine)), /^…\n$/],
    [
      'a backoff appears',
      (machine) => {
        const now = Math.floor(Date.now() / SECOND);
        machine.ageBy(10 * MINUTE);
        const lock = {
          blocked_until: now + 600,
          error: 'rate_limited',
          failures: 1,
          written_at: now,
          requests: [],
        };
        fs.writeFileSync(join(machine.cache, 'usage.lock'), JSON.stringify(lock));
      },
      / · 10m ago · rate limited (9|10)m\n$/,
    ],
    [
      'credentials are rewritten',
      (machine) => machine.login({ expiresAt: 4_102_444_800_001 }),
      / · <1m ago\n$/,
    ],
    ['credentials are gone', (machine) => fs.unlinkSync(machine.credentials), / · <1m ago\n$/],
    [
      'credentials are replaced by an older file',
      (machine) => {
        fs.copyFileSync(machine.credentials, `${machine.credentials}.bak`);
        fs.utimesSync(`${machine.credentials}.bak`, 1_700_000_000, 1_700_000_000);
        fs.renameSync(`${machine.credentials}.bak`, machine.credentials);
      },
      / · <1m ago\n$/,
    ],
    [
      'credentials appear in the other location',
      (machine) => {
        fs.mkdirSync(join(machine.home, '.config', 'claude'), { recursive: true });
        fs.writeFileSync(join(machine.home, '.config', 'claude', '.credentials.json'), '{}');
      },
      / · <1m ago\n$/,
    ],
    [
      'the prerendered file is writable for other users',
      (machine) => fs.chmodSync(ready(machine), 0o666),
      /^5h 22%/,
    ],
    [
      'the prerendered file is a directory',
      (machine) => swap(machine, (path) => fs.mkdirSync(path)),
      /^5h 22%/,
    ],
    [
      'the prerendered file is a link',
      (machine) => swap(machine, (path) => fs.symlinkSync(`${path}.old`, path)),
      /^5h 22%/,
    ],
  ])('%s', async (_case, happen, line) => {
    const { machine } = await prepared();
    happen(machine);
    const run = await machine.run();
    expect(run).toMatchObject({ stderr: '', code: 0 });
    expect(run.stdout).toMatch(line);
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['another account is signed in', { CLAUDE_CONFIG_DIR: '/dev/null/other' }, /^…\n$/],
    ['requests are disabled', { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' }, /^5h 22% 4h37m/],
    ['colour is forced', { FORCE_COLOR: '1' }, /^5h \u001B\[33m22%/],
    ['the base URL is another one', { USAGELINE_API_BASE_URL: 'http://127.0.0.1:1' }, /^5h 22% 4h37m/],
    ['the cache is another one', { USAGELINE_CACHE_DIR: '/dev/null/cache' }, /cache not writable|…/],
  ])('%s', async (_case, env, line) => {
    const { machine } = await prepared();
    const run = await machine.run([], env);
    expect(run).toMatchObject({ stderr: '', code: 0 });
    expect(run.stdout).toMatch(line);
    expect(run.stdout).not.toContain(MARK);
  });

  it('colour is off where it is usually on', async () => {
    const { machine } = await prepared();
    await machine.run(['--output', 'zsh']);
    mark(machine, 'zsh');
    const run = await machine.run(['--output', 'zsh'], { NO_COLOR: '1' });
    expect(run.stdout).toBe('5h 22%% 4h37m · 7d 33%% 4d3h\n');
  });

  it('the base URL is refused', async () => {
    const { machine } = await prepared();
    const run = await machine.run([], { USAGELINE_API_BASE_URL: 'http://example.com' });
    expect(run).toMatchObject({ stdout: '', code: 2 });
    expect(run.stderr).toMatch(/^usageline: USAGELINE_API_BASE_URL is refused/);
  });

  it('the cache was cleared', async () => {
    const { machine } = await prepared();
    expect((await machine.run(['cache', 'clear'])).code).toBe(0);
    expect((await machine.run()).stdout).not.toContain(MARK);
    expect(fs.existsSync(ready(machine)) && fs.readFileSync(ready(machine), 'utf8')).not.toContain(MARK);
  });
});

/** Moves the prerendered file away, and puts something else there. */
function swap(machine: Machine, by: (path: string) => void): void {
  fs.renameSync(ready(machine), `${ready(machine)}.old`);
  by(ready(machine));
}

describe('each account has a line of its own', () => {
  it('which is found by the environment', async () => {
    const { machine } = await aMachine();
    const work = join(machine.home, 'work and play', 'ü%');
    fs.mkdirSync(work, { recursive: true });
    fs.copyFileSync(machine.credentials, join(work, '.credentials.json'));
    await machine.run(['--wait']);
    mark(machine);
    const env = { CLAUDE_CONFIG_DIR: work };
    expect((await machine.run(['--wait'], env)).stdout).toBe(LINE);
    const root = join(machine.cache, '..');
    const name = fs.readdirSync(root).find((file) => file.startsWith('claude-'))!;
    const path = join(root, name, 'ready', 'plain');
    fs.writeFileSync(path, fs.readFileSync(path, 'utf8').replaceAll(/^(\d+) .*$/gm, '$1 of work'));
    expect((await machine.run([], env)).stdout).toBe('of work\n');
    expect((await machine.run()).stdout).toBe(`${MARK}\n`);
    // The index file of the directory leads to no other account.
    fs.writeFileSync(join(root, 'accounts', encodeURIComponent(work)), 'claude');
    expect((await machine.run([], env)).stdout).toBe(LINE);
  });
});

describe('after a refresh by', () => {
  it.each<[string, string[], RegExp]>([
    ['refresh', ['refresh', '--force'], /11%/],
    ['--wait', ['--wait'], /11%/],
    ['show', ['show'], /11%/],
    ['--json', ['--json'], /"used_percent": ?11/],
    ['the worker behind a line', [], /from the prerendered line|22%/],
  ])('%s the prerendered lines show the new numbers', async (_case, args, expected) => {
    const { endpoint, machine } = await prepared();
    await machine.run(['--output', 'tmux', '--color', 'never']);
    machine.ageBy(4 * MINUTE);
    endpoint.answer = json(fixture('2026-07-03-limits.json'));
    const run = await machine.run(args);
    expect(run.stdout).toMatch(expected);
    const has = (name: string) => fs.readFileSync(ready(machine, name), 'utf8').includes(' 5h 11% 4h37m');
    await until(() => has('plain') && has('tmux-mono'));
    mark(machine);
    expect((await machine.run()).stdout).toBe(`${MARK}\n`);
    expect((await machine.run(['--output', 'tmux', '--color', 'never'])).stdout).toBe(OTHER);
    expect(endpoint.requests).toHaveLength(2);
  });
});

describeWith('faketime', 'as time passes', () => {
  const later = (machine: Machine, ms: number, args: readonly string[] = []): Promise<Run> =>
    runProgram(process.execPath, [program, ...args], {
      ...withRealClock(machine.env),
      ...clockMovedBy(offsetTo(Date.now() + ms)),
    });

  /** A machine with a line that was prerendered from numbers of this moment. */
  async function prerendered(changes: Record<string, unknown> = {}) {
    const { endpoint, machine } = await aMachine();
    endpoint.answer = json({ ...fixture('2026-04-18-max.json'), ...changes });
    await machine.run(['--wait']);
    return { endpoint, machine };
  }

  it.each<[string, number, RegExp]>([
    ['a minute', MINUTE, /^5h 22% 4h36m · 7d 33% 4d3h\n$|^5h 22% 4h36m · 7d 33% 4d2h\n$/],
    ['two minutes', 2 * MINUTE, /^5h 22% 4h35m · 7d 33% 4d[32]h\n$/],
    ['the end of freshness', 3 * MINUTE + SECOND, /^5h 22% 4h34m · 7d 33% 4d[32]h · 3m ago\n$/],
    ['the reset of a window', 4 * HOUR + 38 * MINUTE, /^5h reset · 7d 33% 3d22h · 4h ago\n$/],
    ['a day', 24 * HOUR + SECOND, /^…\n$/],
  ])('the line is right after %s', async (_case, ms, line) => {
    const { endpoint, machine } = await prerendered();
    endpoint.answer = json({}, 500);
    expect((await later(machine, ms)).stdout).toMatch(line);
  });

  it('a percentage ends in the second of a reset within freshness', async () => {
    const { machine } = await prerendered({
      five_hour: { utilization: 22, resets_at: new Date(Date.now() + MINUTE).toISOString() },
    });
    expect((await later(machine, 40 * SECOND)).stdout).toMatch(/^5h 22% <1m/);
    expect((await later(machine, 61 * SECOND)).stdout).toMatch(/^5h reset · .* · 1m ago\n$/);
  });

  it('the texts of four minutes are prerendered', async () => {
    const { machine } = await prerendered();
    mark(machine);
    for (const ms of [0, MINUTE, 2 * MINUTE, 170 * SECOND]) {
      expect((await later(machine, ms)).stdout).toBe(`${MARK}\n`);
    }
  });

  it('no prerendered line is shown after the clock was set back', async () => {
    const { endpoint, machine } = await prerendered();
    mark(machine);
    endpoint.answer = json({}, 500);
    expect((await later(machine, -HOUR)).stdout).not.toContain(MARK);
  });
});

describe('where prerendered lines cannot be stored', () => {
  const blocked: [string, (machine: Machine) => void][] = [
    ['a file in its place', (machine) => fs.writeFileSync(join(machine.cache, 'ready'), '')],
    ['a link in its place', (machine) => fs.symlinkSync('/dev/null/ready', join(machine.cache, 'ready'))],
    [
      'directories under the names of the files',
      (machine) => fs.mkdirSync(ready(machine), { recursive: true }),
    ],
  ];

  it.each(blocked)('everything else works: %s', async (_case, arrange) => {
    const { endpoint, machine } = await aMachine();
    fs.mkdirSync(machine.cache, { recursive: true });
    arrange(machine);
    for (const args of [['--wait'], [], [], ['--output', 'plain']]) {
      expect(await machine.run(args)).toMatchObject({ stdout: LINE, stderr: '', code: 0 });
    }
    expect(await machine.run(['refresh'])).toMatchObject({ stdout: LINE, stderr: '', code: 0 });
    expect(endpoint.requests).toHaveLength(1);
  });

  it('no file is left behind in a cache that cannot be created', async () => {
    const { machine } = await aMachine({ USAGELINE_CACHE_DIR: '/dev/null/cache' });
    for (const args of [['--wait'], []])
      expect(await machine.run(args)).toMatchObject({ stderr: '', code: 0 });
  });
});
