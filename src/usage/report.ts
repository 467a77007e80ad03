import { SECOND } from './time.ts';

/** The windows that sessions of a provider's client report, with their lengths, ms. */
export type ReportedWindows = Readonly<Record<string, number>>;

/** A window's number as a session received it with its last response. */
export interface Reported {
  /** Percent used, 0–100 and beyond. */
  readonly percent: number;
  /** Epoch ms; null when the report has no reset time. */
  readonly resetsAt: number | null;
}

/** The limit on money that a gateway sets, in US dollars (123.45). */
export interface ReportedSpend extends Reported {
  readonly usedUsd: number | null;
  readonly limitUsd: number | null;
}

/** A window's number with the time at which it was read, epoch ms. */
export interface Dated extends Reported {
  readonly readAt: number;
}

/** A number that a session reported. */
export interface ReportedNumber extends Dated {
  /** When a new response last confirmed the number, epoch ms. It has been the same since `readAt`. */
  readonly seenAt: number;
}

/** A limit on money that a session reported. */
export type ReportedSpendNumber = ReportedNumber & ReportedSpend;

/** When a reported number was read, and when it was last confirmed. */
export type ReportTimes = Pick<ReportedNumber, 'readAt' | 'seenAt'>;

/** The windows that show the status line's number, with its times. All others show the endpoint's. */
export type Origins = { readonly [window: string]: ReportTimes | undefined };

/** One run of the status line command. */
export interface Report {
  /** The session's id. Empty when the object has none: such sessions count as one. */
  readonly session: string;
  /** Display name of the session's model, as received and not sanitized. Null when absent. */
  readonly model: string | null;
  /** When the session began, epoch ms; null when the object does not contain its duration. */
  readonly startedAt: number | null;
  /** By the id of the window, with a key for every window that can be reported. */
  readonly windows: Readonly<Record<string, Reported | null>>;
  /** Only behind a gateway that limits money. */
  readonly spend: ReportedSpend | null;
}

/** The largest difference between two resets of one window, ms: they vary by about a second between responses. */
export const RESET_TOLERANCE_MS = 60 * SECOND;

/** Whether a session's number is the one that it reported before. An absent number counts as repeated. */
export function isRepeated(previous: Reported | null | undefined, reported: Reported | null): boolean {
  if (reported === null) return true;
  return previous != null && previous.percent === reported.percent && isSameWindow(previous, reported);
}

/** As `isRepeated`, for a limit on money: the amount can change while the percentage stays the same. */
export function isRepeatedSpend(
  previous: ReportedSpend | null | undefined,
  reported: ReportedSpend | null,
): boolean {
  if (reported === null || previous == null) return reported === null;
  const { usedUsd, limitUsd } = reported;
  return isRepeated(previous, reported) && previous.usedUsd === usedUsd && previous.limitUsd === limitUsd;
}

/** Whether two reports are about the same window. An unknown reset time matches every window. */
export function isSameWindow(a: Pick<Reported, 'resetsAt'>, b: Pick<Reported, 'resetsAt'>): boolean {
  if (a.resetsAt === null || b.resetsAt === null) return true;
  return Math.abs(a.resetsAt - b.resetsAt) <= RESET_TOLERANCE_MS;
}
