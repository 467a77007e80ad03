import { isObject, MAX_EXPONENT } from '../../usage/values.ts';
import { BUCKETS } from './wire.ts';
import type { Amount, BreakdownRow, BucketData, ExtraUsageData, Limit, Spend, UsageData } from './wire.ts';
import { parseTime } from '../../usage/time.ts';

/*
 * Validates responses and `data` of `usage.json`, by hand, because a schema library would take longer to load than everything
 * else that a stale line needs. Tests compare the result for arbitrary bodies with a zod schema
 * (test/fetch/claude/schema.ts).
 *
 * A broken part is omitted without its neighbours. Valid parts are kept as received, with unknown keys.
 */

/** Validates a response. `unknown_buckets` is usageline's own key: if the endpoint sends it, it is kept as an unknown key. */
export function parseResponse(body: Readonly<Record<string, unknown>>): UsageData {
  if (!Object.hasOwn(body, 'unknown_buckets')) return parseUsageData(body) as UsageData;
  const { unknown_buckets, ...parts } = body;
  return parseUsageData({ ...parts, unknown_buckets: { unknown_buckets } }) as UsageData;
}

/** Validates `data` of `usage.json`. Null for anything but an object. */
export function parseUsageData(value: unknown): UsageData | null {
  if (!isObject(value)) return null;
  const data: Record<string, unknown> = {};
  const earlier = value.unknown_buckets;
  const unknown = isObject(earlier) ? Object.entries(earlier) : [];
  for (const key of Object.keys(value)) {
    if (key === 'unknown_buckets') continue;
    if (key in readers) {
      const read = readers[key as keyof typeof readers](value[key]);
      if (read !== undefined) data[key] = read;
    } else {
      unknown.push([key, value[key]]);
    }
  }
  // fromEntries defines properties: a key named __proto__ stays a key.
  if (unknown.length > 0) data.unknown_buckets = Object.fromEntries(unknown);
  return data as UsageData;
}

/** A finite number ≥ 0, else null. (`1e999` is valid JSON and parses to Infinity.) */
function amount(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
}

function time(value: unknown): string | null {
  return parseTime(value) === null ? null : (value as string);
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** An object without a percentage is kept: the limit exists, and the object can contain the reason for a lock. */
function bucket(value: unknown): BucketData | null | undefined {
  if (value === null) return null;
  if (!isObject(value)) return undefined;
  return { ...value, utilization: amount(value.utilization), resets_at: time(value.resets_at) };
}

function limits(value: unknown): Limit[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.flatMap((item) => limit(item) ?? []);
}

function limit(value: unknown): Limit | null {
  if (!isObject(value) || typeof value.kind !== 'string') return null;
  const percent = amount(value.percent);
  if (percent === null) return null;
  const scope = isObject(value.scope) ? value.scope : null;
  return { ...value, kind: value.kind, percent, resets_at: time(value.resets_at), scope };
}

function extraUsage(value: unknown): ExtraUsageData | null | undefined {
  if (value === null) return null;
  if (!isObject(value) || typeof value.is_enabled !== 'boolean') return undefined;
  return {
    ...value,
    is_enabled: value.is_enabled,
    monthly_limit: amount(value.monthly_limit),
    used_credits: amount(value.used_credits),
    utilization: amount(value.utilization),
    currency: text(value.currency),
  };
}

function spend(value: unknown): Spend | null | undefined {
  if (value === null) return null;
  if (!isObject(value) || typeof value.enabled !== 'boolean') return undefined;
  return {
    ...value,
    enabled: value.enabled,
    percent: amount(value.percent),
    used: money(value.used),
    limit: money(value.limit),
  };
}

function breakdown(value: unknown): UsageData['seven_day_breakdown'] | undefined {
  if (value === null) return null;
  if (!isObject(value)) return undefined;
  if (!Array.isArray(value.rows)) return Object.hasOwn(value, 'rows') ? { ...value, rows: [] } : value;
  return { ...value, rows: value.rows.flatMap((row) => breakdownRow(row) ?? []) };
}

function breakdownRow(value: unknown): BreakdownRow | null {
  if (!isObject(value)) return null;
  const percent = amount(value.percent);
  return percent === null ? null : { ...value, percent };
}

function money(value: unknown): Amount | null {
  if (!isObject(value) || typeof value.currency !== 'string') return null;
  const minor = amount(value.amount_minor);
  const exponent = amount(value.exponent);
  if (minor === null || exponent === null || !Number.isInteger(exponent) || exponent > MAX_EXPONENT)
    return null;
  return { ...value, amount_minor: minor, currency: value.currency, exponent };
}

const readers = {
  __proto__: null as never,
  ...(Object.fromEntries(BUCKETS.map((name) => [name, bucket])) as Record<
    (typeof BUCKETS)[number],
    typeof bucket
  >),
  limits,
  extra_usage: extraUsage,
  spend,
  seven_day_breakdown: breakdown,
};
