import { beforeAll, describe, expect, it } from 'vitest';
import { dayReportOf, simulateDay } from './day.ts';
import type { DayResult } from './day.ts';

describe('a working day with Claude Code', () => {
  let day: DayResult;

  beforeAll(async () => {
    day = await simulateDay({ seed: Number(process.env.SIMULATION_SEED ?? 1) });
    if (process.env.SIMULATION === 'print') console.info(dayReportOf(day));
  }, 300_000);

  it('contains enough calls and reports to be one', () => {
    expect(day.reports).toBeGreaterThan(1000);
    expect(day.results).toBeGreaterThan(3000);
  });

  it('sends requests only for limits that only the endpoint knows, and at most four an hour', () => {
    expect(day.mostInAnHour).toBeLessThanOrEqual(4);
    expect(day.needless).toBe(0);
  });

  it('shows only numbers that were right within their printed age', () => {
    expect(day.wrong).toEqual([]);
    expect(day.numbers).toBeGreaterThan(5000);
  });

  it('shows fresh numbers during working hours', () => {
    expect(day.fresh / day.results).toBeGreaterThan(0.7);
  });
});
