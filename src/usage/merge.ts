import type { SnapshotData, SnapshotReader } from './snapshot.ts';
import type { WindowSource } from './model.ts';
import { isSameWindow } from './report.ts';
import type { Dated, Origins, Reported, ReportedNumber, ReportTimes } from './report.ts';

/** A reported number that contradicts the current one: it counts only after the endpoint's next response. */
export interface Dispute extends ReportedNumber {
  /** The session that reported it. */
  readonly session: string;
  /** It can be an old number of an idle session: lower than the current one, in the session's first report. */
  readonly maybeIdle: boolean;
}

/** The reports of all sessions for one window. */
export interface WindowReports {
  /** The latest number that is not disputed. */
  readonly latest: ReportedNumber | null;
  readonly dispute: Dispute | null;
}

/** The time of a merge, and whether the endpoint can settle a dispute. */
export interface MergeMoment {
  /** Epoch ms. */
  readonly now: number;
  /** False where requests are disabled, or without a login. */
  readonly canAsk: boolean;
}

/** The number that is shown for a window. */
export interface CurrentNumber {
  readonly source: WindowSource;
  readonly number: Dated;
  /** A later number contradicts it, so it is not fresh any more. */
  readonly contradicted: boolean;
}

/**
 * The number that is shown for a window: the table of docs/specs/sources.md, whose rows are the cases of the test. Null
 * without a number.
 *
 * @param endpointNumber the endpoint's number; null without one
 */
export function mergeWindow(
  endpointNumber: Dated | null,
  reports: WindowReports,
  moment: MergeMoment,
): CurrentNumber | null {
  const base = baseOf(endpointNumber, reports.latest, moment);
  const dispute = openDispute(endpointNumber, reports, moment.now);
  if (dispute === null) return base;
  const wins = base === null || isOver(base.number, moment.now) || (!moment.canAsk && !dispute.maybeIdle);
  if (wins) return { source: 'statusline', number: dispute, contradicted: false };
  return { ...base, contradicted: true };
}

/** The dispute that no later number has settled; null without one, or when its window has ended. */
export function openDispute(
  endpointNumber: Dated | null,
  { latest, dispute }: WindowReports,
  now: number,
): Dispute | null {
  const settledAt = Math.max(endpointNumber?.readAt ?? -Infinity, latest?.readAt ?? -Infinity);
  return dispute === null || isOver(dispute, now) || dispute.readAt <= settledAt ? null : dispute;
}

/** The endpoint's number replaces reports from before it. A report from after it counts if it is about the same window. */
function baseOf(
  endpointNumber: Dated | null,
  latest: ReportedNumber | null,
  { now, canAsk }: MergeMoment,
): CurrentNumber | null {
  const statusline = latest && ({ source: 'statusline', number: latest, contradicted: false } as const);
  if (endpointNumber === null) return statusline;
  const endpoint = { source: 'endpoint', number: endpointNumber, contradicted: false } as const;
  if (statusline === null || statusline.number.readAt <= endpointNumber.readAt) return endpoint;
  const stands = !canAsk || isSameWindow(endpointNumber, statusline.number) || isOver(endpointNumber, now);
  return stands ? statusline : endpoint;
}

/** Whether the window of a number has ended. */
function isOver({ resetsAt }: Reported, now: number): boolean {
  return resetsAt !== null && resetsAt <= now;
}

/** The data of the endpoint with the numbers of the status line. */
export interface Merged {
  readonly data: SnapshotData;
  /** The windows that show the status line's number. */
  readonly origins: Origins;
  /** A later number contradicts one of those that are shown. */
  readonly contradicted: boolean;
}

/**
 * Merges the numbers of both sources.
 *
 * @param reader the provider's, for `data`
 * @param requestedAt the time of the request for `data`, epoch ms; -Infinity without a response
 * @param reports the reports by the id of their window
 */
export function mergeReports(
  reader: SnapshotReader,
  data: SnapshotData,
  requestedAt: number,
  reports: Readonly<Record<string, WindowReports>>,
  moment: MergeMoment,
): Merged {
  let merged = data;
  const origins: { [window: string]: ReportTimes } = {};
  let contradicted = false;
  const lacking = reader.lacking(data);
  for (const [name, { latest, dispute }] of Object.entries(reports)) {
    // A later response without this window replaces its reports: the window had ended, or the plan has no such limit.
    const holds = <T extends ReportedNumber>(number: T | null): T | null =>
      number !== null &&
      (number.readAt > requestedAt ||
        !(lacking.includes(name) || (number.resetsAt !== null && number.resetsAt <= requestedAt)))
        ? number
        : null;
    const held = { latest: holds(latest), dispute: holds(dispute) };
    const current = mergeWindow(reader.numberOf(data, name, requestedAt), held, moment);
    contradicted ||= current?.contradicted === true;
    if (current?.source !== 'statusline') continue;
    const { readAt, seenAt } = current.number as ReportedNumber;
    merged = reader.withNumber(merged, name, current.number);
    origins[name] = { readAt, seenAt };
  }
  return { data: merged, origins, contradicted };
}
