/** Whether a value that was parsed from JSON is an object and not a list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A finite number ≥ 0 without the noise of floating point (14.000000000000002), else null. */
export function percentOf(value: unknown): number | null {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) return null;
  // `+ 0`: -0 becomes 0.
  return Number(value.toPrecision(12)) + 0;
}

/** The largest exponent of an amount of money; the largest one of ISO 4217 is 4. */
export const MAX_EXPONENT = 8;
