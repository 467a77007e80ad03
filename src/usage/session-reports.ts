import { mergeWindow, openDispute } from './merge.ts';
import type { Dispute, MergeMoment, WindowReports } from './merge.ts';
import type {
  Dated,
  Report,
  Reported,
  ReportedNumber,
  ReportedSpend,
  ReportedSpendNumber,
  ReportedWindow,
} from './report.ts';
import { isRepeated, isRepeatedSpend, isSameWindow, REPORTED_WINDOWS, WINDOW_LENGTHS } from './report.ts';
import { DAY, HOUR } from './time.ts';

/** What a session reported last: the same once more is no news. */
export type SessionMemory = Readonly<Record<ReportedWindow, Reported | null>> & {
  /** When its last new report came, epoch ms. */
  readonly at: number;
  readonly spend: ReportedSpend | null;
  /** When it last contradicted what was known, epoch ms. */
  readonly disputedAt: number | null;
  /** It belongs to another login than the cache: what it reports counts for its own line alone. */
  readonly foreign: boolean;
};

/** What the sessions of Claude Code on this machine have reported. */
export interface SessionReports {
  /** Stamp of the credentials under which the numbers were read. */
  readonly credentials: string | null;
  /** The account behind those credentials as one text; null when it was not known. */
  readonly account: string | null;
  /** When another account took over, epoch ms: sessions that began before it are of the other login. */
  readonly since: number | null;
  readonly windows: Readonly<Record<ReportedWindow, ReportedNumber | null>>;
  readonly disputes: Readonly<Record<ReportedWindow, Dispute | null>>;
  readonly spend: ReportedSpendNumber | null;
  /** The sessions work without a stored login: a gateway or a token in their environment is the login. */
  readonly unstored: boolean;
  readonly sessions: ReadonlyMap<string, SessionMemory>;
}

/** A session that has been silent for longer reports windows that have ended. */
const FORGET_AFTER_MS = 7 * DAY;
const MAX_SESSIONS = 200;

/** A clock can be wrong by so much before a reset further ahead than its window is long counts as broken. */
const CLOCK_SKEW_MS = HOUR;

export const NO_SESSION_REPORTS: SessionReports = {
  credentials: null,
  account: null,
  since: null,
  windows: { five_hour: null, seven_day: null },
  disputes: { five_hour: null, seven_day: null },
  spend: null,
  unstored: false,
  sessions: new Map(),
};

/** The endpoint's numbers, against which a report is measured. */
export type EndpointWindows = (name: ReportedWindow) => Dated | null;

/** Both kinds of numbers that sessions reported for a window. */
export function reportsOf({ windows, disputes }: SessionReports, name: ReportedWindow): WindowReports {
  return { latest: windows[name], dispute: disputes[name] };
}

/** The login under which reports are counted. */
export interface Login {
  /** Stamp of the credentials; null where there is none. */
  readonly fingerprint: string | null;
  /** The account behind them as one text; null when it is not known. */
  readonly account: string | null;
  /** It is the account of the reports, or it cannot be known that it is not. */
  readonly same: boolean;
  /** When the credentials were last written, epoch ms; null when that is not known. */
  readonly writtenAt: number | null;
}

/** Readings as they are under the credentials of now. Another account's numbers go, and its sessions are foreign. */
export function underLogin(
  known: SessionReports,
  { fingerprint: stamp, account, same, writtenAt }: Login,
): SessionReports {
  if (same) return { ...known, credentials: stamp, account: account ?? known.account };
  return {
    ...NO_SESSION_REPORTS,
    credentials: stamp,
    account,
    since: writtenAt,
    sessions: new Map([...known.sessions].map(([id, memory]) => [id, { ...memory, foreign: true }])),
  };
}

/** What becomes of a report. */
export interface Counted {
  /** The same object when nothing is new. */
  readonly reports: SessionReports;
  /** The session belongs to another login than the cache: its numbers are for its own line alone. */
  readonly foreign: boolean;
}

/**
 * Takes a report into account. A number counts when its session did not report it before, and it fits what is known:
 * the window is the known one and the number no lower, or lower than this session's own number before it. One that
 * contradicts what is known is kept aside as a dispute.
 *
 * @param known reports under the credentials of now
 */
export function countReport(
  known: SessionReports,
  report: Report,
  answers: EndpointWindows,
  moment: MergeMoment,
): Counted {
  const { now } = moment;
  const memory = known.sessions.get(report.session);
  const wasForeign = memory?.foreign ?? beganBefore(known.since, report);
  if (!hasNews(memory, report)) return { reports: known, foreign: wasForeign };
  const foreign = isForeign(wasForeign, memory, report, answers, now);
  // Of a session that is known to be foreign nothing is kept: every write makes all prepared lines void.
  if (foreign && wasForeign) return { reports: known, foreign };

  const count = (name: ReportedWindow) =>
    foreign
      ? without(known, name, report.session)
      : counted(known, name, memory, report, answers(name), moment);
  const five = count('five_hour');
  const seven = count('seven_day');
  const own = [five, seven].flatMap(({ dispute }) =>
    dispute?.session === report.session ? dispute.readAt : [],
  );
  const remember = (name: ReportedWindow) => report.windows[name] ?? memory?.[name] ?? null;
  const reports: SessionReports = {
    ...known,
    windows: { five_hour: five.latest, seven_day: seven.latest },
    disputes: { five_hour: five.dispute, seven_day: seven.dispute },
    spend: foreign ? known.spend : countedSpend(known.spend, memory?.spend, report, now),
    sessions: remembered(known.sessions, report.session, {
      at: now,
      five_hour: remember('five_hour'),
      seven_day: remember('seven_day'),
      spend: report.spend ?? memory?.spend ?? null,
      disputedAt: own.length > 0 ? Math.max(...own) : null,
      foreign,
    }),
  };
  return { reports, foreign };
}

/** Whether a report differs from what its session reported before. */
export function hasNews(
  memory: Partial<Pick<SessionMemory, ReportedWindow | 'spend'>> | undefined,
  { windows, spend }: Report,
): boolean {
  return (
    REPORTED_WINDOWS.some((name) => !isRepeated(memory?.[name], windows[name])) ||
    !isRepeatedSpend(memory?.spend, spend)
  );
}

/** When a session's numbers were right, epoch ms: now, or when it last had something new to report. */
export function reportedAt(memory: SessionMemory | undefined, report: Report, now: number): number {
  return memory === undefined || hasNews(memory, report) ? now : Math.min(memory.at, now);
}

function beganBefore(since: number | null, { startedAt }: Report): boolean {
  return since !== null && startedAt !== null && startedAt < since;
}

/**
 * A session proves to be of another login when the endpoint answers after its dispute and does not agree; it proves
 * to be of this one when every window it reports is the endpoint's.
 */
function isForeign(
  wasForeign: boolean,
  memory: SessionMemory | undefined,
  { windows }: Report,
  answers: EndpointWindows,
  now: number,
): boolean {
  const compared = REPORTED_WINDOWS.flatMap((name) => {
    const answer = answers(name);
    const reported = windows[name];
    if (reported === null || reported.resetsAt === null || answer === null || answer.resetsAt === null)
      return [];
    if (answer.resetsAt <= now || reported.resetsAt <= now) return [];
    const refutes = memory?.disputedAt != null && answer.readAt >= memory.disputedAt;
    return [{ same: isSameWindow(reported, answer), refutes }];
  });
  if (wasForeign) return !(compared.length > 0 && compared.every(({ same }) => same));
  return compared.some(({ same, refutes }) => refutes && !same);
}

/** The reports for one window once this one has been taken into account. */
function counted(
  known: SessionReports,
  name: ReportedWindow,
  memory: SessionMemory | undefined,
  { session, windows }: Report,
  answer: Dated | null,
  moment: MergeMoment,
): WindowReports {
  const { now } = moment;
  const before = reportsOf(known, name);
  const reported = windows[name];
  if (
    reported === null ||
    isOver({ ...reported, readAt: now }, name, now) ||
    isImpossible(reported, name, now)
  )
    return before;
  const said = memory?.[name] ?? null;
  // The response is new, since another window changed: this number is still right.
  if (isRepeated(said, reported)) return confirmed(before, session, reported, now);

  const current = mergeWindow(answer, { ...before, dispute: null }, moment)?.number ?? null;
  const base = current === null || isOver(current, name, now) ? null : current;
  // A report without a reset time refers to the window that is known to run.
  const resetsAt = reported.resetsAt ?? base?.resetsAt ?? null;
  const number: ReportedNumber = { percent: reported.percent, resetsAt, readAt: now, seenAt: now };
  const counts = { latest: number, dispute: null };
  if (base === null) return counts;
  // An idle session repeats itself: its own number cannot fall unless the limit was counted anew.
  const fell = said !== null && isSameWindow(said, number) && number.percent < said.percent;
  const open = openDispute(answer, before, now);
  const aside = (maybeIdle: boolean) => ({ ...before, dispute: { ...number, session, maybeIdle } });
  if (!isSameWindow(number, base)) {
    if (answer === null) return counts;
    // A lower number of another session is only old, also beside what is disputed.
    const old = open !== null && isSameWindow(open, number) && number.percent < open.percent && !fell;
    return old && open.session !== session ? before : aside(false);
  }
  if (number.percent >= base.percent || fell) return counts;
  if (open?.session === session) return aside(false);
  return memory === undefined ? aside(true) : before;
}

/** A clock that is a little behind the last one has not seen a number earlier than it was read. */
function confirmed(
  { latest, dispute }: WindowReports,
  session: string,
  reported: Reported,
  now: number,
): WindowReports {
  const again = <T extends ReportedNumber>(number: T): T => ({
    ...number,
    seenAt: Math.max(number.seenAt, now),
  });
  return {
    latest: latest !== null && isRepeated(latest, reported) ? again(latest) : latest,
    dispute: dispute?.session === session && isRepeated(dispute, reported) ? again(dispute) : dispute,
  };
}

/** The reports without those of one session, which turned out to use another login. */
function without(known: SessionReports, name: ReportedWindow, session: string): WindowReports {
  const { latest, dispute } = reportsOf(known, name);
  return { latest, dispute: dispute?.session === session ? null : dispute };
}

function countedSpend(
  current: ReportedSpendNumber | null,
  said: ReportedSpend | null | undefined,
  { spend }: Report,
  now: number,
): ReportedSpendNumber | null {
  if (spend === null || (spend.resetsAt !== null && spend.resetsAt <= now)) return current;
  if (!isRepeatedSpend(said, spend)) {
    const fell = said != null && spend.percent < said.percent;
    const lower = current !== null && isSameWindow(current, spend) && spend.percent < current.percent;
    return lower && !fell ? current : { ...spend, readAt: now, seenAt: now };
  }
  return current !== null && isRepeatedSpend(current, spend)
    ? { ...current, seenAt: Math.max(current.seenAt, now) }
    : current;
}

/** A number of a window that has ended says nothing about the next one. */
function isOver({ resetsAt, readAt }: Dated, name: ReportedWindow, now: number): boolean {
  return resetsAt === null ? now - readAt >= WINDOW_LENGTHS[name] : resetsAt <= now;
}

function isImpossible({ resetsAt }: Reported, name: ReportedWindow, now: number): boolean {
  return resetsAt !== null && resetsAt - now > WINDOW_LENGTHS[name] + CLOCK_SKEW_MS;
}

function remembered(
  sessions: SessionReports['sessions'],
  id: string,
  memory: SessionMemory,
): ReadonlyMap<string, SessionMemory> {
  const recent = [...sessions]
    .filter(([other, { at }]) => other !== id && memory.at - at < FORGET_AFTER_MS)
    .sort(([, a], [, b]) => b.at - a.at)
    .slice(0, MAX_SESSIONS - 1);
  return new Map([[id, memory], ...recent]);
}
