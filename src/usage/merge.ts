import type { UsageData, WindowSource } from './model.ts';
import { isSameWindow, REPORTED_WINDOWS } from './report.ts';
import type { Dated, Origins, Reported, ReportedNumber, ReportTimes, ReportedWindow } from './report.ts';
import { isoTime, parseTime } from './time.ts';
import { bucketOf, lackingIn } from './windows.ts';

/** A number that contradicts what is known: kept aside until the endpoint has answered. */
export interface Dispute extends ReportedNumber {
  /** The session that reported it. */
  readonly session: string;
  /** It can be an idle session's old number: lower than what is known, in the session's first report. */
  readonly maybeIdle: boolean;
}

/** What the sessions reported for one window. */
export interface WindowReports {
  /** The latest number that counts. */
  readonly latest: ReportedNumber | null;
  readonly dispute: Dispute | null;
}

/** When a merge happens, and whether the endpoint can settle a dispute. */
export interface MergeMoment {
  /** Epoch ms. */
  readonly now: number;
  /** False with the network off, or without a login. */
  readonly canAsk: boolean;
}

/** The number that stands for a window. */
export interface CurrentNumber {
  readonly source: WindowSource;
  readonly number: Dated;
  /** A later number contradicts it: it is not fresh any more. */
  readonly contradicted: boolean;
}

/**
 * Which number stands for a window: the table of docs/specs/sources.md, whose rows are the cases of the test. Null
 * when there is none.
 */
export function mergeWindow(
  answer: Dated | null,
  reports: WindowReports,
  moment: MergeMoment,
): CurrentNumber | null {
  const base = baseOf(answer, reports.latest, moment);
  const dispute = openDispute(answer, reports, moment.now);
  if (dispute === null) return base;
  const wins = base === null || isOver(base.number, moment.now) || (!moment.canAsk && !dispute.maybeIdle);
  if (wins) return { source: 'statusline', number: dispute, contradicted: false };
  return { ...base, contradicted: true };
}

/** A dispute that no later number has settled; null when there is none, or its window has ended. */
export function openDispute(
  answer: Dated | null,
  { latest, dispute }: WindowReports,
  now: number,
): Dispute | null {
  const settledAt = Math.max(answer?.readAt ?? -Infinity, latest?.readAt ?? -Infinity);
  return dispute === null || isOver(dispute, now) || dispute.readAt <= settledAt ? null : dispute;
}

/** The endpoint's answer beats what was read before it; what was read after it counts within the answer's window. */
function baseOf(
  answer: Dated | null,
  latest: ReportedNumber | null,
  { now, canAsk }: MergeMoment,
): CurrentNumber | null {
  const statusline = latest && ({ source: 'statusline', number: latest, contradicted: false } as const);
  if (answer === null) return statusline;
  const endpoint = { source: 'endpoint', number: answer, contradicted: false } as const;
  if (statusline === null || statusline.number.readAt <= answer.readAt) return endpoint;
  const stands = !canAsk || isSameWindow(answer, statusline.number) || isOver(answer, now);
  return stands ? statusline : endpoint;
}

/** Whether the window of a number has ended. */
function isOver({ resetsAt }: Reported, now: number): boolean {
  return resetsAt !== null && resetsAt <= now;
}

export interface Merged {
  readonly data: UsageData;
  /** The windows that show the status line's number. */
  readonly origins: Origins;
  /** A number shown was contradicted. */
  readonly contradicted: boolean;
}

/**
 * The numbers of both sources in one.
 *
 * @param answeredAt when the endpoint's data were read, epoch ms; -Infinity without an answer
 */
export function mergeReports(
  data: UsageData,
  answeredAt: number,
  reports: Readonly<Record<ReportedWindow, WindowReports>>,
  moment: MergeMoment,
): Merged {
  const merged: { -readonly [key in keyof UsageData]: UsageData[key] } = { ...data };
  const origins: { [name in ReportedWindow]?: ReportTimes } = {};
  let contradicted = false;
  const lacking = lackingIn(data);
  for (const name of REPORTED_WINDOWS) {
    // A later answer without this window beats its numbers: the window had ended, or the plan has no such limit.
    const holds = <T extends ReportedNumber>(number: T | null): T | null =>
      number !== null &&
      (number.readAt > answeredAt ||
        !(lacking.includes(name) || (number.resetsAt !== null && number.resetsAt <= answeredAt)))
        ? number
        : null;
    const { latest, dispute } = reports[name];
    const held = { latest: holds(latest), dispute: holds(dispute) };
    const current = mergeWindow(endpointNumber(data, name, answeredAt), held, moment);
    contradicted ||= current?.contradicted === true;
    if (current?.source !== 'statusline') continue;
    const { percent, resetsAt, readAt, seenAt } = current.number as ReportedNumber;
    merged[name] = { utilization: percent, resets_at: resetsAt === null ? null : isoTime(resetsAt) };
    origins[name] = { readAt, seenAt };
  }
  return { data: merged, origins, contradicted };
}

/** The endpoint's number for a window. */
export function endpointNumber(data: UsageData, name: ReportedWindow, readAt: number): Dated | null {
  const bucket = bucketOf(data, name, readAt);
  return bucket && { percent: bucket.utilization, resetsAt: parseTime(bucket.resets_at), readAt };
}
