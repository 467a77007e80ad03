import { isObject } from './data.ts';
import { DAY, HOUR, parseTime, SECOND } from './time.ts';

/*
 * What Claude Code tells its status line command on standard input, as far as it is ours to know. On the hot path
 * of `usageline statusline`; validated by hand, since a schema library would cost more than the command may.
 */

/** The windows that Claude Code tells of, with their lengths, ms. */
export const WINDOW_LENGTHS = { five_hour: 5 * HOUR, seven_day: 7 * DAY } as const;
export type ReadWindow = keyof typeof WINDOW_LENGTHS;
export const READ_WINDOWS = ['five_hour', 'seven_day'] as const satisfies readonly ReadWindow[];

/** A window's number as a session had it with its last response. */
export interface Reported {
  /** Percent used, 0–100 and beyond. */
  readonly percent: number;
  /** Epoch ms; null when it is not told. */
  readonly resetsAt: number | null;
}

/** One run of the status line command. */
export interface Report {
  /** Empty when it is not told: sessions without a name are taken for one. */
  readonly session: string;
  /** The session's model as it is called; not yet fit to be printed. Null when it is not told. */
  readonly model: string | null;
  readonly windows: Readonly<Record<ReadWindow, Reported | null>>;
}

/** Resets of one window move by about a second between two responses. */
export const RESET_TOLERANCE_MS = 60 * SECOND;

/** A clock may be wrong by so much before a reset that lies too far ahead is taken for a broken one. */
const CLOCK_SKEW_MS = HOUR;

const MAX_SESSION = 64;
const MAX_MODEL = 200;

/** Null for anything but a JSON object. Parts of it that are broken are as if they were not there. */
export function parseReport(text: string, now: number): Report | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(value)) return null;
  const { session_id: session, model, rate_limits: limits } = value;
  const name = isObject(model) ? model.display_name : null;
  const of = (window: ReadWindow) =>
    isObject(limits) ? reportedOf(limits[window], WINDOW_LENGTHS[window], now) : null;
  return {
    session: typeof session === 'string' ? session.slice(0, MAX_SESSION) : '',
    model: typeof name === 'string' ? name.slice(0, MAX_MODEL) : null,
    windows: { five_hour: of('five_hour'), seven_day: of('seven_day') },
  };
}

function reportedOf(value: unknown, length: number, now: number): Reported | null {
  if (!isObject(value)) return null;
  const percent = percentOf(value.used_percentage);
  const resetsAt = resetOf(value.resets_at);
  if (percent === null) return null;
  // The later reset is the newer window: one that cannot be would stand for good.
  if (resetsAt !== null && resetsAt - now > length + CLOCK_SKEW_MS) return null;
  return { percent, resetsAt };
}

/** A finite number ≥ 0 without the noise of floating point (14.000000000000002), else null. */
export function percentOf(value: unknown): number | null {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) return null;
  // `+ 0`: there is no less than nothing.
  return Number(value.toPrecision(12)) + 0;
}

/** Epoch seconds or RFC 3339, as ms; null for anything else. */
function resetOf(value: unknown): number | null {
  if (typeof value !== 'number') return parseTime(value);
  return Number.isFinite(value) && value > 0 ? Math.round(value * SECOND) : null;
}

/** Whether two numbers of a session are one and the same, told twice. */
export function isRepeated(previous: Reported | null | undefined, reported: Reported | null): boolean {
  if (reported === null) return true;
  return previous != null && previous.percent === reported.percent && isSameWindow(previous, reported);
}

/** A reset that is not known tells no window from another. */
export function isSameWindow(a: Pick<Reported, 'resetsAt'>, b: Pick<Reported, 'resetsAt'>): boolean {
  if (a.resetsAt === null || b.resetsAt === null) return true;
  return Math.abs(a.resetsAt - b.resetsAt) <= RESET_TOLERANCE_MS;
}
