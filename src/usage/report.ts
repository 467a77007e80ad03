import { SECOND } from './time.ts';

/** The windows that sessions of a provider's client report, with their lengths, ms. */
export type ReportedWindows = Readonly<Record<string, number>>;

/** A window's number as a session had it with its last response. */
export interface Reported {
  /** Percent used, 0–100 and beyond. */
  readonly percent: number;
  /** Epoch ms; null when the report has no reset time. */
  readonly resetsAt: number | null;
}

/** The limit on money that a gateway sets, in whole US dollars and cents (123.45). */
export interface ReportedSpend extends Reported {
  readonly usedUsd: number | null;
  readonly limitUsd: number | null;
}

/** A window's number with the time at which it was read, epoch ms. */
export interface Dated extends Reported {
  readonly readAt: number;
}

/** A number from Claude Code's status line. */
export interface ReportedNumber extends Dated {
  /** When a new response last confirmed it, epoch ms: the number changed at `readAt` and was right until then. */
  readonly seenAt: number;
}

/** A limit on money from Claude Code's status line. */
export type ReportedSpendNumber = ReportedNumber & ReportedSpend;

export type ReportTimes = Pick<ReportedNumber, 'readAt' | 'seenAt'>;

/** Which windows show the status line's number, and of when that is. All others are the endpoint's. */
export type Origins = { readonly [window: string]: ReportTimes | undefined };

/** One run of the status line command. */
export interface Report {
  /** Empty when the object has no id: sessions without an id count as one. */
  readonly session: string;
  /** Display name of the session's model, as received: not yet fit to be printed. Null when absent. */
  readonly model: string | null;
  /** When the session began, epoch ms; null when the object does not say how long it has run. */
  readonly startedAt: number | null;
  /** A key for every window that can be reported. */
  readonly windows: Readonly<Record<string, Reported | null>>;
  /** Only behind a gateway that limits money. */
  readonly spend: ReportedSpend | null;
}

/** Resets of one window move by about a second between two responses. */
export const RESET_TOLERANCE_MS = 60 * SECOND;

/** Whether a session reports a number that it has reported before. An absent number repeats anything. */
export function isRepeated(previous: Reported | null | undefined, reported: Reported | null): boolean {
  if (reported === null) return true;
  return previous != null && previous.percent === reported.percent && isSameWindow(previous, reported);
}

/** As `isRepeated`, for a limit on money: the amount can change while its share stays a whole number. */
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
