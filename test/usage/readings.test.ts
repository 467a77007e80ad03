import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countReport, NO_READINGS } from '../../src/usage/readings.ts';
import type { Answers, Readings } from '../../src/usage/readings.ts';
import type { Report, Reported } from '../../src/usage/session.ts';
import { DAY, HOUR, MINUTE } from '../../src/usage/time.ts';
import { NOW } from '../support/build.ts';

const RESET = NOW + 4 * HOUR;
const WEEK = NOW + 3 * DAY;
const nobody: Answers = () => null;
const five = (percent: number, resetsAt: number | null = RESET): Reported => ({ percent, resetsAt });
const says = (session: string, five_hour: Reported | null, seven_day: Reported | null = null): Report => ({
  session,
  model: null,
  windows: { five_hour, seven_day },
});

/** Reports one after the other, a minute apart. */
const after = (reports: readonly Report[], answers = nobody): Readings =>
  reports.reduce(
    (known, report, n) => countReport(known, report, answers, 's', NOW + n * MINUTE),
    NO_READINGS,
  );
const shown = (reports: readonly Report[], answers = nobody) => {
  const { five_hour: reading } = after(reports, answers).windows;
  return reading && [reading.percent, (reading.readAt - NOW) / MINUTE];
};

describe('a reading', () => {
  it.each<[string, Report[], [number, number] | null]>([
    ['counts the first time', [says('a', five(22))], [22, 0]],
    ['counts when it differs', [says('a', five(22)), says('a', five(23))], [23, 1]],
    ['does not when it is repeated', [says('a', five(22)), says('a', five(22))], [22, 0]],
    ['does not by a moving reset', [says('a', five(22)), says('a', five(22, RESET + 1000))], [22, 0]],
    ['of another session confirms', [says('a', five(22)), says('b', five(22))], [22, 1]],
    ['never lowers', [says('a', five(22)), says('b', five(20))], [22, 0]],
    [
      'of an idle session is old news',
      [says('b', five(20)), says('a', five(22)), says('b', five(20))],
      [22, 1],
    ],
    ['of a newer window is the newer', [says('a', five(90)), says('a', five(1, RESET + HOUR))], [1, 1]],
    ['of an older window is not', [says('a', five(1, RESET + HOUR)), says('b', five(90))], [1, 0]],
    ['of a window that is over is none', [says('a', five(90, NOW - 1))], null],
    ['of which nothing is said is none', [says('a', null)], null],
    [
      'missing once is not new the next time',
      [says('a', five(2)), says('a', null), says('a', five(2))],
      [2, 0],
    ],
  ])('%s', (_, reports, expected) => expect(shown(reports)).toEqual(expected));

  it('that does not say when its window ends is of the one that is known, until that has ended', () => {
    const kept = (known: Readings) => known.windows.five_hour;
    expect(kept(after([says('a', five(22)), says('b', five(23, null))]))).toMatchObject(five(23));
    const ending = NOW + MINUTE;
    expect(kept(after([says('a', five(90, ending)), says('b', five(1, null))]))).toMatchObject(five(1, null));
    const endpoint: Answers = () => ({ percent: 90, resetsAt: ending, readAt: NOW - MINUTE });
    expect(kept(after([says('a', five(91, null)), says('a', five(1, null))], endpoint))).toMatchObject(
      five(1, null),
    );
  });

  it('is not confirmed before it was read, by a clock that is a little behind', () => {
    const known = countReport(NO_READINGS, says('a', five(22), five(30, WEEK)), nobody, 's', NOW);
    const { windows } = countReport(known, says('a', five(22), five(31, WEEK)), nobody, 's', NOW - 4000);
    expect(windows.five_hour).toEqual({ ...five(22), readAt: NOW, seenAt: NOW });
  });

  it('is the same object when nothing is new', () => {
    const known = after([says('a', five(22))]);
    expect(countReport(known, says('a', five(22)), nobody, 's', NOW + HOUR)).toBe(known);
    expect(countReport(known, says('b', null), nobody, 's', NOW + HOUR)).toBe(known);
  });

  it('is measured by a newer answer of the endpoint, which may have lowered it', () => {
    const answers: Answers = () => ({ percent: 10, resetsAt: RESET, readAt: NOW + 30_000 });
    expect(shown([says('a', five(50)), says('a', five(11))], answers)).toEqual([11, 1]);
    expect(shown([says('a', five(50)), says('a', five(9))], answers)).toEqual([50, 0]);
  });

  it('follows one whose window is over, also where no reset is told', () => {
    expect(shown([says('a', five(90, NOW + 30_000)), says('a', five(1, null))])).toEqual([1, 1]);
    const known = after([says('a', five(90, null))]);
    const next = countReport(known, says('a', five(1, null)), nobody, 's', NOW + 6 * HOUR);
    expect(next.windows.five_hour?.percent).toBe(1);
  });

  it('that is repeated beside one that moved was seen again', () => {
    const seven = { percent: 33, resetsAt: WEEK };
    const { seven_day: reading } = after([says('a', five(22), seven), says('a', five(23), seven)]).windows;
    expect(reading).toEqual({ ...seven, readAt: NOW, seenAt: NOW + MINUTE });
  });

  it('under other credentials is nobody’s, and what was said stays said', () => {
    const known = after([says('a', five(22))]);
    const same = countReport(known, says('a', five(22)), nobody, 'other', NOW + MINUTE);
    expect(same).toBe(known);
    const next = countReport(known, says('b', five(1)), nobody, 'other', NOW + MINUTE);
    expect(next).toMatchObject({ credentials: 'other', windows: { five_hour: { percent: 1 } } });
    expect(next.sessions.has('a')).toBe(true);
  });

  it('is remembered for a week, and for two hundred sessions', () => {
    const many = Array.from({ length: 300 }, (_, n) => says(`s${n}`, five(n / 10)));
    const known = after(many);
    expect(known.sessions.size).toBe(200);
    expect(known.sessions.has('s299')).toBe(true);
    expect(known.sessions.has('s0')).toBe(false);
    const later = countReport(known, says('late', five(1, NOW + 9 * DAY)), nobody, 's', NOW + 8 * DAY);
    expect([...later.sessions.keys()]).toEqual(['late']);
  });

  it('whatever is said: shown is what somebody said, nothing is lowered, a repetition freshens nothing', () => {
    const reported = fc.option(
      fc.record({
        percent: fc.integer({ min: 0, max: 110 }),
        resetsAt: fc.constantFrom(RESET, RESET + 5 * HOUR),
      }),
    );
    const said = fc.record({
      session: fc.constantFrom('a', 'b', '__proto__'),
      five: reported,
      seven: reported,
    });
    fc.assert(
      fc.property(fc.array(said, { maxLength: 30 }), (reports) => {
        let known = NO_READINGS;
        for (const [n, { session, five: one, seven }] of reports.entries()) {
          const now = NOW + n * MINUTE;
          const next = countReport(known, says(session, one, seven), nobody, 's', now);
          for (const name of ['five_hour', 'seven_day'] as const) {
            const [before, reading] = [known.windows[name], next.windows[name]];
            if (reading === null) continue;
            const told = reports
              .map((it) => (name === 'five_hour' ? it.five : it.seven))
              .filter((it) => it !== null);
            expect(told).toContainEqual({ percent: reading.percent, resetsAt: reading.resetsAt });
            if (before && before.resetsAt === reading.resetsAt)
              expect(reading.percent).toBeGreaterThanOrEqual(before.percent);
          }
          expect(countReport(next, says(session, one, seven), nobody, 's', now + 1)).toBe(next);
          known = next;
        }
      }),
    );
  });
});
