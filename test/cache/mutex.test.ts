import fs from 'node:fs';
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { accountDirectory } from '../../src/cache/directory.ts';
import { acquireMutex, MUTEX_STALE_MS } from '../../src/cache/mutex.ts';
import type { Mutex } from '../../src/cache/mutex.ts';
import { PATIENCE } from '../support/patience.ts';
import { fakeSystem } from '../support/system.ts';
import { disk, failing, failure } from './disk.ts';

vi.mock('proper-lockfile', async (original) => {
  const actual = await original<typeof import('proper-lockfile')>();
  return { ...actual, lock: vi.fn(actual.lock) };
});

// The package uses the real clock, and so do the times of files.
const system = fakeSystem({ now: Date.now });
const held: Mutex[] = [];

afterEach(async () => {
  vi.useRealTimers();
  vi.mocked(lock).mockClear();
  for (const mutex of held.splice(0)) if (mutex.kind === 'held') await mutex.release();
});

function newAccount() {
  const directory = accountDirectory(fs.mkdtempSync(join(system.root, 'mutex-')), 'claude');
  fs.mkdirSync(directory.path);
  return directory;
}

async function acquire(directory = newAccount(), machine = system): Promise<Mutex> {
  const mutex = await acquireMutex(machine, directory);
  held.push(mutex);
  return mutex;
}

/** The mutex of another process, which touched it some seconds ago. */
function otherMutex(secondsAgo: number, directory = newAccount()) {
  fs.mkdirSync(directory.mutex);
  return touched(directory, secondsAgo);
}

function touched(directory: ReturnType<typeof newAccount>, secondsAgo: number) {
  const at = Date.now() / 1000 - secondsAgo;
  fs.utimesSync(directory.mutex, at, at);
  return directory;
}

describe('the mutex of an account', () => {
  it('is held by one process', async () => {
    const directory = newAccount();
    expect((await acquire(directory)).kind).toBe('held');
    expect((await acquire(directory)).kind).toBe('busy');
    expect(fs.readdirSync(directory.path)).toEqual(['refresh.mutex']);
  });

  it('is held by one of many that try at the same time', async () => {
    const directory = newAccount();
    const all = await Promise.all(Array.from({ length: 20 }, () => acquire(directory)));
    expect(all.filter(({ kind }) => kind === 'held')).toHaveLength(1);
    expect(all.filter(({ kind }) => kind === 'busy')).toHaveLength(19);
  });

  it('of one account does not affect another', async () => {
    expect((await acquire()).kind).toBe('held');
    expect((await acquire()).kind).toBe('held');
  });

  it('can be taken again once it was released, and leaves no file', async () => {
    const directory = newAccount();
    const mutex = await acquire(directory);
    if (mutex.kind === 'held') await mutex.release();
    expect(fs.readdirSync(directory.path)).toEqual([]);
    expect((await acquire(directory)).kind).toBe('held');
  });

  it('may be released twice, and after it was removed', async () => {
    const directory = newAccount();
    const mutex = await acquire(directory);
    if (mutex.kind !== 'held') throw new Error('not held');
    fs.rmdirSync(directory.mutex);
    await mutex.release();
    await mutex.release();
  });

  it.each([
    [0, 'busy'],
    [3, 'busy'],
    [4.5, 'busy'],
    [5.5, 'held'],
    [3600, 'held'],
  ])('that was not touched for %d s is %s', async (age, kind) => {
    expect((await acquire(otherMutex(age))).kind).toBe(kind);
  });

  it('goes stale after 5 s', () => {
    expect(MUTEX_STALE_MS).toBe(5000);
  });

  it('is touched while it is held', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const directory = newAccount();
    await acquire(directory);
    const before = fs.statSync(directory.mutex).mtimeMs;
    await pause(5);
    vi.advanceTimersByTime(2000);
    await vi.waitFor(() => expect(fs.statSync(directory.mutex).mtimeMs).toBeGreaterThan(before), {
      timeout: PATIENCE,
    });
  });

  it('that was removed has no effect on other processes', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const directory = newAccount();
    const mutex = await acquire(directory);
    fs.rmdirSync(directory.mutex);
    vi.advanceTimersByTime(2000);
    await pause(50);
    if (mutex.kind === 'held') await mutex.release();
    expect((await acquire(directory)).kind).toBe('held');
  });

  it.each([
    ['a second', 1, 'busy'],
    ['just less than 5 s', 4.5, 'busy'],
    ['a minute', 60, 'held'],
    ['a year', 365 * 86_400, 'held'],
  ])('dated %s ahead, by a clock that was set back, is %s', async (_case, ahead, kind) => {
    expect((await acquire(otherMutex(-ahead))).kind).toBe(kind);
  });

  it('is not removed where the clock is slightly fast', async () => {
    const early = fakeSystem({ now: () => Date.now() - 4000 });
    expect((await acquire(otherMutex(0), early)).kind).toBe('busy');
  });

  it.each<[string, (path: string) => unknown]>([
    ['a file', (path) => fs.writeFileSync(path, '4711')],
    ['a link to nowhere', (path) => fs.symlinkSync('/nowhere', path)],
    ['a link to a directory', (path) => fs.symlinkSync(join(path, '..', '..'), path)],
  ])('removes %s in its place', async (_case, arrange) => {
    const directory = newAccount();
    arrange(directory.mutex);
    expect((await acquire(directory)).kind).toBe('held');
    expect(fs.lstatSync(directory.mutex).isDirectory()).toBe(true);
    expect(fs.existsSync(directory.root)).toBe(true);
  });

  it('can be taken when a stale one has something in it', async () => {
    const directory = otherMutex(0);
    fs.writeFileSync(join(directory.mutex, '.DS_Store'), '');
    expect((await acquire(touched(directory, 60))).kind).toBe('busy');
    expect((await acquire(directory)).kind).toBe('held');
  });

  it('leaves a live one with something in it alone', async () => {
    const directory = otherMutex(0);
    fs.writeFileSync(join(directory.mutex, 'x'), '');
    expect((await acquire(directory)).kind).toBe('busy');
    expect(fs.readdirSync(directory.mutex)).toEqual(['x']);
  });

  it('dated in the future is removed also with something in it', async () => {
    const directory = otherMutex(0);
    fs.writeFileSync(join(directory.mutex, 'x'), '');
    expect((await acquire(touched(directory, -3600))).kind).toBe('held');
  });

  it('that can be neither examined nor removed is tried all the same', async () => {
    const blind = { ...system, fs: disk({ lstatSync: failing('EACCES') }) };
    expect((await acquire(newAccount(), blind)).kind).toBe('held');
    const bound = { ...system, fs: disk({ rmdirSync: failing('EPERM') }) };
    expect((await acquire(otherMutex(-3600), bound)).kind).toBe('busy');
  });
});

describe('a mutex that cannot be taken', () => {
  it("fails when the account's directory is a file", async () => {
    const directory = accountDirectory(fs.mkdtempSync(join(system.root, 'mutex-')), 'claude');
    fs.writeFileSync(directory.path, '');
    expect(await acquire(directory)).toEqual({ kind: 'failed', reason: 'ENOTDIR' });
  });

  it("fails when the account's directory is a link to itself", async () => {
    const directory = accountDirectory(fs.mkdtempSync(join(system.root, 'mutex-')), 'claude');
    fs.symlinkSync(directory.path, directory.path);
    expect(await acquire(directory)).toEqual({ kind: 'failed', reason: 'ELOOP' });
  });

  it('is busy when the directory has just been removed', async () => {
    const directory = newAccount();
    fs.rmdirSync(directory.path);
    expect((await acquire(directory)).kind).toBe('busy');
  });

  it.each([
    'EACCES',
    'EPERM',
    'EROFS',
    'ENOSPC',
    'EDQUOT',
    'ENOTDIR',
    'EIO',
    'ELOOP',
    'ENAMETOOLONG',
    'EMLINK',
  ])('fails because of the directory with %s', async (reason) => {
    vi.mocked(lock).mockRejectedValueOnce(failure(reason));
    expect(await acquire()).toEqual({ kind: 'failed', reason });
  });

  it.each(['ELOCKED', 'ENOENT', 'EEXIST', 'ENOTEMPTY', 'EMFILE'])('is busy with %s', async (code) => {
    vi.mocked(lock).mockRejectedValueOnce(failure(code));
    expect(await acquire()).toEqual({ kind: 'busy' });
  });

  it('is busy with an exception of any other kind', async () => {
    vi.mocked(lock).mockRejectedValueOnce(new TypeError('x'));
    expect(await acquire()).toEqual({ kind: 'busy' });
  });
});
