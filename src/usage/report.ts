import { isObject } from './data.ts';
import { parseLenient } from './lenient-json.ts';
import { DAY, HOUR, parseTime, SECOND } from './time.ts';

/*
 * The object that Claude Code writes to the standard input of its status line command. On the hot path of
 * `usageline statusline`; validated by hand, since a schema library would cost more than the command may.
 */

/** The windows that Claude Code reports, with their lengths, ms. */
export const WINDOW_LENGTHS = { five_hour: 5 * HOUR, seven_day: 7 * DAY } as const;
export type ReportedWindow = keyof typeof WINDOW_LENGTHS;
export const REPORTED_WINDOWS = ['five_hour', 'seven_day'] as const satisfies readonly ReportedWindow[];

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
export type Origins = { readonly [name in ReportedWindow]?: ReportTimes };

/** One run of the status line command. */
export interface Report {
  /** Empty when the object has no id: sessions without an id count as one. */
  readonly session: string;
  /** Display name of the session's model, as received: not yet fit to be printed. Null when absent. */
  readonly model: string | null;
  /** When the session began, epoch ms; null when the object does not say how long it has run. */
  readonly startedAt: number | null;
  readonly windows: Readonly<Record<ReportedWindow, Reported | null>>;
  /** Only behind a gateway that limits money. */
  readonly spend: ReportedSpend | null;
}

/** Resets of one window move by about a second between two responses. */
export const RESET_TOLERANCE_MS = 60 * SECOND;

const MAX_SESSION = 64;
const MAX_MODEL = 200;

/**
 * Reads the object of one run. Null for anything but a JSON object; raw control characters in strings are accepted,
 * and a part that is broken is as if it were absent.
 */
export function parseReport(text: string, now: number): Report | null {
  const value = parseLenient(text);
  if (!isObject(value)) return null;
  const { session_id: session, model, rate_limits: limits, cost } = value;
  const name = isObject(model) ? model.display_name : null;
  const ran = isObject(cost) ? numberOf(cost.total_duration_ms) : null;
  const part = (key: string) => (isObject(limits) && isObject(limits[key]) ? limits[key] : null);
  return {
    session: typeof session === 'string' ? session.slice(0, MAX_SESSION) : '',
    model: typeof name === 'string' ? name.slice(0, MAX_MODEL) : null,
    startedAt: ran !== null && ran >= 0 ? now - ran : null,
    windows: { five_hour: windowOf(part('five_hour')), seven_day: windowOf(part('seven_day')) },
    spend: spendOf(part('spend_limit')),
  };
}

type Part = Record<string, unknown> | null;

function windowOf(part: Part): Reported | null {
  const percent = percentOf(plainNumber(part?.used_percentage));
  return part === null || percent === null ? null : { percent, resetsAt: resetOf(part.resets_at) };
}

/** Without `used_percentage` the share follows from the amounts. Without a limit there is no share, and no window. */
function spendOf(part: Part): ReportedSpend | null {
  if (part === null) return null;
  const [usedUsd, limitUsd] = [percentOf(plainNumber(part.used_usd)), percentOf(plainNumber(part.limit_usd))];
  const share = usedUsd !== null && limitUsd ? (100 * usedUsd) / limitUsd : null;
  const percent = percentOf(plainNumber(part.used_percentage) ?? share);
  return percent === null ? null : { percent, resetsAt: resetOf(part.resets_at), usedUsd, limitUsd };
}

/** A finite number ≥ 0 without the noise of floating point (14.000000000000002), else null. */
export function percentOf(value: unknown): number | null {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) return null;
  // `+ 0`: -0 becomes 0.
  return Number(value.toPrecision(12)) + 0;
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** A number, or a text that plainly is one: `41`, `41.5 %`. */
function plainNumber(value: unknown): number | null {
  if (typeof value !== 'string') return numberOf(value);
  const match = /^\s{0,8}(\d{1,18}(?:\.\d{1,18})?)\s{0,8}%?\s{0,8}$/.exec(value);
  return match ? Number(match[1]) : null;
}

/** As seconds this is the year 5138, as milliseconds 1973: the larger number is in milliseconds. */
const MILLISECONDS_FROM = 1e11;
/** The last moment that a `Date` can hold, epoch ms. */
const LAST_MOMENT = 8.64e15;

/** Epoch seconds or milliseconds, as a number or as text, or RFC 3339, as epoch ms; null for anything else. */
function resetOf(value: unknown): number | null {
  const number = plainNumber(value);
  if (number === null) return parseTime(value);
  const at = Math.round(number < MILLISECONDS_FROM ? number * SECOND : number);
  return at > 0 && at <= LAST_MOMENT ? at : null;
}

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
