import { describe, expect, it } from 'vitest';
import type { Backoff } from '../../src/cache/backoff.ts';
import { provider } from '../../src/fetch/registry.ts';
import { decide, isBlocking, nextTry } from '../../src/resolve/decide.ts';
import type { Decision, Policy, Situation } from '../../src/resolve/decide.ts';
import type { Shortcoming } from '../../src/resolve/freshness.ts';
import { defaultSettings } from '../../src/config/settings.ts';
import { ENDPOINT_CODES, FAULT_CODES, RENEWAL_CODES, SIGN_IN_CODES } from '../../src/usage/failure.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';
import { aLock, anEntry, aSituation, iso, NOW } from '../support/build.ts';

const stale = anEntry({ cachedAt: NOW - 12 * MINUTE });
const old = anEntry({ cachedAt: NOW - DAY });
const offline = { ...defaultSettings({}), network: false };
const spent = aLock({
  blockedUntil: 0,
  error: null,
  requests: Array.from({ length: 24 }, () => NOW - HOUR / 2),
});
const retryAt = NOW + 4 * MINUTE;
/** A provider that may be asked every five minutes, and was asked so long ago. */
const spaced = (age: number, more: Partial<Backoff> = {}): Partial<Situation> => ({
  entry: stale,
  policy: 'background',
  budget: { spacingMs: 5 * MINUTE, perHour: 24 },
  backoff: aLock({ blockedUntil: 0, error: null, requests: [NOW - age], ...more }),
});

/** One line of the table in docs/specs/resolving.md: what is the case → row, action, freshness, error. */
type Line = [string, Partial<Situation>, string];

const table: Line[] = [
  // Row 1: fresh.
  ['a minute old', { entry: anEntry() }, '1 serve fresh -'],
  ['just short of 180 s', { entry: anEntry({ cachedAt: NOW - 180 * SECOND + 1 }) }, '1 serve fresh -'],
  ['5 s in the future', { entry: anEntry({ cachedAt: NOW + 5 * SECOND }) }, '1 serve fresh -'],
  ['fresh, whatever the lock contains', { entry: anEntry(), backoff: aLock() }, '1 serve fresh -'],
  ['fresh, for any caller', { entry: anEntry(), policy: 'background' }, '1 serve fresh -'],
  ['fresh, network off', { entry: anEntry(), settings: offline }, '1 serve fresh -'],
  ['fresh, with only the four public keys', { entry: anEntry({ credentials: null }) }, '1 serve fresh -'],
  ['fresh without any window', { entry: anEntry({ data: {} }) }, '1 serve fresh -'],
  // … and what is not.
  ['exactly 180 s old', { entry: anEntry({ cachedAt: NOW - 180 * SECOND }) }, '5 refresh stale -'],
  ['6 s in the future', { entry: anEntry({ cachedAt: NOW + 6 * SECOND }) }, '5 refresh last_known -'],
  ['credentials changed', { entry: anEntry(), fingerprint: 'fingerprint-2' }, '5 refresh stale -'],
  ['credentials not to be seen any more', { entry: anEntry(), fingerprint: null }, '5 refresh stale -'],
  [
    'account changed',
    { entry: anEntry(), fingerprint: 'fingerprint-2', account: () => 'changed' },
    '5 refresh none -',
  ],
  [
    'same account, new token',
    { entry: anEntry(), fingerprint: 'fingerprint-2', account: () => 'same' },
    '5 refresh stale -',
  ],
  ['a window was reset since', { entry: resetAt(NOW - SECOND) }, '5 refresh stale -'],
  ['a window is reset right now', { entry: resetAt(NOW) }, '5 refresh stale -'],
  ['a window was reset before it was read', { entry: resetAt(NOW - 2 * MINUTE) }, '1 serve fresh -'],
  ['fresh, but forced', { entry: anEntry(), force: true }, '5 refresh fresh -'],
  // Row 2: blocked.
  ['blocked, stale data', { entry: stale, backoff: aLock() }, '2 serve stale rate_limited'],
  ['blocked, data of a day ago', { entry: old, backoff: aLock() }, '2 serve last_known rate_limited'],
  ['blocked, nothing known', { backoff: aLock() }, '2 serve none rate_limited'],
  ['blocked, forced', { entry: anEntry(), backoff: aLock(), force: true }, '2 serve fresh rate_limited'],
  ['blocked, in the background', { backoff: aLock(), policy: 'background' }, '2 serve none rate_limited'],
  ['blocked, cached only', { backoff: aLock(), policy: 'cached' }, '2 serve none rate_limited'],
  [
    'blocked by an unnamed failure, nothing known',
    { backoff: aLock({ error: null }) },
    '2 serve none no_data',
  ],
  [
    'blocked by an unnamed failure, stale data',
    { entry: stale, backoff: aLock({ error: null }) },
    '2 serve stale -',
  ],
  [
    'rate limited with other credentials',
    { backoff: aLock(), fingerprint: 'fingerprint-2' },
    '2 serve none rate_limited',
  ],
  ['block over', { backoff: aLock({ blockedUntil: NOW }) }, '5 refresh none -'],
  ...[...SIGN_IN_CODES, ...RENEWAL_CODES].flatMap((error): Line[] => [
    [`${error}, same credentials`, { entry: stale, backoff: aLock({ error }) }, `2 serve stale ${error}`],
    [`${error}, nothing known`, { backoff: aLock({ error }) }, `2 serve none ${error}`],
    [
      `${error}, new credentials`,
      { backoff: aLock({ error }), fingerprint: 'fingerprint-2' },
      '5 refresh none -',
    ],
    [
      `${error}, no fingerprint to compare`,
      { backoff: aLock({ error, credentials: null }) },
      `2 serve none ${error}`,
    ],
  ]),
  ...[...ENDPOINT_CODES, ...FAULT_CODES].flatMap((error): Line[] => [
    [`${error}, stale data`, { entry: stale, backoff: aLock({ error }) }, `2 serve stale ${error}`],
    [`${error}, nothing known`, { backoff: aLock({ error }) }, `2 serve none ${error}`],
    [
      `${error}, new credentials`,
      { backoff: aLock({ error }), fingerprint: 'fingerprint-2' },
      `2 serve none ${error}`,
    ],
  ]),
  // Row 3: never ask.
  ['cached only, stale data', { entry: stale, policy: 'cached' }, '3 serve stale -'],
  ['cached only, data of a day ago', { entry: old, policy: 'cached' }, '3 serve last_known no_data'],
  ['cached only, nothing known', { policy: 'cached' }, '3 serve none no_data'],
  ['cached only, a failure is known', { entry: failed(), policy: 'cached' }, '3 serve none timeout'],
  [
    'cached only, a failure of other credentials',
    { entry: failed(), policy: 'cached', fingerprint: 'fingerprint-2' },
    '3 serve none no_data',
  ],
  ...(['cached', 'background', 'wait'] as Policy[]).flatMap((policy): Line[] => [
    [
      `network off, ${policy}, stale data`,
      { entry: stale, policy, settings: offline },
      '3 serve stale disabled',
    ],
    [`network off, ${policy}, nothing`, { policy, settings: offline }, '3 serve none disabled'],
    [
      `network off, ${policy}, blocked`,
      { backoff: aLock(), policy, settings: offline },
      '3 serve none disabled',
    ],
  ]),
  // Row 4: never wait.
  ['background, stale data', { entry: stale, policy: 'background' }, '4 background stale -'],
  ['background, data of a day ago', { entry: old, policy: 'background' }, '4 background last_known no_data'],
  ['background, nothing known', { policy: 'background' }, '4 background none no_data'],
  [
    'background, a request within the minute, which may be under way',
    {
      entry: stale,
      backoff: aLock({ blockedUntil: 0, error: null, requests: [NOW - 100] }),
      policy: 'background',
    },
    '4 background stale -',
  ],
  [
    'background, budget spent',
    { entry: stale, backoff: spent, policy: 'background' },
    '4 serve stale budget',
  ],
  // A lapsed token stays lapsed when the wait is over, as long as the credentials are the same.
  ...(['cached', 'background', 'wait'] as Policy[]).flatMap((policy): Line[] => {
    const over = { policy, backoff: aLock({ error: 'token_lapsed', blockedUntil: NOW }) };
    const then = { cached: '3 serve', background: '4 background', wait: '5 refresh' }[policy];
    const lapsed = policy === 'wait' ? '-' : 'token_lapsed';
    const nothing = policy === 'wait' ? '-' : 'no_data';
    return [
      [`token lapsed, wait over, ${policy}, fresh data`, { ...over, entry: anEntry() }, '1 serve fresh -'],
      [`token lapsed, wait over, ${policy}`, { ...over, entry: stale }, `${then} stale ${lapsed}`],
      [`token lapsed, wait over, ${policy}, nothing known`, over, `${then} none ${lapsed}`],
      [
        `token lapsed, renewed since, ${policy}`,
        { ...over, fingerprint: 'fingerprint-2' },
        `${then} none ${nothing}`,
      ],
      [
        `token lapsed, no fingerprint any more, ${policy}`,
        { ...over, fingerprint: null },
        `${then} none ${nothing}`,
      ],
    ];
  }),
  [
    'token expired, wait over',
    { entry: stale, backoff: aLock({ error: 'token_expired', blockedUntil: NOW }), policy: 'background' },
    '4 background stale -',
  ],
  // Row 5: ask.
  ['wait, stale data', { entry: stale }, '5 refresh stale -'],
  ['wait, data of a day ago', { entry: old }, '5 refresh last_known -'],
  ['wait, nothing known', {}, '5 refresh none -'],
  ['wait, only a failure is known', { entry: failed() }, '5 refresh none -'],
  ['background, a minute may be a request under way', spaced(MINUTE - 1), '4 background stale -'],
  ['background, within a long spacing', spaced(MINUTE), '4 serve stale budget'],
  ['background, at the end of a long spacing', spaced(5 * MINUTE), '4 serve stale budget'],
  ['background, after a long spacing', spaced(5 * MINUTE + SECOND), '4 background stale -'],
  [
    'background, within a long spacing that another token may waive',
    spaced(2 * MINUTE, { credentials: 'fingerprint-0', tokenHash: 'a:1' }),
    '4 background stale -',
  ],
  [
    'background, within a long spacing under other credentials, without a token that is known',
    spaced(2 * MINUTE, { credentials: 'fingerprint-0' }),
    '4 serve stale budget',
  ],
  [
    'background, within a usual spacing',
    { ...spaced(50 * SECOND), budget: provider.budget },
    '4 background stale -',
  ],
  [
    'wait, within a long spacing: the holder of the mutex judges it',
    { ...spaced(2 * MINUTE), policy: 'wait' },
    '5 refresh stale -',
  ],
  ['wait, budget spent: the holder of the mutex judges it', { backoff: spent }, '5 refresh none -'],
];

describe('the decision', () => {
  it.each(table)('%s', (_case, changes, expected) => {
    expect(asText(decide(aSituation(changes)))).toBe(expected);
  });

  it('reads the account only when the credentials have changed', () => {
    let asked = 0;
    const account = () => {
      asked += 1;
      return 'same' as const;
    };
    decide(aSituation({ entry: anEntry(), account }));
    expect(asked).toBe(0);
    decide(aSituation({ entry: anEntry(), account, fingerprint: 'fingerprint-2' }));
    expect(asked).toBe(1);
  });

  it('says what the failure of a backoff was about', () => {
    const error = 'credentials_unreadable';
    const { error: failure } = decide(aSituation({ backoff: aLock({ error, detail: '/home/ada/login' }) }));
    expect(failure).toMatchObject({ code: error, detail: '/home/ada/login' });
  });

  it('dates the next try by the end of the backoff', () => {
    expect(decide(aSituation({ backoff: aLock() })).error).toEqual({ code: 'rate_limited', retryAt });
    expect(decide(aSituation({ backoff: aLock({ error: null }) })).error).toEqual({
      code: 'no_data',
      retryAt,
    });
  });

  it('dates the next try by the budget when that is later', () => {
    const backoff = { ...spent, blockedUntil: NOW + MINUTE, error: 'timeout' as const };
    expect(decide(aSituation({ backoff })).error?.retryAt).toBe(NOW + HOUR / 2 + SECOND);
  });
});

describe('the reason why an entry is not fresh', () => {
  it.each<[Shortcoming | null, Partial<Situation>]>([
    [null, { entry: anEntry() }],
    ['no entry', {}],
    ['no data', { entry: failed() }],
    ['another account', { entry: anEntry(), fingerprint: 'fingerprint-2', account: () => 'changed' }],
    ['from the future', { entry: anEntry({ cachedAt: NOW + 6 * SECOND }) }],
    ['too old', { entry: old }],
    ['credentials changed', { entry: anEntry(), fingerprint: 'fingerprint-2' }],
    ['a window was reset', { entry: resetAt(NOW - SECOND) }],
    ['aged', { entry: stale }],
  ])('%s', (because, changes) => {
    expect(decide(aSituation(changes)).because).toBe(because);
  });
});

describe('a backoff', () => {
  it('ends exactly at its end', () => {
    expect(isBlocking(aLock({ blockedUntil: NOW + 1 }), NOW, null)).toBe(true);
    expect(isBlocking(aLock({ blockedUntil: NOW }), NOW, null)).toBe(false);
  });

  it('has no next try without an end and a budget', () => {
    expect(nextTry(null, { kind: 'granted' })).toBeNull();
    expect(nextTry(null, { kind: 'refused', waivable: false, nextAt: 7 })).toBe(7);
  });
});

function asText({ row, action, freshness, error }: Decision): string {
  return `${row} ${action} ${freshness} ${error?.code ?? '-'}`;
}

function resetAt(at: number) {
  return anEntry({ data: { five_hour: { utilization: 90, resets_at: iso(at) } } });
}

function failed() {
  return anEntry({ data: null, error: 'timeout' });
}
