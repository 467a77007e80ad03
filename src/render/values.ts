import type { Credits, ExtraUsage, Window, WindowAmount } from '../usage/model.ts';
import { DAY, HOUR, MINUTE } from '../usage/time.ts';
import { minorDigits } from '../usage/credits.ts';
import { roundedDown } from '../usage/pace.ts';

/**
 * A percentage, rounded half up, but never `0%` while something is used and never `100%` while something is left.
 * Over 100 it is shown as it is.
 *
 * @param value percent, 0–100 and more
 */
export function percentText(value: number): string {
  const whole = Math.round(value);
  if (whole === 0 && value > 0) return '<1%';
  if (whole === 100 && value < 100) return '99%';
  return `${whole}%`;
}

/** Percent used or left, unrounded. Of 140 % used, 0 % is left. */
export function shownPercent(used: number, side: 'used' | 'left'): number {
  return side === 'used' ? used : Math.max(0, 100 - used);
}

/** A number of tokens, rounded down: `950`, `420k`, `1.2M`, `34M`. */
export function tokenText(count: number): string {
  if (count < 1000) return String(Math.floor(count));
  if (count < 1e6) return `${Math.floor(count / 1000)}k`;
  const millions = count / 1e6;
  return millions < 10 ? `${(Math.floor(millions * 10) / 10).toFixed(1)}M` : `${Math.floor(millions)}M`;
}

/** Units from large to small, each with the unit that may follow it. */
const units = [
  { letter: 'd', ms: DAY, next: { letter: 'h', ms: HOUR } },
  { letter: 'h', ms: HOUR, next: { letter: 'm', ms: MINUTE } },
  { letter: 'm', ms: MINUTE, next: null },
] as const;

/**
 * Time left, in at most two units, rounded down: `4d3h`, `4h37m`, `4h`, `37m`, `<1m`.
 *
 * @param ms time from now, ms
 */
export function countdown(ms: number): string {
  const unit = units.find((candidate) => ms >= candidate.ms);
  if (unit === undefined) return '<1m';
  const first = `${Math.floor(ms / unit.ms)}${unit.letter}`;
  const rest = unit.next === null ? 0 : Math.floor((ms % unit.ms) / unit.next.ms);
  return rest === 0 || unit.next === null ? first : `${first}${rest}${unit.next.letter}`;
}

/** The time until an estimated moment (ms), rounded down as far as an estimate is inexact: `15h`, `1h20m`, `<5m`. */
export function estimatedTime(ms: number): string {
  return ms < 5 * MINUTE ? '<5m' : countdown(roundedDown(ms));
}

/**
 * Time passed, in the largest unit alone, rounded down: `<1m ago`, `12m ago`, `3h ago`, `2d ago`. A negative time
 * (the clock was set back) reads `<1m ago`.
 *
 * @param ms time up to now, ms
 */
export function age(ms: number): string {
  const unit = units.find((candidate) => ms >= candidate.ms);
  return unit === undefined ? '<1m ago' : `${Math.floor(ms / unit.ms)}${unit.letter} ago`;
}

/**
 * What is left of a balance: `12.50 USD left`, `14000 left`, `unlimited`. Null where nothing is known. Digits beyond those of
 * the currency are cut off: it is never said that more is left than there is.
 */
export function creditsText({ balance, currency, unlimited }: Credits): string | null {
  if (unlimited) return 'unlimited';
  if (balance === null) return null;
  if (!currency) return `${balance} left`;
  const [whole = '', part = ''] = balance.split('.', 2);
  const digits = minorDigits(currency);
  const fraction = digits === 0 ? '' : `.${part.slice(0, digits).padEnd(digits, '0')}`;
  return `${whole}${fraction} ${currency} left`;
}

/** An amount in major units with the decimals of its currency: `7.63`, or `763` for yen. */
export function amountText(amount: number, { decimals }: ExtraUsage): string {
  return amount.toFixed(decimals);
}

/** The currency to append to an amount, ` EUR`; empty if unknown. */
export function currencySuffix({ currency }: ExtraUsage): string {
  return currency ? ` ${currency}` : '';
}

/**
 * The amount of a window: `521/500 USD`, `7.50/500.00 USD`, `521 USD` without a limit. Null if unknown.
 *
 * @param of text between amount and limit
 */
export function windowAmountText({ amount }: Window, of = '/'): string | null {
  if (!amount || amount.used === null) return null;
  const text = (value: number) => value.toFixed(decimalsOf(amount));
  const limit = amount.limit === null ? '' : `${of}${text(amount.limit)}`;
  return `${text(amount.used)}${limit}${amount.currency ? ` ${amount.currency}` : ''}`;
}

/** Decimals of an amount; none if used and limit are whole numbers. */
function decimalsOf({ used, limit, currency, decimals }: WindowAmount): number {
  if (Number.isInteger(used) && (limit === null || Number.isInteger(limit))) return 0;
  return decimals ?? minorDigits(currency);
}
