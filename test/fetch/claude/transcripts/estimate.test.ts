import { describe, expect, it } from 'vitest';
import { blockAfter, estimateAt, useOfWeek } from '../../../../src/fetch/claude/transcripts/estimate.ts';
import type { Message } from '../../../../src/fetch/claude/transcripts/message.ts';
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

/** The estimate at `now` of messages at these times, as a scan at that moment finds it. */
const estimate = (times: readonly number[], now = NOW) =>
  estimateAt(
    useOfWeek(
      times.map((time) => message(time)),
      null,
      now,
    ),
    now,
  );

/** Start, end and tokens of the current block. */
function block(times: readonly number[], now = NOW) {
  const { fiveHour } = estimate(times, now);
  return fiveHour && [fiveHour.startsAt, fiveHour.endsAt, fiveHour.total];
}

describe('the current block', () => {
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

  it('begins at the hour in UTC, in any time zone', () => {
    // India is half an hour off; transcripts are in UTC.
    expect(block([Date.parse('2026-11-20T23:10:00+05:30')])).toEqual([at(17), at(22), 1]);
  });

  it('does not count messages with a time in the future', () => {
    const times = [at(18, 20), at(18, 26)];
    expect(block(times)?.[2]).toBe(1);
    expect(estimate(times, NOW + MINUTE).fiveHour?.total).toBe(2);
  });

  it('is right after weeks of uninterrupted use, also when old messages expire', () => {
    const everyHour = Array.from({ length: 24 * 20 }, (_, hour) => at(8, 30, 1) + hour * HOUR);
    const past = everyHour.filter((time) => time <= NOW);
    let last: number | null = null;
    for (let from = 0; from < past.length - 100; from += 7)
      last = blockAfter(last, past.slice(from, from + 7));
    const kept = past.filter((time) => last !== null && time >= last).map((time) => message(time));
    const hours = Math.floor((NOW - at(8, 0, 1)) / HOUR);
    const { fiveHour } = estimateAt(useOfWeek(kept, last, NOW), NOW);
    expect(fiveHour?.startsAt).toBe(at(8, 0, 1) + (hours - (hours % 5)) * HOUR);
  });

  it('is known from an earlier scan until it is over', () => {
    const use = useOfWeek([message(at(16, 59))], null, NOW);
    expect(estimateAt(use, at(20, 59)).fiveHour?.total).toBe(1);
    expect(estimateAt(use, at(21)).fiveHour).toBeNull();
    expect(estimateAt(use, at(15, 59)).fiveHour).toBeNull();
  });
});

describe('the last seven days', () => {
  it.each([
    ['with the very millisecond', NOW - 7 * DAY, 1],
    ['without the one before', NOW - 7 * DAY - 1, 0],
    ['without what comes', NOW + 1, 0],
    ['with now', NOW, 1],
  ])('are counted %s', (_case, time, expected) => {
    expect(estimate([time]).sevenDay.total).toBe(expected);
  });

  it('lose an hour only when all of it is over, with the result of an earlier scan', () => {
    const times = Array.from({ length: 3 * 60 }, (_, minute) => NOW - 7 * DAY + minute * MINUTE);
    const use = useOfWeek(
      times.map((time) => message(time)),
      null,
      NOW,
    );
    expect(estimateAt(use, NOW).sevenDay.total).toBe(180);
    // The first hour of these messages ends at 19:00 a week ago.
    expect(estimateAt(use, at(19) - 1).sevenDay.total).toBe(180);
    expect(estimateAt(use, at(19)).sevenDay.total).toBe(145);
    expect(estimate(times, at(19)).sevenDay.total).toBe(145);
    expect(estimateAt(use, at(22)).sevenDay.total).toBe(0);
  });

  it('are summed by model, also by one named __proto__', () => {
    const messages = [
      message(at(18), 5, 'opus'),
      message(at(17), 7, '__proto__'),
      message(at(16), 1, 'opus'),
      message(at(18, 1), 2, 'opus'),
    ];
    const { byModel, output, total } = estimateAt(useOfWeek(messages, null, NOW), NOW).sevenDay;
    expect([output, total]).toEqual([15, 15]);
    expect(Object.entries(byModel).map(([model, { total: tokens }]) => [model, tokens])).toEqual([
      ['opus', 8],
      ['__proto__', 7],
    ]);
  });
});
