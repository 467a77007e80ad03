/** As much of it as names the mistake. */
const MAX_LENGTH = 60;

/**
 * A value of the user's own, as a message may repeat it: printable ASCII, cut. What could steer a terminal becomes
 * `?`, since a configuration can have come from anywhere.
 */
export function quoteValue(value: unknown): string {
  if (value instanceof Date) return 'a date';
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'a table';
  const text = typeof value === 'string' ? JSON.stringify(value.slice(0, MAX_LENGTH)) : String(value);
  return text.slice(0, MAX_LENGTH + 2).replace(/[^\u0020-\u007E]/g, '?');
}
