import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RUN_LIMITS, sweepAccounts } from '../../src/cache/sweep-accounts.ts';
import type { SweepOptions, Swept } from '../../src/cache/sweep-accounts.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';
import { fakeSystem } from '../support/system.ts';
import type { FakeSystem } from '../support/system.ts';
import { disk } from './disk.ts';

/** A cache root, and the machine that it is on. */
interface Place {
  readonly system: FakeSystem;
  readonly root: string;
}

function aCache(): Place {
  const system = fakeSystem();
  const root = join(system.root, 'cache');
  fs.mkdirSync(root, { mode: 0o700 });
  return { system, root };
}

/** Makes an account's directory that was last used a while ago. `files`: their sizes, bytes. */
function anAccount(
  { system, root }: Place,
  name: string,
  ageMs: number,
  files: Readonly<Record<string, number>> = { 'usage.json': 1000, 'usage.lock': 10, 'ready/plain': 100 },
): string {
  const path = join(root, name);
  const at = (system.now() - ageMs) / SECOND;
  fs.mkdirSync(path, { mode: 0o700 });
  for (const [file, size] of Object.entries(files)) {
    fs.mkdirSync(join(path, file, '..'), { recursive: true, mode: 0o700 });
    fs.writeFileSync(join(path, file), contentOf(file, size));
    fs.utimesSync(join(path, file), at, at);
  }
  for (const directory of ['ready', '.'].map((it) => join(path, it)))
    if (fs.existsSync(directory)) fs.utimesSync(directory, at, at);
  return path;
}

/** A file of a size, bytes; `usage.json` and `usage.lock` are such files as the program writes. */
function contentOf(file: string, size: number): string {
  const text = { 'usage.json': '{"schema_version":1}', 'usage.lock': '{"blocked_until":0}' }[file] ?? '';
  return text.padEnd(size, ' ');
}

const usual: SweepOptions = { providers: ['claude', 'codex', 'my-own'], inUse: ['claude'], maxBytes: 1e9 };

function sweep({ system, root }: Place, options: Partial<SweepOptions> = {}): Swept | null {
  return sweepAccounts(system, root, { ...usual, ...options });
}

/** All runs until none has something to do. */
function sweepAll(place: Place, options: Partial<SweepOptions> = {}): Swept[] {
  const runs: Swept[] = [];
  for (;;) {
    const run = sweep(place, options);
    if (run === null) throw new Error('no run is due');
    runs.push(run);
    if (!run.more) return runs;
    place.system.advance(5 * MINUTE);
  }
}

const left = ({ root }: Place) =>
  fs
    .readdirSync(root)
    .filter((name) => name !== 'usageline.upkeep')
    .sort();

describe('accounts that are not used', () => {
  it.each([
    ['89 days', 89 * DAY, true],
    ['91 days', 91 * DAY, false],
    ['a time in the future, as after a clock that was wrong', -400 * DAY, true],
  ])('stay or go after %s', (_case, age, stays) => {
    const place = aCache();
    anAccount(place, 'codex-0a1b2c3d', age);
    expect(sweep(place)?.removed).toEqual(stays ? [] : ['codex-0a1b2c3d']);
    expect(left(place)).toEqual(stays ? ['codex-0a1b2c3d'] : []);
  });

  it('stay while this process uses them', () => {
    const place = aCache();
    anAccount(place, 'claude', 200 * DAY);
    expect(sweep(place)?.removed).toEqual([]);
    expect(left(place)).toEqual(['claude']);
  });

  it.each([
    'documents',
    'claude-backup',
    'claude-0A1B2C3D',
    'codex-0a1b2c3d4',
    'my-own-notes',
    'Claude',
    '-0a1b2c3d',
  ])('are never the directory %s of another program', (name) => {
    const place = aCache();
    anAccount(place, name, 200 * DAY);
    sweep(place);
    expect(fs.readdirSync(join(place.root, name))).toEqual(['ready', 'usage.json', 'usage.lock']);
  });

  it.each(['codex', 'my-own', 'my-own-0a1b2c3d'])('go from %s', (name) => {
    const place = aCache();
    anAccount(place, name, 200 * DAY);
    sweep(place);
    expect(left(place)).toEqual([]);
  });

  it('are never a project of the user that has the name of a provider', () => {
    const place = aCache();
    const files = { 'usage.json': 0, 'ready/index.html': 10, 'data.json.3': 10, 'background.7': 10 };
    const path = anAccount(place, 'codex', 200 * DAY, files);
    fs.writeFileSync(join(path, 'usage.json'), '{"name":"my project"}');
    const at = (place.system.now() - 200 * DAY) / SECOND;
    fs.utimesSync(join(path, 'usage.json'), at, at);
    expect(sweep(place, { maxBytes: 1 })).toMatchObject({ removed: [], emptied: [], more: false });
    expect(fs.readdirSync(path)).toEqual(['background.7', 'data.json.3', 'ready', 'usage.json']);
    expect(fs.readdirSync(join(path, 'ready'))).toEqual(['index.html']);
  });

  it('leave the files of other programs, and the directory with them', () => {
    const place = aCache();
    const path = anAccount(place, 'codex', 200 * DAY, { 'usage.json': 10, 'thesis.md': 10, 'notes/a': 10 });
    expect(sweep(place)?.removed).toEqual([]);
    expect(fs.readdirSync(path)).toEqual(['notes', 'thesis.md']);
  });

  it('are not looked for behind links', () => {
    const place = aCache();
    const elsewhere = { ...place, root: join(place.system.root, 'elsewhere') };
    fs.mkdirSync(elsewhere.root, { mode: 0o700 });
    const path = anAccount(elsewhere, 'codex', 200 * DAY);
    fs.symlinkSync(path, join(place.root, 'codex'));
    const own = anAccount(place, 'codex-0a1b2c3d', 200 * DAY, { 'usage.json': 1 });
    fs.symlinkSync(join(path, 'ready'), join(own, 'ready'));
    const at = (place.system.now() - 200 * DAY) / SECOND;
    fs.utimesSync(own, at, at);
    sweep(place);
    expect(fs.readdirSync(path)).toEqual(['ready', 'usage.json', 'usage.lock']);
    expect(fs.readdirSync(join(path, 'ready'))).toEqual(['plain']);
    expect(left(place)).toEqual(['codex']);
  });

  it('stay where other users can exchange their files', () => {
    const place = aCache();
    const path = anAccount(place, 'codex', 200 * DAY);
    fs.chmodSync(path, 0o777);
    sweep(place);
    expect(fs.readdirSync(path)).toEqual(['ready', 'usage.json', 'usage.lock']);
    fs.chmodSync(path, 0o700);
    fs.chmodSync(place.root, 0o777);
    place.system.advance(DAY);
    // Another process: this one has judged the root.
    expect(sweep({ ...place, system: { ...place.system } })).toBeNull();
  });

  it('stay if they belong to another user', () => {
    const place = aCache();
    const path = anAccount(place, 'codex', 200 * DAY);
    const foreign = disk({
      lstatSync: (of: string, options?: object) => {
        const stat = fs.lstatSync(of, options);
        return of === path && stat ? Object.assign(stat, { uid: 12345 }) : stat;
      },
    });
    sweepAccounts({ ...place.system, fs: foreign }, place.root, usual);
    expect(fs.readdirSync(path)).toEqual(['ready', 'usage.json', 'usage.lock']);
  });

  it('take the pointers to them with them', () => {
    const place = aCache();
    anAccount(place, 'claude-0a1b2c3d', 200 * DAY);
    anAccount(place, 'claude-1a2b3c4d', DAY);
    const pointers = join(place.root, 'accounts');
    fs.mkdirSync(pointers, { mode: 0o700 });
    const at = (place.system.now() - DAY) / SECOND;
    for (const [name, text] of [
      ['%2Fold', 'claude-0a1b2c3d'],
      ['%2Fnew', 'claude-1a2b3c4d'],
      ['notes.txt', 'of the user'],
    ] as const) {
      fs.writeFileSync(join(pointers, name), text, { mode: 0o600 });
      fs.utimesSync(join(pointers, name), at, at);
    }
    sweep(place);
    expect(fs.readdirSync(pointers)).toEqual(['%2Fnew', 'notes.txt']);
  });
});

describe('the size of the cache', () => {
  const big = { 'usage.json': 400_000, 'usage.lock': 10 };

  it('takes the accounts that were used least recently, and no more than it must', () => {
    const place = aCache();
    anAccount(place, 'claude', 30 * DAY, big);
    anAccount(place, 'codex', 20 * DAY, big);
    anAccount(place, 'codex-00000001', 3 * DAY, big);
    anAccount(place, 'codex-00000002', 10 * DAY, big);
    expect(sweep(place, { maxBytes: 1_000_000 })?.removed).toEqual(['codex', 'codex-00000002']);
    expect(left(place)).toEqual(['claude', 'codex-00000001']);
  });

  it('takes nothing below its limit', () => {
    const place = aCache();
    anAccount(place, 'codex', 20 * DAY, big);
    expect(sweep(place, { maxBytes: 400_019 })?.removed).toEqual([]);
  });

  it('leaves backoff and budget of an account that was used within a day', () => {
    const place = aCache();
    const path = anAccount(place, 'codex', 2 * HOUR, { ...big, 'attempt.3': 10, 'transcripts.bin': 10 });
    expect(sweep(place, { maxBytes: 1000 })).toMatchObject({ removed: [], emptied: ['codex'] });
    expect(fs.readdirSync(path)).toEqual(['attempt.3', 'usage.lock']);
  });

  it('takes nothing of an account that was used within an hour', () => {
    const place = aCache();
    const path = anAccount(place, 'codex', 10 * MINUTE, big);
    expect(sweep(place, { maxBytes: 1000 })).toMatchObject({ removed: [], emptied: [], more: false });
    expect(fs.readdirSync(path)).toEqual(['usage.json', 'usage.lock']);
  });

  it('does not count the files of other programs', () => {
    const place = aCache();
    anAccount(place, 'codex', 20 * DAY, { 'usage.json': 10, 'film.mkv': 500_000 });
    expect(sweep(place, { maxBytes: 100_000 })?.removed).toEqual([]);
    expect(left(place)).toEqual(['codex']);
  });

  it('waits until the size of every account is known', () => {
    const place = aCache();
    // The least recently used one is the last by name.
    for (let n = 0; n < RUN_LIMITS.accounts + 10; n += 1)
      anAccount(place, `codex-${`${n}`.padStart(8, '0')}`, (200 - n) * HOUR, { 'usage.json': 1000 });
    const oldest = 'codex-99999999';
    anAccount(place, oldest, 60 * DAY, { 'usage.json': 1000 });
    const maxBytes = (RUN_LIMITS.accounts + 10) * 1000;
    expect(sweep(place, { maxBytes })).toMatchObject({ removed: [], more: true });
    place.system.advance(5 * MINUTE);
    expect(sweep(place, { maxBytes })?.removed).toEqual([oldest]);
  });
});

describe('the work of one run', () => {
  it('is due after five minutes while something is left, and after an hour when nothing is', () => {
    const place = aCache();
    anAccount(place, 'codex', DAY);
    expect(sweep(place)?.more).toBe(false);
    place.system.advance(59 * MINUTE);
    expect(sweep(place)).toBeNull();
    place.system.advance(2 * MINUTE);
    expect(sweep(place)).not.toBeNull();
    place.system.setNow(place.system.now() - 30 * DAY);
    expect(sweep(place)).not.toBeNull();
  });

  it('begins anew after notes that cannot be read', () => {
    const place = aCache();
    anAccount(place, 'codex', 200 * DAY);
    for (const text of [
      '',
      '{',
      '[]',
      '{"schema_version":2,"accounts":{}}',
      '{"schema_version":1,"accounts":{"codex":"x"}}',
    ]) {
      fs.writeFileSync(join(place.root, 'usageline.upkeep'), text);
      fs.utimesSync(join(place.root, 'usageline.upkeep'), 1, 1);
      expect(sweep(place)).not.toBeNull();
    }
    expect(left(place)).toEqual([]);
  });

  it('has a bound with very many files in one account, and all are gone in the end', () => {
    const place = aCache();
    const path = anAccount(place, 'codex', 200 * DAY, { 'usage.lock': 1 });
    fs.mkdirSync(join(path, 'ready'), { mode: 0o700 });
    for (let n = 0; n < 6000; n += 1) fs.writeFileSync(join(path, 'ready', `file${n}`), '');
    for (let n = 0; n < 6000; n += 1) fs.writeFileSync(join(path, `usage.json.${n}`), '');
    const at = (place.system.now() - 200 * DAY) / SECOND;
    for (const it of [join(path, 'ready'), path]) fs.utimesSync(it, at, at);
    const runs = sweepAll(place);
    expect(runs.length).toBeGreaterThan(2);
    expect(runs.length).toBeLessThan(8);
    for (const { steps } of runs) expect(steps).toBeLessThanOrEqual(RUN_LIMITS.steps);
    expect(left(place)).toEqual([]);
  });

  it('reads a bounded number of names of a directory with a million files', () => {
    const place = aCache();
    anAccount(place, 'codex', DAY, { 'usage.json': 1 });
    let read = 0;
    let calls = 0;
    const counted = (call: keyof typeof fs) =>
      ((...args: unknown[]) => {
        calls += 1;
        return (fs[call] as (...rest: unknown[]) => unknown)(...args);
      }) as never;
    const endless = disk({
      lstatSync: counted('lstatSync'),
      unlinkSync: counted('unlinkSync'),
      opendirSync: (path: string, options: object) => {
        if (!path.endsWith('codex')) return fs.opendirSync(path, options);
        let next = 0;
        return {
          readSync: () => {
            read += 1;
            next += 1;
            return next > 1_000_000 ? null : { name: `usage.json.${next}` };
          },
          closeSync: () => {},
        };
      },
    });
    const { system, root } = place;
    sweepAccounts({ ...system, fs: endless }, root, usual);
    expect(read).toBeLessThan(200_000);
    expect(calls).toBeLessThan(4 * RUN_LIMITS.steps);
  });

  it('takes the accounts in turn', () => {
    const place = aCache();
    const names = Array.from({ length: 250 }, (_, n) => `codex-${`${n}`.padStart(8, '0')}`);
    for (const name of names) anAccount(place, name, 200 * DAY, { 'usage.json': 1 });
    const runs = sweepAll(place);
    expect(runs.map(({ removed }) => removed.length)).toEqual([100, 100, 50]);
    expect(left(place)).toEqual([]);
  });
});
