import { describe, expect, it } from 'vitest';
import type { ExtraUsage, Limit, UsageData } from '../../src/usage/model.ts';
import { parseResponse } from '../../src/usage/schema.ts';
import { DAY, HOUR, MINUTE } from '../../src/usage/time.ts';
import { extraUsageOf, hasElapsed, nextReset, windowsOf } from '../../src/usage/windows.ts';
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

describe('the windows of a reading', () => {
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
      'extra-usage-eur',
      [
        ['five_hour', '5h', 12.5],
        ['seven_day', '7d', 30],
      ],
    ],
  ] as const)('of the captured answer %s', (name, windows) => {
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

  it('stand in their order, however they arrived', () => {
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
    ['an unknown kind is none of ours', { limits: [limit('daily', 7, 'Fable')] }, []],
    ['a null bucket is no window', { seven_day: null }, []],
    ['a scoped limit without a scope', { limits: [scoped(null)] }, []],
    ['a scoped limit without a name', { limits: [scoped('  ')] }, []],
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

  it('keeps its percentage when the reset was past already at the time of reading', () => {
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
      'switched off',
      { extra_usage: off },
      { enabled: false, used: null, limit: null, currency: null, usedPercent: null, decimals: 2 },
    ],
    ['on, beside spend', { extra_usage: on, spend }, eur],
    ['off, beside spend', { extra_usage: off, spend }, fromSpend],
    ['absent, beside spend', { spend }, fromSpend],
    ['null, beside spend', { extra_usage: null, spend }, fromSpend],
    [
      'spend of another exponent',
      { spend: { ...spend, used: usd(500, 0) } },
      { ...fromSpend, used: 500, decimals: 0 },
    ],
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
});
