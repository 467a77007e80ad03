import { SPEND_LIMIT } from '../usage/model.ts';
import type { ExtraUsage, Usage, Window, WindowAmount } from '../usage/model.ts';
import { isWorthShowing, minorDigits } from '../usage/credits.ts';

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

/** Paid use where it has a place of its own: not where there is nothing of it, nor beside the window that it is. */
export function shownExtra({ extraUsage: extra, windows }: Usage): ExtraUsage | null {
  if (!isWorthShowing(extra)) return null;
  return windows.some((window) => isLimitOn(extra, window)) ? null : extra;
}

/** Whether a window is the limit on this paid use. */
export function isLimitOn(extra: ExtraUsage, { id, source, amount }: Window): boolean {
  if (id !== SPEND_LIMIT.id) return false;
  return source === 'endpoint' || (amount?.limit === extra.limit && amount?.currency === extra.currency);
}

/** Whether there is something of it to be paid. */
export function isInUse(extra: ExtraUsage | null): extra is ExtraUsage & { readonly used: number } {
  return extra !== null && extra.enabled && extra.used !== null && extra.used > 0;
}
