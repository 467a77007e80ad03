import { mergeWindow, openDispute } from './merge.ts';
import type { Dispute, MergeMoment, WindowReports } from './merge.ts';
import type {
  Dated,
  Report,
  Reported,
  ReportedNumber,
  ReportedSpend,
  ReportedSpendNumber,
  ReportedWindows,
} from './report.ts';
import { isRepeated, isRepeatedSpend, isSameWindow } from './report.ts';
import { DAY, HOUR } from './time.ts';

/** The last report of a session. A report with the same numbers is not new. */
export interface SessionMemory {
  readonly windows: Readonly<Record<string, Reported | null>>;
  /** The time of its last new report, epoch ms. */
  readonly at: number;
  readonly spend: ReportedSpend | null;
  /** When it last contradicted the current numbers, epoch ms. */
  readonly disputedAt: number | null;
  /** It belongs to another login than the cache: its reports count only for its own line. */
  readonly foreign: boolean;
}

/** The reports of all sessions of this account: `statusline.json`. */
export interface SessionReports {
  /** Fingerprint of the credentials under which the numbers were read. */
  readonly credentials: string | null;
  /** The account behind those credentials as one text; null when it was not known. */
  readonly account: string | null;
  /** When another account signed in, epoch ms: sessions that began earlier belong to the login before. */
  readonly since: number | null;
  readonly windows: Readonly<Record<string, ReportedNumber | null>>;
  readonly disputes: Readonly<Record<string, Dispute | null>>;
  readonly spend: ReportedSpendNumber | null;
  /** The sessions work without a stored login: a gateway or a token in their environment is the login. */
  readonly unstored: boolean;
  readonly sessions: ReadonlyMap<string, SessionMemory>;
}

/** A session without a report for longer is forgotten, ms: its windows have ended. */
const FORGET_AFTER_MS = 7 * DAY;
const MAX_SESSIONS = 200;

/** Allowed error of the clock, ms, before a reset that is further ahead than its window is long counts as broken. */
const CLOCK_SKEW_MS = HOUR;

export const NO_SESSION_REPORTS: SessionReports = {
  credentials: null,
  account: null,
  since: null,
  windows: {},
  disputes: {},
  spend: null,
  unstored: false,
  sessions: new Map(),
};

/** The endpoint's number of a window, with which a report is compared; null without one. */
export type EndpointWindows = (window: string) => Dated | null;

/** The reports for one window. */
export function reportsOf({ windows, disputes }: SessionReports, name: string): WindowReports {
  return { latest: windows[name] ?? null, dispute: disputes[name] ?? null };
}

/** The login under which reports are counted. */
export interface Login {
  /** Of the credentials; null where there is none. */
  readonly fingerprint: string | null;
  /** The account behind them as one text; null when it is not known. */
  readonly account: string | null;
  /** It is the account of the reports, or it is not known to be another one. */
  readonly same: boolean;
  /** When the credentials were last written, epoch ms; null when that is not known. */
  readonly writtenAt: number | null;
}

/** The reports under the present login. Numbers of another account are dropped, and its sessions become foreign. */
export function underLogin(
  earlier: SessionReports,
  { fingerprint, account, same, writtenAt }: Login,
): SessionReports {
  if (same) return { ...earlier, credentials: fingerprint, account: account ?? earlier.account };
  return {
    ...NO_SESSION_REPORTS,
    credentials: fingerprint,
    account,
    since: writtenAt,
    sessions: new Map([...earlier.sessions].map(([id, memory]) => [id, { ...memory, foreign: true }])),
  };
}

/** The result of counting a report. */
export interface Counted {
  /** The same object where the report contains nothing new. */
  readonly reports: SessionReports;
  /** The session belongs to another login than the cache: its numbers are only for its own line. */
  readonly foreign: boolean;
}

/**
 * Adds a report to the earlier ones. A number counts if its session did not report it before and it agrees with the current
 * one: it is about the same window and not lower, or lower than this session's own earlier number. A number that contradicts
 * the current one becomes a dispute.
 *
 * @param earlier reports under the present login
 * @param endpoint the endpoint's numbers
 * @param lengths the lengths of the windows, ms
 */
export function countReport(
  earlier: SessionReports,
  report: Report,
  endpoint: EndpointWindows,
  moment: MergeMoment,
  lengths: ReportedWindows,
): Counted {
  const { now } = moment;
  const memory = earlier.sessions.get(report.session);
  const wasForeign = memory?.foreign ?? beganBefore(earlier.since, report);
  if (!hasNews(memory, report)) return { reports: earlier, foreign: wasForeign };
  const foreign = isForeign(wasForeign, memory, report, endpoint, now);
  // Nothing is stored of a session that is known to be foreign: every write invalidates all prerendered lines.
  if (foreign && wasForeign) return { reports: earlier, foreign };

  const count = (name: string) =>
    foreign
      ? without(earlier, name, report.session)
      : counted(earlier, { name, length: lengths[name] ?? 0 }, memory, report, endpoint(name), moment);
  const counts = Object.keys(report.windows).map((name) => [name, count(name)] as const);
  const own = counts.flatMap(([, { dispute }]) =>
    dispute?.session === report.session ? dispute.readAt : [],
  );
  const reports: SessionReports = {
    ...earlier,
    windows: Object.fromEntries(counts.map(([name, { latest }]) => [name, latest])),
    disputes: Object.fromEntries(counts.map(([name, { dispute }]) => [name, dispute])),
    spend: foreign ? earlier.spend : countedSpend(earlier.spend, memory?.spend, report, now),
    sessions: remembered(earlier.sessions, report.session, {
      at: now,
      windows: Object.fromEntries(
        counts.map(([name]) => [name, report.windows[name] ?? memory?.windows[name] ?? null]),
      ),
      spend: report.spend ?? memory?.spend ?? null,
      disputedAt: own.length > 0 ? Math.max(...own) : null,
      foreign,
    }),
  };
  return { reports, foreign };
}

/** Whether a report differs from the last one of its session. */
export function hasNews(
  memory: Pick<SessionMemory, 'windows' | 'spend'> | undefined,
  { windows, spend }: Report,
): boolean {
  return (
    Object.entries(windows).some(([name, number]) => !isRepeated(memory?.windows[name], number)) ||
    !isRepeatedSpend(memory?.spend, spend)
  );
}

/** When a session's numbers were current, epoch ms: now, or at its last new report. */
export function reportedAt(memory: SessionMemory | undefined, report: Report, now: number): number {
  return memory === undefined || hasNews(memory, report) ? now : Math.min(memory.at, now);
}

function beganBefore(since: number | null, { startedAt }: Report): boolean {
  return since !== null && startedAt !== null && startedAt < since;
}

/**
 * Whether a session belongs to another login. That is proved if the endpoint responds after the session's dispute with
 * another window. It is disproved if all windows that the session reports are the endpoint's.
 */
function isForeign(
  wasForeign: boolean,
  memory: SessionMemory | undefined,
  { windows }: Report,
  endpoint: EndpointWindows,
  now: number,
): boolean {
  const compared = Object.entries(windows).flatMap(([name, reported]) => {
    const current = endpoint(name);
    if (reported === null || reported.resetsAt === null || current === null || current.resetsAt === null)
      return [];
    if (current.resetsAt <= now || reported.resetsAt <= now) return [];
    const refutes = memory?.disputedAt != null && current.readAt >= memory.disputedAt;
    return [{ same: isSameWindow(reported, current), refutes }];
  });
  if (wasForeign) return !(compared.length > 0 && compared.every(({ same }) => same));
  return compared.some(({ same, refutes }) => refutes && !same);
}

/** The reports for one window together with this one. */
function counted(
  earlier: SessionReports,
  { name, length }: { readonly name: string; readonly length: number },
  memory: SessionMemory | undefined,
  { session, windows }: Report,
  endpointNumber: Dated | null,
  moment: MergeMoment,
): WindowReports {
  const { now } = moment;
  const before = reportsOf(earlier, name);
  const reported = windows[name] ?? null;
  if (
    reported === null ||
    isOver({ ...reported, readAt: now }, length, now) ||
    isImpossible(reported, length, now)
  )
    return before;
  const previous = memory?.windows[name] ?? null;
  // Another window has changed, so the response is new, and this number is still current.
  if (isRepeated(previous, reported)) return confirmed(before, session, reported, now);

  const current = mergeWindow(endpointNumber, { ...before, dispute: null }, moment)?.number ?? null;
  const base = current === null || isOver(current, length, now) ? null : current;
  // A report without a reset time refers to the current window.
  const resetsAt = reported.resetsAt ?? base?.resetsAt ?? null;
  const number: ReportedNumber = { percent: reported.percent, resetsAt, readAt: now, seenAt: now };
  const counts = { latest: number, dispute: null };
  if (base === null) return counts;
  // An idle session repeats its numbers: a lower one than its own last number is new.
  const fell = previous !== null && isSameWindow(previous, number) && number.percent < previous.percent;
  const open = openDispute(endpointNumber, before, now);
  const disputed = (maybeIdle: boolean) => ({ ...before, dispute: { ...number, session, maybeIdle } });
  if (!isSameWindow(number, base)) {
    if (endpointNumber === null) return counts;
    // A number of another session that is lower than the disputed one is only old.
    const old = open !== null && isSameWindow(open, number) && number.percent < open.percent && !fell;
    return old && open.session !== session ? before : disputed(false);
  }
  if (number.percent >= base.percent || fell) return counts;
  if (open?.session === session) return disputed(false);
  return memory === undefined ? disputed(true) : before;
}

/** The reports with a later `seenAt` where they have this number. Never an earlier one: the clock can be behind. */
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

/** The reports without the dispute of one session, which uses another login. */
function without(earlier: SessionReports, name: string, session: string): WindowReports {
  const { latest, dispute } = reportsOf(earlier, name);
  return { latest, dispute: dispute?.session === session ? null : dispute };
}

function countedSpend(
  current: ReportedSpendNumber | null,
  previous: ReportedSpend | null | undefined,
  { spend }: Report,
  now: number,
): ReportedSpendNumber | null {
  if (spend === null || (spend.resetsAt !== null && spend.resetsAt <= now)) return current;
  if (!isRepeatedSpend(previous, spend)) {
    const fell = previous != null && spend.percent < previous.percent;
    const lower = current !== null && isSameWindow(current, spend) && spend.percent < current.percent;
    return lower && !fell ? current : { ...spend, readAt: now, seenAt: now };
  }
  return current !== null && isRepeatedSpend(current, spend)
    ? { ...current, seenAt: Math.max(current.seenAt, now) }
    : current;
}

/**
 * Whether the window of a number has ended.
 *
 * @param length the length of the window, ms
 */
function isOver({ resetsAt, readAt }: Dated, length: number, now: number): boolean {
  return resetsAt === null ? now - readAt >= length : resetsAt <= now;
}

function isImpossible({ resetsAt }: Reported, length: number, now: number): boolean {
  return resetsAt !== null && resetsAt - now > length + CLOCK_SKEW_MS;
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
