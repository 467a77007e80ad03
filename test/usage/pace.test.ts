import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paceOf } from '../../src/usage/pace.ts';
import type { Pace } from '../../src/usage/pace.ts';
import { DAY, HOUR } from '../../src/usage/time.ts';
import { NOW, week } from '../render/usages.ts';

const pace = (usedPercent: number | null, left: number | null): Pace | null =>
  paceOf(week({ usedPercent, resetsAt: left === null ? null : NOW + left }), NOW);

describe('the pace of a week', () => {
  it('used at 50 % with four days left is ahead and empty in three', () => {
    const { expectedPercent, delta, status, emptyAt } = pace(50, 4 * DAY)!;
    expect(expectedPercent).toBeCloseTo(42.857, 3);
    expect(delta).toBeCloseTo(7.143, 3);
    expect(status).toBe('ahead');
    expect(emptyAt).toBe(NOW + 3 * DAY);
  });

  it('used at 70 % with 0.7 days left lasts', () => {
    const { expectedPercent, delta, status, emptyAt } = pace(70, 0.7 * DAY)!;
    expect(expectedPercent).toBeCloseTo(90, 9);
    expect(delta).toBeCloseTo(-20, 9);
    expect([status, emptyAt]).toEqual(['behind', null]);
  });

  it.each([
    ['it has only just begun', 12, 7 * DAY],
    ['less than 3 % of it should have been used', 12, 7 * DAY * 0.9701],
    ['it has no reset time', 12, null],
    ['it resets right now', 12, 0],
    ['its reset is past', 12, -HOUR],
    ['its reset is further away than it is long', 12, 7 * DAY + 1],
    ['its percentage is not known', null, 4 * DAY],
  ])('is unknown when %s', (_name, used, left) => {
    expect(pace(used, left)).toBeNull();
  });

  it('is not known for a window without a known length', () => {
    expect(paceOf(week({ usedPercent: 50, resetsAt: NOW + DAY, windowSeconds: null }), NOW)).toBeNull();
  });

  it('is known as soon as 3 % should have been used', () => {
    expect(pace(12, 7 * DAY * 0.9699)).not.toBeNull();
  });

  it.each([
    [47.9, 'behind'],
    [48, 'on_pace'],
    [50, 'on_pace'],
    [52, 'on_pace'],
    [52.1, 'ahead'],
  ])('half way through at %d %% is %s', (used, status) => {
    expect(pace(used, 3.5 * DAY)?.status).toBe(status);
  });

  it.each([
    ['nothing used', 0, null],
    ['even use, which lasts', 50, null],
    ['all used', 100, NOW],
    ['more than all used', 140, NOW],
  ])('half way through with %s is empty at the right time', (_name, used, emptyAt) => {
    expect(pace(used, 3.5 * DAY)?.emptyAt).toBe(emptyAt);
  });

  it('never empties before now nor after the reset', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
        fc.integer({ min: 1, max: 7 * DAY }),
        (used, left) => {
          const emptyAt = pace(used, left)?.emptyAt ?? NOW;
          expect(emptyAt).toBeGreaterThanOrEqual(NOW);
          expect(emptyAt).toBeLessThan(NOW + left);
        },
      ),
    );
  });
});
