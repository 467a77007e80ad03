import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { reportOf } from './report.ts';
import type { Result } from './tally.ts';
import { simulateWeek } from './week.ts';

/** Simulated weeks take seconds of computing each. */
const PATIENCE = 300_000;

/** Further days, UTC, whose hours of the resets differ. `npm test` has the first two, `npm run test:all` all of them. */
const ALL_DAYS = [
  ['a leap day', '2028-02-29'],
  ['the day on which summer time begins', '2027-03-28'],
  ['the day on which summer time ends', '2026-10-25'],
  ['the last day of a year', '2026-12-31'],
  ['the day on which 32 bits of seconds end', '2038-01-19'],
] as const;
const DAYS = ALL_DAYS.slice(0, process.env.TESTS === 'all' ? ALL_DAYS.length : 2);

describe('sixty callers of one account within a week', () => {
  let week: Result;

  afterEach(() => {
    vi.useRealTimers();
  });

  beforeAll(async () => {
    week = await simulateWeek({ seed: Number(process.env.SIMULATION_SEED ?? 1) });
    if (process.env.SIMULATION === 'print') console.info(reportOf(week));
  }, PATIENCE);

  it('send at most one request a minute and 24 within any hour', () => {
    expect(week.mostInAnHour).toBeLessThanOrEqual(24);
    expect(week.leastApart).toBeGreaterThanOrEqual(60);
  });

  it('include users who would use up the budget, and other programs that cause 429s', () => {
    expect(week.all.count).toBeGreaterThan(500_000);
    expect(week.mostInAnHour).toBe(24);
    expect(week.foreign429).toBeGreaterThan(10);
    expect(week.recoveries.length).toBeGreaterThan(5);
  });

  it('never cause a 429', () => {
    expect(week.own429).toBe(0);
  });

  it('get out of a throttle that others caused, with a handful of requests', () => {
    for (const { requests } of week.recoveries) expect(requests).toBeLessThanOrEqual(8);
    const minutes = week.recoveries.map((one) => one.minutes).sort((a, b) => a - b);
    // 5 + 10 + 20 + 40 + 60 minutes, and up to a tenth more, until a wait is as long as the block is.
    expect(minutes[Math.floor(minutes.length / 2)]).toBeLessThanOrEqual(150);
  });

  it('show fresh numbers during working hours if nothing prevents it', () => {
    expect(week.undisturbed.fresh).toBeGreaterThan(0.95);
    expect(week.undisturbed.p95).toBeLessThan(180);
    expect(week.work.without).toBeLessThan(0.01);
  });

  it('never show numbers that are a day old', () => {
    expect(week.all.max).toBeLessThan(24 * 3600);
  });

  it(
    'have the same week with the same seed, and another one with another seed',
    async () => {
      const [one, same, other] = [2, 2, 3].map((seed) => ({ seed, days: 0.4 }));
      const first = await simulateWeek(one);
      expect(await simulateWeek(same)).toEqual(first);
      expect(await simulateWeek(other)).not.toEqual({ ...first, seed: 3 });
    },
    PATIENCE,
  );

  it(
    'have the same week on any date of the simulation',
    async () => {
      const today = await simulateWeek({ seed: 2, days: 1.5 });
      for (const day of ['1971-01-01', '2038-02-01']) {
        vi.useFakeTimers({ toFake: ['Date'], now: Date.parse(day) });
        expect(await simulateWeek({ seed: 2, days: 1.5 }), day).toEqual(today);
        vi.useRealTimers();
      }
    },
    PATIENCE,
  );

  it.each(DAYS)(
    'keep their promises on %s (%s)',
    async (_name, day) => {
      const other = await simulateWeek({ start: Date.parse(day), days: 1 });
      expect(other.own429).toBe(0);
      expect(other.mostInAnHour).toBeLessThanOrEqual(24);
      expect(other.leastApart).toBeGreaterThanOrEqual(60);
      expect(other.undisturbed.fresh).toBeGreaterThan(0.95);
    },
    PATIENCE,
  );
});
