import type { ExtraUsage } from './model.ts';

const NO_MINOR_UNIT = 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF';
const THREE_DIGITS = 'BHD IQD JOD KWD LYD OMR TND';

/** Digits behind the point, from ISO 4217. Not from `Intl`, which takes half as long as a Node start. */
export function minorDigits(currency: string | null): number {
  if (currency === null || currency.length !== 3) return 2;
  return NO_MINOR_UNIT.includes(currency) ? 0 : THREE_DIGITS.includes(currency) ? 3 : 2;
}

/** Whether paid use is enabled and has a limit above 0 or was used. An amount of 0 without a limit says nothing. */
export function isWorthShowing(extra: ExtraUsage | null): extra is ExtraUsage {
  if (!extra?.enabled) return false;
  return (extra.limit ?? 0) > 0 || (extra.used ?? 0) > 0 || (extra.usedPercent ?? 0) > 0;
}
