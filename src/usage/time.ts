export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/**
 * How far a recorded time may be ahead of the clock, ms: times in files are rounded, and clocks are corrected a little all
 * the time. A time further ahead means that the clock was set back after the time was recorded. Larger tolerances have
 * their reasons beside them: `MAX_APART_MS` and `ROUNDING_MS` (requests), `CLOCK_SKEW_MS` and `RESET_TOLERANCE_MS`
 * (reset times), `ROUNDED_BY` (file systems), `MAX_AHEAD` (transcripts).
 */
export const CLOCK_TOLERANCE_MS = 5 * SECOND;

/** Whether a recorded time (epoch ms) is ahead of the clock by more than the tolerance. NaN counts as such a time. */
export function isFromFuture(at: number, now: number): boolean {
  return !(at <= now + CLOCK_TOLERANCE_MS);
}

/**
 * How long ago something happened, ms, for what expires. A time in the future counts like one in the past: otherwise what
 * a wrong clock has dated would stay until the clock reaches its time.
 */
export function ageOf(at: number, now: number): number {
  return Math.abs(now - at);
}

/** The years that RFC 3339 can express, in UTC. An offset can lead outside of them: such a time cannot be written again. */
const EARLIEST = Date.parse('0000-01-01T00:00:00Z');
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

/** Memoized results: a response contains few times, and a forecast parses them for every moment. */
const parsed = new Map<string, number | null>();
const MAX_PARSED = 64;

/** Epoch ms of an RFC 3339 timestamp; null for anything else (`Date.parse` alone accepts far more). */
export function parseTime(value: unknown): number | null {
  if (typeof value !== 'string' || value.length > 64) return null;
  const known = parsed.get(value);
  if (known !== undefined) return known;
  const at = isRfc3339(value) ? Date.parse(value) : Number.NaN;
  const time = at >= EARLIEST && at <= LATEST ? at : null;
  if (parsed.size < MAX_PARSED) parsed.set(value, time);
  return time;
}

/**
 * A time (epoch ms) as `2026-04-19T05:00:00.112Z`. Not with `toISOString`, which determines the machine's time zone first:
 * that takes a hundredth of a Node start.
 */
export function isoTime(at: number): string {
  const date = new Date(at);
  if (!(at >= EARLIEST && at <= LATEST)) return date.toISOString();
  const [year, ms] = [digits(date.getUTCFullYear(), 4), digits(date.getUTCMilliseconds(), 3)];
  const day = `${year}-${digits(date.getUTCMonth() + 1)}-${digits(date.getUTCDate())}`;
  const [hours, minutes] = [digits(date.getUTCHours()), digits(date.getUTCMinutes())];
  return `${day}T${hours}:${minutes}:${digits(date.getUTCSeconds())}.${ms}Z`;
}

function digits(value: number, length = 2): string {
  return `${value}`.padStart(length, '0');
}

/** Whether a text has the form `2026-04-19T05:00:00.112536+00:00`. A pattern would be compiled at every prompt. */
function isRfc3339(text: string): boolean {
  const zulu = text.endsWith('Z') || text.endsWith('z');
  const zone = zulu ? text.length - 1 : text.length - 6;
  if (!matches(text, 0, '0000-00-00T00:00:00') || !(zulu || matches(text, zone, '+00:00'))) return false;
  if (zone === 19) return true;
  return text[19] === '.' && zone > 20 && matches(text, 20, '0'.repeat(zone - 20));
}

/** Whether a text matches a shape from `at` on: 0 matches any digit, T also t, + also -. */
function matches(text: string, at: number, shape: string): boolean {
  for (let index = 0; index < shape.length; index += 1) {
    const is = text[at + index] ?? '';
    const wanted = shape[index];
    const digit = wanted === '0' && is >= '0' && is <= '9';
    if (
      !digit &&
      !(wanted !== '0' && is === wanted) &&
      !(wanted === 'T' && is === 't') &&
      !(wanted === '+' && is === '-')
    )
      return false;
  }
  return true;
}
