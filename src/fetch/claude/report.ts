import type { Report, Reported, ReportedSpend, ReportedWindows } from '../../usage/report.ts';
import { DAY, HOUR, parseTime, SECOND } from '../../usage/time.ts';
import { isObject, percentOf } from '../../usage/values.ts';
import { parseLenient } from './lenient-json.ts';

/*
 * The object that Claude Code writes to the standard input of its status line command. On the hot path of
 * `usageline statusline`, so it is validated by hand: a schema library would take too long to load.
 */

/** The windows that Claude Code reports, with their lengths, ms. */
export const REPORTED_WINDOWS: ReportedWindows = { five_hour: 5 * HOUR, seven_day: 7 * DAY };

const MAX_SESSION = 64;
const MAX_MODEL = 200;

/**
 * Reads the object of one run. Null for anything but a JSON object. Raw control characters in strings are accepted, and a
 * broken part counts as absent.
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

/** Without `used_percentage` the percentage is computed from the amounts. Without a limit there is none, and no window. */
function spendOf(part: Part): ReportedSpend | null {
  if (part === null) return null;
  const [usedUsd, limitUsd] = [percentOf(plainNumber(part.used_usd)), percentOf(plainNumber(part.limit_usd))];
  const share = usedUsd !== null && limitUsd ? (100 * usedUsd) / limitUsd : null;
  const percent = percentOf(plainNumber(part.used_percentage) ?? share);
  return percent === null ? null : { percent, resetsAt: resetOf(part.resets_at), usedUsd, limitUsd };
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** A number, also as text: `41`, `41.5 %`. */
function plainNumber(value: unknown): number | null {
  if (typeof value !== 'string') return numberOf(value);
  const match = /^\s{0,8}(\d{1,18}(?:\.\d{1,18})?)\s{0,8}%?\s{0,8}$/.exec(value);
  return match ? Number(match[1]) : null;
}

/** From this number on, times are in milliseconds: as seconds it is in the year 5138, as milliseconds in 1973. */
const MILLISECONDS_FROM = 1e11;
/** The last time that a `Date` can represent, epoch ms. */
const LAST_MOMENT = 8.64e15;

/** Epoch seconds or milliseconds, as a number or as text, or RFC 3339, as epoch ms; null for anything else. */
function resetOf(value: unknown): number | null {
  const number = plainNumber(value);
  if (number === null) return parseTime(value);
  const at = Math.round(number < MILLISECONDS_FROM ? number * SECOND : number);
  return at > 0 && at <= LAST_MOMENT ? at : null;
}
