import type { Origins } from './merge.ts';
import { BUCKETS } from './model.ts';
import type { Bucket, BucketName, ExtraUsage, Limit, UsageData, Window } from './model.ts';
import { allowlisted } from './text.ts';
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

/**
 * The limits of a reading, in the order in which they are shown: five hours, seven days, then the others.
 *
 * `limits[]` repeats the named buckets, and since July 2026 is the only place for limits per model: it
 * fills in what the buckets lack and never replaces one that is there.
 *
 * @param askedAt epoch ms at which the numbers were asked for
 * @param now epoch ms for which the windows are shown
 * @param origins the windows whose number is the status line's, with the time of each
 */
export function windowsOf(data: UsageData, askedAt: number, now: number, origins: Origins = {}): Window[] {
  const windows = new Map<string, Window>();
  const add = (id: string, shape: (typeof known)[BucketName], percent: number, resetsAt: string | null) => {
    const reset = parseTime(resetsAt);
    const reading = origins[id as keyof Origins];
    const readAt = reading?.readAt ?? askedAt;
    const elapsed = reset !== null && hasElapsed(reset, readAt, now);
    const window: Window = {
      id,
      ...shape,
      usedPercent: elapsed ? null : percent,
      resetsAt: reset,
      elapsed,
      source: reading ? 'statusline' : 'endpoint',
      readAt,
    };
    // One name twice: the tighter limit is the one that counts.
    const twin = windows.get(id);
    if (twin === undefined || (window.usedPercent ?? -1) > (twin.usedPercent ?? -1)) windows.set(id, window);
  };

  for (const name of BUCKETS) {
    const bucket = bucketOf(data, name);
    if (bucket) add(name, known[name], bucket.utilization, bucket.resets_at);
  }
  const named = new Set([...windows.values()].map((window) => window.model));
  for (const limit of data.limits ?? []) {
    const model = scopedModel(limit);
    if (model === null || named.has(model)) continue;
    add(
      scopedId(limit),
      { label: `7d ${model}`, model, windowSeconds: SEVEN_DAYS },
      limit.percent,
      limit.resets_at,
    );
  }
  return [...windows.values()];
}

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
  for (const { kind, resets_at: resetsAt } of data.limits ?? []) {
    const stood =
      kind === 'session' ? 'five_hour' in without : kind === 'weekly_all' && 'seven_day' in without;
    if (!stood && (kind === 'session' || kind === 'weekly_all' || kind === 'weekly_scoped')) add(resetsAt);
  }
  return resets;
}

/** A known limit as the endpoint has it: by its name, else from `limits[]`. */
export function bucketOf(data: UsageData, name: BucketName): Bucket | null {
  return data[name] ?? fallback(name, data.limits);
}

function fallback(name: BucketName, limits: readonly Limit[] = []): Bucket | null {
  const kind = name === 'five_hour' ? 'session' : name === 'seven_day' ? 'weekly_all' : null;
  const limit = kind === null ? undefined : limits.find((item) => item.kind === kind);
  return limit ? { utilization: limit.percent, resets_at: limit.resets_at } : null;
}

/** The model of a weekly limit per model as it may be shown; null where there is none to name. */
function scopedModel(limit: Limit): string | null {
  const name = limit.kind === 'weekly_scoped' ? (limit.scope?.model.display_name.trim() ?? '') : '';
  if (name === '' || /^all models$/i.test(name)) return null;
  // A name without one character we may print still is a limit that somebody can run into.
  return allowlisted(name) || '?';
}

function scopedId(limit: Limit): string {
  const name = limit.scope?.model.display_name.trim() ?? '';
  return `weekly_scoped:${name
    .slice(0, 40)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '-')}`;
}

const NO_MINOR_UNIT = 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF';
const THREE_DIGITS = 'BHD IQD JOD KWD LYD OMR TND';

/** Digits behind the point, as ISO 4217 lists them (`Intl` knows too, at half the price of a Node start). */
function minorDigits(currency: string | null): number {
  if (currency === null || currency.length !== 3) return 2;
  return NO_MINOR_UNIT.includes(currency) ? 0 : THREE_DIGITS.includes(currency) ? 3 : 2;
}

/**
 * Paid use beyond the subscription: `extra_usage`, or `spend` where that is absent or off.
 * Null when the response speaks of neither.
 */
export function extraUsageOf(data: UsageData): ExtraUsage | null {
  const { extra_usage: extra, spend } = data;
  if (spend && !extra?.is_enabled) {
    const currency = spend.used?.currency ?? spend.limit?.currency ?? null;
    return {
      enabled: spend.enabled,
      used: spend.used && spend.used.amount_minor / 10 ** spend.used.exponent,
      limit: spend.limit && spend.limit.amount_minor / 10 ** spend.limit.exponent,
      currency: (currency && allowlisted(currency)) || null,
      usedPercent: spend.percent,
      decimals: spend.used?.exponent ?? minorDigits(currency),
    };
  }
  if (!extra) return null;
  const decimals = minorDigits(extra.currency);
  const major = (minor: number | null) => (minor === null ? null : minor / 10 ** decimals);
  return {
    enabled: extra.is_enabled,
    used: major(extra.used_credits),
    limit: major(extra.monthly_limit),
    currency: (extra.currency && allowlisted(extra.currency)) || null,
    usedPercent: extra.utilization,
    decimals,
  };
}
