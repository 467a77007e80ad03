import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExtraUsage } from '../../../src/usage/model.ts';
import type { Limit, UsageData } from '../../../src/fetch/claude/wire.ts';
import { parseResponse } from '../../../src/fetch/claude/data.ts';
import { DAY, HOUR, MINUTE } from '../../../src/usage/time.ts';
import { extraUsageOf, lackingIn, windowsOf } from '../../../src/fetch/claude/windows.ts';
import { hasElapsed } from '../../../src/usage/windows.ts';
import { nextReset } from '../../support/claude.ts';
import { isWorthShowing } from '../../../src/usage/credits.ts';
import { body } from './bodies.ts';

const NOW = Date.parse('2026-07-02T20:00:00Z');
const iso = (at: number) => new Date(at).toISOString();
const LATER = iso(NOW + HOUR);

const bucket = (utilization: number, resets_at: string | null = LATER) => ({ utilization, resets_at });
const limit = (kind: string, percent: number, model: string | null = null): Limit => ({
  kind,
  percent,
  resets_at: LATER,
  scope: model === null ? null : { model: { display_name: model } },
});
const usd = (amount_minor: number, exponent = 2) => ({ amount_minor, currency: 'USD', exponent });
const scoped = (model: string | null, percent = 5) => limit('weekly_scoped', percent, model);
const read = (data: UsageData, now = NOW) => windowsOf(data, NOW, now);
const brief = (data: UsageData) => read(data).map(({ id, label, usedPercent }) => [id, label, usedPercent]);

describe('the windows of a response', () => {
  it('are 32 at most, however many limits a response has', () => {
    const limits = Array.from({ length: 900 }, (_, index) => scoped(`M${index}`, index));
    const windows = read({ five_hour: bucket(1), limits: [...limits, scoped('M0', 99)] });
    expect(windows.map(({ id }) => id)).toEqual([
      'five_hour',
      ...Array.from({ length: 31 }, (_, index) => `weekly_scoped:m${index}`),
    ]);
    expect(windows[1]?.usedPercent).toBe(99);
  });

  it.each([
    [
      '2026-04-18-max',
      [
        ['five_hour', '5h', 22],
        ['seven_day', '7d', 33],
        ['seven_day_sonnet', '7d Sonnet', 0],
      ],
    ],
    [
      '2026-07-03-limits',
      [
        ['five_hour', '5h', 11],
        ['seven_day', '7d', 9],
        ['weekly_scoped:fable', '7d Fable', 5],
      ],
    ],
    [
      '2026-08-05-max',
      [
        ['five_hour', '5h', 5],
        ['seven_day', '7d', 60],
        ['weekly_scoped:fable', '7d Fable', 82],
      ],
    ],
    ['enterprise-null-five-hour', []],
    [
      '2026-10-06-pool',
      [
        ['five_hour', '5h', 27],
        ['seven_day', '7d', 60],
        ['weekly_scoped:fable', '7d Fable', 42],
      ],
    ],
    [
      'ultra-assumed-absent',
      [
        ['seven_day', '7d', 60],
        ['weekly_scoped:fable', '7d Fable', 42],
      ],
    ],
    [
      'ultra-assumed-null',
      [
        ['seven_day', '7d', 60],
        ['weekly_scoped:fable', '7d Fable', 42],
      ],
    ],
    [
      'extra-usage-eur',
      [
        ['five_hour', '5h', 12.5],
        ['seven_day', '7d', 30],
      ],
    ],
  ] as const)('of the captured response %s', (name, windows) => {
    const data = parseResponse(body(name));
    expect(windowsOf(data, 0, 0).map(({ id, label, usedPercent }) => [id, label, usedPercent])).toEqual(
      windows,
    );
  });

  it('are complete', () => {
    expect(read({ limits: [scoped('Fable', 82)] })).toEqual([
      {
        id: 'weekly_scoped:fable',
        label: '7d Fable',
        model: 'Fable',
        usedPercent: 82,
        resetsAt: NOW + HOUR,
        windowSeconds: 604_800,
        elapsed: false,
        source: 'endpoint',
        readAt: NOW,
      },
    ]);
    expect(read({ five_hour: bucket(1) })[0]).toMatchObject({ windowSeconds: 18_000, model: null });
  });

  it('have a fixed order, in whatever order they arrive', () => {
    const data: UsageData = {
      limits: [scoped('Fable')],
      seven_day_oauth_apps: bucket(5),
      seven_day_sonnet: bucket(4),
      seven_day_opus: bucket(3),
      seven_day: bucket(2),
      five_hour: bucket(1),
    };
    expect(brief(data).map(([id]) => id)).toEqual([
      'five_hour',
      'seven_day',
      'seven_day_opus',
      'seven_day_sonnet',
      'seven_day_oauth_apps',
      'weekly_scoped:fable',
    ]);
  });

  it.each<[string, UsageData, unknown[]]>([
    ['session fills in for a missing five_hour', { limits: [limit('session', 7)] }, [['five_hour', '5h', 7]]],
    [
      'session fills in for five_hour: null',
      { five_hour: null, limits: [limit('session', 7)] },
      [['five_hour', '5h', 7]],
    ],
    ['weekly_all fills in for seven_day', { limits: [limit('weekly_all', 7)] }, [['seven_day', '7d', 7]]],
    [
      'they never replace a bucket',
      { five_hour: bucket(1), limits: [limit('session', 7)] },
      [['five_hour', '5h', 1]],
    ],
    ['a null bucket is no window', { seven_day: null }, []],
    [
      'a scoped limit without a scope has a neutral name',
      { limits: [scoped(null)] },
      [['weekly_scoped:other', '7d other', 5]],
    ],
    [
      'a scoped limit without a name has a neutral one',
      { limits: [scoped('  ')] },
      [['weekly_scoped:other', '7d other', 5]],
    ],
    [
      'a bucket that is an amount of dollars',
      { five_hour: { ...bucket(7), limit_dollars: 250 } as never },
      [],
    ],
    ['a bucket without a percentage', { five_hour: { utilization: null, resets_at: LATER } }, []],
    ['a limit for "All models"', { limits: [scoped('All models'), scoped('all Models ')] }, []],
    [
      'a limit beside the bucket of the same model',
      { seven_day_opus: bucket(1), limits: [scoped('Opus')] },
      [['seven_day_opus', '7d Opus', 1]],
    ],
    [
      'one name twice: the tighter',
      { limits: [scoped('A', 3), scoped('A', 9), scoped('A', 5)] },
      [['weekly_scoped:a', '7d A', 9]],
    ],
    [
      'a name with other characters',
      { limits: [scoped('Fable 4.5 (Ω)')] },
      [['weekly_scoped:fable-4-5----', '7d Fable 4.5 ()', 5]],
    ],
    [
      'a name that would run code',
      { limits: [scoped('$(x)`y`%{z}\u001B[31m')] },
      [['weekly_scoped:--x--y---z---31m', '7d (x)yz31m', 5]],
    ],
    ['a name of which nothing may be printed', { limits: [scoped('漢')] }, [['weekly_scoped:-', '7d ?', 5]]],
  ])('%s', (_name, data, windows) => {
    expect(brief(data)).toEqual(windows);
  });

  const named = (scope: Limit['scope'], kind = 'weekly_scoped') =>
    read({ limits: [{ ...limit(kind, 100), scope }] }).map(({ id, label, model }) => [id, label, model]);

  it.each<[Limit['scope'], string, string, string | null]>([
    [{ model: { display_name: 'Fable', id: 'claude-fable-5' }, surface: 'x' }, 'fable', '7d Fable', 'Fable'],
    [{ model: null, surface: { display_name: 'Claude Code' } }, 'claude-code', '7d Claude Code', null],
    [{ model: { id: 'm' }, surface: { display_name: 'Cowork' } }, 'cowork', '7d Cowork', null],
    [{ model: null, surface: 'cowork' }, 'cowork', '7d cowork', null],
    [{ model: null, surface: { id: 'claude_code' } }, 'claude-code', '7d claude_code', null],
    [
      { model: { id: 'claude-opus-5', display_name: null }, surface: null },
      'claude-opus-5',
      '7d claude-opus-5',
      'claude-opus-5',
    ],
    [{ model: 'claude-opus-5' }, 'claude-opus-5', '7d claude-opus-5', 'claude-opus-5'],
    [{ model: { display_name: 'All models', id: 'all' }, surface: 'cowork' }, 'cowork', '7d cowork', null],
    [{ model: { display_name: '漢', id: 'claude-x' } }, 'claude-x', '7d claude-x', 'claude-x'],
    [{ model: { display_name: 7, id: [] }, surface: {} }, 'other', '7d other', null],
  ])('name a weekly limit on %j', (scope, id, label, model) => {
    expect(named(scope)).toEqual([[`weekly_scoped:${id}`, label, model]]);
    expect(named(scope, 'weekly')).toEqual([[`weekly_scoped:${id}`, label, model]]);
  });

  it.each<[string, Partial<Limit>, object]>([
    ['daily_all', {}, { id: 'daily_all', label: 'daily_all', windowSeconds: 86_400 }],
    ['hourly', {}, { id: 'hourly', label: 'hourly', windowSeconds: 3600 }],
    ['weekly', {}, { id: 'weekly', label: 'weekly', windowSeconds: 604_800 }],
    ['monthly_all', {}, { id: 'monthly_all', label: 'monthly_all', windowSeconds: null }],
    ['dailyish', {}, { id: 'dailyish', label: 'dailyish', windowSeconds: null }],
    [
      'monthly_scoped',
      { scope: { model: { display_name: 'Fable' } } },
      { id: 'monthly_scoped:fable', label: 'monthly_scoped Fable', model: 'Fable', windowSeconds: null },
    ],
    [
      'session',
      { scope: { model: { display_name: 'Fable' } } },
      { id: 'session:fable', label: 'session Fable', model: 'Fable', windowSeconds: null },
    ],
    ['daily_all', { scope: { model: { display_name: 'All models' } } }, { id: 'daily_all' }],
    ['spend_limit', {}, { id: 'spend_limit', label: 'spend' }],
    ['$(x)\u001B', {}, { id: '--x--', label: '(x)' }],
    ['', {}, { id: 'other', label: '?' }],
  ])('have the unknown kind %j under its own name', (kind, more, window) => {
    const asleep = { ...limit(kind, 7), is_active: false, ...more };
    expect(read({ limits: [asleep] })).toMatchObject([{ ...window, usedPercent: 7, placement: 'details' }]);
    const awake = { ...asleep, is_active: true };
    expect(read({ limits: [awake] })).toMatchObject([{ ...window, placement: 'always' }]);
    expect(nextReset({ limits: [asleep] }, NOW)).toBe(NOW + HOUR);
  });

  it('contain every row that has a percentage, with any kind and scope', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.constantFrom('session', 'weekly_all', 'weekly_scoped', 'weekly', 'monthly_all', ''),
        fc.oneof(
          fc.jsonValue(),
          fc.record({ model: fc.jsonValue(), surface: fc.jsonValue() }),
          fc.record({ model: fc.record({ display_name: fc.jsonValue(), id: fc.string() }) }),
        ),
        fc.constantFrom(true, false, null, 'x'),
        (text, kind, scope, is_active) => {
          for (const any of [text, kind]) {
            const row = { kind: any, percent: 7, resets_at: null, scope, is_active };
            const windows = windowsOf(parseResponse({ limits: [row] }), NOW, NOW);
            if (JSON.stringify(scope)?.toLowerCase().includes('all models')) continue;
            expect(windows).toHaveLength(1);
            expect(windows[0]?.label).toMatch(/^[A-Za-z0-9 ._+:/()?-]{1,43}$/);
            expect(windows[0]?.id).toMatch(/^[a-z0-9_:-]{1,81}$/);
          }
        },
      ),
    );
  });

  const past = iso(NOW - HOUR);
  it.each<[string, UsageData, unknown[]]>([
    [
      'a bucket whose reset had passed gives way to a live row',
      {
        five_hour: bucket(80, past),
        seven_day: bucket(90, past),
        limits: [limit('session', 7), limit('weekly_all', 9)],
      },
      [
        ['five_hour', '5h', 7],
        ['seven_day', '7d', 9],
      ],
    ],
    [
      'a bucket whose reset had passed stands beside a row that is no newer',
      { five_hour: bucket(80, past), limits: [{ ...limit('session', 7), resets_at: past }] },
      [['five_hour', '5h', 80]],
    ],
    [
      'a bucket whose reset had passed stands alone',
      { five_hour: bucket(80, past) },
      [['five_hour', '5h', 80]],
    ],
    [
      'a row without a reset is live',
      { five_hour: bucket(80, past), limits: [{ ...limit('session', 0), resets_at: null }] },
      [['five_hour', '5h', 0]],
    ],
    [
      'a row for a part fills no bucket',
      { limits: [limit('session', 7, 'Fable')] },
      [['session:fable', 'session Fable', 7]],
    ],
    [
      'a row with an empty scope fills the bucket',
      {
        limits: [
          { ...limit('session', 7), scope: { model: { id: null, display_name: null }, surface: null } },
        ],
      },
      [['five_hour', '5h', 7]],
    ],
  ])('of buckets and rows: %s', (_name, data, windows) => {
    expect(brief(data)).toEqual(windows);
  });

  it('shows the bucket again when its row has elapsed', () => {
    const data = { five_hour: bucket(80, past), limits: [limit('session', 7)] };
    expect(read(data, NOW + HOUR)[0]).toMatchObject({ elapsed: true, usedPercent: null });
  });

  it('contain the reason for a lock', () => {
    const locked = { ...bucket(7), locked_reason: 'verification`_required' };
    expect(
      read({ five_hour: locked, limits: [{ ...scoped('A'), locked_reason: 'x' } as Limit] }),
    ).toMatchObject([{ lockedReason: 'verification_required' }, { lockedReason: 'x' }]);
    for (const reason of [null, '', '漢', 7, {}]) {
      expect(read({ five_hour: { ...bucket(7), locked_reason: reason } as never })[0]).not.toHaveProperty(
        'lockedReason',
      );
    }
  });

  it('cut a long name', () => {
    expect(read({ limits: [scoped('x'.repeat(100_000))] })[0]).toMatchObject({
      id: `weekly_scoped:${'x'.repeat(40)}`,
      label: `7d ${'x'.repeat(40)}`,
    });
  });

  it('show whether a live limit is active or not', () => {
    const asleep = { ...scoped('Fable'), is_active: false };
    expect(read({ limits: [asleep] })).toHaveLength(1);
  });
});

describe('a window whose reset has come', () => {
  const at = NOW + HOUR;

  it.each([
    ['before it', at - 1, { elapsed: false, usedPercent: 7 }],
    ['at it', at, { elapsed: true, usedPercent: null }],
    ['after it', at + DAY, { elapsed: true, usedPercent: null }],
  ])('seen %s', (_name, now, window) => {
    expect(read({ five_hour: bucket(7) }, now)[0]).toMatchObject({ ...window, resetsAt: at });
  });

  it('keeps its percentage when the reset had passed already when it was read', () => {
    const data = { five_hour: bucket(7, iso(NOW - MINUTE)) };
    expect(read(data, NOW + DAY)[0]).toMatchObject({ elapsed: false, usedPercent: 7 });
  });

  it('never elapses without a reset time', () => {
    expect(read({ five_hour: bucket(7, null) }, NOW + 400 * DAY)[0]).toMatchObject({
      elapsed: false,
      resetsAt: null,
    });
  });

  it.each([
    [10, 10, 20, false],
    [11, 10, 10, false],
    [11, 10, 11, true],
  ])('reset %i, read %i, now %i', (reset, readAt, now, elapsed) => {
    expect(hasElapsed(reset, readAt, now)).toBe(elapsed);
  });
});

describe('the next reset', () => {
  it.each<[string, UsageData, number | null]>([
    [
      'the first of several',
      { five_hour: bucket(1, iso(NOW + HOUR)), limits: [{ ...scoped('A'), resets_at: iso(NOW + MINUTE) }] },
      NOW + MINUTE,
    ],
    [
      'not one that was past',
      { five_hour: bucket(1, iso(NOW)), seven_day: bucket(1, iso(NOW + DAY)) },
      NOW + DAY,
    ],
    ['none without a time', { five_hour: bucket(1, null) }, null],
    ['none without a window', {}, null],
  ])('is %s', (_name, data, at) => {
    expect(nextReset(data, NOW)).toBe(at);
  });
});

describe('extra usage', () => {
  const off = {
    is_enabled: false,
    monthly_limit: null,
    used_credits: null,
    utilization: null,
    currency: null,
  };
  const on = {
    is_enabled: true,
    monthly_limit: 2000,
    used_credits: 763,
    utilization: 38.15,
    currency: 'EUR',
  };
  const spend = { enabled: true, percent: 25, used: usd(500), limit: usd(2000) };
  const eur: ExtraUsage = {
    enabled: true,
    used: 7.63,
    limit: 20,
    currency: 'EUR',
    usedPercent: 38.15,
    decimals: 2,
  };
  const fromSpend: ExtraUsage = {
    enabled: true,
    used: 5,
    limit: 20,
    currency: 'USD',
    usedPercent: 25,
    decimals: 2,
  };

  it.each<[string, UsageData, ExtraUsage | null]>([
    ['in minor units', { extra_usage: on }, eur],
    [
      'in yen, which has none',
      { extra_usage: { ...on, currency: 'JPY' } },
      { ...eur, currency: 'JPY', used: 763, limit: 2000, decimals: 0 },
    ],
    [
      'in dinars, which has a thousand',
      { extra_usage: { ...on, currency: 'KWD' } },
      { ...eur, currency: 'KWD', used: 0.763, limit: 2, decimals: 3 },
    ],
    ['without a limit', { extra_usage: { ...on, monthly_limit: null } }, { ...eur, limit: null }],
    [
      'with more digits than its currency has',
      { extra_usage: { ...on, decimal_places: 4 } },
      { ...eur, used: 0.0763, limit: 0.2, decimals: 4 },
    ],
    [
      'with fewer digits than its currency has',
      { extra_usage: { ...on, decimal_places: 0 } },
      { ...eur, used: 763, limit: 2000, decimals: 0 },
    ],
    ...[9, -1, 1.5, '2', null].map((decimal_places): [string, UsageData, ExtraUsage] => [
      `with ${JSON.stringify(decimal_places)} for its digits`,
      { extra_usage: { ...on, decimal_places } },
      eur,
    ]),
    ['without a percentage', { extra_usage: { ...on, utilization: null } }, eur],
    [
      'switched off',
      { extra_usage: off },
      { enabled: false, used: null, limit: null, currency: null, usedPercent: null, decimals: 2 },
    ],
    ['on, beside spend', { extra_usage: on, spend }, eur],
    ['off, beside spend', { extra_usage: off, spend }, fromSpend],
    ['absent, beside spend', { spend }, fromSpend],
    ['null, beside spend', { extra_usage: null, spend }, fromSpend],
    ['spend of another exponent', { spend: { ...spend, used: usd(500, 0) } }, { ...fromSpend, used: 500 }],
    ['spend without a limit', { spend: { ...spend, limit: null } }, { ...fromSpend, limit: null }],
    ['neither', { extra_usage: null }, null],
    [
      'a currency with other characters',
      { extra_usage: { ...on, currency: '$(E)`UR' } },
      { ...eur, currency: '(E)UR' },
    ],
  ])('%s', (_name, data, extra) => {
    expect(extraUsageOf(data)).toEqual(extra);
  });

  it.each<[string, Partial<ExtraUsage>, boolean]>([
    ['used', {}, true],
    ['unused', { used: 0, usedPercent: 0 }, true],
    ['without a limit and unused', { limit: null, used: 0, usedPercent: null }, false],
    ['without a limit and used', { limit: null, used: 1, usedPercent: null }, true],
    ['off', { enabled: false }, false],
    ['of 0 and unused', { limit: 0, used: 0, usedPercent: 0 }, false],
    ['of 0, nothing known of its use', { limit: 0, used: null, usedPercent: null }, false],
    ['of 0 and used', { limit: 0, used: 0.01, usedPercent: null }, true],
  ])('%s is shown or not', (_name, over, worth) => {
    expect(isWorthShowing({ ...eur, ...over })).toBe(worth);
  });
});

describe('a limit on paid use', () => {
  const spend = { enabled: true, percent: 104.2, used: usd(52_100), limit: usd(50_000) };
  const window = {
    id: 'spend_limit',
    label: 'spend',
    model: null,
    usedPercent: 104.2,
    resetsAt: null,
    windowSeconds: null,
    amount: { used: 521, limit: 500, currency: 'USD', decimals: 2 },
  };

  it('is a window where the response has no other', () => {
    expect(read({ five_hour: null, spend })).toMatchObject([window]);
    const extra = {
      is_enabled: true,
      monthly_limit: 50_000,
      used_credits: 52_100,
      utilization: null,
      currency: 'USD',
    };
    expect(read({ extra_usage: extra })).toMatchObject([window]);
  });

  it.each<[string, UsageData]>([
    ['beside another window', { seven_day: bucket(1), spend }],
    ['when it is off', { spend: { ...spend, enabled: false } }],
    ['without a limit', { spend: { ...spend, percent: null, limit: null } }],
    [
      'when its share is not finite',
      {
        extra_usage: {
          is_enabled: true,
          monthly_limit: 1e-300,
          used_credits: 1e300,
          utilization: null,
          currency: null,
        },
      },
    ],
    ['when it is 0 and nothing is used', { spend: { ...spend, percent: 0, used: usd(0), limit: usd(0) } }],
  ])('is none %s', (_name, data) => {
    expect(read(data).filter(({ id }) => id === 'spend_limit')).toEqual([]);
  });
});

describe('the windows that a plan lacks', () => {
  it.each<[string, UsageData, string[]]>([
    ['no five hours, absent', { seven_day: bucket(1) }, ['five_hour']],
    ['no five hours, null', { five_hour: null, seven_day: bucket(1) }, ['five_hour']],
    ['no week', { five_hour: bucket(1) }, ['seven_day']],
    ['five hours by a row', { seven_day: bucket(1), limits: [limit('session', 1)] }, []],
    ['a scoped limit alone', { limits: [scoped('Fable')] }, ['five_hour', 'seven_day']],
    ['an answer without any limit', { five_hour: null, limits: [] }, []],
    [
      'a bucket that is broken',
      { five_hour: { utilization: null, resets_at: null }, seven_day: bucket(1) },
      [],
    ],
  ])('%s', (_name, data, names) => {
    expect(lackingIn(data)).toEqual(names);
  });

  it('are not known from a report of a session', () => {
    const times = { readAt: NOW, seenAt: NOW };
    expect(lackingIn({ seven_day: bucket(1) }, { seven_day: times })).toEqual([]);
  });

  it.each(['ultra-assumed-absent', 'ultra-assumed-null'] as const)('of %s: the five hours', (name) => {
    expect(lackingIn(parseResponse(body(name)))).toEqual(['five_hour']);
  });
});

describe('the amounts of a spending limit', () => {
  it.each([
    ['have as many decimals as the more exact of the two', usd(500, 0), usd(1000, 3), 3],
    ['have none where the endpoint gives none', usd(500, 0), usd(1000, 0), 0],
    ['have those of the currency without an amount', null, null, 2],
  ])('%s', (_, used, most, decimals) => {
    const spend = { enabled: true, percent: 5, used, limit: most };
    expect(extraUsageOf({ spend })?.decimals).toBe(decimals);
  });
});

describe('two limits of one name', () => {
  const row = (percent: number, is_active: boolean) => ({
    ...limit('odd_kind', percent),
    is_active,
  });

  it.each([
    [row(80, false), row(5, true)],
    [row(5, true), row(80, false)],
  ])('show the tighter one, always where either is active', (...limits) => {
    expect(read({ limits })).toMatchObject([{ usedPercent: 80, placement: 'always' }]);
  });

  it('stay in the place of both where neither is active', () => {
    const [shown] = read({ limits: [row(80, false), row(5, false)] });
    expect(shown).toMatchObject({ usedPercent: 80 });
    expect(shown?.placement).not.toBe('always');
  });
});
