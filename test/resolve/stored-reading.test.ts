import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Entry } from '../../src/cache/entry.ts';
import type { Identity, StoredReading } from '../../src/fetch/provider.ts';
import { acceptsReading } from '../../src/resolve/stored-reading.ts';
import type { ReadingContext } from '../../src/resolve/stored-reading.ts';
import { HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';
import type { Usage } from '../../src/usage/model.ts';
import { anEntry, iso, NOW } from '../support/build.ts';
import { aSnapshot, asker, fakeProvider } from '../support/provider.ts';
import { fakeSystem } from '../support/system.ts';

const ago = (ms: number) => NOW - ms;

const aReading = (age: number, more: Partial<StoredReading> = {}): StoredReading => ({
  data: { five_hour: { utilization: 44, resets_at: iso(NOW + 4 * HOUR) } },
  readAt: ago(age),
  accountId: 'ada',
  plan: null,
  ...more,
});

const isAda = (organizationId: string | null = null): Identity => ({
  kind: 'known',
  accountId: 'ada',
  organizationId,
  accountName: null,
  organizationName: null,
});

const adas = (age: number, more: Partial<Entry> = {}): Entry =>
  anEntry({ cachedAt: ago(age), accountId: 'ada', ...more });

describe('a reading of the client takes the place of the entry', () => {
  it.each<[string, StoredReading, Partial<ReadingContext>, boolean]>([
    ['without an entry', aReading(10 * MINUTE), {}, true],
    ['an hour old', aReading(HOUR), {}, true],
    ['older than an hour', aReading(HOUR + 1), {}, false],
    ['a moment ahead of the clock', aReading(-4 * SECOND), {}, true],
    ['from the future', aReading(-6 * SECOND), {}, false],
    ['of another account', aReading(MINUTE, { accountId: 'bob' }), {}, false],
    ['while no file names an account', aReading(MINUTE), { identity: { kind: 'none' } }, false],
    ['while the account cannot be read', aReading(MINUTE), { identity: { kind: 'unknown' } }, false],
    ['while no login is stored', aReading(MINUTE), { hasLogin: false }, false],
    ['newer than the entry', aReading(MINUTE), { entry: adas(MINUTE + 1) }, true],
    ['as old as the entry', aReading(MINUTE), { entry: adas(MINUTE) }, false],
    ['older than the entry', aReading(MINUTE), { entry: adas(SECOND) }, false],
    ['beside an entry from the future', aReading(MINUTE), { entry: adas(-HOUR) }, true],
    [
      'beside a failure of later',
      aReading(MINUTE),
      { entry: adas(SECOND, { data: null, error: 'timeout', accountId: null }) },
      true,
    ],
    [
      'of an account that has signed in since the entry, and read since then',
      aReading(MINUTE),
      { entry: adas(HOUR, { accountId: 'bob' }), loginWrittenAt: () => ago(2 * MINUTE) },
      true,
    ],
    [
      'of another organisation of the account, perhaps: read before the login was written',
      aReading(MINUTE),
      {
        entry: adas(HOUR, { organizationId: 'old' }),
        identity: isAda('new'),
        loginWrittenAt: () => ago(SECOND),
      },
      false,
    ],
    [
      'after a change of the organisation whose time is not known',
      aReading(MINUTE),
      { entry: adas(HOUR, { organizationId: 'old' }), identity: isAda('new') },
      false,
    ],
  ])('%s: %#', (_, reading, context, accepted) => {
    const usual = { now: NOW, identity: isAda(), hasLogin: true, entry: null, loginWrittenAt: () => null };
    expect(acceptsReading(reading, { ...usual, ...context })).toBe(accepted);
  });
});

function aMachine() {
  const system = fakeSystem();
  const provider = fakeProvider(system);
  const { ask } = asker(system, provider);
  const cache = join(system.root, '.cache', 'usageline', 'claude');
  const read = (name: string): Record<string, any> => JSON.parse(fs.readFileSync(join(cache, name), 'utf8'));
  /** The requests of the last hour, in seconds before now, the latest first. */
  const counted = () =>
    (read('usage.lock').requests as number[]).map((at) => system.now() / SECOND - at).toReversed();
  return { system, provider, ask, read, counted };
}

const short = ({ state, ageMs, windows, error }: Usage) =>
  `${state} ${windows[0]?.usedPercent ?? '-'} ${(ageMs ?? -SECOND) / SECOND} ${error?.code ?? '-'}`;

describe('before a request', () => {
  it('a fresh reading of the client is shown in its place, and counts as a request', async () => {
    const { provider, ask, read, counted } = aMachine();
    provider.stored = aReading(MINUTE, { plan: 'pro' });
    const { usage } = await ask();
    expect(short(usage)).toBe('fresh 44 60 -');
    expect(usage).toMatchObject({ plan: 'pro', cachedAt: ago(MINUTE) });
    expect(usage.windows[0]).toMatchObject({ source: 'endpoint', readAt: ago(MINUTE) });
    expect(provider).toMatchObject({ sent: [], authenticated: 0 });
    expect(read('usage.json')).toMatchObject({ account_id: 'ada', credentials: 'fingerprint-1' });
    expect(counted()).toEqual([60]);
  });

  it('a reading that is not fresh any more stands until the answer, and where there is none', async () => {
    const { provider, ask } = aMachine();
    provider.stored = aReading(20 * MINUTE);
    provider.respond = () => ({ ok: false, failure: { code: 'timeout' } });
    expect(short((await ask()).usage)).toBe('stale 44 1200 timeout');
    expect(provider.sent).toEqual([NOW]);
  });

  it('a prompt and a caller that may not ask do not look at it', async () => {
    const { provider, ask } = aMachine();
    let looked = 0;
    Object.defineProperty(provider, 'stored', {
      get: () => {
        looked += 1;
        return aReading(MINUTE);
      },
    });
    expect((await ask({ policy: 'background' })).usage.state).toBe('none');
    expect((await ask({ policy: 'cached' })).usage.state).toBe('none');
    expect(looked).toBe(0);
    await ask();
    expect(looked).toBe(1);
    // Fresh now.
    await ask();
    expect(looked).toBe(1);
  });

  it('nor does anyone under a backoff', async () => {
    const { provider, ask, system } = aMachine();
    provider.respond = () => ({ ok: false, failure: { code: 'rate_limited' } });
    await ask();
    system.advance(MINUTE);
    provider.stored = aReading(-30 * SECOND);
    expect(short((await ask()).usage)).toBe('none - -1 rate_limited');
  });

  it('the reading of another account is neither shown nor counted', async () => {
    const { provider, ask, counted } = aMachine();
    provider.stored = aReading(MINUTE, { accountId: 'bob' });
    expect(short((await ask()).usage)).toBe('fresh 22 0 -');
    expect(counted()).toEqual([0]);
  });

  it('a reading that moves is counted once for each place it had', async () => {
    const { provider, ask, counted, system } = aMachine();
    provider.stored = aReading(30 * MINUTE);
    await ask();
    expect(counted()).toEqual([0, 30 * 60]);
    for (let minutes = 4; minutes <= 12; minutes += 4) {
      system.advance(4 * MINUTE);
      await ask();
    }
    expect(counted()).toEqual([0, 240, 480, 720, 42 * 60]);
    provider.stored = aReading(-15 * MINUTE);
    system.advance(4 * MINUTE);
    expect(short((await ask()).usage)).toBe('fresh 44 60 -');
    expect(counted()).toEqual([60, 240, 480, 720, 960, 46 * 60]);
  });

  it('reads of the client use up the budget of the hour', async () => {
    const { provider, ask, system } = aMachine();
    const next = async () => (await ask({ force: true })).usage.error;
    for (let count = 0; count < 24; count += 1) {
      system.advance(100 * SECOND);
      provider.stored = { ...aReading(0), readAt: system.now() - SECOND };
      expect(await next()).toMatchObject({ code: 'budget' });
    }
    provider.stored = null;
    system.advance(2 * MINUTE);
    expect(await next()).toMatchObject({ code: 'budget' });
    system.advance(20 * MINUTE);
    expect(await next()).toBeNull();
    expect(provider.sent).toHaveLength(1);
  });

  it('a forced question still sends its request', async () => {
    const { provider, ask } = aMachine();
    provider.stored = aReading(2 * MINUTE);
    expect(short((await ask({ force: true })).usage)).toBe('fresh 22 0 -');
    expect(provider.sent).toHaveLength(1);
  });

  it('an exception in the reading costs no request', async () => {
    const { provider, ask } = aMachine();
    Object.defineProperty(provider, 'stored', {
      get: () => {
        throw new Error('broken');
      },
    });
    expect(short((await ask()).usage)).toBe('fresh 22 0 -');
  });
});

describe('a request that another program sends', () => {
  it('has numbers of their own time, and what the client keeps of it is not counted again', async () => {
    const { provider, ask, counted, read, system } = aMachine();
    provider.hidesToken = true;
    const readAt = NOW - 40 * SECOND;
    provider.respond = () => ({ ok: true, value: { ...aSnapshot, readAt } });
    expect(short((await ask()).usage)).toBe('fresh 22 40 -');
    expect(read('usage.json').token).toBeUndefined();
    provider.stored = { ...aReading(0), readAt };
    system.advance(10 * MINUTE);
    provider.respond = () => ({ ok: false, failure: { code: 'timeout' } });
    await ask();
    expect(counted()).toEqual([0, 600]);
  });

  it('keeps older numbers of a refusal, with a backoff', async () => {
    const { provider, ask, read } = aMachine();
    const value = { ...aSnapshot, readAt: ago(20 * MINUTE), refused: { code: 'rate_limited' } } as const;
    provider.respond = () => ({ ok: true, value });
    expect(short((await ask()).usage)).toBe('stale 22 1200 rate_limited');
    expect(read('usage.lock')).toMatchObject({ error: 'rate_limited', blocked_until: NOW / SECOND + 300 });
  });

  it('does not put older numbers of a refusal over newer ones', async () => {
    const { provider, ask, system } = aMachine();
    await ask();
    system.advance(10 * MINUTE);
    const older = { ...aReading(MINUTE), plan: null, refused: { code: 'rate_limited' } } as const;
    provider.respond = () => ({ ok: true, value: older });
    expect(short((await ask()).usage)).toBe('stale 22 600 rate_limited');
  });

  it('is dropped when another account signs in meanwhile', async () => {
    const { provider, ask, read } = aMachine();
    provider.hidesToken = true;
    provider.respond = () => {
      provider.signedIn = 'bob';
      return { ok: true, value: aSnapshot };
    };
    const { usage } = await ask();
    expect(usage).toMatchObject({ state: 'none', error: { code: 'bad_response' } });
    expect(read('usage.json').data).toBeNull();
  });

  it('is not sent sooner because the login file was rewritten', async () => {
    const { provider, ask, system } = aMachine();
    provider.hidesToken = true;
    await ask();
    system.advance(10 * SECOND);
    provider.currentFingerprint = 'fingerprint-2';
    expect((await ask()).usage.error?.code).toBe('budget');
    expect(provider.sent).toHaveLength(1);
  });

  it('is not sent sooner either after a request whose token was known', async () => {
    const { provider, ask, system } = aMachine();
    await ask();
    system.advance(10 * SECOND);
    provider.hidesToken = true;
    provider.currentFingerprint = 'fingerprint-2';
    expect((await ask()).usage.error?.code).toBe('budget');
    expect(provider.sent).toHaveLength(1);
  });
});
