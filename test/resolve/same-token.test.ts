import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readBackoffLock, serializeBackoffLock } from '../../src/cache/backoff-lock.ts';
import type { BackoffLock } from '../../src/cache/backoff-lock.ts';
import { accountDirectory } from '../../src/cache/directory.ts';
import { readEntry, serializeEntry } from '../../src/cache/entry.ts';
import type { Entry } from '../../src/cache/entry.ts';
import type { Identity } from '../../src/fetch/provider.ts';
import { dependsOnToken, restamp } from '../../src/resolve/same-token.ts';
import { HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';
import { aLock, anEntry, NOW } from '../support/build.ts';
import { asker, fakeProvider } from '../support/provider.ts';
import { fakeSystem } from '../support/system.ts';

/** A login file that is rewritten, or numbered anew, before every call: it has another stamp each time. */
function aTouchedLogin() {
  const system = fakeSystem();
  const provider = fakeProvider(system);
  const { ask } = asker(system, provider);
  const directory = join(system.root, '.cache', 'usageline', 'claude');
  let touched = 0;
  const touch = () => {
    touched += 1;
    provider.currentStamp = `touched-${touched}`;
  };
  /** What calls come to, every `every` ms for an hour. */
  const anHour = async (every: number) => {
    const states = new Map<string, number>();
    for (const end = system.now() + HOUR; system.now() < end; system.advance(every)) {
      touch();
      const { state, error } = (await ask()).usage;
      const seen = error ? `${state}, ${error.code}` : state;
      states.set(seen, (states.get(seen) ?? 0) + 1);
    }
    return Object.fromEntries(states);
  };
  const entry = () => readEntry(system, join(directory, 'usage.json'));
  const lock = () => readBackoffLock(system, join(directory, 'usage.lock'), system.now());
  return { system, provider, ask, touch, anHour, entry, lock };
}

describe('a login file that changes while its token stays', () => {
  it.each([30, 10])(
    'costs a request each 180 s, asked every %i s, and the numbers are fresh',
    async (every) => {
      const { provider, anHour } = aTouchedLogin();
      expect(await anHour(every * SECOND)).toEqual({ fresh: HOUR / SECOND / every });
      expect(provider.sent).toHaveLength(20);
    },
  );

  it.each(['unauthorized', 'forbidden'] as const)('does not end the backoff of %s', async (code) => {
    const { provider, anHour } = aTouchedLogin();
    provider.answer = () => ({ ok: false, failure: { code } });
    expect(await anHour(30 * SECOND)).toEqual({ [`none, ${code}`]: 120 });
    expect(provider.sent).toHaveLength(12);
  });

  it('has the present stamp in the entry and in the lock', async () => {
    const { system, provider, ask, touch, entry, lock } = aTouchedLogin();
    await ask();
    const before = entry();
    touch();
    expect((await ask()).usage.state).toBe('fresh');
    expect(entry()).toEqual({
      ...before,
      entry: { ...(before.kind === 'entry' && before.entry), credentials: 'touched-1' },
    });

    provider.answer = () => ({ ok: false, failure: { code: 'unauthorized' } });
    system.advance(4 * MINUTE);
    await ask();
    const refused = lock();
    touch();
    expect((await ask()).usage.error?.code).toBe('unauthorized');
    expect(lock()).toEqual({ ...refused, credentials: 'touched-2' });
    expect(provider.sent).toHaveLength(2);
  });

  it('is asked with all the same where that is demanded', async () => {
    const { system, provider, ask, touch } = aTouchedLogin();
    await ask();
    system.advance(MINUTE);
    touch();
    await ask({ force: true });
    expect(provider.sent).toHaveLength(2);
  });

  it('is read again where a failure of its own was not a refusal', async () => {
    const { provider, ask, touch } = aTouchedLogin();
    provider.login = { ok: false, failure: { code: 'token_lapsed' } };
    await ask();
    touch();
    provider.login = { ok: true, value: null };
    expect((await ask()).usage.state).toBe('fresh');
  });

  it('proves the account where no file names it any more, and not where a file names another one', async () => {
    const { provider, ask, touch } = aTouchedLogin();
    await ask();
    touch();
    provider.signedIn = null;
    expect((await ask()).usage.state).toBe('fresh');
    touch();
    provider.signedIn = 'grace';
    expect((await ask()).usage).toMatchObject({ state: 'none', error: { code: 'budget' } });
  });

  it('gives no entry the stamp of none', async () => {
    const { system, provider, ask, entry } = aTouchedLogin();
    await ask();
    system.advance(MINUTE);
    provider.currentStamp = null;
    await ask();
    expect(provider.sent).toHaveLength(2);
    expect(entry()).toMatchObject({ entry: { cachedAt: system.now(), credentials: null } });
  });
});

describe('another token', () => {
  it('is asked with at once, once in five minutes, and has no part in the numbers of the one before', async () => {
    const { system, provider, ask, touch } = aTouchedLogin();
    await ask();
    touch();
    provider.token = 'token-2';
    expect((await ask()).usage.state).toBe('fresh');
    expect(provider.sent).toHaveLength(2);

    system.advance(MINUTE);
    provider.answer = () => ({ ok: false, failure: { code: 'server_error' } });
    provider.token = 'token-3';
    touch();
    expect((await ask()).usage.state).toBe('stale');
    expect(provider.sent).toHaveLength(3);
    // The token that was sent last is not the one of the entry.
    touch();
    expect((await ask()).usage.state).toBe('stale');
  });

  it('ends the backoff of the one before', async () => {
    const { system, provider, ask, touch } = aTouchedLogin();
    provider.answer = () => ({ ok: false, failure: { code: 'unauthorized' } });
    await ask();
    provider.answer = fakeProvider(system).answer;
    provider.token = 'token-2';
    touch();
    expect((await ask()).usage.state).toBe('fresh');
  });
});

describe('whether the token decides what an entry or a lock is worth', () => {
  const TOKEN = 'aaaaaaaa:bbbbbbbb';
  const withToken = anEntry({ token: TOKEN });
  const refusal = aLock({ error: 'unauthorized', token: TOKEN });

  it.each<[string, Entry | null, BackoffLock | null, string | null, boolean]>([
    ['an entry of other credentials with a token', withToken, null, 'stamp-2', true],
    ['an entry of these credentials', withToken, null, 'stamp-1', false],
    ['an entry without a token', anEntry(), null, 'stamp-2', false],
    ['an entry without numbers', { ...withToken, data: null }, null, 'stamp-2', false],
    ['a refusal of other credentials', null, refusal, 'stamp-2', true],
    ['a refusal of another kind', null, { ...refusal, error: 'forbidden' }, 'stamp-2', true],
    ['a refusal of these credentials', null, refusal, 'stamp-1', false],
    ['a refusal that is over', null, { ...refusal, blockedUntil: NOW }, 'stamp-2', false],
    ['a refusal without a token', null, aLock({ error: 'unauthorized' }), 'stamp-2', false],
    ['another failure', null, { ...refusal, error: 'rate_limited' }, 'stamp-2', false],
    ['an entry and a refusal', withToken, refusal, 'stamp-2', true],
    ['an entry and a refusal, without credentials now', withToken, refusal, null, false],
    ['nothing', null, null, 'stamp-2', false],
  ])('%s', (_, entry, lock, stamp, depends) => {
    expect(dependsOnToken(entry, lock, NOW, stamp)).toBe(depends);
  });
});

describe('a login file with the same token', () => {
  const TOKEN = 'aaaaaaaa:bbbbbbbb';
  const present = { stamp: 'stamp-2', token: TOKEN, identity: { kind: 'none' } as Identity };
  const setup = (entry: Partial<Entry>, lock: Partial<BackoffLock>) => {
    const system = fakeSystem();
    system.setNow(NOW);
    const cache = accountDirectory(join(system.root, '.cache', 'usageline'), 'claude');
    fs.mkdirSync(cache.path, { recursive: true, mode: 0o700 });
    fs.writeFileSync(cache.entry, serializeEntry(anEntry(entry)), { mode: 0o600 });
    fs.writeFileSync(cache.lock, serializeBackoffLock(aLock(lock)), { mode: 0o600 });
    const stamps = () => {
      const read = readEntry(system, cache.entry);
      return [
        read.kind === 'entry' ? read.entry.credentials : null,
        readBackoffLock(system, cache.lock, NOW)?.credentials,
      ];
    };
    return { system, places: { cache, fallback: null }, stamps };
  };

  it.each<[string, Partial<Entry>, Partial<BackoffLock>, string[]]>([
    ['the entry', { token: TOKEN }, {}, ['stamp-2', 'stamp-1']],
    ['the refusal', {}, { error: 'forbidden', token: TOKEN }, ['stamp-1', 'stamp-2']],
    ['both', { token: TOKEN }, { error: 'unauthorized', token: TOKEN }, ['stamp-2', 'stamp-2']],
    [
      'neither, of another token',
      { token: `${TOKEN}0` },
      { error: 'unauthorized', token: `${TOKEN}0` },
      ['stamp-1', 'stamp-1'],
    ],
    ['neither, without a token', {}, { error: 'unauthorized' }, ['stamp-1', 'stamp-1']],
  ])('gives its stamp to %s', (_, entry, lock, expected) => {
    const { system, places, stamps } = setup(entry, lock);
    expect(restamp(system, places, present)).toBe(expected.includes('stamp-2'));
    expect(stamps()).toEqual(expected);
    // The second time there is nothing left to change.
    expect(restamp(system, places, present)).toBe(false);
  });

  it('gives no stamp away where there is none, and changes nothing without files', () => {
    const { system, places, stamps } = setup({ token: TOKEN }, { error: 'unauthorized', token: TOKEN });
    expect(restamp(system, places, { ...present, stamp: null })).toBe(false);
    expect(restamp(system, { cache: null, fallback: null }, present)).toBe(false);
    expect(stamps()).toEqual(['stamp-1', 'stamp-1']);
  });
});
