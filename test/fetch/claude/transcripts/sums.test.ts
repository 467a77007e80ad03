import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joined } from '../../../../src/fetch/claude/transcripts/message.ts';
import type { Message } from '../../../../src/fetch/claude/transcripts/model.ts';
import {
  estimateOf,
  holds,
  sumsIn,
  sumsOf,
  sumsRow,
  sumsWith,
} from '../../../../src/fetch/claude/transcripts/sums.ts';
import { count, emptyTally, isExact } from '../../../../src/fetch/claude/transcripts/tally.ts';
import { DAY, HOUR, MINUTE } from '../../../../src/usage/time.ts';

const NOW = Date.UTC(2026, 10, 20, 18, 25);

const counts = fc.record({
  input: fc.nat(9),
  output: fc.integer({ min: 1, max: 99 }),
  cacheCreation: fc.nat(9),
  cacheRead: fc.nat(9),
});
const ago = fc.oneof(
  fc.nat(12 * HOUR),
  fc.nat(8 * DAY),
  fc.integer({ min: 7 * DAY - 2 * HOUR, max: 7 * DAY }),
);
const message = (when: fc.Arbitrary<number>): fc.Arbitrary<Message> =>
  fc
    .record({ key: fc.nat(30), at: when, model: fc.constantFrom('opus', 'haiku', '__proto__'), counts })
    .map(({ at, ...rest }) => ({ ...rest, firstAt: at, lastAt: at }));
const past = fc.array(message(ago.map((ms) => NOW - ms)), { maxLength: 40 });
const met = fc.array(message(fc.oneof(fc.nat(10 * MINUTE), fc.nat(6 * HOUR)).map((ms) => NOW + HOUR - ms)), {
  maxLength: 8,
});

/** A tally of these, each once. */
function tallied(messages: readonly Message[]) {
  const tally = emptyTally(NOW, null);
  const known = new Map(messages.map((each) => [each.key, each]));
  for (const each of known.values()) count(tally, NOW, each, 1);
  return { tally, known };
}

describe('the sums of a tally', () => {
  it('say what it says, whatever is added, as long as they hold', () => {
    let added = 0;
    fc.assert(
      fc.property(past, met, fc.nat(3 * HOUR), (messages, more, later) => {
        const { tally, known } = tallied(messages);
        let sums = sumsOf(tally, NOW);
        const now = NOW + Math.max(later, HOUR);
        for (const each of more) {
          const before = known.get(each.key) ?? null;
          const after = before === null ? each : joined(before, each);
          const made = sumsWith(sums, { before, after }, now);
          if (made === null) continue;
          added += 1;
          sums = sumsIn(JSON.parse(JSON.stringify(sumsRow(made))));
          if (before !== null) count(tally, now, before, -1);
          count(tally, now, after, 1);
          known.set(each.key, after);
        }
        if (!holds(sums, now)) return;
        expect(isExact(tally, now)).toBe(true);
        expect(estimateOf(sums, now)).toEqual(estimateOf(sumsOf(tally, now), now));
      }),
      { numRuns: 500 },
    );
    expect(added).toBeGreaterThan(100);
  });

  it('hold for an hour, with fewer moments in it than there is time to read', () => {
    const all = Array.from({ length: 200 }, (_, index): Message => {
      const at = NOW - 7 * DAY + index * MINUTE;
      return {
        key: index,
        firstAt: at,
        lastAt: at,
        model: 'm',
        counts: { input: 1, output: 1, cacheCreation: 0, cacheRead: 0 },
      };
    });
    const { tally } = tallied(all);
    expect(holds(sumsOf(tally, NOW), NOW)).toBe(true);
    expect(holds(sumsOf(tally, NOW), NOW + HOUR)).toBe(true);
    expect(holds(sumsOf(tally, NOW), NOW - 1)).toBe(false);
    const busy = all.flatMap((each) =>
      Array.from({ length: 100 }, (_, index) => ({
        ...each,
        key: each.key * 100 + index,
        firstAt: each.firstAt + index,
      })),
    );
    const sums = sumsOf(tallied(busy).tally, NOW);
    expect(JSON.stringify(sumsRow(sums)).length).toBeLessThan(32 * 1024);
    expect(holds(sums, NOW + 9 * MINUTE)).toBe(true);
    expect(holds(sums, NOW + 11 * MINUTE)).toBe(false);
  });

  it('end when what lies ahead of the clock comes due', () => {
    const { tally } = tallied([]);
    const at = NOW + 5 * MINUTE;
    count(
      tally,
      NOW,
      {
        key: 1,
        firstAt: at,
        lastAt: at,
        model: 'm',
        counts: { input: 0, output: 1, cacheCreation: 0, cacheRead: 0 },
      },
      1,
    );
    const sums = sumsOf(tally, NOW);
    expect(holds(sums, at - 1)).toBe(true);
    expect(holds(sums, at)).toBe(false);
    expect(estimateOf(sums, at - 1).sevenDay.total).toBe(0);
  });

  it('leave to the tally what may move a block', () => {
    const of = (at: number, output = 1): Message => ({
      key: at,
      firstAt: at,
      lastAt: at,
      model: 'm',
      counts: { input: 0, output, cacheCreation: 0, cacheRead: 0 },
    });
    const hour = Math.floor(NOW / HOUR) * HOUR;
    const sums = sumsOf(tallied([of(hour)]).tally, NOW);
    expect(sumsWith(sums, { before: null, after: of(hour - 1) }, NOW)).toBeNull();
    expect(sumsWith(sums, { before: null, after: of(NOW + 1) }, NOW)).toBeNull();
    expect(sumsWith(sums, { before: of(hour + 1), after: of(hour) }, NOW)).toBeNull();
    const next = sumsWith(sums, { before: null, after: of(hour + 5 * HOUR) }, hour + 5 * HOUR)!;
    expect(estimateOf(next, hour + 5 * HOUR).fiveHour).toMatchObject({ startsAt: hour + 5 * HOUR, total: 1 });
  });
});
