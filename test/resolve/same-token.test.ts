import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readEntry } from '../support/claude.ts';
import { readBackoff } from '../../src/cache/backoff.ts';
import { HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';
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
    provider.currentStamp = null;
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
