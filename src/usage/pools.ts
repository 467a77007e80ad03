import { isObject } from './data.ts';
import { BUCKETS } from './model.ts';
import type { BreakdownPart, Lock, Pool, UsageData } from './model.ts';
import { sanitize } from './text.ts';
import { parseTime } from './time.ts';

/*
 * What the endpoint says of a bucket besides its percentage: dollars and locks. Both occur under keys that are not
 * known, so they are read here from what was kept as received.
 */

/** What people call the pools that are known. */
const POOL_NAMES: ReadonlyMap<string, string> = new Map([['iguana_necktie', 'cloud credit']]);

/** An answer has a score of keys; a file can have a hundred thousand. */
const MAX_KEYS = 500;
const MAX_PARTS = 24;

/** Whether a bucket is an amount of dollars: then it is no window, whatever its percentage. */
export function isPool(bucket: unknown): boolean {
  return limitOf(bucket) !== null;
}

/** Why a bucket is locked, of allowlisted characters; null when it is not. */
export function lockedReasonOf(bucket: unknown): string | null {
  const reason = isObject(bucket) ? bucket.locked_reason : null;
  return typeof reason === 'string' ? sanitize(reason) || null : null;
}

/**
 * The pools of an answer: everything like a bucket that has a positive `limit_dollars`, under whatever key.
 *
 * @param readAt when the answer was asked for, epoch ms
 */
export function poolsOf(data: UsageData, readAt: number, now: number): Pool[] {
  const pools: Pool[] = [];
  for (const [key, bucket] of bucketsIn(data)) {
    const limit = limitOf(bucket);
    if (limit === null || !isObject(bucket)) continue;
    const left = dollars(bucket.remaining_dollars);
    const used = dollars(bucket.used_dollars) ?? (left === null ? null : exact(limit - left));
    const expiresAt = parseTime(bucket.resets_at);
    pools.push({
      id: sanitize(key) || '?',
      label: POOL_NAMES.get(key) ?? nameOf(key),
      used,
      limit,
      remaining: left ?? (used === null ? null : exact(limit - used)),
      expiresAt,
      expired: expiresAt !== null && expiresAt > readAt && expiresAt <= now,
      lockedReason: lockedReasonOf(bucket),
    });
    if (pools.length === MAX_PARTS) break;
  }
  return pools;
}

/** The buckets that are locked and shown nowhere else: neither pools nor windows. */
export function locksOf(data: UsageData): Lock[] {
  const locks: Lock[] = [];
  for (const [key, bucket] of bucketsIn(data)) {
    const reason = lockedReasonOf(bucket);
    if (reason === null || isPool(bucket) || isWindow(key, bucket)) continue;
    locks.push({ id: sanitize(key) || '?', label: nameOf(key), reason });
    if (locks.length === MAX_PARTS) break;
  }
  return locks;
}

/** The week's use by product; empty when the answer does not split it. */
export function breakdownOf({ seven_day_breakdown: breakdown }: UsageData): BreakdownPart[] {
  return (breakdown?.rows ?? []).slice(0, MAX_PARTS).map(({ key, display_name: name, percent }) => {
    const id = typeof key === 'string' ? sanitize(key) : '';
    const shown = typeof name === 'string' ? sanitize(name) : '';
    return { key: id || null, name: shown || nameOf(id), percent };
  });
}

/** A key as people read it: `amber_ladder` is `amber ladder`. */
function nameOf(key: string): string {
  return sanitize(key.replaceAll('_', ' ')) || '?';
}

function isWindow(key: string, bucket: unknown): boolean {
  const known = (BUCKETS as readonly string[]).includes(key);
  return known && isObject(bucket) && typeof bucket.utilization === 'number';
}

/** Everything that could be a bucket, known keys first. */
function* bucketsIn(data: UsageData): Generator<[string, unknown]> {
  for (const name of BUCKETS) if (data[name]) yield [name, data[name]];
  let left = MAX_KEYS;
  const unknown = data.unknown_buckets ?? {};
  for (const key in unknown) {
    if (left === 0) return;
    left -= 1;
    if (Object.hasOwn(unknown, key)) yield [key, unknown[key]];
  }
}

function limitOf(bucket: unknown): number | null {
  const limit = isObject(bucket) ? dollars(bucket.limit_dollars) : null;
  return limit !== null && limit > 0 ? limit : null;
}

function dollars(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
}

/** Without what floating point adds: 250 − 249.9 is 0.1. */
function exact(value: number): number {
  return Number(value.toPrecision(12));
}
