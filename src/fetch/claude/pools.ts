import { isObject } from '../../usage/values.ts';
import { BUCKETS } from './wire.ts';
import type { BreakdownPart, Lock, Pool } from '../../usage/model.ts';
import type { UsageData } from './wire.ts';
import { sanitize } from '../../usage/text.ts';
import { parseTime } from '../../usage/time.ts';

/*
 * Dollars and locks of buckets. Both occur under unknown keys as well, so they are read here from the data as received.
 */

/** The names of known pools. */
const POOL_NAMES: ReadonlyMap<string, string> = new Map([['iguana_necktie', 'cloud credit']]);

/** The largest number of unknown keys that are examined: a response has about twenty, a damaged file can have many more. */
const MAX_KEYS = 500;
const MAX_PARTS = 24;

/** Whether a bucket is an amount of dollars: then it is no window, even with a percentage. */
export function isPool(bucket: unknown): boolean {
  return limitOf(bucket) !== null;
}

/** The reason why a bucket is locked, sanitized; null when it is not locked. */
export function lockedReasonOf(bucket: unknown): string | null {
  const reason = isObject(bucket) ? bucket.locked_reason : null;
  return typeof reason === 'string' ? sanitize(reason) || null : null;
}

/**
 * The pools of a response: all objects with a positive `limit_dollars`, under any key.
 *
 * @param readAt the time of the request, epoch ms
 * @param now epoch ms
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

/** The locked buckets that are neither pools nor windows. */
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

/** The week's use by product; empty when the response does not contain it. */
export function breakdownOf({ seven_day_breakdown: breakdown }: UsageData): BreakdownPart[] {
  return (breakdown?.rows ?? []).slice(0, MAX_PARTS).map(({ key, display_name: name, percent }) => {
    const id = typeof key === 'string' ? sanitize(key) : '';
    const shown = typeof name === 'string' ? sanitize(name) : '';
    return { key: id || null, name: shown || nameOf(id), percent };
  });
}

/** A key for display: `amber_ladder` becomes `amber ladder`. */
function nameOf(key: string): string {
  return sanitize(key.replaceAll('_', ' ')) || '?';
}

function isWindow(key: string, bucket: unknown): boolean {
  const known = (BUCKETS as readonly string[]).includes(key);
  return known && isObject(bucket) && typeof bucket.utilization === 'number';
}

/** All values that can be buckets, with their keys; known keys first. */
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

/** Removes the noise of floating point: 250 − 249.9 is 0.1. */
function exact(value: number): number {
  return Number(value.toPrecision(12));
}
