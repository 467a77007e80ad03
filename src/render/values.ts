import type { ExtraUsage, Window, WindowAmount } from '../usage/model.ts';
import { DAY, HOUR, MINUTE } from '../usage/time.ts';
import { minorDigits } from '../usage/windows.ts';

/**
 * A percentage for people: rounded half up, but never `0%` when something is used and never `100%` while
 * something is left. Over 100 passes through.
 *
 * @param value percent, 0–100 and beyond
 */
export function percentText(value: number): string {
  const rounded = Math.round(value);
  if (rounded === 0 && value > 0) return '<1%';
  if (rounded === 100 && value < 100) return '99%';
  return `${rounded}%`;
}

/** The side of a limit that is to be shown, as a raw percentage: of 140 % used nothing is left. */
export function shownPercent(used: number, side: 'used' | 'left'): number {
  return side === 'used' ? used : Math.max(0, 100 - used);
}

/** A number of tokens, rounded down to what a glance takes in: `950`, `420k`, `1.2M`, `34M`. */
export function tokenText(count: number): string {
  if (count < 1000) return String(Math.floor(count));
  if (count < 1e6) return `${Math.floor(count / 1000)}k`;
  const millions = count / 1e6;
  return millions < 10 ? `${(Math.floor(millions * 10) / 10).toFixed(1)}M` : `${Math.floor(millions)}M`;
}

/** Units from large to small, each with the one that may follow it. */
const units = [
  { letter: 'd', ms: DAY, next: { letter: 'h', ms: HOUR } },
  { letter: 'h', ms: HOUR, next: { letter: 'm', ms: MINUTE } },
  { letter: 'm', ms: MINUTE, next: null },
] as const;

/**
 * Time left, floored to the minute, in at most two units: `4d3h`, `4h37m`, `4h`, `37m`, `<1m`.
 * Floored, because a limit must not be promised back earlier than it comes by more than a minute.
 *
 * @param ms milliseconds from now
 */
export function countdown(ms: number): string {
  const unit = units.find((candidate) => ms >= candidate.ms);
  if (unit === undefined) return '<1m';
  const first = `${Math.floor(ms / unit.ms)}${unit.letter}`;
  const rest = unit.next === null ? 0 : Math.floor((ms % unit.ms) / unit.next.ms);
  return rest === 0 || unit.next === null ? first : `${first}${rest}${unit.next.letter}`;
}

/**
 * How long ago, in the largest unit alone: `<1m ago`, `12m ago`, `3h ago`, `2d ago`. Whether a number is
 * two hours old or two and a quarter changes nothing for the reader. A clock a few seconds behind counts as
 * now.
 *
 * @param ms milliseconds up to now
 */
export function age(ms: number): string {
  const unit = units.find((candidate) => ms >= candidate.ms);
  return unit === undefined ? '<1m ago' : `${Math.floor(ms / unit.ms)}${unit.letter} ago`;
}

/** An amount in major units, with the digits its currency has: `7.63`, and `763` yen. */
export function amountText(amount: number, { decimals }: ExtraUsage): string {
  return amount.toFixed(decimals);
}

/** ` EUR`; nothing where the currency is not known. */
export function currencySuffix({ currency }: ExtraUsage): string {
  return currency ? ` ${currency}` : '';
}

/** The amount of a window: `521/500 USD`, `7.50/500.00 USD`; without a limit `521 USD`. Null when it is not known. */
export function windowAmountText({ amount }: Window, of = '/'): string | null {
  if (!amount || amount.used === null) return null;
  const text = (value: number) => value.toFixed(digitsOf(amount));
  const limit = amount.limit === null ? '' : `${of}${text(amount.limit)}`;
  return `${text(amount.used)}${limit}${amount.currency ? ` ${amount.currency}` : ''}`;
}

/** Whole amounts need no digits. */
function digitsOf({ used, limit, currency, decimals }: WindowAmount): number {
  if (Number.isInteger(used) && (limit === null || Number.isInteger(limit))) return 0;
  return decimals ?? minorDigits(currency);
}
