import type { ExtraUsage } from '../usage/model.ts';

/** An amount in major units, with the digits its currency has: `7.63`, and `763` yen. */
export function amountText(amount: number, { decimals }: ExtraUsage): string {
  return amount.toFixed(decimals);
}

/** ` EUR`; nothing where the currency is not known. */
export function currencySuffix({ currency }: ExtraUsage): string {
  return currency ? ` ${currency}` : '';
}

/** Whether there is something of it to be paid. */
export function isInUse(extra: ExtraUsage | null): extra is ExtraUsage & { readonly used: number } {
  return extra !== null && extra.enabled && extra.used !== null && extra.used > 0;
}
