import { sanitize } from '../../usage/text.ts';
import { DAY, HOUR, MINUTE, parseTime, SECOND } from '../../usage/time.ts';
import { isObject, percentOf } from '../../usage/values.ts';

/*
 * Reads fields of foreign JSON, one by one, so that a broken field costs no other one. Null always means "not known": a
 * missing or broken value never becomes 0.
 */

/** A decimal number as text. Bounded, so that matching takes no time. */
const DECIMAL = /^[+-]?(\d{1,20})(\.\d{1,20})?(e[+-]?\d{1,3})?$/i;

/** The object itself; an empty one for anything else. */
export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}

/** The elements of a list that are objects; none for anything else. At most 100. */
export function objectsOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.slice(0, 100).filter(isObject) : [];
}

/** A value that is not empty text, as it is: at most 256 characters, not sanitized. For ids. */
export function idOf(value: unknown): string | null {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  return typeof text === 'string' && text.trim() !== '' && text.length <= 256 ? text : null;
}

/** A sanitized text for display; null for an empty one. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? sanitize(value) || null : null;
}

/** The id of a plan: lower case, `_` between words (`SuperGrok Heavy` → `supergrok_heavy`). */
export function planOf(value: unknown): string | null {
  const words = textOf(value)
    ?.toLowerCase()
    .match(/[a-z0-9]+/g);
  return words ? words.join('_') : null;
}

/** A finite number, also one that is written as text. */
export function numberOf(value: unknown): number | null {
  if (typeof value === 'string') return DECIMAL.test(value.trim()) ? numberOf(Number(value)) : null;
  return typeof value === 'number' && Number.isFinite(value) ? value + 0 : null;
}

/** An amount: a number ≥ 0, also one that is written as text. */
export function amountOf(value: unknown): number | null {
  return percentOf(numberOf(value));
}

/** Percent used, as sent: 0–100 and beyond. A negative one is broken. */
export function percentUsed(value: unknown): number | null {
  return amountOf(value);
}

/** Percent used of a percentage that remains. A negative remainder is use beyond the limit; more than 100 is broken. */
export function percentFromRemaining(value: unknown): number | null {
  const left = numberOf(value);
  return left === null || left > 100 ? null : percentOf(100 - left);
}

/** Percent used of a fraction that remains, 0–1. */
export function percentFromFractionLeft(value: unknown): number | null {
  const left = numberOf(value);
  return left === null || left > 1 ? null : percentOf(100 - 100 * left);
}

/** Percent used of a fraction that is used, 0–1 and beyond. */
export function percentFromFraction(value: unknown): number | null {
  const used = amountOf(value);
  return used === null ? null : percentOf(100 * used);
}

/** Percent used of two amounts in the same unit. Null without a limit above 0. */
export function percentFromShare(used: unknown, limit: unknown): number | null {
  const [part, whole] = [amountOf(used), amountOf(limit)];
  return part === null || whole === null || whole === 0 ? null : percentOf((100 * part) / whole);
}

/** Percent used of what remains of a limit, in the same unit. A negative remainder is use beyond the limit. */
export function percentFromRest(remaining: unknown, limit: unknown): number | null {
  const [left, whole] = [numberOf(remaining), amountOf(limit)];
  if (left === null || whole === null || whole === 0 || left > whole) return null;
  return percentOf((100 * (whole - left)) / whole);
}

/** The years 2000 to 2100: any other time is another unit, or a placeholder such as 0. */
const EARLIEST = Date.UTC(2000);
const LATEST = Date.UTC(2100);

function plausible(at: number | null): number | null {
  return at !== null && at >= EARLIEST && at <= LATEST ? Math.round(at) : null;
}

/** Epoch ms of epoch seconds. */
export function timeOfSeconds(value: unknown): number | null {
  const seconds = numberOf(value);
  return plausible(seconds === null ? null : seconds * SECOND);
}

/** Epoch ms of epoch milliseconds. */
export function timeOfMs(value: unknown): number | null {
  return plausible(numberOf(value));
}

const DATE = /^\d{4}-\d\d-\d\d$/;
const WITHOUT_ZONE = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,12})?)?$/;

/** Epoch ms of ISO 8601: with any number of digits, a date alone (its midnight in UTC), or without a zone (UTC). */
export function timeOfText(value: unknown): number | null {
  if (typeof value !== 'string' || value.length > 64) return null;
  const text = value.trim();
  if (DATE.test(text)) return plausible(parseTime(`${text}T00:00:00Z`));
  if (!WITHOUT_ZONE.test(text)) return plausible(parseTime(text));
  const [day = '', clock = ''] = text.split(/[T ]/);
  return plausible(parseTime(`${day}T${clock.length === 5 ? `${clock}:00` : clock}Z`));
}

/** Epoch ms of a date alone, `2026-11-30`: its midnight in UTC. */
export function timeOfDate(value: unknown): number | null {
  return typeof value === 'string' && value.length <= 64 && DATE.test(value.trim())
    ? timeOfText(value)
    : null;
}

/** Epoch ms of what the value plainly is: text, epoch seconds or epoch milliseconds. */
export function timeOf(value: unknown): number | null {
  return timeOfText(value) ?? timeOfSeconds(value) ?? timeOfMs(value);
}

/** Epoch ms of a number of seconds after a time: for endpoints that send the time that is left. */
export function timeAfter(start: number | null, seconds: unknown): number | null {
  const left = amountOf(seconds);
  return start === null || left === null ? null : plausible(start + left * SECOND);
}

/** Seconds of a number of minutes, hours or days. Null for another unit, and for 0. */
export function secondsOf(count: unknown, unit: 'minute' | 'hour' | 'day' | 'week'): number | null {
  const units = { minute: MINUTE, hour: HOUR, day: DAY, week: 7 * DAY };
  const amount = amountOf(count);
  return amount === null || amount === 0 ? null : (amount * units[unit]) / SECOND;
}

/** The length of the month that ends at a time, s: from the same day of the month before, in UTC. Null for null. */
export function monthBefore(end: number | null): number | null {
  if (end === null) return null;
  const start = new Date(end);
  const day = start.getUTCDate();
  // A month that is shorter begins at its last day.
  start.setUTCDate(0);
  start.setUTCDate(Math.min(day, start.getUTCDate()));
  return (end - start.getTime()) / SECOND;
}

/**
 * Major units of an integer number of minor units: 1999 cents are 19.99. The one division is exact to the digit; sums and
 * differences are to be made of minor units.
 *
 * @param decimals digits behind the point
 */
export function majorUnits(minor: unknown, decimals = 2): number | null {
  const amount = amountOf(minor);
  return amount === null ? null : amount / 10 ** decimals;
}

/**
 * A decimal number as the text that was sent, without zeros at its start: for amounts, which are not to pass through floating
 * point. Null for anything else, and for more than 20 digits.
 */
export function decimalOf(value: unknown): string | null {
  const text = typeof value === 'number' && Number.isFinite(value) ? String(value) : value;
  if (typeof text !== 'string') return null;
  const match = /^(-?)0*(\d{1,20})(\.\d{1,20})?$/.exec(text.trim());
  return match && `${match[1]}${match[2]}${match[3] ?? ''}`;
}
