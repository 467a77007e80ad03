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

describe('what may be claimed of an entry', () => {
  it('is current until the cache duration is over', () => {
    const { state, ageMs, freshUntil } = toUsage(parts());
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
    expect(toUsage(parts({ entry: anEntry({ data }) })).freshUntil).toBe(NOW + SECOND);
  });

  it('is not current at any time when it is stale', () => {
    expect(toUsage(parts({ freshness: 'stale' })).freshUntil).toBeNull();
  });

  it('has no age when it was stamped in the future', () => {
    const entry = anEntry({ cachedAt: NOW + HOUR });
    expect(toUsage(parts({ freshness: 'last_known', entry })).ageMs).toBeNull();
  });

  it('has an age when it is too old', () => {
    const entry = anEntry({ cachedAt: NOW - 2 * DAY });
    expect(toUsage(parts({ freshness: 'last_known', entry })).ageMs).toBe(2 * DAY);
  });

  it('is no younger than now when the clocks differ by a moment', () => {
    expect(toUsage(parts({ entry: anEntry({ cachedAt: NOW + 4 * SECOND }) })).ageMs).toBe(0);
  });

  it('is nothing at all when it is nobody’s', () => {
    expect(toUsage(parts({ freshness: 'none' }))).toMatchObject({
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
    expect(toUsage(parts({ freshness: 'none', entry })).state).toBe('none');
  });
});

describe('what an answer has besides windows', () => {
  const week = { utilization: 60, resets_at: iso(NOW + DAY) };

  it('is absent where there is none of it', () => {
    const shown = toUsage(parts({ entry: anEntry({ data: { five_hour: week, seven_day: week } }) }));
    for (const key of ['pools', 'breakdown', 'locks', 'lacking']) expect(shown).not.toHaveProperty(key);
  });

  it('is pools, the week by product, locks, and what the plan lacks', () => {
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
  ])('is one limit on money: of the endpoint and a session the later one (%i)', (readAt, source, percent) => {
    const spend = {
      enabled: true,
      percent: 104.2,
      used: { amount_minor: 52_100, currency: 'USD', exponent: 2 },
      limit: { amount_minor: 50_000, currency: 'USD', exponent: 2 },
    };
    const reported = { percent: 105, resetsAt: null, usedUsd: 525, limitUsd: 500, readAt, seenAt: readAt };
    const overlay = {
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
    const entry = { ...anEntry({ cachedAt: NOW - MINUTE, data: { spend } }), overlay };
    expect(toUsage(parts({ entry })).windows).toMatchObject([
      { id: 'spend_limit', label: 'spend', source, usedPercent: percent, placement: 'always' },
    ]);
  });
});
