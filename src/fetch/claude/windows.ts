import { hasElapsed } from '../../usage/windows.ts';
import { isWorthShowing, minorDigits } from '../../usage/credits.ts';
import { MAX_EXPONENT } from '../../usage/values.ts';
import { targetsOf } from './limits.ts';
import type { WindowShape } from './limits.ts';
import type { Origins } from '../../usage/report.ts';
import { BUCKETS } from './wire.ts';
import { SPEND_LIMIT } from '../../usage/model.ts';
import type { Bucket, BucketName, Limit, UsageData } from './wire.ts';
import type { ExtraUsage, Window, WindowAmount } from '../../usage/model.ts';
import { isPool, lockedReasonOf } from './pools.ts';
import { percentOf } from '../../usage/values.ts';
import { sanitize } from '../../usage/text.ts';
import { DAY, HOUR, parseTime, SECOND } from '../../usage/time.ts';

const FIVE_HOURS = (5 * HOUR) / SECOND;
const SEVEN_DAYS = (7 * DAY) / SECOND;

const known: Record<BucketName, { label: string; model: string | null; windowSeconds: number }> = {
  five_hour: { label: '5h', model: null, windowSeconds: FIVE_HOURS },
  seven_day: { label: '7d', model: null, windowSeconds: SEVEN_DAYS },
  seven_day_opus: { label: '7d Opus', model: 'Opus', windowSeconds: SEVEN_DAYS },
  seven_day_sonnet: { label: '7d Sonnet', model: 'Sonnet', windowSeconds: SEVEN_DAYS },
  seven_day_oauth_apps: { label: '7d apps', model: null, windowSeconds: SEVEN_DAYS },
};

/** The largest number of windows: with hundreds of them, a line would take seconds to prerender. */
const MAX_WINDOWS = 32;

/**
 * The windows of a response, in the order in which they are shown: five hours, seven days, then the others.
 *
 * `limits[]` repeats the named buckets, and since July 2026 is the only place for limits per model: its rows supplement the
 * buckets, and replace a bucket whose reset had passed already when it was read. A response without any limit except that
 * on paid use (Enterprise, Team) has that one as a window.
 *
 * @param askedAt the time of the request, epoch ms
 * @param now epoch ms for which the windows are shown
 * @param origins the windows whose number is the status line's, with the time of each
 */
export function windowsOf(data: UsageData, askedAt: number, now: number, origins: Origins = {}): Window[] {
  const windows = new Map<string, Window>();
  const add = (shape: WindowShape, percent: number, resetsAt: string | null, more: Partial<Window> = {}) => {
    const { id } = shape;
    if (windows.size >= MAX_WINDOWS && !windows.has(id)) return;
    const reset = parseTime(resetsAt);
    const reading = origins[id as keyof Origins];
    const readAt = reading?.readAt ?? askedAt;
    const elapsed = reset !== null && hasElapsed(reset, readAt, now);
    const window: Window = {
      ...shape,
      usedPercent: elapsed ? null : percent,
      resetsAt: reset,
      elapsed,
      source: reading ? 'statusline' : 'endpoint',
      readAt,
      ...more,
    };
    // Two limits with one name: the tighter one counts, and it is enough if one of them is active.
    const twin = windows.get(id);
    const tighter =
      twin === undefined || (window.usedPercent ?? -1) > (twin.usedPercent ?? -1) ? window : twin;
    const active = twin !== undefined && twin.placement !== window.placement;
    windows.set(id, active ? { ...tighter, placement: 'always' } : tighter);
  };

  for (const name of BUCKETS) {
    const bucket = bucketOf(data, name, origins[name as keyof Origins]?.readAt ?? askedAt);
    if (bucket) add({ id: name, ...known[name] }, bucket.utilization, bucket.resets_at, lockOf(bucket));
  }
  const named = new Set([...windows.values()].map((window) => window.model));
  const rows = data.limits ?? [];
  const targets = targetsOf(rows);
  for (const [index, limit] of rows.entries()) {
    const target = targets[index] ?? null;
    if (target === null || target.bucket !== null) continue;
    const { shape } = target;
    const repeats = shape.placement === undefined && shape.model !== null && named.has(shape.model);
    if (!repeats) add(shape, limit.percent, limit.resets_at, lockOf(limit));
  }
  const spend = windows.size === 0 ? spendLimitOf(extraUsageOf(data)) : null;
  if (spend) add(SPEND_SHAPE, spend.usedPercent, null, { amount: spend.amount });
  return [...windows.values()];
}

const SPEND_SHAPE: WindowShape = { ...SPEND_LIMIT, model: null, windowSeconds: null, placement: 'always' };

/** The limit on paid use, for a response without another limit; null without a known limit. */
function spendLimitOf(extra: ExtraUsage | null): { usedPercent: number; amount: WindowAmount } | null {
  if (!isWorthShowing(extra) || extra.usedPercent === null) return null;
  const { used, limit, currency, decimals, usedPercent } = extra;
  return { usedPercent, amount: { used, limit, currency, decimals } };
}

function lockOf(bucket: Bucket | Limit): Pick<Window, 'lockedReason'> {
  const lockedReason = lockedReasonOf(bucket);
  return lockedReason === null ? {} : { lockedReason };
}

/**
 * The windows that the plan lacks (Ultra has no five hours): the response lists other limits, and neither these nor
 * anything broken in their place.
 *
 * @param origins the windows whose number is the status line's: they prove nothing about the endpoint's response
 */
export function lackingIn(data: UsageData, origins: Origins = {}): BucketName[] {
  const absent = PLAN_WINDOWS.filter((name) => !data[name] && bucketOf(data, name) === null);
  if (absent.length === 0) return [];
  const others =
    BUCKETS.some((name) => !(name in origins) && bucketOf(data, name) !== null) ||
    targetsOf(data.limits ?? []).some((target) => target !== null && target.bucket === null) ||
    spendLimitOf(extraUsageOf(data)) !== null;
  return others ? absent : [];
}

/** The windows that a plan can lack. The other limits differ from day to day. */
const PLAN_WINDOWS = ['five_hour', 'seven_day'] as const satisfies readonly BucketName[];

/** The resets of all limits, epoch ms, past ones included; unordered. */
export function resetsOf(data: UsageData, without: Origins = {}): number[] {
  const resets: number[] = [];
  const add = (resetsAt: string | null) => {
    const reset = parseTime(resetsAt);
    if (reset !== null) resets.push(reset);
  };
  for (const name of BUCKETS) if (!(name in without)) add(data[name]?.resets_at ?? null);
  const rows = data.limits ?? [];
  const targets = targetsOf(rows);
  for (const [index, limit] of rows.entries()) {
    const target = targets[index] ?? null;
    if (target !== null && !(target.bucket !== null && target.bucket in without)) add(limit.resets_at);
  }
  return resets;
}

/**
 * A named limit of the endpoint: the bucket of that name, else its row in `limits[]`. Null where neither has a percentage.
 *
 * @param readAt epoch ms; a bucket whose reset had passed by then is outdated, and is replaced by a row with a later reset
 */
export function bucketOf(
  data: UsageData,
  name: BucketName,
  readAt = Number.NEGATIVE_INFINITY,
): Bucket | null {
  const own = data[name] ?? null;
  const bucket = own !== null && own.utilization !== null && !isPool(own) ? (own as Bucket) : null;
  const isOver = ({ resets_at: resetsAt }: Bucket) =>
    (parseTime(resetsAt) ?? Number.POSITIVE_INFINITY) <= readAt;
  if (bucket !== null && !isOver(bucket)) return bucket;
  const rows = data.limits ?? [];
  const row = rows[targetsOf(rows).findIndex((target) => target?.bucket === name)];
  if (row === undefined) return bucket;
  const filled = { ...row, utilization: row.percent };
  return bucket !== null && isOver(filled) ? bucket : filled;
}

/**
 * Paid use beyond the subscription: `extra_usage`, or `spend` where that is absent or off. The number of digits comes from
 * the endpoint, else from the currency. Null when the response contains neither.
 */
export function extraUsageOf(data: UsageData): ExtraUsage | null {
  const { extra_usage: extra, spend } = data;
  if (spend && !extra?.is_enabled) {
    const currency = spend.used?.currency ?? spend.limit?.currency ?? null;
    const used = spend.used && spend.used.amount_minor / 10 ** spend.used.exponent;
    const limit = spend.limit && spend.limit.amount_minor / 10 ** spend.limit.exponent;
    const digits = [spend.used, spend.limit].flatMap((amount) => amount?.exponent ?? []);
    return {
      enabled: spend.enabled,
      used,
      limit,
      currency: (currency && sanitize(currency)) || null,
      usedPercent: spend.percent ?? share(used, limit),
      decimals: digits.length > 0 ? Math.max(...digits) : minorDigits(currency),
    };
  }
  if (!extra) return null;
  const decimals = digitsOf(extra.decimal_places) ?? minorDigits(extra.currency);
  const major = (minor: number | null) => (minor === null ? null : minor / 10 ** decimals);
  const [used, limit] = [major(extra.used_credits), major(extra.monthly_limit)];
  return {
    enabled: extra.is_enabled,
    used,
    limit,
    currency: (extra.currency && sanitize(extra.currency)) || null,
    usedPercent: extra.utilization ?? share(used, limit),
    decimals,
  };
}

/** The percentage of two amounts, for a response without one. Null where the result is not finite. */
function share(used: number | null, limit: number | null): number | null {
  return used === null || limit === null || limit <= 0 ? null : percentOf((100 * used) / limit);
}

function digitsOf(value: unknown): number | null {
  const digits = typeof value === 'number' && Number.isInteger(value) ? value : -1;
  return digits >= 0 && digits <= MAX_EXPONENT ? digits : null;
}
