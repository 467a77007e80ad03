import { expect, it } from 'vitest';
import { monthBefore } from '../../../src/fetch/kit/fields.ts';

const DAY = 86_400;

it.each([
  ['2026-12-01T00:00:00Z', 30],
  ['2026-01-01T00:00:00Z', 31],
  ['2026-03-11T08:30:00Z', 28],
  ['2028-03-11T08:30:00Z', 29],
  // February has no 31st.
  ['2026-03-31T00:00:00Z', 31],
])('the month that ends at %s has %i days', (end, days) => {
  expect(monthBefore(Date.parse(end))).toBe(days * DAY);
});

it('a month whose end is not known has no length', () => {
  expect(monthBefore(null)).toBeNull();
});
