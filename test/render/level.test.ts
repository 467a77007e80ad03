import { describe, expect, it } from 'vitest';
import { DEFAULT_APPEARANCE } from '../../src/render/appearance.ts';
import { windowLevel } from '../../src/render/level.ts';
import { summaryOf } from '../../src/render/summary.ts';
import { DAY, HOUR, MINUTE } from '../../src/usage/time.ts';
import { ELAPSED, NOW, usage, week, window } from './usages.ts';

const { thresholds } = DEFAULT_APPEARANCE;
const level = (over: Parameters<typeof week>[0], now: number | null = NOW) =>
  windowLevel(week(over), now, thresholds);

describe('the level of a window', () => {
  it.each([
    ['that lasts, by its percentage', { usedPercent: 33, resetsAt: NOW + 4 * DAY }, 'ok'],
    ['that is used up before its reset, at least warn', { usedPercent: 47, resetsAt: NOW + 4 * DAY }, 'warn'],
    [
      'that is used as evenly as time passes, by its percentage',
      { usedPercent: 44, resetsAt: NOW + 4 * DAY },
      'ok',
    ],
    ['that lasts but is nearly used up, critical', { usedPercent: 82, resetsAt: NOW + DAY }, 'critical'],
    [
      'that is used up early and is nearly used up, critical',
      { usedPercent: 82, resetsAt: NOW + 4 * DAY },
      'critical',
    ],
    ['without a reset time, by its percentage', { usedPercent: 49.9, resetsAt: null }, 'ok'],
    ['that has elapsed, none', ELAPSED, null],
  ])('%s', (_name, over, expected) => {
    expect(level(over)).toBe(expected);
  });

  it('compares a number that is too old with no time', () => {
    expect(level({ usedPercent: 47, resetsAt: NOW + 4 * DAY }, null)).toBe('ok');
  });

  it('warns of a burst at the start of a window', () => {
    const early = window({ usedPercent: 22, resetsAt: NOW + 4 * HOUR + 37 * MINUTE });
    expect(windowLevel(early, NOW, thresholds)).toBe('warn');
  });
});

it('a summary has the most urgent level and the largest percentage, which can be of two windows', () => {
  const windows = [window({ usedPercent: 30 }), week({ usedPercent: 40, resetsAt: NOW + DAY })];
  expect(summaryOf(usage({ windows }), DEFAULT_APPEARANCE)).toEqual({
    used: 40,
    level: 'warn',
    style: 'warn',
  });
});
