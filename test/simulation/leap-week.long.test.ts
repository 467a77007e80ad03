import { expect, it } from 'vitest';
import { simulateWeek } from './week.ts';

it('the promises of a week hold in the week of a leap day', { timeout: 300_000 }, async () => {
  const week = await simulateWeek({ start: Date.parse('2028-02-28') });
  expect(week.own429).toBe(0);
  expect(week.mostInAnHour).toBe(24);
  expect(week.leastApart).toBeGreaterThanOrEqual(60);
  expect(week.recoveries.length).toBeGreaterThan(5);
  for (const { requests } of week.recoveries) expect(requests).toBeLessThanOrEqual(8);
  expect(week.undisturbed.fresh).toBeGreaterThan(0.95);
});
