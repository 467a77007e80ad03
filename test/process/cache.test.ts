import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';
import { anEndpoint, fixture, json } from '../support/endpoint.ts';
import { Machine, runProgram } from '../support/program.ts';
import type { Run } from '../support/program.ts';

const dist = new URL('../../dist/', import.meta.url).pathname;

async function aMachine() {
  const endpoint = await anEndpoint(json(fixture('2026-04-18-max.json')));
  const machine = new Machine(endpoint.url);
  return { endpoint, machine, root: join(machine.home, '.cache', 'usageline') };
}

const ENTRY = JSON.stringify({
  schema_version: 1,
  cached_at: '2026-11-20T18:23:12.000Z',
  data: null,
  error: { code: 'timeout' },
});

/** Makes an account's directory in the cache, as a run a while ago has left it. */
function anAccount(root: string, name: string, ageMs: number): string {
  const path = join(root, name);
  fs.mkdirSync(path, { recursive: true, mode: 0o700 });
  const at = (Date.now() - ageMs) / SECOND;
  for (const [file, text] of [
    ['usage.json', ENTRY],
    ['usage.lock', '{"blocked_until":0}'],
  ] as const) {
    fs.writeFileSync(join(path, file), text, { mode: 0o600 });
    fs.utimesSync(join(path, file), at, at);
  }
  fs.utimesSync(path, at, at);
  return path;
}

/** Runs a part of the program, and lists its calls of `node:fs` with the paths. */
async function traced(machine: Machine, part: string, args: readonly string[] = []) {
  const spy = join(machine.home, 'spy.cjs');
  const list = join(machine.home, 'calls');
  fs.writeFileSync(
    spy,
    `const fs = require('node:fs');
     const write = fs.writeFileSync;
     const calls = [];
     for (const name of Object.keys(fs).filter((name) => name.endsWith('Sync'))) {
       const real = fs[name];
       fs[name] = Object.assign((...args) => {
         calls.push(name + ' ' + (typeof args[0] === 'string' ? args[0] : ''));
         return real(...args);
       }, real);
     }
     process.on('exit', () => write(${JSON.stringify(list)}, JSON.stringify(calls)));`,
  );
  const env = { ...machine.env, NODE_OPTIONS: `--require=${spy}` };
  const run: Run = await runProgram(process.execPath, [join(dist, part), ...args], env);
  return { run, calls: JSON.parse(fs.readFileSync(list, 'utf8')) as string[] };
}

describe('a cache with 5 000 neglected accounts', () => {
  it('costs a hit nothing, and is cleaned up by the worker, a bounded part in each run', async () => {
    const { machine, root } = await aMachine();
    await machine.run(['--wait']);
    await machine.run();
    const alone = await traced(machine, 'hot.cjs');
    const workerAlone = await traced(machine, 'worker.cjs', ['', '', '']);
    for (let n = 0; n < 5000; n += 1)
      anAccount(root, `codex-${`${n}`.padStart(8, '0')}`, n < 4900 ? 200 * DAY : DAY);
    await machine.run();

    const hit = await traced(machine, 'hot.cjs');
    expect(hit.run.stdout).toBe(alone.run.stdout);
    expect(hit.run.stdout).toContain('5h 22%');
    expect(hit.calls).toEqual(alone.calls);

    // A run is due once the time of the notes has come.
    const upkeep = join(root, 'usageline.upkeep');
    const due = () => fs.utimesSync(upkeep, 1, 1);
    const left = () => fs.readdirSync(root).filter((name) => name.startsWith('codex-')).length;
    let before = left();
    expect(before).toBe(5000);
    for (let run = 0; run < 3; run += 1) {
      due();
      const { calls } = await traced(machine, 'worker.cjs', ['', '', '']);
      // Names are read in the order of hundreds of thousands in a second; every other call is bounded.
      const others = calls.filter((call) => !call.startsWith('readSync'));
      expect(others.length - workerAlone.calls.length).toBeLessThan(3500);
      // One of the hundred that were examined can be the account in use.
      expect(before - left()).toBeGreaterThanOrEqual(99);
      before = left();
    }
    const idle = await traced(machine, 'worker.cjs', ['', '', '']);
    expect(left()).toBe(before);
    expect(idle.calls.length).toBeLessThan(workerAlone.calls.length + 20);
    expect((await machine.run()).stdout).toBe(alone.run.stdout);
  });

  it('keeps to cache_size', async () => {
    const { machine, root } = await aMachine();
    await machine.run(['--wait']);
    for (let n = 0; n < 3; n += 1) {
      const path = anAccount(root, `codex-0000000${n}`, (10 + n) * DAY);
      fs.writeFileSync(join(path, 'transcripts.bin'), Buffer.alloc(600_000));
      const at = (Date.now() - (10 + n) * DAY) / SECOND;
      fs.utimesSync(path, at, at);
    }
    const configs = join(machine.home, '.config', 'usageline');
    fs.mkdirSync(configs, { recursive: true });
    fs.writeFileSync(join(configs, 'config.toml'), 'cache_size = 1\n');
    await machine.run(['refresh']);
    expect(fs.readdirSync(root).filter((name) => name.startsWith('codex'))).toEqual(['codex-00000000']);
  });
});

describe('usageline cache clear', () => {
  async function several() {
    const { endpoint, machine, root } = await aMachine();
    const work = join(machine.home, '.claude-work');
    fs.mkdirSync(work);
    fs.copyFileSync(machine.credentials, join(work, '.credentials.json'));
    const configs = join(machine.home, '.config', 'usageline');
    fs.mkdirSync(configs, { recursive: true });
    fs.writeFileSync(
      join(configs, 'config.toml'),
      `[[account]]\nname = "work"\nprovider = "claude"\nconfig_dir = ${JSON.stringify(work)}\n`,
    );
    await machine.run(['--wait']);
    await machine.run(['--wait', '--account', 'work']);
    anAccount(root, 'codex', HOUR);
    anAccount(root, 'codex-0a1b2c3d', HOUR);
    fs.mkdirSync(join(root, 'documents'));
    fs.writeFileSync(join(root, 'documents', 'usage.json'), '{}');
    const entries = () =>
      fs
        .readdirSync(root)
        .filter((name) => fs.existsSync(join(root, name, 'usage.json')))
        .map((name) => name.replace(/^claude-[0-9a-f]{8}$/, 'claude-<hash>'))
        .sort();
    return { endpoint, machine, root, entries };
  }
  const all = ['claude', 'claude-<hash>', 'codex', 'codex-0a1b2c3d', 'documents'];

  it.each([
    [[], ['claude']],
    [['--account', 'work'], ['claude-<hash>']],
    [
      ['--provider', 'codex'],
      ['codex', 'codex-0a1b2c3d'],
    ],
    [['--all'], ['claude', 'claude-<hash>', 'codex', 'codex-0a1b2c3d']],
  ])('with %j removes the entries of %j, and no backoff', async (args, gone) => {
    const { machine, root, entries } = await several();
    expect(entries()).toEqual(all);
    const run = await machine.run(['cache', 'clear', ...args]);
    expect(run).toMatchObject({ stderr: '', code: 0 });
    expect(run.stdout.match(/^removed /gm)).toHaveLength(gone.length);
    expect(entries()).toEqual(all.filter((name) => !gone.includes(name)));
    for (const name of fs.readdirSync(root).filter((it) => /^(claude|codex)/.test(it)))
      expect(fs.existsSync(join(root, name, 'usage.lock'))).toBe(true);
  });

  it.each([
    [['--provider', 'nonsense'], "--provider is 'nonsense'; accepted: claude, codex"],
    [['--account', 'nonsense'], "--account is 'nonsense'; accepted: claude, work"],
    [['--all', '--provider', 'codex'], '--all cannot be used with --account or --provider'],
  ])('refuses %j', async (args, message) => {
    const { machine, entries } = await several();
    const run = await machine.run(['cache', 'clear', ...args]);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain(message);
    expect(entries()).toEqual(all);
  });

  it('removes the prerendered lines with the numbers, also in the directories of other accounts', async () => {
    const { machine, root, entries } = await several();
    await machine.run(['--output', 'zsh', '--all']);
    const home = { CLAUDE_CONFIG_DIR: join(machine.home, '.claude-work') };
    await machine.run(['--output', 'zsh'], home);
    const lines = () =>
      fs
        .readdirSync(root)
        .flatMap((name) => {
          const ready = join(root, name, 'ready');
          return fs.existsSync(ready) ? fs.readdirSync(ready).map((file) => join(ready, file)) : [];
        })
        .filter((path) => /\/zsh[^/.]*$/.test(path));
    expect(lines()).toHaveLength(2);
    await machine.run(['cache', 'clear', '--all'], { USAGELINE_NETWORK: 'never' });
    expect(entries()).toEqual(['documents']);
    expect(lines()).toEqual([]);
  });
});

describe('usageline cache stats', () => {
  const statsOf = async (machine: Machine) =>
    JSON.parse((await machine.run(['cache', 'stats', '--json'])).stdout) as {
      bytes: number;
      limit_bytes: number;
      accounts: Record<string, unknown>[];
    };

  it('counts refreshes and requests, and gives null for hits', async () => {
    const { endpoint, machine } = await aMachine();
    expect((await statsOf(machine)).accounts).toEqual([]);
    await machine.run(['--wait']);
    for (let hit = 0; hit < 3; hit += 1) await machine.run(['--wait']);
    const [account] = (await statsOf(machine)).accounts;
    expect(account).toMatchObject({
      provider: 'claude',
      account: 'claude',
      directory: 'claude',
      entries: 1,
      hits: null,
      misses: 1,
      requests: { made: 1, answered: 1, saved: 0, last_hour: 1 },
      last_fetch: machine.read('usage.json').cached_at,
    });
    expect(Date.parse(account?.next_try as string)).toBeGreaterThan(Date.now());
    // The budget of a minute refuses the next one, which is a request that was not made.
    await machine.run(['cache', 'clear']);
    await machine.run(['--wait']);
    machine.ageBy(2 * MINUTE);
    endpoint.answer = json({}, 500);
    await machine.run(['--wait']);
    expect((await statsOf(machine)).accounts[0]).toMatchObject({
      misses: 3,
      requests: { made: 2, answered: 1, saved: 1, last_hour: 2 },
      last_fetch: null,
    });
  });

  it('counts prerendered lines, also those of a shell with a configuration of its own', async () => {
    const { machine } = await aMachine();
    await machine.run(['--wait']);
    await machine.run(['--output', 'tmux']);
    const before = (await statsOf(machine)).accounts[0]?.lines as number;
    expect(before).toBeGreaterThan(0);
    await machine.run(['--output', 'tmux'], { USAGELINE_NETWORK: 'never' });
    expect((await statsOf(machine)).accounts[0]?.lines).toBe(before + 1);
  });

  it('has null for what an account of an earlier version did not count', async () => {
    const { machine, root } = await aMachine();
    const path = anAccount(root, 'codex-0a1b2c3d', HOUR);
    const { bytes, limit_bytes, accounts } = await statsOf(machine);
    expect(limit_bytes).toBe(250_000_000);
    expect(bytes).toBe(ENTRY.length + fs.statSync(join(path, 'usage.lock')).size);
    expect(accounts).toEqual([
      expect.objectContaining({
        account: null,
        entries: 1,
        bytes,
        hits: null,
        misses: null,
        requests: { made: null, answered: null, saved: null, last_hour: 0 },
        counted_since: null,
        last_fetch: null,
        next_try: null,
      }),
    ]);
  });

  it('has a table for people', async () => {
    const { machine, root } = await aMachine();
    await machine.run(['--wait']);
    anAccount(root, 'codex-0a1b2c3d', HOUR);
    const { stdout, code } = await machine.run(['cache', 'stats']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^account +entries +lines +size +misses +requests +saved +last fetch +next try\n/);
    expect(stdout).toMatch(/^claude +1 +\d+ +[\d.]+ k?B +1 +1 +0 +<?\d+m ago +in <?1m$/m);
    expect(stdout).toMatch(/^codex-0a1b2c3d \(no login\) +1 +0 +\d+ B +- +- +- +- +at once$/m);
    expect(stdout).toContain(`of 250 MB in ${root}`);
  });
});

it.each(['stats', 'verify', 'clear'])(
  'cache %s says why a root cannot be used, and leaves nothing behind where it can',
  async (command) => {
    const { machine } = await aMachine();
    const file = join(machine.home, 'file');
    fs.writeFileSync(file, '');
    const cases: [root: string, problem: string][] = [
      [file, 'it is no directory'],
      [join(file, 'a', 'cache'), 'it cannot be read (ENOTDIR)'],
    ];
    for (const [USAGELINE_CACHE_DIR, problem] of cases) {
      const { stdout, stderr, code } = await machine.run(['cache', command], { USAGELINE_CACHE_DIR });
      const reason = `usageline: the cache ${USAGELINE_CACHE_DIR} cannot be used: ${problem}\n`;
      expect({ stdout, stderr, code }).toEqual({ stdout: '', stderr: reason, code: 1 });
    }
    const nowhere = await machine.run(['cache', command], { USAGELINE_CACHE_DIR: '/proc/nowhere' });
    expect(nowhere.stderr).toContain('the cache /proc/nowhere cannot be used: it cannot be made (');
    const absent = join(machine.home, 'not', 'yet');
    const run = await machine.run(['cache', command], { USAGELINE_CACHE_DIR: absent });
    expect(run).toMatchObject({ stderr: '', code: 0 });
    expect(fs.existsSync(join(machine.home, 'not'))).toBe(false);
  },
);

describe('usageline cache verify', () => {
  it('says what a reader makes of each file, and removes only litter', async () => {
    const { machine, root } = await aMachine();
    await machine.run(['--wait']);
    await machine.run(['--format', 'minimal']);
    await machine.run(['--format', '{7d.percent}']);
    const healthy = await machine.run(['cache', 'verify']);
    expect(healthy.stdout).toMatch(
      /^\d+ files of 1 account: \d+ used, 0 a miss, 0 ignored, 0 litter, of which 0 removed\n$/,
    );

    const path = anAccount(root, 'codex', HOUR);
    const outside = join(machine.home, 'thesis.txt');
    fs.writeFileSync(outside, 'mine');
    fs.writeFileSync(join(path, 'usage.json'), '{"schema_version":2}');
    fs.writeFileSync(join(path, 'usage.lock'), 'free text');
    fs.writeFileSync(join(path, 'counts.json'), Buffer.alloc(1024 * 1024 + 1));
    fs.writeFileSync(join(path, 'notes.txt'), 'mine');
    fs.writeFileSync(join(path, 'transcripts.new'), '');
    fs.symlinkSync(outside, join(path, 'keychain.json'));
    fs.mkdirSync(join(path, 'ready'), { mode: 0o700 });
    fs.writeFileSync(join(path, 'ready', 'plain'), 'usageline-ready 0 1 2 3\n', { mode: 0o600 });
    fs.writeFileSync(join(path, 'ready', 'plain~1x4k2j.later'), 'usageline-ready', { mode: 0o600 });
    fs.mkdirSync(join(root, 'documents'));
    fs.symlinkSync(machine.home, join(root, 'codex-0a1b2c3d'));
    // `ctime` decides about temporary files, and cannot be set: a clock that is two hours ahead makes them old.
    const preload = join(machine.home, 'later.cjs');
    fs.writeFileSync(preload, `const now = Date.now; Date.now = () => now() + ${2 * HOUR};`);
    const { stdout } = await machine.run(['cache', 'verify', '--json'], {
      NODE_OPTIONS: `--require=${preload}`,
    });
    const { files, unexamined } = JSON.parse(stdout) as {
      files: Record<string, unknown>[];
      unexamined: string[];
    };
    const found = files
      .filter((file) => `${file.path as string}`.startsWith(`${path}/`))
      .map((file) => [
        `${file.path as string}`.slice(path.length + 1),
        file.verdict,
        file.reason,
        file.removed,
      ]);
    expect(found).toEqual([
      ['counts.json', 'miss', 'cannot be read: larger than 1 MiB', false],
      ['keychain.json', 'ignored', 'a link, which is not followed', false],
      ['notes.txt', 'ignored', 'not a name of usageline', false],
      ['transcripts.new', 'litter', 'a temporary file that a killed process has left', true],
      ['usage.json', 'miss', 'schema_version 2, and 1 is read', false],
      ['usage.lock', 'ignored', 'no JSON object: a foreign lock, which blocks for 30 s from its time', false],
      ['ready/plain', 'litter', 'in the format of another version', true],
      ['ready/plain~1x4k2j.later', 'litter', 'part of a prerendered line that is not there', true],
    ]);
    expect(unexamined).toEqual(['codex-0a1b2c3d', 'documents']);
    expect(fs.readdirSync(path).sort()).toEqual([
      'counts.json',
      'keychain.json',
      'notes.txt',
      'ready',
      'usage.json',
      'usage.lock',
    ]);
    expect(fs.readFileSync(outside, 'utf8')).toBe('mine');
    expect((await machine.run()).stdout).toContain('5h 22%');
  });

  it.each<[what: string, contents: string | Buffer, reason: string]>([
    ['not UTF-8', Buffer.from([0xff, 0xfe]), 'not UTF-8'],
    ['not JSON', 'free text', 'no JSON object'],
    ['without a time', '{}', 'no blocked_until'],
  ])('says of a lock that is %s what readers take it for', async (_what, contents, reason) => {
    const { machine, root } = await aMachine();
    fs.writeFileSync(join(anAccount(root, 'codex', HOUR), 'usage.lock'), contents);
    expect((await machine.run(['cache', 'verify'])).stdout).toContain(
      `usage.lock: ignored: ${reason}: a foreign lock, which blocks for 30 s from its time\n`,
    );
  });
});
