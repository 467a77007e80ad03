import { describe, expect, it } from 'vitest';
import type { Message } from '../../../../src/fetch/claude/transcripts/model.ts';
import { estimateOf, sumsOf } from '../../../../src/fetch/claude/transcripts/sums.ts';
import { count, emptyTally, expire, isExact } from '../../../../src/fetch/claude/transcripts/tally.ts';
import type { Tally } from '../../../../src/fetch/claude/transcripts/tally.ts';
import { DAY, HOUR, MINUTE } from '../../../../src/usage/time.ts';

const NOW = Date.UTC(2026, 10, 20, 18, 25);
const at = (hour: number, minute = 0, day = 20) => Date.UTC(2026, 10, day, hour, minute);

function message(firstAt: number, output = 1, model = 'opus'): Message {
  return {
    key: 1,
    firstAt,
    lastAt: firstAt,
    model,
    counts: { input: 0, output, cacheCreation: 0, cacheRead: 0 },
  };
}

const estimate = (tally: Tally, now: number) => estimateOf(sumsOf(tally, now), now);

function tallied(times: readonly number[], now = NOW) {
  const tally = emptyTally(now, null);
  for (const time of times) count(tally, now, message(time), 1);
  return tally;
}

/** Start, end and tokens of the block under way. */
function block(times: readonly number[], now = NOW) {
  const { fiveHour } = estimate(tallied(times, now), now);
  return fiveHour && [fiveHour.startsAt, fiveHour.endsAt, fiveHour.total];
}

describe('the block under way', () => {
  it.each<[string, number[], ReturnType<typeof block>]>([
    ['is none without messages', [], null],
    ['begins at the hour of its first message', [at(16, 59), at(17, 1)], [at(16), at(21), 2]],
    ['begins at the hour of a message at the full hour', [at(16)], [at(16), at(21), 1]],
    ['is over five hours after that hour', [at(13, 20), at(18, 0)], [at(18), at(23), 1]],
    ['lasts until then', [at(14, 0), at(18, 24)], [at(14), at(19), 2]],
    ['is none after that, as long as nobody writes', [at(13, 24)], null],
    ['ends also under continuous use', [at(9, 30), at(13, 59), at(14, 1), at(18, 20)], [at(14), at(19), 2]],
    [
      'begins anew with the next message, at its own hour',
      [at(9, 30), at(13, 59), at(15, 1)],
      [at(15), at(20), 1],
    ],
    ['begins after a night with the first message', [at(2, 0), at(17, 40)], [at(17), at(22), 1]],
  ])('%s', (_case, times, expected) => {
    expect(block(times)).toEqual(expected);
    expect(block(times.toReversed())).toEqual(expected);
  });

  it('is the hour in UTC, wherever one is', () => {
    // India is half an hour off; transcripts are in UTC.
    expect(block([Date.parse('2026-11-20T23:10:00+05:30')])).toEqual([at(17), at(22), 1]);
  });

  it('does not count what is ahead of the clock before its time', () => {
    const times = [at(18, 20), at(18, 26)];
    expect(block(times)?.[2]).toBe(1);
    expect(estimate(tallied(times), NOW + MINUTE).fiveHour?.total).toBe(2);
  });

  it('is where it would be had nobody forgotten how the blocks went on, day and night', () => {
    const everyHour = Array.from({ length: 24 * 20 }, (_, hour) => at(8, 30, 1) + hour * HOUR);
    const tally = emptyTally(NOW, null);
    for (const time of everyHour) {
      if (time > NOW) break;
      count(tally, time, message(time), 1);
      expire(tally, time);
    }
    expect(tally.buckets.size).toBeLessThan(9 * 24);
    const hours = Math.floor((NOW - at(8, 0, 1)) / HOUR);
    expect(estimate(tally, NOW).fiveHour?.startsAt).toBe(at(8, 0, 1) + (hours - (hours % 5)) * HOUR);
  });
});

describe('the last seven days', () => {
  it.each([
    ['with the very millisecond', NOW - 7 * DAY, 1],
    ['without the one before', NOW - 7 * DAY - 1, 0],
    ['without what comes', NOW + 1, 0],
    ['with now', NOW, 1],
  ])('are counted %s', (_case, time, expected) => {
    expect(estimate(tallied([time]), NOW).sevenDay.total).toBe(expected);
  });

  it('go on to the millisecond for an hour at least, and say when they cannot', () => {
    const times = Array.from({ length: 3 * 60 }, (_, minute) => NOW - 7 * DAY + minute * MINUTE);
    const tally = tallied(times);
    for (let later = 0; later < 3 * HOUR; later += 7 * MINUTE) {
      if (!isExact(tally, NOW + later)) {
        expect(later).toBeGreaterThan(HOUR);
        return;
      }
      const within = times.filter((time) => time >= NOW + later - 7 * DAY);
      expect(estimate(tally, NOW + later).sevenDay.total).toBe(within.length);
    }
    expect.unreachable('an hour of moments is enough');
  });

  it('are not exact any more when the clock was set back', () => {
    expect(isExact(tallied([]), NOW - 1)).toBe(false);
  });

  it('come by model, a model named __proto__ included', () => {
    const tally = emptyTally(NOW, null);
    count(tally, NOW, message(at(18), 5, 'opus'), 1);
    count(tally, NOW, message(at(17), 7, '__proto__'), 1);
    count(tally, NOW, message(at(16), 1, 'opus'), 1);
    const { byModel, output, total } = estimate(tally, NOW).sevenDay;
    expect([output, total]).toEqual([13, 13]);
    expect(Object.entries(byModel).map(([model, { total: tokens }]) => [model, tokens])).toEqual([
      ['opus', 6],
      ['__proto__', 7],
    ]);
  });

  it('are as if a message had never been once it is taken away', () => {
    const tally = tallied([at(18), at(17)]);
    count(tally, NOW, message(at(17)), -1);
    expect(tally).toEqual(tallied([at(18)]));
  });
});
