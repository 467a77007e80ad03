import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/config/settings.ts';
import { answer } from '../../src/resolve/answer.ts';
import type { AnswerParts } from '../../src/resolve/answer.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';
import type { Entry, Told } from '../../src/cache/entry.ts';
import { anEntry, aTold, FIVE, iso, NOW, WEEK } from '../support/build.ts';

const parts = (changes: Partial<AnswerParts> = {}): AnswerParts => ({
  entry: anEntry(),
  standing: 'fresh',
  error: null,
  source: 'cache',
  pending: false,
  account: 'default',
  decidedAt: NOW,
  now: NOW,
  settings: loadSettings({}),
  ...changes,
});

describe('what may be claimed of an entry', () => {
  it('is current until the cache duration is over', () => {
    const { state, ageMs, freshUntil } = answer(parts());
    expect({ state, ageMs, freshUntil }).toEqual({
      state: 'fresh',
      ageMs: MINUTE,
      freshUntil: NOW + 2 * MINUTE,
    });
  });

  it('is current until the first reset, when that is sooner', () => {
    const data = {
      five_hour: { utilization: 1, resets_at: iso(NOW + MINUTE) },
      seven_day: { utilization: 1, resets_at: iso(NOW + SECOND) },
    };
    expect(answer(parts({ entry: anEntry({ data }) })).freshUntil).toBe(NOW + SECOND);
  });

  it('is not current at any time when it is stale', () => {
    expect(answer(parts({ standing: 'stale' })).freshUntil).toBeNull();
  });

  it('has no age when it was stamped in the future', () => {
    const entry = anEntry({ cachedAt: NOW + HOUR });
    expect(answer(parts({ standing: 'last_known', entry })).ageMs).toBeNull();
  });

  it('has an age when it is too old', () => {
    const entry = anEntry({ cachedAt: NOW - 2 * DAY });
    expect(answer(parts({ standing: 'last_known', entry })).ageMs).toBe(2 * DAY);
  });

  it('is no younger than now when the clocks differ by a moment', () => {
    expect(answer(parts({ entry: anEntry({ cachedAt: NOW + 4 * SECOND }) })).ageMs).toBe(0);
  });

  it('is nothing at all when it is nobody’s', () => {
    expect(answer(parts({ standing: 'none' }))).toMatchObject({
      state: 'none',
      source: null,
      plan: null,
      cachedAt: null,
      windows: [],
      extraUsage: null,
    });
  });

  it('is nothing when only a failure is known', () => {
    const entry = anEntry({ data: null, error: 'timeout' });
    expect(answer(parts({ standing: 'none', entry })).state).toBe('none');
  });
});

describe('what an answer has besides windows', () => {
  const week = { utilization: 60, resets_at: iso(NOW + DAY) };

  it('is absent where there is none of it', () => {
    const shown = answer(parts({ entry: anEntry({ data: { five_hour: week, seven_day: week } }) }));
    for (const key of ['pools', 'breakdown', 'locks', 'lacking']) expect(shown).not.toHaveProperty(key);
  });

  it('is pools, the week by product, locks, and what the plan lacks', () => {
    const data = {
      seven_day: week,
      seven_day_breakdown: { rows: [{ key: 'chat', percent: 100 }] },
      unknown_buckets: { iguana_necktie: { limit_dollars: 250 }, tangelo: { locked_reason: 'x' } },
    };
    expect(answer(parts({ entry: anEntry({ data }) }))).toMatchObject({
      pools: [{ id: 'iguana_necktie', limit: 250 }],
      breakdown: [{ key: 'chat', percent: 100 }],
      locks: [{ id: 'tangelo', reason: 'x' }],
      lacking: ['five_hour'],
    });
  });

  it.each([
    [NOW - MINUTE - 1, 'endpoint', 104.2],
    [NOW - MINUTE + 1, 'statusline', 105],
  ])('is one limit on money: of the endpoint and a session the later one (%i)', (readAt, source, percent) => {
    const spend = {
      enabled: true,
      percent: 104.2,
      used: { amount_minor: 52_100, currency: 'USD', exponent: 2 },
      limit: { amount_minor: 50_000, currency: 'USD', exponent: 2 },
    };
    const reported = { percent: 105, resetsAt: null, usedUsd: 525, limitUsd: 500, readAt, seenAt: readAt };
    const told = {
      origins: {},
      movedAt: NOW,
      answeredAt: NOW - MINUTE,
      lacks: true,
      credentials: null,
      contradicted: false,
      certain: true,
      unstored: false,
      asReported: true,
      spend: reported,
    };
    const entry = { ...anEntry({ cachedAt: NOW - MINUTE, data: { spend } }), told };
    expect(answer(parts({ entry })).windows).toMatchObject([
      { id: 'spend_limit', label: 'spend', source, usedPercent: percent, placement: 'always' },
    ]);
  });
});

const withTold = (told: Partial<Told>, changes: Partial<Entry> = {}): Entry => ({
  ...anEntry({ cachedAt: NOW - 30 * MINUTE, ...changes }),
  told: aTold(told),
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

describe('an answer, field by field', () => {
  it('has these values for a fresh entry of the endpoint', () => {
    const entry = anEntry({ accountName: 'ada@example.com', organizationName: 'Analytical' });
    const week = {
      id: 'seven_day',
      label: '7d',
      usedPercent: 33,
      resetsAt: WEEK,
      windowSeconds: (7 * DAY) / SECOND,
    };
    expect(answer(parts({ entry, loginUntil: NOW + DAY }))).toEqual({
      generatedAt: NOW,
      provider: 'claude',
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

  it('has no name and no login date where none is known', () => {
    const shown = answer(parts({ entry: anEntry({ accountName: null, organizationName: null }) }));
    for (const key of ['accountName', 'organizationName', 'loginUntil', 'ownerUnknown', 'restAgeMs'])
      expect(shown).not.toHaveProperty(key);
  });

  it.each([
    ['no entry', null],
    ['an entry without numbers', anEntry({ data: null })],
    ['an entry with numbers of another account', anEntry()],
  ])('has no value of the numbers for %s', (_, entry) => {
    const error = { code: 'timeout', retryAt: null } as const;
    const standing = 'none' as const;
    expect(answer(parts({ entry, standing, error, pending: true, source: 'endpoint' }))).toEqual({
      generatedAt: NOW,
      provider: 'claude',
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

  it('has the state "none" without numbers, whatever was decided', () => {
    expect(answer(parts({ entry: anEntry({ data: null }) })).state).toBe('none');
  });

  it.each([
    ['last_known', 'account not known', true],
    ['last_known', 'too old', undefined],
    ['last_known', null, undefined],
    ['stale', 'account not known', undefined],
  ] as const)('says for %s (%s) that the owner is unknown: %s', (standing, because, unknown) => {
    expect(answer(parts({ standing, because })).ownerUnknown).toBe(unknown);
  });

  it.each([
    ['no_credentials', 'fresh', true, false],
    ['no_credentials', 'stale', true, false],
    ['no_credentials', 'last_known', true, true],
    ['no_credentials', 'fresh', false, true],
    ['timeout', 'fresh', true, true],
  ] as const)(
    '%s of a %s entry, sessions without a login %s: is shown %s',
    (code, standing, unstored, shown) => {
      const error = { code, retryAt: null };
      const entry = withTold({ unstored });
      expect(answer(parts({ entry, standing, error })).error).toEqual(shown ? error : null);
    },
  );

  it('shows no_credentials where no session reported anything', () => {
    const error = { code: 'no_credentials', retryAt: null } as const;
    expect(answer(parts({ error })).error).toEqual(error);
  });
});

describe('an answer with numbers of sessions', () => {
  const times = { readAt: NOW - MINUTE, seenAt: NOW - MINUTE };
  const spend = { percent: 7, resetsAt: null, usedUsd: 35, limitUsd: 500, ...times };

  it.each<[string, Partial<Told>, string]>([
    ['the five-hour window', { origins: { five_hour: times } }, 'statusline'],
    ['the week', { origins: { seven_day: times } }, 'statusline'],
    ['a limit on money', { origins: {}, spend }, 'statusline'],
    ['nothing that is shown', { origins: {} }, 'cache'],
  ])('names its source: %s', (_, told, source) => {
    const entry = withTold(told);
    expect(answer(parts({ entry })).source).toBe(source);
    expect(answer(parts({ entry, source: 'endpoint' })).source).toBe('endpoint');
  });

  it.each<[string, Partial<Told>, Partial<Entry>, number]>([
    ['windows of sessions alone', {}, {}, 3 * MINUTE],
    ['a week of the endpoint', { origins: { five_hour: times } }, {}, 30 * MINUTE],
    [
      'a limit on money',
      { origins: {}, spend: { ...spend, seenAt: NOW - 4 * MINUTE } },
      { data: {} },
      4 * MINUTE,
    ],
    ['extra usage of the endpoint', {}, { data: { ...anEntry().data, extra_usage: extra() } }, 30 * MINUTE],
    ['no window at all', { origins: {} }, { data: {} }, 30 * MINUTE],
  ])('is as old as its oldest number: %s', (_, told, changes, ageMs) => {
    const shown = answer(parts({ entry: withTold(told, changes) }));
    expect({ cachedAt: shown.cachedAt, ageMs: shown.ageMs }).toEqual({ cachedAt: NOW - ageMs, ageMs });
  });

  it.each<[string, number | null, 'fresh' | 'stale', number | undefined]>([
    ['at the interval of the rest', 15 * MINUTE, 'fresh', 15 * MINUTE],
    ['a moment before it', 15 * MINUTE - 1, 'fresh', undefined],
    ['in a stale answer, which has its age anyway', 15 * MINUTE, 'stale', undefined],
    ['without a response of the endpoint', null, 'fresh', undefined],
  ])('has the age of the rest %s', (_, ago, standing, restAgeMs) => {
    const settings = { ...loadSettings({}), scopedRefreshMs: 15 * MINUTE };
    const entry = withTold({ answeredAt: ago === null ? null : NOW - ago });
    expect(answer(parts({ entry, settings, standing })).restAgeMs).toBe(restAgeMs);
  });

  it.each([
    [DAY - 1, 'fresh', ['five_hour', 'seven_day'], true],
    [DAY, 'fresh', ['five_hour'], false],
    [DAY, 'last_known', ['five_hour', 'seven_day'], true],
  ] as const)(
    'leaves out what the endpoint sent %i ms ago, in a %s answer: it shows %j',
    (ago, standing, ids, rest) => {
      const data = { ...anEntry().data, extra_usage: extra(), seven_day_breakdown: breakdown() };
      const entry = withTold({ origins: { five_hour: times } }, { cachedAt: NOW - ago, data });
      const shown = answer(parts({ entry, standing }));
      expect(shown.windows.map(({ id }) => id)).toEqual(ids);
      expect(shown.extraUsage !== null).toBe(rest);
      expect('breakdown' in shown).toBe(rest);
    },
  );

  it('leaves out nothing of a day ago where sessions reported nothing', () => {
    expect(
      answer(parts({ entry: anEntry({ cachedAt: NOW - DAY }), standing: 'stale' })).windows,
    ).toHaveLength(2);
  });

  it.each([
    ['is open before its reset', NOW + SECOND, NOW - MINUTE, false],
    ['has no end', null, NOW - MINUTE, false],
    ['is over at its reset', NOW, NOW - MINUTE, true],
    ['is open where it was reported after its reset', NOW - MINUTE, NOW - SECOND, false],
  ] as const)('has a limit on money that %s', (_, resetsAt, readAt, elapsed) => {
    const reported = { ...spend, resetsAt, readAt };
    const entry = withTold({ origins: {}, spend: reported }, { data: {} });
    expect(answer(parts({ entry })).windows).toEqual([
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

  it('keeps the other windows beside a limit on money', () => {
    const shown = answer(parts({ entry: withTold({ spend }) }));
    expect(shown.windows.map(({ id }) => id)).toEqual(['five_hour', 'seven_day', 'spend_limit']);
  });
});

describe('time that passes between a decision and its answer', () => {
  const standing = (decided: AnswerParts['standing'], age: number, waited: number) =>
    answer(parts({ entry: anEntry({ cachedAt: NOW - age }), standing: decided, decidedAt: NOW - waited }))
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
  ] as const)('%s numbers of %i ms ago, %i ms later, are %s', (decided, age, waited, expected) => {
    expect(standing(decided, age, waited)).toBe(expected);
  });
});

function extra() {
  return { is_enabled: true, monthly_limit: 2000, used_credits: 763, utilization: 38.15, currency: 'EUR' };
}

function breakdown() {
  return { rows: [{ key: 'chat', percent: 100 }] };
}
