import { parseUsageData } from './data.ts';
import { BUCKETS } from './model.ts';
import type { UsageData } from './model.ts';

const KNOWN = [...BUCKETS, 'limits', 'extra_usage', 'spend'] as const;

/**
 * A response body as data when it is in every part as the schema wants it; null when the schema has to say what of
 * it counts. Nearly every answer is as expected, and the reader of `usage.json`, which agrees with the schema, is
 * there already: loading the schema takes as long as a third of a Node start.
 */
export function asExpected(body: Record<string, unknown>): UsageData | null {
  // A name of ours in the endpoint's mouth: it would come out in the wrong drawer.
  if (Object.hasOwn(body, 'unknown_buckets')) return null;
  const data = parseUsageData(body);
  const same = KNOWN.every((key) => JSON.stringify(data?.[key]) === JSON.stringify(body[key]));
  return same ? data : null;
}
