import { claudeReader } from '../../src/fetch/claude/reader.ts';
import fs from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { parseEntry } from '../support/claude.ts';
import { parseBackoff } from '../../src/cache/backoff.ts';
import { readClaims, takeClaim } from '../../src/cache/claims.ts';
import { acquireMutex } from '../../src/cache/mutex.ts';
import { accountDirectory } from '../../src/cache/directory.ts';
import type { RefreshCode } from '../../src/usage/failure.ts';
import type { Usage } from '../../src/usage/model.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';
import { iso, NOW } from '../support/build.ts';
import { PATIENCE } from '../support/patience.ts';
import { aSnapshot, asker, fakeProvider } from '../support/provider.ts';
import type { FakeProvider } from '../support/provider.ts';
import { fakeSystem } from '../support/system.ts';
import type { FakeSystem } from '../support/system.ts';

let system: FakeSystem;
let provider: FakeProvider;
let ask: ReturnType<typeof asker>['ask'];
let cache: string;

beforeEach(() => {
  system = fakeSystem();
  provider = fakeProvider(system);
  ({ ask } = asker(system, provider));
  cache = join(system.root, '.cache', 'usageline', 'claude');
});

const failure = (code: RefreshCode, retryAfter?: string) =>
  ({ ok: false, failure: { code, ...(retryAfter !== undefined && { retryAfter }) } }) as const;
const throwing = (error: unknown): never => {
  throw error;
};
const short = ({ state, source, error }: Usage) => `${state} ${source ?? '-'} ${error?.code ?? '-'}`;
const entryOnDisk = () => parseEntry(fs.readFileSync(join(cache, 'usage.json'), 'utf8'));
const lockOnDisk = () => parseBackoff(fs.readFileSync(join(cache, 'usage.lock'), 'utf8'), 0, system.now());
/** Leaves the files as they were while the request was under way, without the mutex. */
async function askAndBeKilled(): Promise<void> {
  const then = join(system.root, 'then');
  provider.respond = () => {
    fs.cpSync(cache, then, { recursive: true, filter: (path) => !path.endsWith('.mutex') });
    return failure('timeout');
  };
  await ask();
  fs.rmSync(cache, { recursive: true });
  fs.renameSync(then, cache);
}
const directory = () => accountDirectory(join(system.root, '.cache', 'usageline'), 'claude');

describe('the first question', () => {
  it('sends a request and stores the response', async () => {
    const { usage } = await ask();
    expect(short(usage)).toBe('fresh endpoint -');
    expect(usage).toMatchObject({ plan: 'max_20x', cachedAt: NOW, ageMs: 0, freshUntil: NOW + 180 * SECOND });
    expect(usage.windows.map((window) => window.usedPercent)).toEqual([22, 33]);
    expect(entryOnDisk()).toEqual({
      reader: claudeReader,
      cachedAt: NOW,
      data: aSnapshot.data,
      error: null,
      plan: 'max_20x',
      accountId: 'ada',
      credentials: 'fingerprint-1',
      token: lockOnDisk()?.tokenHash,
    });
    expect(lockOnDisk()).toMatchObject({ error: null, requests: [NOW] });
  });

  it('leaves the mutex free, and one claim', async () => {
    await ask();
    expect(fs.readdirSync(cache).sort()).toEqual(['attempt.1', 'counts.json', 'usage.json', 'usage.lock']);
  });

  it('passes on base URL, user agent and deadline', async () => {
    let seen;
    provider.respond = (options) => {
      seen = options;
      return { ok: true, value: aSnapshot };
    };
    await ask({ baseUrl: 'https://example.test', userAgent: 'me' });
    expect(seen).toEqual({ baseUrl: 'https://example.test', userAgent: 'me', timeoutMs: 2000 });
  });
});

describe('a question within the cache duration', () => {
  it('sends no request, reads no credentials, and writes no file', async () => {
    await ask();
    const before = fs.readdirSync(cache).map((name) => fs.statSync(join(cache, name)).ctimeMs);
    system.advance(179 * SECOND);
    expect(short((await ask()).usage)).toBe('fresh cache -');
    expect(provider).toMatchObject({ authenticated: 1, sent: [NOW] });
    expect(fs.readdirSync(cache).map((name) => fs.statSync(join(cache, name)).ctimeMs)).toEqual(before);
  });

  it('sends a request again after the cache duration', async () => {
    await ask();
    system.advance(180 * SECOND);
    expect(short((await ask()).usage)).toBe('fresh endpoint -');
    expect(provider.sent).toHaveLength(2);
  });

  it('sends one request, and not one after the other, when a window was reset in between', async () => {
    const reset = NOW + MINUTE;
    provider.respond = () => ({
      ok: true,
      value: { ...aSnapshot, data: { five_hour: { utilization: 90, resets_at: iso(reset) } } },
    });
    await ask();
    system.advance(MINUTE + SECOND);
    const { usage } = await ask({ policy: 'cached' });
    expect(short(usage)).toBe('stale cache -');
    expect(usage.windows[0]).toMatchObject({ elapsed: true, usedPercent: null });
    // The endpoint still says the same: a reset that is past already when it is read ends nothing.
    await ask();
    system.advance(MINUTE + SECOND);
    const again = await ask();
    expect(short(again.usage)).toBe('fresh cache -');
    expect(again.usage.windows[0]).toMatchObject({ elapsed: false, usedPercent: 90 });
    expect(provider.sent).toHaveLength(2);
  });
});

describe('a failure', () => {
  it.each([
    ['rate_limited', 300],
    ['server_error', 60],
    ['bad_response', 60],
    ['network_error', 60],
    ['timeout', 60],
    ['unauthorized', 300],
    ['forbidden', 300],
  ] as const)('%s keeps the good data, says so, and is not repeated for %i s', async (code, seconds) => {
    await ask();
    system.advance(12 * MINUTE);
    provider.respond = () => failure(code);
    const before = entryOnDisk();
    const { usage } = await ask();
    expect(short(usage)).toBe(`stale cache ${code}`);
    expect(usage.ageMs).toBe(12 * MINUTE);
    expect(usage.error?.retryAt).toBe(system.now() + seconds * SECOND);
    expect(entryOnDisk()).toEqual(before);

    system.advance((seconds - 1) * SECOND);
    expect(short((await ask({ force: true })).usage)).toBe(`stale cache ${code}`);
    expect(provider.sent).toHaveLength(2);

    system.advance(2 * SECOND);
    provider.respond = () => ({ ok: true, value: aSnapshot });
    expect(short((await ask()).usage)).toBe('fresh endpoint -');
    expect(lockOnDisk()).toMatchObject({ error: null, failures: 0 });
  });

  it('of a forced request is shown although the entry is fresh', async () => {
    await ask();
    system.advance(2 * MINUTE);
    provider.respond = () => failure('timeout');
    expect(short((await ask({ force: true })).usage)).toBe('fresh cache timeout');
  });

  it('is stored as the entry where there is none', async () => {
    provider.respond = () => failure('timeout');
    expect(short((await ask()).usage)).toBe('none - timeout');
    expect(entryOnDisk()).toMatchObject({ data: null, error: 'timeout' });
    system.advance(2 * MINUTE);
    expect(short((await ask({ policy: 'cached' })).usage)).toBe('none - timeout');
  });

  it('never replaces a file that cannot be judged', async () => {
    fs.mkdirSync(cache, { recursive: true });
    fs.writeFileSync(join(cache, 'usage.json'), '{"schema_version":2,"new":"things"}');
    provider.respond = () => failure('timeout');
    expect(short((await ask()).usage)).toBe('none - timeout');
    expect(fs.readFileSync(join(cache, 'usage.json'), 'utf8')).toBe('{"schema_version":2,"new":"things"}');
  });

  it('has the wait that the server demands, and a detail', async () => {
    provider.respond = () => ({
      ok: false,
      failure: { code: 'rate_limited', retryAfter: '30', detail: 'HTTP 429' },
    });
    const { usage } = await ask();
    // 30 s, but the budget has a slot only after a minute.
    expect(usage.error).toEqual({
      code: 'rate_limited',
      retryAt: NOW + MINUTE,
      detail: 'HTTP 429',
    });
  });

  it('of the credentials sends no request and spends no budget', async () => {
    provider.login = failure('token_expired');
    expect(short((await ask()).usage)).toBe('none - token_expired');
    expect(provider.sent).toEqual([]);
    expect(fs.readdirSync(cache).sort()).toEqual(['counts.json', 'usage.json', 'usage.lock']);
    provider.login = { ok: true, value: null };
    expect(short((await ask()).usage)).toBe('none - token_expired');
    provider.currentFingerprint = 'fingerprint-2';
    expect(short((await ask()).usage)).toBe('fresh endpoint -');
  });
});

describe('a lapsed token', () => {
  const lapse = () => {
    provider.login = failure('token_lapsed');
  };

  it('sends no request, keeps the numbers, and is read again after five minutes', async () => {
    await ask();
    const before = entryOnDisk();
    lapse();
    system.advance(20 * MINUTE);
    expect(short((await ask()).usage)).toBe('stale cache token_lapsed');
    expect(entryOnDisk()).toEqual(before);
    expect(lockOnDisk()).toMatchObject({ error: 'token_lapsed', blockedUntil: system.now() + 5 * MINUTE });
    system.advance(5 * MINUTE - SECOND);
    expect((await ask({ policy: 'background' })).startWorker).toBe(false);
    expect(provider).toMatchObject({ authenticated: 2, sent: [NOW] });
    system.advance(SECOND);
    const { usage, startWorker: startBackground } = await ask({ policy: 'background' });
    expect([short(usage), usage.pending, startBackground]).toEqual(['stale cache token_lapsed', false, true]);
  });

  it('is all that a prompt shows without an entry, also when the next try is due', async () => {
    lapse();
    expect(short((await ask({ policy: 'background' })).usage)).toBe('none - no_data');
    expect(short((await ask()).usage)).toBe('none - token_lapsed');
    system.advance(6 * MINUTE);
    const { usage, startWorker: startBackground } = await ask({ policy: 'background' });
    expect([short(usage), usage.pending, startBackground]).toEqual(['none - token_lapsed', false, true]);
    expect(short((await ask({ policy: 'cached' })).usage)).toBe('none - token_lapsed');
  });

  it('is replaced by a renewed one at once, and its failure is dropped', async () => {
    lapse();
    await ask();
    provider.login = { ok: true, value: null };
    provider.currentFingerprint = 'fingerprint-2';
    system.advance(SECOND);
    expect(short((await ask({ policy: 'background' })).usage)).toBe('none - no_data');
    expect(short((await ask()).usage)).toBe('fresh endpoint -');
    expect(lockOnDisk()).toMatchObject({ error: null, failures: 0 });
  });

  it('leaves no failure once the renewed one is about to be sent, so that a killed process leaves none either', async () => {
    lapse();
    await ask();
    provider.login = { ok: true, value: null };
    provider.currentFingerprint = 'fingerprint-2';
    await askAndBeKilled();
    expect(short((await ask({ policy: 'background' })).usage)).toBe('none - no_data');
  });
});

describe('the time at which the login must be renewed', () => {
  const loginUntil = NOW + 20 * HOUR;
  beforeEach(() => {
    provider.respond = () => ({ ok: true, value: { ...aSnapshot, loginUntil } });
  });

  it('is stored with the numbers, because a fresh entry is shown without reading credentials', async () => {
    expect((await ask()).usage.loginUntil).toBe(loginUntil);
    expect(entryOnDisk()).toMatchObject({ loginUntil });
    system.advance(MINUTE);
    expect((await ask()).usage.loginUntil).toBe(loginUntil);
    provider.login = failure('token_lapsed');
    system.advance(HOUR);
    expect((await ask()).usage.loginUntil).toBe(loginUntil);
    expect((await ask({ policy: 'cached' })).usage.loginUntil).toBe(loginUntil);
  });

  it('is unknown when the login has been rewritten since', async () => {
    await ask();
    provider.currentFingerprint = 'fingerprint-2';
    expect((await ask({ policy: 'cached' })).usage).not.toHaveProperty('loginUntil');
  });
});

describe('changed credentials', () => {
  it('are used at once, although the last request was sent seconds ago', async () => {
    await ask();
    system.advance(5 * SECOND);
    provider.currentFingerprint = 'fingerprint-2';
    provider.token = 'token-2';
    expect(short((await ask()).usage)).toBe('fresh endpoint -');
    expect(provider.sent).toHaveLength(2);
    system.advance(5 * SECOND);
    expect(short((await ask({ force: true })).usage)).toBe('fresh cache budget');
  });

  it('of another account mean that the old numbers are not shown', async () => {
    await ask();
    provider.currentFingerprint = 'fingerprint-2';
    provider.signedIn = 'grace';
    const { usage } = await ask({ policy: 'cached' });
    expect(short(usage)).toBe('none - no_data');
    expect(usage).toMatchObject({ windows: [], plan: null, cachedAt: null });
    provider.respond = () => failure('timeout');
    provider.token = 'token-2';
    expect(short((await ask()).usage)).toBe('none - timeout');
  });

  it('of another organisation mean that the old numbers are not shown, although the person is the same', async () => {
    const ada = { kind: 'known', accountId: 'ada', accountName: null, organizationName: null } as const;
    provider.identityNow = { ...ada, organizationId: 'org-1' };
    await ask();
    provider.currentFingerprint = 'fingerprint-2';
    expect(short((await ask({ policy: 'cached' })).usage)).toBe('stale cache -');
    provider.identityNow = { ...ada, organizationId: 'org-2' };
    expect(short((await ask({ policy: 'cached' })).usage)).toBe('none - no_data');
    provider.identityNow = { ...ada, organizationId: null };
    expect(short((await ask({ policy: 'cached' })).usage)).toBe('stale cache -');
  });

  it.each([
    ['was known and is not any more', 'ada', 'none'],
    ['was known and cannot be read any more', 'ada', 'unknown'],
    ['could not be read', 'unknown', 'ada'],
    ['cannot be read, before and after', 'unknown', 'unknown'],
    ['could not be read and is gone', 'unknown', 'none'],
  ])('make the old numbers last known where the account %s', async (_case, before, after) => {
    const identity = (who: string) => (who === 'ada' ? null : ({ kind: who as 'none' | 'unknown' } as const));
    provider.identityNow = identity(before);
    await ask();
    expect(short((await ask({ policy: 'cached' })).usage)).toBe('fresh cache -');
    provider.currentFingerprint = 'fingerprint-2';
    provider.identityNow = identity(after);
    const { usage } = await ask({ policy: 'cached' });
    expect(short(usage)).toBe('last_known cache no_data');
    expect(usage.windows).toHaveLength(2);
    provider.token = 'token-2';
    system.advance(2 * MINUTE);
    expect(short((await ask()).usage)).toBe('fresh endpoint -');
  });

  it.each(['none', 'unknown', 'ada'])(
    'are a renewed token where nothing ever said whose the numbers are, and now says %s',
    async (after) => {
      provider.identityNow = { kind: 'none' };
      await ask();
      provider.currentFingerprint = 'fingerprint-2';
      provider.identityNow = after === 'ada' ? null : { kind: after as 'none' };
      expect(short((await ask({ policy: 'cached' })).usage)).toBe('stale cache -');
    },
  );

  it('of another account mean that the old numbers are not shown, also where there was no fingerprint before', async () => {
    provider.currentFingerprint = null;
    await ask();
    provider.currentFingerprint = 'fingerprint-2';
    provider.signedIn = 'grace';
    expect(short((await ask({ policy: 'cached' })).usage)).toBe('none - no_data');
  });

  it('leave the old numbers stale when the same person has signed in', async () => {
    await ask();
    provider.currentFingerprint = 'fingerprint-2';
    expect(short((await ask({ policy: 'cached' })).usage)).toBe('stale cache -');
  });

  it('with the token that was sent last wait for the spacing, however often the file is rewritten', async () => {
    for (let touched = 0; touched < 40; touched += 1) {
      provider.currentFingerprint = `fingerprint-${touched}`;
      await ask();
      system.advance(SECOND / 2);
    }
    expect(provider.sent).toHaveLength(1);
    const { usage } = await ask({ policy: 'wait', force: true });
    expect(usage.error).toMatchObject({ code: 'budget', retryAt: NOW + MINUTE });
    system.setNow(NOW + MINUTE);
    expect((await ask({ force: true })).usage.source).toBe('endpoint');
  });

  it('with a new token each time are used at once only once in five minutes', async () => {
    for (let renewed = 0; renewed < 120; renewed += 1) {
      provider.currentFingerprint = `fingerprint-${renewed}`;
      provider.token = `token-${renewed}`;
      await ask();
      system.advance(5 * SECOND);
    }
    const gaps = provider.sent.slice(1).map((at, index) => at - (provider.sent[index] as number));
    const early = provider.sent.filter((_at, index) => index > 0 && (gaps[index - 1] as number) < MINUTE);
    expect(early).toHaveLength(2);
    expect((early[1] as number) - (early[0] as number)).toBeGreaterThanOrEqual(5 * MINUTE);
  });

  it('that return have no new token, and two that alternate waive the spacing once', async () => {
    await ask();
    for (const [index, who] of ['b', 'a', 'b', 'a'].entries()) {
      system.advance(5 * SECOND);
      provider.currentFingerprint = `fingerprint-${who}`;
      provider.token = `token-${who}`;
      await ask();
      expect(provider.sent).toHaveLength(2);
      expect(index).toBeLessThan(4);
    }
  });

  it('do not waive the limit of the hour', async () => {
    for (let sent = 0; sent < 30; sent += 1) {
      provider.currentFingerprint = `fingerprint-${sent}`;
      provider.token = `token-${sent}`;
      await ask({ force: true });
      system.advance(61 * SECOND);
    }
    expect(provider.sent).toHaveLength(24);
  });

  it('leave a keyed hash in the backoff, with another key in each directory', async () => {
    await ask();
    const { token } = JSON.parse(fs.readFileSync(join(cache, 'usage.lock'), 'utf8')) as { token: string };
    expect(token).toMatch(/^[0-9a-f]{32}:/);
    system.advance(2 * HOUR);
    await ask();
    const later = JSON.parse(fs.readFileSync(join(cache, 'usage.lock'), 'utf8')) as { token: string };
    expect(later.token).toBe(token);
    fs.rmSync(cache, { recursive: true });
    await ask();
    const other = JSON.parse(fs.readFileSync(join(cache, 'usage.lock'), 'utf8')) as { token: string };
    expect(other.token).not.toBe(token);
  });
});

describe('a process that is suspended between its claim and its request', () => {
  it.each([
    ['until its deadline is over sends nothing', 2 * SECOND, 0, 'none - timeout'],
    ['for a moment has what is left of its deadline', 1.5 * SECOND, 1, 'fresh endpoint -'],
  ])('%s', async (_case, stopped, sent, shown) => {
    const deadlines: number[] = [];
    provider.respond = ({ timeoutMs }) => {
      deadlines.push(timeoutMs);
      return { ok: true, value: aSnapshot };
    };
    const openSync: typeof fs.openSync = (path, ...how) => {
      const fd = fs.openSync(path, ...how);
      if (String(path).endsWith('attempt.1')) system.advance(stopped);
      return fd;
    };
    const { ask: askStopped } = asker({ ...system, fs: { ...fs, openSync } as typeof fs }, provider);
    expect(short((await askStopped()).usage)).toBe(shown);
    expect(deadlines).toEqual(sent === 0 ? [] : [SECOND / 2]);
    expect(lockOnDisk()?.requests).toEqual(sent === 0 ? [] : [NOW]);
  });
});

describe('the budget', () => {
  it('allows one request a minute, whatever the caller demands', async () => {
    await ask();
    for (let second = 1; second < 60; second += 1) {
      system.advance(SECOND);
      expect(short((await ask({ force: true })).usage)).toBe('fresh cache budget');
    }
    expect(provider.sent).toHaveLength(1);
    system.advance(SECOND);
    expect(short((await ask({ force: true })).usage)).toBe('fresh endpoint -');
  });

  it('allows 24 in any hour, and returns when the next one is', async () => {
    for (let minute = 0; minute < 24; minute += 1) {
      expect(short((await ask({ force: true })).usage)).toBe('fresh endpoint -');
      system.advance(61 * SECOND);
    }
    fs.unlinkSync(join(cache, 'usage.json'));
    const { usage } = await ask();
    expect(short(usage)).toBe('none - budget');
    expect(usage.error?.retryAt).toBe(NOW + HOUR + SECOND);
    provider.currentFingerprint = 'fingerprint-2';
    expect(short((await ask()).usage)).toBe('none - budget');
    system.setNow(NOW + HOUR + SECOND);
    expect(short((await ask()).usage)).toBe('fresh endpoint -');
    for (const at of provider.sent) {
      expect(provider.sent.filter((it) => it >= at && it < at + HOUR).length).toBeLessThanOrEqual(24);
    }
  });

  it('counts a request whose process died before it could store an outcome', async () => {
    await askAndBeKilled();
    system.advance(10 * SECOND);
    expect(short((await ask()).usage)).toBe('none - budget');
    expect(provider.sent).toHaveLength(1);
  });

  describe('with an exception', () => {
    const mutex = () => fs.existsSync(join(cache, 'refresh.mutex'));
    const claims = () => fs.readdirSync(cache).filter((name) => name.startsWith('attempt.'));

    it.each<[string, () => Promise<never>]>([
      ['thrown at once', () => throwing(new TypeError('secret'))],
      ['that comes later', () => Promise.reject(new TypeError('secret'))],
    ])('%s leaves line, backoff, claim and mutex as any other failure does', async (_, happen) => {
      provider.respond = happen;
      const { usage } = await ask();
      expect(short(usage)).toBe('none - internal_error');
      expect(usage.error).toMatchObject({
        retryAt: NOW + MINUTE,
        detail: expect.stringMatching(/^TypeError at /),
      });
      expect(JSON.stringify([usage, lockOnDisk(), entryOnDisk()])).not.toContain('secret');
      expect(lockOnDisk()).toMatchObject({ error: 'internal_error', failures: 1, requests: [NOW] });
      expect(mutex()).toBe(false);
      expect(claims()).toEqual(['attempt.1']);
      expect(readClaims(system, cache, 'attempt')[0]).toMatchObject({ at: NOW, until: NOW });
      expect(short((await ask({ policy: 'background' })).usage)).toBe('none - internal_error');
      system.advance(61 * SECOND);
      provider.respond = () => ({ ok: true, value: aSnapshot });
      expect(short((await ask()).usage)).toBe('fresh endpoint -');
    });

    it('counts no request when the exception comes before it is sent', async () => {
      const { connect } = provider;
      Object.assign(provider, { connect: () => throwing(new Error('secret')) });
      expect(short((await ask()).usage)).toBe('none - internal_error');
      expect(lockOnDisk()).toMatchObject({ error: 'internal_error', requests: [] });
      expect(claims()).toEqual([]);
      expect(mutex()).toBe(false);
      Object.assign(provider, { connect });
      system.advance(66 * SECOND);
      expect(short((await ask()).usage)).toBe('fresh endpoint -');
    });

    it('takes a request back of which nothing has left the machine', async () => {
      system.advance(-10 * MINUTE);
      await ask();
      system.advance(10 * MINUTE);
      const before = lockOnDisk()!.requests;
      expect(before).toHaveLength(1);
      provider.respond = () => ({ ok: false, failure: { code: 'internal_error', unsent: true } });
      const { usage } = await ask();
      expect(short(usage)).toBe('stale cache internal_error');
      expect(lockOnDisk()).toMatchObject({ error: 'internal_error', requests: before });
      expect(claims()).not.toContain('attempt.2');
      expect(entryOnDisk()?.data).not.toBeNull();
    });

    it('counts a request that may have left the machine', async () => {
      provider.respond = () => ({ ok: false, failure: { code: 'internal_error' } });
      expect(short((await ask()).usage)).toBe('none - internal_error');
      expect(lockOnDisk()).toMatchObject({ error: 'internal_error', requests: [NOW] });
      expect(claims()).toEqual(['attempt.1']);
    });
  });

  it('is the same after the cache is cleared', async () => {
    await ask();
    fs.unlinkSync(join(cache, 'usage.json'));
    const { usage } = await ask();
    expect(short(usage)).toBe('none - budget');
    expect(usage.error?.retryAt).toBe(NOW + MINUTE);
  });
});

describe('several processes at the same time', () => {
  // The mutex is dated by the real clock.
  beforeEach(() => system.setNow(Date.now()));

  it('send one request, and those without data wait for its response', async () => {
    provider.respond = async () => {
      await new Promise((done) => setTimeout(done, 100));
      return { ok: true, value: aSnapshot };
    };
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => inRealTime({ timeoutMs: PATIENCE }).ask()),
    );
    expect(provider.sent).toHaveLength(1);
    expect(answers.map(({ usage }) => usage.state)).toEqual(Array.from({ length: 12 }, () => 'fresh'));
    expect(answers.filter(({ usage }) => usage.source === 'endpoint')).toHaveLength(1);
  });

  it('show the entry and do not wait for the request of another process', async () => {
    await ask();
    system.advance(HOUR);
    const mutex = await acquireMutex(system, directory());
    const { usage } = await ask();
    expect(short(usage)).toBe('stale cache -');
    expect(provider.sent).toHaveLength(1);
    if (mutex.kind === 'held') await mutex.release();
  });

  it('show a failure as well when they have waited for it', async () => {
    provider.respond = async () => {
      await new Promise((done) => setTimeout(done, 50));
      return failure('rate_limited');
    };
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => inRealTime({ timeoutMs: PATIENCE }).ask()),
    );
    expect(provider.sent).toHaveLength(1);
    expect(answers.map(({ usage }) => short(usage))).toEqual(
      Array.from({ length: 4 }, () => 'none - rate_limited'),
    );
  });

  it('give up at their deadline when no response is stored', async () => {
    fs.mkdirSync(cache, { recursive: true });
    const mutex = await acquireMutex(system, directory());
    const { usage } = await inRealTime({ timeoutMs: 300 }).ask();
    expect(short(usage)).toBe('none - timeout');
    expect(provider.sent).toEqual([]);
    if (mutex.kind === 'held') await mutex.release();
  });

  it('wait for a running request although the mutex is free', async () => {
    fs.mkdirSync(cache, { recursive: true });
    const claim = { at: system.now(), until: system.now() + 2000, credentials: 'fingerprint-1' };
    takeClaim(system, cache, 'attempt', undefined, claim);
    const { usage } = await inRealTime({ timeoutMs: 300 }).ask();
    expect(short(usage)).toBe('none - timeout');
    expect(provider.sent).toEqual([]);
  });

  it('take over the mutex of a process that has died', async () => {
    fs.mkdirSync(cache, { recursive: true });
    const mutex = await acquireMutex(system, directory());
    const asking = inRealTime({ timeoutMs: PATIENCE }).ask();
    await new Promise((done) => setTimeout(done, 100));
    if (mutex.kind === 'held') await mutex.release();
    expect(short((await asking).usage)).toBe('fresh endpoint -');
  });

  it('wait for a newer entry when they demand one', async () => {
    await ask();
    system.advance(2 * MINUTE);
    const mutex = await acquireMutex(system, directory());
    const asking = inRealTime({ timeoutMs: PATIENCE }).ask({ force: true, waitsForOthers: true });
    await new Promise((done) => setTimeout(done, 100));
    if (mutex.kind === 'held') await mutex.release();
    expect(short((await asking).usage)).toBe('fresh endpoint -');
    expect(provider.sent).toHaveLength(2);
  });

  /** A caller whose deadline passes as real time does, while the wall clock stands still. */
  function inRealTime(settings = {}) {
    return asker({ ...system, monotonic: () => performance.now() }, provider, settings);
  }
});

describe('a caller that never waits', () => {
  it('gets the entry at once, and one of several starts the worker', async () => {
    await ask();
    system.advance(HOUR);
    const answers = [await ask({ policy: 'background' }), await ask({ policy: 'background' })];
    expect(answers.map(({ usage }) => short(usage))).toEqual(['stale cache -', 'stale cache -']);
    expect(answers.map(({ startWorker: startBackground }) => startBackground)).toEqual([true, false]);
    expect(provider.sent).toHaveLength(1);
    system.advance(9 * SECOND);
    expect((await ask({ policy: 'background' })).startWorker).toBe(false);
    system.advance(SECOND);
    expect((await ask({ policy: 'background' })).startWorker).toBe(true);
    expect(fs.readdirSync(cache).filter((name) => name.startsWith('background'))).toEqual(['background.2']);
  });

  it('gets the state that the first request is under way', async () => {
    const { usage, startWorker: startBackground } = await ask({ policy: 'background' });
    expect(short(usage)).toBe('none - no_data');
    expect(usage.pending).toBe(true);
    expect(startBackground).toBe(true);
    expect((await ask({ policy: 'background' })).usage.pending).toBe(true);
  });

  it('starts no worker when its response could not be stored', async () => {
    fs.writeFileSync(join(system.root, '.cache'), 'a file');
    const { usage, startWorker: startBackground } = await ask({ policy: 'background' });
    expect(short(usage)).toBe('none - cache_unwritable');
    expect(usage.pending).toBe(false);
    expect(usage.error?.detail).toMatch(/\/usageline: ENOTDIR$/);
    expect(startBackground).toBe(false);
  });

  it('ignores a claim from the future', async () => {
    await ask({ policy: 'background' });
    system.setNow(NOW - DAY);
    expect((await ask({ policy: 'background' })).startWorker).toBe(true);
  });
});

describe('a cache that cannot be written', () => {
  const full = () => {
    fs.mkdirSync(join(system.root, '.cache'));
    fs.writeFileSync(join(system.root, '.cache', 'usageline'), 'a file');
  };

  it('does not stop a person’s own command, which shows the failure', async () => {
    full();
    const { usage } = await ask();
    expect(short(usage)).toBe('fresh endpoint cache_unwritable');
    expect(usage.windows).toHaveLength(2);
  });

  it('sends no request for other callers', async () => {
    full();
    expect(short((await ask({ sendsUncached: false })).usage)).toBe('none - cache_unwritable');
    expect(provider.sent).toEqual([]);
  });

  it('has the budget in the runtime directory', async () => {
    full();
    const runtime = join(system.root, 'run');
    fs.mkdirSync(runtime);
    const { ask: askHere } = asker({ ...system, env: { XDG_RUNTIME_DIR: runtime } }, provider);
    expect(short((await askHere()).usage)).toBe('fresh endpoint cache_unwritable');
    expect(short((await askHere()).usage)).toBe('none - budget');
    expect(provider.sent).toHaveLength(1);
    expect(fs.readdirSync(join(runtime, 'usageline', 'claude')).sort()).toEqual(['attempt.1', 'usage.lock']);
  });

  it('has the backoff in the runtime directory, until a success', async () => {
    full();
    const runtime = join(system.root, 'run');
    fs.mkdirSync(runtime);
    const { ask: askHere } = asker({ ...system, env: { XDG_RUNTIME_DIR: runtime } }, provider);
    provider.respond = () => failure('rate_limited');
    expect(short((await askHere()).usage)).toBe('none - rate_limited');
    system.advance(2 * MINUTE);
    expect(short((await askHere()).usage)).toBe('none - rate_limited');
    fs.unlinkSync(join(system.root, '.cache', 'usageline'));
    expect(short((await askHere()).usage)).toBe('none - rate_limited');
    system.advance(4 * MINUTE);
    provider.respond = () => ({ ok: true, value: aSnapshot });
    expect(short((await askHere()).usage)).toBe('fresh endpoint -');
    expect(fs.existsSync(join(runtime, 'usageline', 'claude', 'usage.lock'))).toBe(false);
    expect(provider.sent).toHaveLength(2);
  });

  it.each(['attempt.', 'usage.lock'])('is also noticed when only %s cannot be written', async (name) => {
    const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
    const guarded = {
      ...fs,
      openSync: ((path: string, ...rest: [string, number]) => {
        if (String(path).includes(name) && String(rest[0]) === 'wx') throw full;
        return fs.openSync(path, ...rest);
      }) as typeof fs.openSync,
      renameSync: ((from: string, to: string) => {
        if (to.endsWith(name)) throw full;
        fs.renameSync(from, to);
      }) as typeof fs.renameSync,
    };
    const { ask: askHere } = asker({ ...system, fs: guarded }, provider);
    expect(short((await askHere({ sendsUncached: false })).usage)).toBe('none - cache_unwritable');
    expect(provider.sent).toEqual([]);
    expect(fs.readdirSync(cache)).toEqual([]);
  });

  it('works like no cache directory, and nothing is cached', async () => {
    const { ask: askHere } = asker({ ...system, home: () => null }, provider);
    const { usage, warning } = await askHere();
    expect(short(usage)).toBe('fresh endpoint cache_unwritable');
    expect(warning).toMatch(/nothing is cached/);
    expect(short((await askHere({ policy: 'background' })).usage)).toBe('none - cache_unwritable');
    expect(short((await askHere({ sendsUncached: false })).usage)).toBe('none - cache_unwritable');
  });

  it('is also one that everyone can write: nothing in it counts, and nothing is written there', async () => {
    await ask();
    fs.chmodSync(cache, 0o777);
    const { usage, startWorker: startBackground, warning } = await ask({ policy: 'background' });
    expect(short(usage)).toBe('none - cache_unwritable');
    expect(startBackground).toBe(false);
    expect(warning).toBe(`${cache} can be written by everyone: nothing is cached`);
    expect(usage.error?.detail).toBe(warning);
    const before = fs.readdirSync(cache);
    expect(short((await ask()).usage)).toBe('fresh endpoint cache_unwritable');
    expect(fs.readdirSync(cache)).toEqual(before);
  });

  it('reports that the entry may not be read', async () => {
    await ask();
    const denied = Object.assign(new Error('denied'), { code: 'EACCES' });
    const guarded = {
      ...fs,
      readFileSync: ((path: string, options: 'utf8') => {
        if (path.endsWith('usage.json')) throw denied;
        return fs.readFileSync(path, options);
      }) as typeof fs.readFileSync,
    };
    const { ask: askHere } = asker({ ...system, fs: guarded }, provider);
    expect(short((await askHere({ policy: 'cached' })).usage)).toBe('none - cache_unreadable');
    system.advance(2 * MINUTE);
    expect((await askHere()).usage).toMatchObject({ state: 'fresh', source: 'endpoint' });
  });
});

describe('clocks', () => {
  it('that were set back leave an entry of the future last known, and a backoff of the future delays for a minute', async () => {
    await ask();
    system.setNow(NOW - HOUR);
    const { usage } = await ask({ policy: 'cached' });
    expect(short(usage)).toBe('last_known cache no_data');
    expect(usage.ageMs).toBeNull();
    const refused = (await ask()).usage;
    expect(short(refused)).toBe('last_known cache budget');
    expect(refused.error?.retryAt).toBeLessThanOrEqual(NOW - HOUR + MINUTE + SECOND);
    system.advance(MINUTE + SECOND);
    expect(short((await ask()).usage)).toBe('fresh endpoint -');
  });

  it('that are set back during a request leave its response fresh', async () => {
    provider.respond = () => {
      system.setNow(NOW - HOUR);
      return { ok: true, value: aSnapshot };
    };
    expect((await ask()).usage).toMatchObject({ state: 'fresh', cachedAt: NOW - HOUR, ageMs: 0 });
  });

  it.each([
    ['answered', () => ({ ok: true, value: aSnapshot }) as const],
    ['failed', () => failure('timeout')],
  ])(
    'do not let a process that was suspended during a request and then %s undo the backoff of another',
    async (_case, answer) => {
      provider.respond = () => {
        const others = { blocked_until: (NOW + HOUR) / 1000, error: 'rate_limited', failures: 1 };
        const lock = {
          ...others,
          written_at: NOW / 1000,
          credentials: 'fingerprint-1',
          requests: [NOW / 1000],
        };
        fs.writeFileSync(join(cache, 'usage.lock'), JSON.stringify(lock));
        return answer();
      };
      await ask();
      expect(lockOnDisk()).toMatchObject({
        error: 'rate_limited',
        blockedUntil: NOW + HOUR,
        requests: [NOW],
      });
    },
  );

  it('let a process that was suspended during a request and then failed show the newer entry of another', async () => {
    provider.respond = () => {
      const newer = { ...JSON.parse(JSON.stringify(wire)), cached_at: iso(NOW + HOUR - MINUTE) };
      fs.writeFileSync(join(cache, 'usage.json'), JSON.stringify(newer));
      system.setNow(NOW + HOUR);
      return failure('timeout');
    };
    expect(short((await ask()).usage)).toBe('fresh cache -');
  });

  it('let no process that slept for a day during a request overwrite a newer entry', async () => {
    provider.respond = async () => {
      const newer = { ...JSON.parse(JSON.stringify(wire)), cached_at: iso(NOW + DAY - MINUTE) };
      fs.writeFileSync(join(cache, 'usage.json'), JSON.stringify(newer));
      system.setNow(NOW + DAY);
      return { ok: true, value: aSnapshot };
    };
    await ask();
    expect(entryOnDisk()?.cachedAt).toBe(NOW + DAY - MINUTE);
  });

  it.each([
    ['an hour', HOUR, 'stale endpoint -'],
    ['a day', DAY, 'last_known endpoint -'],
  ])('let no response be fresh that arrives after %s of sleep', async (_case, asleep, expected) => {
    provider.respond = () => {
      system.advance(asleep);
      return { ok: true, value: aSnapshot };
    };
    const { usage } = await ask();
    expect(short(usage)).toBe(expected);
    expect(usage).toMatchObject({ ageMs: asleep, freshUntil: null });
  });

  it('let no entry stay fresh while a request fails after an hour of sleep', async () => {
    await ask();
    system.advance(MINUTE);
    provider.respond = () => {
      system.advance(HOUR);
      return failure('timeout');
    };
    const { usage } = await ask({ force: true });
    expect(short(usage)).toBe('stale cache timeout');
    expect(usage.ageMs).toBe(HOUR + MINUTE);
  });

  it('let no response be fresh when a window was reset during the request', async () => {
    provider.respond = () => {
      const five_hour = { utilization: 90, resets_at: iso(NOW + SECOND) };
      system.advance(2 * SECOND);
      return { ok: true, value: { ...aSnapshot, data: { five_hour } } };
    };
    const { usage } = await ask();
    expect(short(usage)).toBe('stale endpoint -');
    expect(usage.windows[0]).toMatchObject({ elapsed: true, usedPercent: null });
  });

  const wire = { schema_version: 1, data: aSnapshot.data, error: null };
});

describe('old claims and temporary files', () => {
  it('are removed', async () => {
    for (let round = 0; round < 10; round += 1) {
      await ask();
      system.advance(4 * MINUTE);
    }
    fs.writeFileSync(join(cache, 'usage.json.123'), '');
    fs.writeFileSync(join(cache, 'usage.lock.456'), '');
    fs.utimesSync(join(cache, 'usage.json.123'), new Date(0), new Date(0));
    fs.utimesSync(join(cache, 'usage.lock.456'), system.now() / 1000, system.now() / 1000);
    await ask();
    expect(fs.readdirSync(cache).sort()).toEqual([
      'attempt.11',
      'counts.json',
      'usage.json',
      'usage.lock',
      'usage.lock.456',
    ]);
  });
});
