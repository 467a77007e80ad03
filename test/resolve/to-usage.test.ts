import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../src/config/settings.ts';
import { provider } from '../../src/fetch/registry.ts';
import { toUsage } from '../../src/resolve/to-usage.ts';
import type { UsageParts } from '../../src/resolve/to-usage.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';
import { anEntry, iso, NOW } from '../support/build.ts';

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
