import { beforeAll, describe, expect, it } from 'vitest';
import { dayReportOf, simulateDay } from './day.ts';
import type { DayResult } from './day.ts';

describe('a working day with Claude Code', () => {
  let day: DayResult;

  beforeAll(async () => {
    day = await simulateDay({ seed: Number(process.env.SIMULATION_SEED ?? 1) });
    if (process.env.SIMULATION === 'print') console.info(dayReportOf(day));
  }, 300_000);

  it('is one', () => {
    expect(day.reports).toBeGreaterThan(1000);
    expect(day.answers).toBeGreaterThan(3000);
  });

  it('asks for what only the endpoint knows, at most four times an hour, and for nothing else', () => {
    expect(day.mostInAnHour).toBeLessThanOrEqual(4);
    expect(day.needless).toBe(0);
  });

  it('shows every number right within the age it is shown with', () => {
    expect(day.wrong).toEqual([]);
    expect(day.numbers).toBeGreaterThan(5000);
  });

  it('is fresh while somebody works', () => {
    expect(day.fresh / day.answers).toBeGreaterThan(0.7);
  });
});
