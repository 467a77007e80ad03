import { describe, expect, it } from 'vitest';
import type { UsageData } from '../../../src/fetch/claude/wire.ts';
import { breakdownOf, locksOf, poolsOf } from '../../../src/fetch/claude/pools.ts';
import { parseResponse } from '../../../src/fetch/claude/data.ts';
import { DAY } from '../../../src/usage/time.ts';
import { body, BREAKDOWN } from './bodies.ts';

const READ = Date.parse('2026-10-06T18:00:00Z');
const EXPIRY = Date.parse('2026-11-05T07:59:00Z');
const data = (any: object): UsageData => parseResponse({ ...any });
const pools = (any: object, now = READ) => poolsOf(data(any), READ, now);

describe('pools in dollars', () => {
  const credit = {
    id: 'iguana_necktie',
    label: 'cloud credit',
    used: 0,
    limit: 250,
    remaining: 250,
    expiresAt: EXPIRY,
    expired: false,
    lockedReason: null,
  };

  it.each(['2026-10-06-pool', 'ultra-assumed-absent', 'ultra-assumed-null'] as const)('of %s', (name) => {
    expect(pools(body(name))).toEqual([credit]);
  });

  it('expire', () => {
    expect(pools(body('2026-10-06-pool'), EXPIRY - 1)[0]?.expired).toBe(false);
    expect(pools(body('2026-10-06-pool'), EXPIRY)[0]?.expired).toBe(true);
    const over = { tangelo: { limit_dollars: 5, resets_at: '2026-10-01T00:00:00Z' } };
    expect(pools(over, READ + DAY)[0]?.expired, 'past already when it was read').toBe(false);
  });

  it('are found under any key, known or not', () => {
    const pool = { limit_dollars: 10, used_dollars: 2.5, utilization: null };
    expect(pools({ amber_ladder: pool, seven_day: { ...pool, utilization: 25 } })).toMatchObject([
      { id: 'seven_day', label: 'seven day', used: 2.5, remaining: 7.5 },
      { id: 'amber_ladder', label: 'amber ladder', used: 2.5, remaining: 7.5 },
    ]);
  });

  it.each([
    [
      { limit_dollars: 250, remaining_dollars: 249.9 },
      { used: 0.1, remaining: 249.9 },
    ],
    [
      { limit_dollars: 250, used_dollars: 260 },
      { used: 260, remaining: -10 },
    ],
    [{ limit_dollars: 250 }, { used: null, remaining: null }],
    [
      { limit_dollars: 250, used_dollars: '1', remaining_dollars: -3, resets_at: 7 },
      { used: null, expiresAt: null },
    ],
    [{ limit_dollars: 250, locked_reason: 'plan<b>' }, { lockedReason: 'planb' }],
  ])('of %j', (pool, expected) => {
    expect(pools({ iguana_necktie: pool })).toMatchObject([expected]);
  });

  it.each([0, -5, null, '250', Infinity, [], {}])('are not those with the limit %j', (limit) => {
    expect(pools({ iguana_necktie: { utilization: 0, limit_dollars: limit } })).toEqual([]);
  });

  it('are not made of unknown keys without dollars', () => {
    expect(pools({ nimbus_quill: { utilization: 0 }, tangelo: null, amber_ladder: 7, x: [] })).toEqual([]);
  });

  it('are 24 at most', () => {
    const many = Object.fromEntries(
      Array.from({ length: 50_000 }, (_, index) => [`k${index}`, { limit_dollars: 1 }]),
    );
    expect(poolsOf({ unknown_buckets: many }, READ, READ)).toHaveLength(24);
  });
});

describe('locked buckets', () => {
  it('are listed unless they are windows or pools', () => {
    const locked = { locked_reason: 'upgrade_required' };
    expect(
      locksOf(
        data({
          five_hour: { utilization: 7, ...locked },
          seven_day_opus: { utilization: null, ...locked },
          iguana_necktie: { limit_dollars: 5, ...locked },
          tangelo: { utilization: 0, ...locked },
          nimbus_quill: { utilization: 0, locked_reason: null },
        }),
      ),
    ).toEqual([
      { id: 'seven_day_opus', label: 'seven day opus', reason: 'upgrade_required' },
      { id: 'tangelo', label: 'tangelo', reason: 'upgrade_required' },
    ]);
  });
});

describe('the week by product', () => {
  it('contains every row with a percentage', () => {
    expect(breakdownOf(data({ seven_day_breakdown: BREAKDOWN }))).toEqual([
      { key: 'claude_code', name: 'Claude Code', percent: 71 },
      { key: 'chat', name: 'Chat', percent: 18 },
      { key: 'cowork', name: 'Cowork', percent: 9 },
      { key: 'other', name: 'Other', percent: 2 },
    ]);
  });

  it.each([
    [
      { key: 'claude_code', percent: 1 },
      { key: 'claude_code', name: 'claude code' },
    ],
    [
      { key: 7, display_name: [], percent: 1 },
      { key: null, name: '?' },
    ],
    [
      { display_name: '$(x)', percent: 1 },
      { key: null, name: '(x)' },
    ],
  ])('names the row %j', (row, part) => {
    expect(breakdownOf(data({ seven_day_breakdown: { rows: [row] } }))).toMatchObject([part]);
  });

  it.each([null, {}, { rows: null }, { rows: [null, 'x', { percent: 'x' }] }, 'x', undefined])(
    'is empty for %j',
    (any) => {
      expect(breakdownOf(data({ seven_day_breakdown: any }))).toEqual([]);
    },
  );
});
