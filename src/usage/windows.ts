import { MAX_EXPONENT } from './data.ts';
import { targetsOf } from './limits.ts';
import type { WindowShape } from './limits.ts';
import { BUCKETS, SPEND_LIMIT } from './model.ts';
import type { Bucket, BucketName, ExtraUsage, Limit, UsageData, Window, WindowAmount } from './model.ts';
import { isPool, lockedReasonOf } from './pools.ts';
import { percentOf } from './report.ts';
import type { Origins } from './report.ts';
import { sanitize } from './text.ts';
import { DAY, HOUR, parseTime, SECOND } from './time.ts';

const FIVE_HOURS = (5 * HOUR) / SECOND;
const SEVEN_DAYS = (7 * DAY) / SECOND;

const known: Record<BucketName, { label: string; model: string | null; windowSeconds: number }> = {
  five_hour: { label: '5h', model: null, windowSeconds: FIVE_HOURS },
  seven_day: { label: '7d', model: null, windowSeconds: SEVEN_DAYS },
  seven_day_opus: { label: '7d Opus', model: 'Opus', windowSeconds: SEVEN_DAYS },
  seven_day_sonnet: { label: '7d Sonnet', model: 'Sonnet', windowSeconds: SEVEN_DAYS },
  seven_day_oauth_apps: { label: '7d apps', model: null, windowSeconds: SEVEN_DAYS },
};

/** No account has more limits. An answer with hundreds would make a line of as many, and take seconds to prepare. */
const MAX_WINDOWS = 32;

/**
 * The limits of a reading, in the order in which they are shown: five hours, seven days, then the others.
 *
 * `limits[]` repeats the named buckets, and since July 2026 is the only place for limits per model: it fills in what
 * the buckets lack, and takes the place of one whose reset had passed already when it was read. An answer with no
 * limit but that on paid use (Enterprise, Team) has this one as a window.
 *
 * @param askedAt epoch ms at which the numbers were asked for
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
    // One name twice: the tighter limit is the one that counts, and one of them that is active is enough.
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

/** Paid use as the limit that it is where there is no other; null when nothing is known against which it counts. */
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
 * The windows that the plan behind an answer lacks (Ultra has no five hours): the answer lists other limits, and
 * neither these nor anything broken in their place.
 *
 * @param origins the windows whose number is the status line's: that a session knows them proves nothing
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

/** The windows that a plan can lack; which other limits there are differs from day to day. */
const PLAN_WINDOWS = ['five_hour', 'seven_day'] as const satisfies readonly BucketName[];

/**
 * Whether a window ended after it was read: its old percentage is wrong then, not merely old.
 * A reset that had passed already at the time of reading (a skewed clock) proves nothing.
 */
export function hasElapsed(resetsAt: number, readAt: number, now: number): boolean {
  return resetsAt > readAt && resetsAt <= now;
}

/**
 * The first reset after `readAt` among all limits, epoch ms: the numbers are not current beyond it. Goes by the
 * data themselves, since no window needs to be put together for it.
 *
 * @param without the windows whose number is of another time
 */
export function nextReset(data: UsageData, readAt: number, without: Origins = {}): number | null {
  let next: number | null = null;
  for (const reset of resetsOf(data, without)) {
    if (reset > readAt && (next === null || reset < next)) next = reset;
  }
  return next;
}

/** When the limits are reset, epoch ms, past ones included; in no order. */
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
 * A known limit as the endpoint has it: by its name, else from `limits[]`. Null where neither has a percentage.
 *
 * @param readAt epoch ms; a bucket whose reset had passed by then was left behind, and gives way to a live row
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

const NO_MINOR_UNIT = 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF';
const THREE_DIGITS = 'BHD IQD JOD KWD LYD OMR TND';

/** Digits behind the point, as ISO 4217 lists them (`Intl` knows too, at half the price of a Node start). */
export function minorDigits(currency: string | null): number {
  if (currency === null || currency.length !== 3) return 2;
  return NO_MINOR_UNIT.includes(currency) ? 0 : THREE_DIGITS.includes(currency) ? 3 : 2;
}

/**
 * Paid use beyond the subscription: `extra_usage`, or `spend` where that is absent or off. The digits that the
 * endpoint gives an amount beat those that its currency usually has. Null when the response speaks of neither.
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

/** Whether paid use is on, and there is something that can be or was used: `0.00 of 0.00` is nothing. */
export function isWorthShowing(extra: ExtraUsage | null): extra is ExtraUsage {
  if (!extra?.enabled) return false;
  return extra.limit === null || extra.limit > 0 || (extra.used ?? 0) > 0 || (extra.usedPercent ?? 0) > 0;
}

/** Percent of a limit, where the endpoint gives both amounts and no percentage. Null where the result is not finite. */
function share(used: number | null, limit: number | null): number | null {
  return used === null || limit === null || limit <= 0 ? null : percentOf((100 * used) / limit);
}

function digitsOf(value: unknown): number | null {
  const digits = typeof value === 'number' && Number.isInteger(value) ? value : -1;
  return digits >= 0 && digits <= MAX_EXPONENT ? digits : null;
}
