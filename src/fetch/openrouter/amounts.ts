import { decimalOf, numberOf } from '../kit/fields.ts';

/** Digits behind the point in calculations. OpenRouter sends prices of single tokens: parts of a millionth of a dollar. */
const DIGITS = 12;

/** An amount in units of 10^-12; null where there is none. Further digits are cut off. */
function unitsOf(amount: unknown): bigint | null {
  const number = numberOf(amount);
  // JavaScript and JSON write such a number with an exponent.
  const isTiny = number !== null && Math.abs(number) < 1e-6;
  const text = decimalOf(isTiny ? number.toFixed(DIGITS) : amount);
  if (text === null) return null;
  const [whole = '', part = ''] = text.split('.');
  return BigInt(whole + part.slice(0, DIGITS).padEnd(DIGITS, '0'));
}

/**
 * What remains of an amount, as an exact decimal number; 0 where more was used. Null where one of the two is not known.
 *
 * @param total an amount as the endpoint sent it, as is `used`
 */
export function restOf(total: unknown, used: unknown): string | null {
  const [whole, part] = [unitsOf(total), unitsOf(used)];
  if (whole === null || part === null || whole < 0n || part < 0n) return null;
  const digits = String(whole > part ? whole - part : 0n).padStart(DIGITS + 1, '0');
  let end = digits.length;
  // Zeros at the end are left out, but for those of cents.
  while (digits[end - 1] === '0' && end > digits.length - DIGITS + 2) end -= 1;
  return `${digits.slice(0, -DIGITS)}.${digits.slice(-DIGITS, end)}`;
}
