import { isObject } from '../../usage/values.ts';
import { parseUsageData } from './data.ts';
import { BUCKETS } from './wire.ts';
import type { UsageData } from './wire.ts';

const KNOWN = [...BUCKETS, 'limits', 'extra_usage', 'spend', 'seven_day_breakdown'] as const;

/**
 * A response body as data if every part of it is valid, or absent where the schema has null; else null, and the schema has
 * to decide which parts count. Nearly every response is valid, and the parser of `usage.json`, which agrees with the
 * schema, is loaded anyway: to load the schema takes as long as a third of a Node start.
 */
export function asExpected(body: Record<string, unknown>): UsageData | null {
  // `unknown_buckets` is our own key: if the endpoint sends it, the schema puts it among the unknown keys.
  if (Object.hasOwn(body, 'unknown_buckets')) return null;
  const data = parseUsageData(body);
  return data !== null && KNOWN.every((key) => isAsGiven(data[key], body[key])) ? data : null;
}

/** Whether a part was read as it was sent, except that absent values have become null. */
function isAsGiven(read: unknown, given: unknown): boolean {
  if (read === given) return true;
  if (read === null) return given === undefined;
  if (Array.isArray(read)) {
    return (
      Array.isArray(given) &&
      read.length === given.length &&
      read.every((item, index) => isAsGiven(item, given[index]))
    );
  }
  return (
    isObject(read) && isObject(given) && Object.keys(read).every((key) => isAsGiven(read[key], given[key]))
  );
}
