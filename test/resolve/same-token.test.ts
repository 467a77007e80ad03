import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readBackoff, serializeBackoff } from '../../src/cache/backoff.ts';
import type { Backoff } from '../../src/cache/backoff.ts';
import { accountDirectory } from '../../src/cache/directory.ts';
import { serializeEntry } from '../../src/cache/entry.ts';
import type { Entry } from '../../src/cache/entry.ts';
import { provider as claude } from '../../src/fetch/registry.ts';
import { adoptFingerprint, dependsOnToken } from '../../src/resolve/same-token.ts';
import type { PresentLogin } from '../../src/resolve/same-token.ts';
import type { Paths } from '../../src/resolve/paths.ts';
import { HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';
import { aLock, anEntry, NOW } from '../support/build.ts';
import { readEntry } from '../support/claude.ts';
import { asker, fakeProvider } from '../support/provider.ts';
import { fakeSystem } from '../support/system.ts';

/** A login file that is rewritten before every call, so that it has another fingerprint each time. */
function aTouchedLogin() {
  const system = fakeSystem();
  const provider = fakeProvider(system);
  const { ask } = asker(system, provider);
  const directory = join(system.root, '.cache', 'usageline', 'claude');
  let touched = 0;
  const touch = () => {
    touched += 1;
    provider.currentFingerprint = `touched-${touched}`;
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
  const lock = () => readBackoff(system, join(directory, 'usage.lock'), system.now());
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
    provider.respond = () => ({ ok: false, failure: { code } });
    expect(await anHour(30 * SECOND)).toEqual({ [`none, ${code}`]: 120 });
    expect(provider.sent).toHaveLength(12);
  });

  it('gives entry and backoff the present fingerprint', async () => {
    const { system, provider, ask, touch, entry, lock } = aTouchedLogin();
    await ask();
    const before = entry();
    touch();
    expect((await ask()).usage.state).toBe('fresh');
    expect(entry()).toEqual({
      ...before,
      entry: { ...(before.kind === 'entry' && before.entry), credentials: 'touched-1' },
    });

    provider.respond = () => ({ ok: false, failure: { code: 'unauthorized' } });
    system.advance(4 * MINUTE);
    await ask();
    const refused = lock();
    touch();
    expect((await ask()).usage.error?.code).toBe('unauthorized');
    expect(lock()).toEqual({ ...refused, credentials: 'touched-2' });
    expect(provider.sent).toHaveLength(2);
  });

  it('does not keep a demanded request from being sent', async () => {
    const { system, provider, ask, touch } = aTouchedLogin();
    await ask();
    system.advance(MINUTE);
    touch();
    await ask({ force: true });
    expect(provider.sent).toHaveLength(2);
  });

  it('is read again when the last failure was not a refusal of the token', async () => {
    const { provider, ask, touch } = aTouchedLogin();
    provider.login = { ok: false, failure: { code: 'token_lapsed' } };
    await ask();
    touch();
    provider.login = { ok: true, value: null };
    expect((await ask()).usage.state).toBe('fresh');
  });

  it('proves the account where no file names one any more, but not where a file names another one', async () => {
    const { provider, ask, touch } = aTouchedLogin();
    await ask();
    touch();
    provider.signedIn = null;
    expect((await ask()).usage.state).toBe('fresh');
    touch();
    provider.signedIn = 'grace';
    expect((await ask()).usage).toMatchObject({ state: 'none', error: { code: 'budget' } });
  });

  it('gives no entry the absent fingerprint', async () => {
    const { system, provider, ask, entry } = aTouchedLogin();
    await ask();
    system.advance(MINUTE);
    provider.currentFingerprint = null;
    await ask();
    expect(provider.sent).toHaveLength(2);
    expect(entry()).toMatchObject({ entry: { cachedAt: system.now(), credentials: null } });
  });
});

describe('another token', () => {
  it('is used at once, once in five minutes, and does not make the earlier numbers fresh', async () => {
    const { system, provider, ask, touch } = aTouchedLogin();
    await ask();
    touch();
    provider.token = 'token-2';
    expect((await ask()).usage.state).toBe('fresh');
    expect(provider.sent).toHaveLength(2);

    system.advance(MINUTE);
    provider.respond = () => ({ ok: false, failure: { code: 'server_error' } });
    provider.token = 'token-3';
    touch();
    expect((await ask()).usage.state).toBe('stale');
    expect(provider.sent).toHaveLength(3);
    // The token that was sent last is not the one of the entry.
    touch();
    expect((await ask()).usage.state).toBe('stale');
  });

  it('ends the backoff of the earlier one', async () => {
    const { system, provider, ask, touch } = aTouchedLogin();
    provider.respond = () => ({ ok: false, failure: { code: 'unauthorized' } });
    await ask();
    provider.respond = fakeProvider(system).respond;
    provider.token = 'token-2';
    touch();
    expect((await ask()).usage.state).toBe('fresh');
  });
});

describe('whether entry or backoff depend on the token', () => {
  const TOKEN = 'aaaaaaaa:bbbbbbbb';
  const withToken = anEntry({ token: TOKEN });
  const refusal = aLock({ error: 'unauthorized', tokenHash: TOKEN });

  it.each<[string, Entry | null, Backoff | null, string | null, boolean]>([
    ['an entry of other credentials with a token does', withToken, null, 'fingerprint-2', true],
    ['an entry of the present credentials does not', withToken, null, 'fingerprint-1', false],
    ['an entry without a token does not', anEntry(), null, 'fingerprint-2', false],
    ['an entry without numbers does not', { ...withToken, data: null }, null, 'fingerprint-2', false],
    ['a refusal (401) of other credentials does', null, refusal, 'fingerprint-2', true],
    [
      'a refusal (403) of other credentials does',
      null,
      { ...refusal, error: 'forbidden' },
      'fingerprint-2',
      true,
    ],
    ['a refusal of the present credentials does not', null, refusal, 'fingerprint-1', false],
    [
      'a refusal that is no longer in force does not',
      null,
      { ...refusal, blockedUntil: NOW },
      'fingerprint-2',
      false,
    ],
    ['a refusal without a token does not', null, aLock({ error: 'unauthorized' }), 'fingerprint-2', false],
    [
      'the backoff of another failure does not',
      null,
      { ...refusal, error: 'rate_limited' },
      'fingerprint-2',
      false,
    ],
    ['an entry and a refusal together do', withToken, refusal, 'fingerprint-2', true],
    ['an entry and a refusal do not where there are no credentials now', withToken, refusal, null, false],
    ['neither does where neither exists', null, null, 'fingerprint-2', false],
  ])('%s', (_, entry, backoff, fingerprint, depends) => {
    expect(dependsOnToken(entry, backoff, NOW, fingerprint)).toBe(depends);
  });
});

describe('a login file with the same token', () => {
  const TOKEN = 'aaaaaaaa:bbbbbbbb';
  const present: PresentLogin = {
    fingerprint: 'fingerprint-2',
    tokenHash: TOKEN,
    identity: { kind: 'none' },
  };
  const setup = (entry: Partial<Entry>, backoff: Partial<Backoff>) => {
    const system = fakeSystem();
    system.setNow(NOW);
    const cache = accountDirectory(join(system.root, '.cache', 'usageline'), 'claude');
    fs.mkdirSync(cache.path, { recursive: true, mode: 0o700 });
    fs.writeFileSync(cache.entry, serializeEntry(anEntry(entry)), { mode: 0o600 });
    fs.writeFileSync(cache.backoff, serializeBackoff(aLock(backoff)), { mode: 0o600 });
    const fingerprints = () => {
      const read = readEntry(system, cache.entry);
      return [
        read.kind === 'entry' ? read.entry.credentials : null,
        readBackoff(system, cache.backoff, NOW)?.credentials,
      ];
    };
    const adopt = (paths: Pick<Paths, 'cache' | 'fallback'>, login = present) =>
      adoptFingerprint({ system, provider: claude }, paths, login);
    return { paths: { cache, fallback: null }, fingerprints, adopt };
  };

  it.each<[string, Partial<Entry>, Partial<Backoff>, string[]]>([
    ['to the entry', { token: TOKEN }, {}, ['fingerprint-2', 'fingerprint-1']],
    ['to the refusal', {}, { error: 'forbidden', tokenHash: TOKEN }, ['fingerprint-1', 'fingerprint-2']],
    [
      'to both',
      { token: TOKEN },
      { error: 'unauthorized', tokenHash: TOKEN },
      ['fingerprint-2', 'fingerprint-2'],
    ],
    [
      'to neither where both have another token',
      { token: `${TOKEN}0` },
      { error: 'unauthorized', tokenHash: `${TOKEN}0` },
      ['fingerprint-1', 'fingerprint-1'],
    ],
    ['to neither where none has a token', {}, { error: 'unauthorized' }, ['fingerprint-1', 'fingerprint-1']],
  ])('gives its fingerprint %s', (_, entry, backoff, expected) => {
    const { paths, fingerprints, adopt } = setup(entry, backoff);
    expect(adopt(paths)).toBe(expected.includes('fingerprint-2'));
    expect(fingerprints()).toEqual(expected);
    // The second time there is nothing left to change.
    expect(adopt(paths)).toBe(false);
  });

  it('changes nothing where it has no fingerprint, or where there are no files', () => {
    const { paths, fingerprints, adopt } = setup(
      { token: TOKEN },
      { error: 'unauthorized', tokenHash: TOKEN },
    );
    expect(adopt(paths, { ...present, fingerprint: null })).toBe(false);
    expect(adopt({ cache: null, fallback: null })).toBe(false);
    expect(fingerprints()).toEqual(['fingerprint-1', 'fingerprint-1']);
  });
});
