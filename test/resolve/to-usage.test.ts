import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../src/config/settings.ts';
import { provider } from '../../src/fetch/registry.ts';
import { toUsage } from '../../src/resolve/to-usage.ts';
import type { UsageParts } from '../../src/resolve/to-usage.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';
import type { Entry, Overlay } from '../../src/cache/entry.ts';
import { anEntry, anOverlay, FIVE, iso, NOW, WEEK } from '../support/build.ts';

const parts = (changes: Partial<UsageParts> = {}): UsageParts => ({
  entry: anEntry(),
  freshness: 'fresh',
  error: null,
  source: 'cache',
  pending: false,
  provider,
  account: 'default',
  decidedAt: NOW,
  now: NOW,
  settings: defaultSettings({}),
  ...changes,
});

describe('usage of an entry', () => {
  it('is fresh until the end of the cache duration', () => {
    const { state, ageMs, freshUntil } = toUsage(parts());
    expect({ state, ageMs, freshUntil }).toEqual({
      state: 'fresh',
      ageMs: MINUTE,
      freshUntil: NOW + 2 * MINUTE,
    });
  });

  it('is fresh until the first reset, when that is earlier', () => {
    const data = {
      five_hour: { utilization: 1, resets_at: iso(NOW + MINUTE) },
      seven_day: { utilization: 1, resets_at: iso(NOW + SECOND) },
    };
    expect(toUsage(parts({ entry: anEntry({ data }) })).freshUntil).toBe(NOW + SECOND);
  });

  it('has no end of freshness when it is stale', () => {
    expect(toUsage(parts({ freshness: 'stale' })).freshUntil).toBeNull();
  });

  it('has no age when the entry is from the future', () => {
    const entry = anEntry({ cachedAt: NOW + HOUR });
    expect(toUsage(parts({ freshness: 'last_known', entry })).ageMs).toBeNull();
  });

  it('has an age when the entry is too old', () => {
    const entry = anEntry({ cachedAt: NOW - 2 * DAY });
    expect(toUsage(parts({ freshness: 'last_known', entry })).ageMs).toBe(2 * DAY);
  });

  it('has the age 0 when the entry is ahead of the clock within the tolerance', () => {
    expect(toUsage(parts({ entry: anEntry({ cachedAt: NOW + 4 * SECOND }) })).ageMs).toBe(0);
  });

  it('has no numbers when the entry is of another account', () => {
    expect(toUsage(parts({ freshness: 'none' }))).toMatchObject({
      state: 'none',
      source: null,
      plan: null,
      cachedAt: null,
      windows: [],
      extraUsage: null,
    });
  });

  it('has no numbers when the entry has only a failure', () => {
    const entry = anEntry({ data: null, error: 'timeout' });
    expect(toUsage(parts({ freshness: 'none', entry })).state).toBe('none');
  });
});

describe('details of a response', () => {
  const week = { utilization: 60, resets_at: iso(NOW + DAY) };

  it('are absent where the response has none', () => {
    const shown = toUsage(parts({ entry: anEntry({ data: { five_hour: week, seven_day: week } }) }));
    for (const key of ['pools', 'breakdown', 'locks', 'lacking']) expect(shown).not.toHaveProperty(key);
  });

  it('are pools, the week by product, locks, and what the plan lacks', () => {
    const data = {
      seven_day: week,
      seven_day_breakdown: { rows: [{ key: 'chat', percent: 100 }] },
      unknown_buckets: { iguana_necktie: { limit_dollars: 250 }, tangelo: { locked_reason: 'x' } },
    };
    expect(toUsage(parts({ entry: anEntry({ data }) }))).toMatchObject({
      pools: [{ id: 'iguana_necktie', limit: 250 }],
      breakdown: [{ key: 'chat', percent: 100 }],
      locks: [{ id: 'tangelo', reason: 'x' }],
      lacking: ['five_hour'],
    });
  });

  it.each([
    [NOW - MINUTE - 1, 'endpoint', 104.2],
    [NOW - MINUTE + 1, 'statusline', 105],
  ])('include one limit on money, of response and report the newer one (%i)', (readAt, source, percent) => {
    const spend = {
      enabled: true,
      percent: 104.2,
      used: { amount_minor: 52_100, currency: 'USD', exponent: 2 },
      limit: { amount_minor: 50_000, currency: 'USD', exponent: 2 },
    };
    const reported = { percent: 105, resetsAt: null, usedUsd: 525, limitUsd: 500, readAt, seenAt: readAt };
    const overlay = {
      origins: {},
      latestAt: NOW,
      requestedAt: NOW - MINUTE,
      needsEndpoint: true,
      credentials: null,
      contradicted: false,
      sameLogin: true,
      unstored: false,
      asReported: true,
      spend: reported,
    };
    const entry = { ...anEntry({ cachedAt: NOW - MINUTE, data: { spend } }), overlay };
    expect(toUsage(parts({ entry })).windows).toMatchObject([
      { id: 'spend_limit', label: 'spend', source, usedPercent: percent, placement: 'always' },
    ]);
  });
});

const withOverlay = (overlay: Partial<Overlay>, changes: Partial<Entry> = {}): Entry => ({
  ...anEntry({ cachedAt: NOW - 30 * MINUTE, ...changes }),
  overlay: anOverlay(overlay),
});

const windowOf = (changes: object) => ({
  id: 'five_hour',
  label: '5h',
  model: null,
  usedPercent: 22,
  resetsAt: FIVE,
  windowSeconds: (5 * HOUR) / SECOND,
  elapsed: false,
  source: 'endpoint',
  readAt: NOW - MINUTE,
  ...changes,
});

describe('usage, field by field', () => {
  it('has these values for a fresh entry from the endpoint', () => {
    const entry = anEntry({ accountName: 'ada@example.com', organizationName: 'Analytical' });
    const week = {
      id: 'seven_day',
      label: '7d',
      usedPercent: 33,
      resetsAt: WEEK,
      windowSeconds: (7 * DAY) / SECOND,
    };
    expect(toUsage(parts({ entry, loginUntil: NOW + DAY }))).toEqual({
      generatedAt: NOW,
      provider: 'claude',
      texts: provider.texts,
      account: 'default',
      accountName: 'ada@example.com',
      organizationName: 'Analytical',
      state: 'fresh',
      pending: false,
      tokens: null,
      error: null,
      loginUntil: NOW + DAY,
      plan: 'max_20x',
      source: 'cache',
      cachedAt: NOW - MINUTE,
      ageMs: MINUTE,
      freshUntil: NOW + 2 * MINUTE,
      windows: [windowOf({}), windowOf(week)],
      extraUsage: null,
    });
  });

  it('has no names and no end of the login where none is known', () => {
    const shown = toUsage(parts({ entry: anEntry({ accountName: null, organizationName: null }) }));
    for (const key of ['accountName', 'organizationName', 'loginUntil', 'ownerUnknown', 'restAgeMs'])
      expect(shown).not.toHaveProperty(key);
  });

  it.each([
    ['no entry', null],
    ['an entry without numbers', anEntry({ data: null })],
    ['an entry that belongs to another account', anEntry()],
  ])('has no numbers for %s', (_, entry) => {
    const error = { code: 'timeout', retryAt: null } as const;
    const freshness = 'none' as const;
    expect(toUsage(parts({ entry, freshness, error, pending: true, source: 'endpoint' }))).toEqual({
      generatedAt: NOW,
      provider: 'claude',
      texts: provider.texts,
      account: 'default',
      state: 'none',
      pending: true,
      tokens: null,
      error,
      plan: null,
      source: null,
      cachedAt: null,
      ageMs: null,
      freshUntil: null,
      windows: [],
      extraUsage: null,
    });
  });

  it('has the state "none" for an entry without numbers, whatever freshness was judged', () => {
    expect(toUsage(parts({ entry: anEntry({ data: null }) })).state).toBe('none');
  });

  it.each([
    ['last_known', 'account not known', true],
    ['last_known', 'too old', undefined],
    ['last_known', null, undefined],
    ['stale', 'account not known', undefined],
  ] as const)('is marked as of an unknown owner, for %s (%s): %s', (freshness, because, unknown) => {
    expect(toUsage(parts({ freshness, because })).ownerUnknown).toBe(unknown);
  });

  it.each([
    ['no_credentials', 'fresh', true, false],
    ['no_credentials', 'stale', true, false],
    ['no_credentials', 'last_known', true, true],
    ['no_credentials', 'fresh', false, true],
    ['timeout', 'fresh', true, true],
  ] as const)(
    'has the error %s of a %s entry, sessions without a stored login %s: %s',
    (code, freshness, unstored, shown) => {
      const error = { code, retryAt: null };
      const entry = withOverlay({ unstored });
      expect(toUsage(parts({ entry, freshness, error })).error).toEqual(shown ? error : null);
    },
  );

  it('has the error no_credentials where no session has reported', () => {
    const error = { code: 'no_credentials', retryAt: null } as const;
    expect(toUsage(parts({ error })).error).toEqual(error);
  });
});

describe('usage with reports of sessions', () => {
  const times = { readAt: NOW - MINUTE, seenAt: NOW - MINUTE };
  const spend = { percent: 7, resetsAt: null, usedUsd: 35, limitUsd: 500, ...times };

  it.each<[string, Partial<Overlay>, string]>([
    ['the five-hour window', { origins: { five_hour: times } }, 'statusline'],
    ['the week', { origins: { seven_day: times } }, 'statusline'],
    ['a limit on money', { origins: {}, spend }, 'statusline'],
    ['no reported number', { origins: {} }, 'cache'],
  ])('names the source of its numbers, with %s', (_, overlay, source) => {
    const entry = withOverlay(overlay);
    expect(toUsage(parts({ entry })).source).toBe(source);
    expect(toUsage(parts({ entry, source: 'endpoint' })).source).toBe('endpoint');
  });

  it.each<[string, Partial<Overlay>, Partial<Entry>, number]>([
    ['reported windows alone', {}, {}, 3 * MINUTE],
    ['a week from the endpoint', { origins: { five_hour: times } }, {}, 30 * MINUTE],
    [
      'a limit on money',
      { origins: {}, spend: { ...spend, seenAt: NOW - 4 * MINUTE } },
      { data: {} },
      4 * MINUTE,
    ],
    ['extra usage from the endpoint', {}, { data: { ...anEntry().data, extra_usage: extra() } }, 30 * MINUTE],
    ['no window at all', { origins: {} }, { data: {} }, 30 * MINUTE],
  ])('is as old as its oldest number, with %s', (_, overlay, changes, ageMs) => {
    const shown = toUsage(parts({ entry: withOverlay(overlay, changes) }));
    expect({ cachedAt: shown.cachedAt, ageMs: shown.ageMs }).toEqual({ cachedAt: NOW - ageMs, ageMs });
  });

  it.each<[string, number | null, 'fresh' | 'stale', number | undefined]>([
    ['at the end of its interval', 15 * MINUTE, 'fresh', 15 * MINUTE],
    ['a moment before it', 15 * MINUTE - 1, 'fresh', undefined],
    ['in stale usage, which has an age in any case', 15 * MINUTE, 'stale', undefined],
    ['without a response', null, 'fresh', undefined],
  ])('has the age of numbers that sessions do not report: %s', (_, ago, freshness, restAgeMs) => {
    const settings = { ...defaultSettings({}), scopedRefreshMs: 15 * MINUTE };
    const entry = withOverlay({ requestedAt: ago === null ? null : NOW - ago });
    expect(toUsage(parts({ entry, settings, freshness })).restAgeMs).toBe(restAgeMs);
  });

  it.each([
    [DAY - 1, 'fresh', ['five_hour', 'seven_day'], true],
    [DAY, 'fresh', ['five_hour'], false],
    [DAY, 'last_known', ['five_hour', 'seven_day'], true],
  ] as const)(
    'has, with a response of %i ms ago, %s, the windows %j, and the rest of the response: %j',
    (ago, freshness, ids, rest) => {
      const data = { ...anEntry().data, extra_usage: extra(), seven_day_breakdown: breakdown() };
      const entry = withOverlay({ origins: { five_hour: times } }, { cachedAt: NOW - ago, data });
      const shown = toUsage(parts({ entry, freshness }));
      expect(shown.windows.map(({ id }) => id)).toEqual(ids);
      expect(shown.extraUsage !== null).toBe(rest);
      expect('breakdown' in shown).toBe(rest);
    },
  );

  it('has all windows of a response of a day ago where no session has reported', () => {
    expect(
      toUsage(parts({ entry: anEntry({ cachedAt: NOW - DAY }), freshness: 'stale' })).windows,
    ).toHaveLength(2);
  });

  it.each([
    ['is open before its reset', NOW + SECOND, NOW - MINUTE, false],
    ['has no end', null, NOW - MINUTE, false],
    ['has elapsed at its reset', NOW, NOW - MINUTE, true],
    ['is open when it was reported after its reset', NOW - MINUTE, NOW - SECOND, false],
  ] as const)('contains a limit on money that %s', (_, resetsAt, readAt, elapsed) => {
    const reported = { ...spend, resetsAt, readAt };
    const entry = withOverlay({ origins: {}, spend: reported }, { data: {} });
    expect(toUsage(parts({ entry })).windows).toEqual([
      {
        id: 'spend_limit',
        label: 'spend',
        model: null,
        usedPercent: elapsed ? null : 7,
        resetsAt,
        windowSeconds: null,
        elapsed,
        source: 'statusline',
        readAt,
        amount: elapsed ? null : { used: 35, limit: 500, currency: 'USD' },
        placement: 'always',
      },
    ]);
  });

  it('contains the other windows beside a limit on money', () => {
    const shown = toUsage(parts({ entry: withOverlay({ spend }) }));
    expect(shown.windows.map(({ id }) => id)).toEqual(['five_hour', 'seven_day', 'spend_limit']);
  });
});

describe('usage that is made some time after freshness was judged', () => {
  const stateLater = (judged: UsageParts['freshness'], age: number, waited: number) =>
    toUsage(parts({ entry: anEntry({ cachedAt: NOW - age }), freshness: judged, decidedAt: NOW - waited }))
      .state;

  it.each([
    ['fresh', MINUTE, MINUTE, 'fresh'],
    ['fresh', 10 * MINUTE, MINUTE, 'stale'],
    ['fresh', 2 * DAY, MINUTE, 'last_known'],
    ['stale', 10 * MINUTE, MINUTE, 'stale'],
    ['stale', MINUTE, MINUTE, 'stale'],
    ['stale', 2 * DAY, MINUTE, 'last_known'],
    ['last_known', MINUTE, MINUTE, 'last_known'],
    ['fresh', 10 * MINUTE, 0, 'fresh'],
    ['none', 2 * DAY, MINUTE, 'none'],
  ] as const)('of %s numbers that are %i ms old, %i ms later, is %s', (judged, age, waited, expected) => {
    expect(stateLater(judged, age, waited)).toBe(expected);
  });
});

function extra() {
  return { is_enabled: true, monthly_limit: 2000, used_credits: 763, utilization: 38.15, currency: 'EUR' };
}

function breakdown() {
  return { rows: [{ key: 'chat', percent: 100 }] };
}
