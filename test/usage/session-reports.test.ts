import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countReport } from '../support/claude.ts';
import { NO_SESSION_REPORTS, reportedAt, underLogin } from '../../src/usage/session-reports.ts';
import type { EndpointWindows, SessionReports } from '../../src/usage/session-reports.ts';
import type { Report, Reported } from '../../src/usage/report.ts';
import { DAY, HOUR, MINUTE } from '../../src/usage/time.ts';
import { NOW } from '../support/build.ts';

const RESET = NOW + 4 * HOUR;
const WEEK = NOW + 3 * DAY;
const nobody: EndpointWindows = () => null;
const five = (percent: number, resetsAt: number | null = RESET): Reported => ({ percent, resetsAt });
const says = (session: string, five_hour: Reported | null, seven_day: Reported | null = null): Report => ({
  session,
  model: null,
  startedAt: null,
  windows: { five_hour, seven_day },
  spend: null,
});

/** One report taken into account. */
const count = (known: SessionReports, report: Report, answers: EndpointWindows, now: number, canAsk = true) =>
  countReport(known, report, answers, { now, canAsk }).reports;
/** Reports one after the other, a minute apart. */
const after = (reports: readonly Report[], answers = nobody, canAsk = true): SessionReports =>
  reports.reduce(
    (known, report, n) => count(known, report, answers, NOW + n * MINUTE, canAsk),
    NO_SESSION_REPORTS,
  );
const shown = (reports: readonly Report[], answers = nobody) => {
  const { five_hour: reading } = after(reports, answers).windows;
  return reading ? [reading.percent, (reading.readAt - NOW) / MINUTE] : null;
};

describe('a reported number', () => {
  it.each<[string, Report[], [number, number] | null]>([
    ['counts the first time', [says('a', five(22))], [22, 0]],
    ['counts when it differs', [says('a', five(22)), says('a', five(23))], [23, 1]],
    ['does not when it is repeated', [says('a', five(22)), says('a', five(22))], [22, 0]],
    ['does not by a moving reset', [says('a', five(22)), says('a', five(22, RESET + 1000))], [22, 0]],
    ['of another session confirms', [says('a', five(22)), says('b', five(22))], [22, 1]],
    ['of another session never lowers', [says('a', five(22)), says('b', five(20))], [22, 0]],
    ['lowers what the same session reported', [says('a', five(60)), says('a', five(2))], [2, 1]],
    [
      'lowers what another session reported when its own session’s number fell',
      [says('b', five(30)), says('a', five(60)), says('b', five(2))],
      [2, 2],
    ],
    [
      'does not lower because its session reported more in an earlier window',
      [says('b', five(95, NOW + 30_000)), says('a', five(22)), says('b', five(20))],
      [22, 1],
    ],
    [
      'of an idle session is old news',
      [says('b', five(20)), says('a', five(22)), says('b', five(20))],
      [22, 1],
    ],
    [
      'of a later window stands without an answer',
      [says('a', five(90)), says('a', five(1, RESET + HOUR))],
      [1, 1],
    ],
    ['of an earlier window does, too', [says('a', five(1, RESET + HOUR)), says('b', five(90))], [90, 1]],
    ['of a window that cannot be is none', [says('a', five(90, NOW + 7 * HOUR))], null],
    ['of a window that is over is none', [says('a', five(90, NOW - 1))], null],
    ['of which nothing is said is none', [says('a', null)], null],
    [
      'missing once is not new the next time',
      [says('a', five(2)), says('a', null), says('a', five(2))],
      [2, 0],
    ],
  ])('%s', (_, reports, expected) => expect(shown(reports)).toEqual(expected));

  it('without a reset time belongs to the current window, until that has ended', () => {
    const kept = (known: SessionReports) => known.windows.five_hour;
    expect(kept(after([says('a', five(22)), says('b', five(23, null))]))).toMatchObject(five(23));
    const ending = NOW + MINUTE;
    expect(kept(after([says('a', five(90, ending)), says('b', five(1, null))]))).toMatchObject(five(1, null));
    const endpoint: EndpointWindows = () => ({ percent: 90, resetsAt: ending, readAt: NOW - MINUTE });
    expect(kept(after([says('a', five(91, null)), says('a', five(1, null))], endpoint))).toMatchObject(
      five(1, null),
    );
  });

  it('is not confirmed earlier than it was read, by a clock that is a little behind', () => {
    const known = count(NO_SESSION_REPORTS, says('a', five(22), five(30, WEEK)), nobody, NOW);
    const { windows } = count(known, says('a', five(22), five(31, WEEK)), nobody, NOW - 4000);
    expect(windows.five_hour).toEqual({ ...five(22), readAt: NOW, seenAt: NOW });
  });

  it('leaves the reports the same object when nothing is new', () => {
    const known = after([says('a', five(22))]);
    expect(count(known, says('a', five(22)), nobody, NOW + HOUR)).toBe(known);
    expect(count(known, says('b', null), nobody, NOW + HOUR)).toBe(known);
  });

  it('is compared with a newer response of the endpoint, which can be lower', () => {
    const answers: EndpointWindows = () => ({ percent: 10, resetsAt: RESET, readAt: NOW + 30_000 });
    expect(shown([says('a', five(50)), says('a', five(11))], answers)).toEqual([11, 1]);
    expect(shown([says('b', five(8)), says('a', five(50)), says('b', five(9))], answers)).toEqual([50, 1]);
  });

  it('replaces one whose window has ended, also without a reset time', () => {
    expect(shown([says('a', five(90, NOW + 30_000)), says('a', five(1, null))])).toEqual([1, 1]);
    const known = after([says('a', five(90, null))]);
    const next = count(known, says('a', five(1, null)), nobody, NOW + 6 * HOUR);
    expect(next.windows.five_hour?.percent).toBe(1);
  });

  it('that is repeated beside a changed one is confirmed', () => {
    const seven = { percent: 33, resetsAt: WEEK };
    const { seven_day: reading } = after([says('a', five(22), seven), says('a', five(23), seven)]).windows;
    expect(reading).toEqual({ ...seven, readAt: NOW, seenAt: NOW + MINUTE });
  });

  it('is remembered for a week, and for two hundred sessions', () => {
    const many = Array.from({ length: 300 }, (_, n) => says(`s${n}`, five(n / 10)));
    const known = after(many);
    expect(known.sessions.size).toBe(200);
    expect(known.sessions.has('s299')).toBe(true);
    expect(known.sessions.has('s0')).toBe(false);
    const later = count(known, says('late', five(1, NOW + 9 * DAY)), nobody, NOW + 8 * DAY);
    expect([...later.sessions.keys()]).toEqual(['late']);
  });

  it('counts only if a session reported it, is lowered only by its own session, and is not new when repeated', () => {
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
        let known = NO_SESSION_REPORTS;
        for (const [n, { session, five: one, seven }] of reports.entries()) {
          const now = NOW + n * MINUTE;
          const next = count(known, says(session, one, seven), nobody, now);
          for (const name of ['five_hour', 'seven_day'] as const) {
            const [before, reading] = [known.windows[name], next.windows[name] ?? null];
            if (reading === null) continue;
            const all = reports
              .map((it) => (name === 'five_hour' ? it.five : it.seven))
              .filter((it) => it !== null);
            expect(all).toContainEqual({ percent: reading.percent, resetsAt: reading.resetsAt });
            const own = known.sessions.get(session)?.windows[name];
            if (before && before.resetsAt === reading.resetsAt && reading.percent < before.percent)
              expect(own?.percent).toBeGreaterThan(reading.percent);
          }
          expect(count(next, says(session, one, seven), nobody, now + 1)).toBe(next);
          known = next;
        }
      }),
    );
  });
});

describe('a dispute', () => {
  /** The endpoint at NOW: 20 % of the five hours, 30 % of the week. */
  const endpoint =
    (readAt = NOW): EndpointWindows =>
    (name) => ({
      percent: name === 'five_hour' ? 20 : 30,
      resetsAt: name === 'five_hour' ? RESET : WEEK,
      readAt,
    });
  const other = five(80, RESET + 30 * MINUTE);

  it('is about another window while the current one lasts, and does not change the current number', () => {
    const known = after([says('a', five(21)), says('b', other)], endpoint());
    expect(known.windows.five_hour).toMatchObject(five(21));
    expect(known.disputes.five_hour).toMatchObject({ ...other, session: 'b', maybeIdle: false });
    expect(known.sessions.get('b')?.disputedAt).toBe(NOW + MINUTE);
  });

  it('is a lower number in the first report of a session, which may be an idle one', () => {
    const first = after([says('a', five(60)), says('b', five(2))], endpoint());
    expect(first.disputes.five_hour).toMatchObject({ percent: 2, maybeIdle: true });
    const moved = count(first, says('b', five(3)), endpoint(), NOW + 2 * MINUTE);
    expect(moved.disputes.five_hour).toMatchObject({ percent: 3, maybeIdle: false });
    expect(moved.windows.five_hour).toMatchObject(five(60));
  });

  it('is not a lower number of a session that has reported before', () => {
    const known = after([says('b', five(30)), says('a', five(60)), says('b', five(31))], endpoint());
    expect(known.disputes.five_hour).toBeNull();
    expect(known.windows.five_hour).toMatchObject(five(60));
  });

  it('does not begin again after the endpoint has confirmed its number', () => {
    const first = after([says('a', five(60)), says('b', five(2))], endpoint());
    const answered: EndpointWindows = () => ({ percent: 60, resetsAt: RESET, readAt: NOW + 2 * MINUTE });
    const next = count(first, says('b', five(3)), answered, NOW + 3 * MINUTE);
    expect(next.disputes.five_hour?.readAt).toBe(NOW + MINUTE);
  });

  it('ends with the next number of the current window', () => {
    const known = after([says('b', other), says('a', five(21))], endpoint(NOW - MINUTE));
    expect(known.disputes.five_hour).toBeNull();
  });

  it('ends with the report of its own session that agrees', () => {
    const known = after([says('b', other), says('b', five(81))], endpoint(NOW - MINUTE));
    expect(known.disputes.five_hour).toBeNull();
    expect(known.sessions.get('b')).toMatchObject({ disputedAt: null, foreign: false });
  });

  it('that is repeated beside a changed number is confirmed', () => {
    const known = after(
      [says('b', other, five(31, WEEK)), says('b', other, five(32, WEEK))],
      endpoint(NOW - MINUTE),
    );
    expect(known.disputes.five_hour).toMatchObject({ readAt: NOW, seenAt: NOW + MINUTE });
  });

  describe('of a session whose number the endpoint does not confirm', () => {
    const confirmed = endpoint(NOW + 5 * MINUTE);
    const disputed = after([says('a', five(21)), says('b', other, five(90, WEEK + DAY))], endpoint());
    const report = says('b', five(81, other.resetsAt), five(91, WEEK + DAY));
    const later = NOW + 6 * MINUTE;

    it('makes the session foreign: its reports do not count any more', () => {
      const { reports, foreign } = countReport(disputed, report, confirmed, { now: later, canAsk: true });
      expect(foreign).toBe(true);
      expect(reports.disputes).toEqual({ five_hour: null, seven_day: null });
      expect(reports.sessions.get('b')?.foreign).toBe(true);
      const next = says('b', five(82, other.resetsAt), five(92, WEEK + DAY));
      expect(count(reports, next, confirmed, later + MINUTE)).toBe(reports);
      // The known window has ended: the number of a foreign session is still none of this login.
      expect(count(reports, next, confirmed, RESET + MINUTE)).toBe(reports);
    });

    it('leaves the session foreign until every window is the endpoint’s', () => {
      const foreign = count(disputed, report, confirmed, later);
      expect(count(foreign, says('b', five(22), five(92, WEEK + DAY)), confirmed, later)).toBe(foreign);
      const back = count(foreign, says('b', five(22), five(31, WEEK)), confirmed, later);
      expect(back.windows).toMatchObject({ five_hour: { percent: 22 }, seven_day: { percent: 31 } });
      expect(back.sessions.get('b')?.foreign).toBe(false);
    });

    it('does not make it foreign when the endpoint responded before the dispute', () => {
      const { reports, foreign } = countReport(disputed, report, endpoint(), { now: later, canAsk: true });
      expect(foreign).toBe(false);
      expect(reports.disputes.five_hour).toMatchObject({ percent: 81, session: 'b' });
    });
  });
});

describe('reports under another login', () => {
  const known: SessionReports = { ...after([says('a', five(22))]), credentials: 's', account: 'ada' };
  const login = { fingerprint: 't', account: 'ada' as string | null, same: true, writtenAt: NOW + HOUR };

  it('stay when the file was rewritten for the same account', () => {
    expect(underLogin(known, login)).toEqual({ ...known, credentials: 't' });
  });

  it('stay when the account was never known', () => {
    const unknown = { ...known, account: null };
    expect(underLogin(unknown, { ...login, account: null })).toEqual({ ...unknown, credentials: 't' });
    expect(underLogin(unknown, login)).toEqual({ ...known, credentials: 't' });
  });

  it.each([['grace'], [null]])(
    'are dropped when the account is %s now, and their sessions are foreign',
    (account) => {
      const next = underLogin(known, { ...login, account, same: false });
      expect(next).toMatchObject({
        ...NO_SESSION_REPORTS,
        credentials: 't',
        account,
        since: NOW + HOUR,
        sessions: {},
      });
      expect(next.sessions.get('a')?.foreign).toBe(true);
      const report = says('a', five(23));
      expect(countReport(next, report, nobody, { now: NOW + 2 * HOUR, canAsk: true })).toEqual({
        reports: next,
        foreign: true,
      });
    },
  );

  it('exclude a session that began before the login was written', () => {
    const next = underLogin(known, { ...login, account: 'grace', same: false });
    const moment = { now: NOW + 2 * HOUR, canAsk: true };
    const began = (startedAt: number) => ({ ...says('new', five(70)), startedAt });
    expect(countReport(next, began(NOW), nobody, moment)).toEqual({ reports: next, foreign: true });
    const since = countReport(next, began(NOW + HOUR + MINUTE), nobody, moment);
    expect(since.reports.windows.five_hour?.percent).toBe(70);
    const unknown = countReport(next, says('new', five(70)), nobody, moment);
    expect(unknown.foreign).toBe(false);
  });
});

describe('a limit on money', () => {
  const spend = (percent: number, resetsAt: number | null = null) => ({
    percent,
    resetsAt,
    usedUsd: percent * 5,
    limitUsd: 500,
  });
  const spends = (session: string, percent: number, resetsAt: number | null = null): Report => ({
    ...says(session, null),
    spend: spend(percent, resetsAt),
  });

  it('counts like a window: it grows, and falls only for its own session', () => {
    const known = after([spends('a', 40), spends('b', 30), spends('a', 41)]);
    expect(known.spend).toEqual({ ...spend(41), readAt: NOW + 2 * MINUTE, seenAt: NOW + 2 * MINUTE });
    expect(count(known, spends('b', 31), nobody, NOW + HOUR).spend?.percent).toBe(41);
    expect(count(known, spends('a', 2), nobody, NOW + HOUR).spend?.percent).toBe(2);
  });

  it('counts also when its amount changes and its percentage does not', () => {
    const cents = (usedUsd: number): Report => ({ ...says('a', null), spend: { ...spend(41), usedUsd } });
    expect(after([cents(41.2), cents(41.9)]).spend).toMatchObject({ percent: 41, usedUsd: 41.9 });
    const known = after([cents(41.9)]);
    expect(count(known, cents(41.9), nobody, NOW + HOUR)).toBe(known);
  });

  it('of an earlier period does not count', () => {
    const known = after([spends('a', 40)]);
    expect(count(known, spends('b', 90, NOW), nobody, NOW + HOUR).spend?.percent).toBe(40);
  });
});

describe('the time of a report', () => {
  it('is that of the session’s last new report, while the session repeats it', () => {
    const { sessions } = after([says('a', five(22))]);
    const memory = sessions.get('a');
    expect(reportedAt(memory, says('a', five(22)), NOW + HOUR)).toBe(NOW);
    expect(reportedAt(memory, says('a', five(23)), NOW + HOUR)).toBe(NOW + HOUR);
    expect(reportedAt(undefined, says('b', five(23)), NOW + HOUR)).toBe(NOW + HOUR);
    expect(reportedAt(memory, says('a', five(22)), NOW - HOUR)).toBe(NOW - HOUR);
  });
});
