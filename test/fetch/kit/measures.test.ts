import { describe, expect, it } from 'vitest';
import { idsOf, resetsOf, windowsOf } from '../../../src/fetch/kit/measures.ts';
import type { Measure } from '../../../src/fetch/kit/measures.ts';
import { DAY, HOUR } from '../../../src/usage/time.ts';

const NOW = Date.UTC(2026, 10, 20);
const measure = (length: Measure['length'], more: Partial<Measure> = {}): Measure => ({
  used: 20,
  resetsAt: NOW + HOUR,
  length,
  ...more,
});
const named = (...measures: Measure[]) => windowsOf(measures, NOW, NOW).map(({ id, label }) => [id, label]);

describe('a window', () => {
  it.each<[Measure['length'], string, string]>([
    [18_000, 'five_hour', '5h'],
    [17_999, 'five_hour', '5h'],
    [604_800, 'seven_day', '7d'],
    [604_200, 'seven_day', '7d'],
    ['month', 'monthly', 'mo'],
    [28 * 86_400, 'monthly', 'mo'],
    [31 * 86_400 + 3600, 'monthly', 'mo'],
    [3600, '1h', '1h'],
    [10_800, '3h', '3h'],
    [86_400, '1d', '1d'],
    [129_600, '36h', '36h'],
    [14 * 86_400, '14d', '14d'],
    [60, '1h', '1h'],
  ])('of %s s is %s', (length, id, label) => {
    expect(named(measure(length))).toEqual([[id, label]]);
  });

  it.each([null, 0, -1, Number.NaN])('of %s s has no name, so there is none', (length) => {
    expect(named(measure(length))).toEqual([]);
    expect(named(measure(length, { name: { id: 'spend_limit', label: 'spend' } }))).toEqual([
      ['spend_limit', 'spend'],
    ]);
  });

  it('on a part has the part in its id and its label', () => {
    expect(
      named(
        measure('month', { part: 'premium', partId: 'Premium Interactions' }),
        measure(18_000, { part: 'GPT-5.3 "Spark"', isModel: true }),
        measure(18_000, { part: '\u00df' }),
      ),
    ).toEqual([
      ['five_hour', '5h'],
      ['five_hour:gpt-5-3-spark', '5h GPT-5.3 Spark'],
      ['monthly:premium-interactions', 'mo premium'],
    ]);
    const [window] = windowsOf([measure(18_000, { part: 'Spark', isModel: true })], NOW, NOW);
    expect(window?.model).toBe('Spark');
  });

  it('comes in one order, whatever the order in the response', () => {
    const lengths = [86_400, 'month', 604_800, 3600, 18_000] as const;
    const measures = [measure(18_000, { part: 'x' }), ...lengths.map((length) => measure(length))];
    expect(named(...measures).map(([id]) => id)).toEqual([
      'five_hour',
      'seven_day',
      'monthly',
      '1h',
      '1d',
      'five_hour:x',
    ]);
  });

  it('has a length, without which there is no pace, as whole seconds', () => {
    const [exact, month] = windowsOf([measure(18_000.4), measure('month')], NOW, NOW);
    expect([exact?.windowSeconds, month?.windowSeconds]).toEqual([18_000, null]);
  });

  it('at 0 % has no countdown where its reset is only projected', () => {
    const resets = (more: Partial<Measure>) =>
      windowsOf([measure(18_000, more)], NOW, NOW).map(({ usedPercent, resetsAt }) => [
        usedPercent,
        resetsAt,
      ]);
    expect(resets({ used: 0, projected: true })).toEqual([[0, null]]);
    expect(resets({ used: 0 })).toEqual([[0, NOW + HOUR]]);
    expect(resets({ used: 0.4, projected: true })).toEqual([[0.4, NOW + HOUR]]);
    expect(resetsOf([measure(18_000, { used: 0, projected: true })])).toEqual([]);
    expect(resetsOf([measure(18_000)])).toEqual([NOW + HOUR]);
  });

  it('without a number is none, and yet is not lacking', () => {
    const measures = [measure(18_000, { used: null }), measure(604_800)];
    expect(named(...measures)).toEqual([['seven_day', '7d']]);
    expect(idsOf(measures)).toEqual(['five_hour', 'seven_day']);
  });

  it('that has elapsed since it was read has no number', () => {
    const [window] = windowsOf([measure(18_000)], NOW, NOW + 2 * HOUR);
    expect(window).toMatchObject({ usedPercent: null, elapsed: true, resetsAt: NOW + HOUR });
  });

  it('of which there are two is the tighter one', () => {
    const twins = [measure(18_000, { used: 3 }), measure(18_000, { used: 9 }), measure(18_000, { used: 5 })];
    expect(windowsOf(twins, NOW, NOW).map(({ usedPercent }) => usedPercent)).toEqual([9]);
  });

  it('is one of 32 at most', () => {
    const many = Array.from({ length: 500 }, (_, index) => measure(18_000, { part: `p${index}` }));
    expect(windowsOf(many, NOW, NOW)).toHaveLength(32);
  });

  it('has its reset, reason and amount as they are', () => {
    const amount = { used: 1, limit: 2, currency: 'USD' };
    const measures = [
      measure(18_000, { resetsAt: null, lockedReason: 'x$(y)', amount, placement: 'always' }),
    ];
    expect(windowsOf(measures, NOW, NOW + DAY)).toMatchObject([
      { resetsAt: null, elapsed: false, lockedReason: 'x(y)', amount, placement: 'always', usedPercent: 20 },
    ]);
  });
});
