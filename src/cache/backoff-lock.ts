import { readTextFile } from '../files.ts';
import type { System } from '../system.ts';
import { isObject } from '../usage/data.ts';
import { isRefreshCode } from '../usage/failure.ts';
import type { RefreshCode } from '../usage/failure.ts';
import { DAY, SECOND } from '../usage/time.ts';

/**
 * `usage.lock`: until when nobody asks, why, and when requests were sent in the last hour. It is a record,
 * not a mutex. All times here are epoch ms; the file holds whole Unix seconds.
 */
export interface BackoffLock {
  /** Active while this is later than now. */
  readonly blockedUntil: number;
  readonly error: RefreshCode | null;
  /** Consecutive failures of the same kind. */
  readonly failures: number;
  readonly writtenAt: number;
  /** Stamp of the credentials the failure is about; null when there was none. */
  readonly credentials: string | null;
  readonly requests: readonly number[];
}

/** No lock lasts longer than this from the moment it was written, whatever it says. */
export const MAX_BLOCK_MS = DAY;
/** What a lock that we cannot read is worth: another program's, or a broken one. */
const FOREIGN_BLOCK_MS = 30 * SECOND;
/** Stamps further ahead than this were made by a clock that has been set back since. */
export const CLOCK_TOLERANCE_MS = 5 * SECOND;

/** Reads a backoff lock; null when there is none, or none that counts. */
export function readBackoffLock({ fs }: System, path: string, now: number): BackoffLock | null {
  const read = readTextFile(fs, path, 'refuse');
  switch (read.kind) {
    case 'file':
      return parseBackoffLock(read.text, read.mtimeMs, now);
    case 'not_utf8':
      return foreign(read.mtimeMs, now);
    default:
      return null;
  }
}

/** @param mtimeMs modification time of the file, which stands in for what the text does not say */
export function parseBackoffLock(text: string, mtimeMs: number, now: number): BackoffLock | null {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    return foreign(mtimeMs, now);
  }
  if (!isObject(file) || typeof file.blocked_until !== 'number') return foreign(mtimeMs, now);
  const writtenAt = seconds(file.written_at) ?? mtimeMs;
  if (writtenAt > now + CLOCK_TOLERANCE_MS) return null;
  return {
    blockedUntil: Math.min(file.blocked_until * SECOND, writtenAt + MAX_BLOCK_MS),
    error: isRefreshCode(file.error) ? file.error : null,
    failures: count(file.failures),
    writtenAt,
    credentials: typeof file.credentials === 'string' ? file.credentials : null,
    requests: requests(file.requests, writtenAt),
  };
}

/**
 * Two records of one account (the second lies in the runtime directory, from a time when the cache could not
 * be written) as one: the later block counts, and every request does.
 */
export function mergeBackoffLocks(a: BackoffLock | null, b: BackoffLock | null): BackoffLock | null {
  if (a === null || b === null) return a ?? b;
  const later = b.blockedUntil > a.blockedUntil ? b : a;
  // What stands in both is one request; what stands twice in one of them are two.
  const known = new Set(a.requests);
  const requests = [...a.requests, ...b.requests.filter((at) => !known.has(at))].sort((x, y) => x - y);
  return { ...later, writtenAt: Math.max(a.writtenAt, b.writtenAt), requests };
}

/** The text of `usage.lock`. Blocks are rounded up, stamps down. */
export function serializeBackoffLock(lock: BackoffLock): string {
  const file = {
    blocked_until: Math.ceil(lock.blockedUntil / SECOND),
    ...(lock.error && { error: lock.error }),
    failures: lock.failures,
    written_at: Math.floor(lock.writtenAt / SECOND),
    ...(lock.credentials !== null && { credentials: lock.credentials }),
    requests: lock.requests.map((at) => Math.floor(at / SECOND)),
  };
  return `${JSON.stringify(file)}\n`;
}

function foreign(mtimeMs: number, now: number): BackoffLock | null {
  if (mtimeMs > now + CLOCK_TOLERANCE_MS) return null;
  return {
    blockedUntil: mtimeMs + FOREIGN_BLOCK_MS,
    error: null,
    failures: 0,
    writtenAt: mtimeMs,
    credentials: null,
    requests: [],
  };
}

function seconds(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value * SECOND : null;
}

/** More failures, or requests in an hour, than anybody has made: what says so was not written by us. */
const MAX_COUNT = 1000;

function count(value: unknown): number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? Math.min(value, MAX_COUNT) : 0;
}

function requests(value: unknown, writtenAt: number): number[] {
  if (!Array.isArray(value)) return [];
  return value.slice(-MAX_COUNT).flatMap((item) => {
    const at = seconds(item);
    return at === null ? [] : [Math.min(at, writtenAt)];
  });
}
