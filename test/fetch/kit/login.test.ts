import { describe, expect, it } from 'vitest';
import {
  claimsOf,
  expiryOf,
  firstUsable,
  fromVariables,
  judge,
  keyId,
} from '../../../src/fetch/kit/login.ts';
import type { Found } from '../../../src/fetch/kit/login.ts';
import { fakeSystem } from '../../support/system.ts';
import { aToken } from '../case.ts';

const usable = (token: string): Found => ({ ok: true, value: { token } });
const failed = (code: 'token_lapsed' | 'token_expired' | 'credentials_invalid'): Found => ({
  ok: false,
  failure: { code },
});

describe('of several logins', () => {
  it.each<[string, (Found | null)[], object]>([
    ['the first one counts', [usable('a'), usable('b')], { value: { token: 'a' } }],
    ['one that is not there does not', [null, usable('b')], { value: { token: 'b' } }],
    [
      'one that cannot be used does not end the search',
      [failed('token_lapsed'), usable('b')],
      { value: { token: 'b' } },
    ],
    [
      'the first one found names the failure',
      [null, failed('token_expired'), failed('credentials_invalid')],
      { failure: { code: 'token_expired' } },
    ],
    ['none is `no_credentials`', [null, null], { failure: { code: 'no_credentials' } }],
  ])('%s', (_name, found, expected) => {
    expect(firstUsable(found.map((it) => () => it))).toMatchObject(expected);
  });

  it('later ones are not read', () => {
    expect(
      firstUsable([
        () => usable('a'),
        () => {
          throw new Error('read');
        },
      ]),
    ).toMatchObject({ ok: true });
  });
});

describe('a login', () => {
  const place = { origin: '/x/auth.json', now: 1_000_000 };
  it.each<[string, unknown, object, object]>([
    ['with a token', 'tok', {}, { ok: true }],
    ['that ends later', 'tok', { expiresAt: 1_000_001 }, { ok: true }],
    [
      'that ends now',
      'tok',
      { expiresAt: 1_000_000 },
      { failure: { code: 'token_expired', detail: '/x/auth.json' } },
    ],
    [
      'that ends within its slack',
      'tok',
      { expiresAt: 1_059_999, slackMs: 60_000 },
      { failure: { code: 'token_expired' } },
    ],
    [
      'that its program renews',
      'tok',
      { expiresAt: 1, isRenewable: true },
      { failure: { code: 'token_lapsed' } },
    ],
    ['without a token', undefined, {}, { failure: { code: 'credentials_invalid', detail: '/x/auth.json' } }],
    ['with an empty token', '', {}, { failure: { code: 'credentials_invalid' } }],
    ['with a line break in it', 'a\r\nx: y', {}, { failure: { code: 'credentials_invalid' } }],
    ['with a space in it', 'a b', {}, { failure: { code: 'credentials_invalid' } }],
    ['with another letter in it', '\u00e4', {}, { failure: { code: 'credentials_invalid' } }],
    ['whose token is a number', 7, {}, { failure: { code: 'credentials_invalid' } }],
  ])('%s', (_name, token, expiry, expected) => {
    const found = judge({ token, accountId: 'ada' }, { ...place, ...expiry });
    expect(found).toMatchObject(expected);
    // Who it is of is known in every case: old numbers stay those of this account.
    expect(found.ok ? found.value.accountId : found.accountId).toBe('ada');
  });

  it('in a variable is the first that is set, and its account is a hash of the key', () => {
    const system = { ...fakeSystem(), env: { A: ' ', B: ' key-EXAMPLE\n', C: 'other' } };
    expect(fromVariables(system, ['A', 'B', 'C'], { plan: 'pro' })).toEqual({
      ok: true,
      value: { token: 'key-EXAMPLE', plan: 'pro', accountId: keyId('key-EXAMPLE') },
    });
    expect(fromVariables(system, ['A'])).toBeNull();
    expect(keyId('key-EXAMPLE')).toMatch(/^key:[0-9a-f]{16}$/);
  });
});

describe('the claims of a token', () => {
  it('are read without its signature, and its end is in seconds', () => {
    const claims = claimsOf(aToken({ exp: 1_767_225_600, sub: 'google-oauth2|user_x' }));
    expect(claims.sub).toBe('google-oauth2|user_x');
    expect(expiryOf(claims)).toBe(Date.UTC(2026, 0, 1));
    expect(expiryOf({ exp: 'soon' })).toBeNull();
  });

  it.each([undefined, null, '', 'opaque', 'a.b.c', 'a.W10.c', `a.${'x'.repeat(100_000)}.c`, 7, {}])(
    'of %j are none',
    (token) => {
      expect(claimsOf(token)).toEqual({});
    },
  );
});
