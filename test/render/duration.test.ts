import { describe, expect, it } from 'vitest';
import { age, countdown } from '../../src/render/values.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';

describe('a countdown', () => {
  it.each([
    [0, '<1m'],
    [59 * SECOND + 999, '<1m'],
    [MINUTE, '1m'],
    [MINUTE + 59 * SECOND, '1m'],
    [37 * MINUTE, '37m'],
    [HOUR - 1, '59m'],
    [HOUR, '1h'],
    [HOUR + 59 * SECOND, '1h'],
    [4 * HOUR + 37 * MINUTE + 59 * SECOND, '4h37m'],
    [DAY - 1, '23h59m'],
    [DAY, '1d'],
    [4 * DAY + 59 * MINUTE, '4d'],
    [4 * DAY + 3 * HOUR + 59 * MINUTE, '4d3h'],
    [400 * DAY, '400d'],
  ])('of %i ms reads %s', (ms, text) => {
    expect(countdown(ms)).toBe(text);
  });
});

describe('an age', () => {
  it.each([
    [-3 * SECOND, '<1m ago'],
    [0, '<1m ago'],
    [MINUTE - 1, '<1m ago'],
    [MINUTE, '1m ago'],
    [12 * MINUTE + 59 * SECOND, '12m ago'],
    [HOUR, '1h ago'],
    [3 * HOUR + 59 * MINUTE, '3h ago'],
    [DAY, '1d ago'],
    [2 * DAY + 23 * HOUR, '2d ago'],
  ])('of %i ms reads %s', (ms, text) => {
    expect(age(ms)).toBe(text);
  });
});
