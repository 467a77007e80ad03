import type { System } from '../platform/system.ts';
import { isObject } from '../usage/values.ts';
import { isRefreshCode } from '../usage/failure.ts';
import type { RefreshCode } from '../usage/failure.ts';
import { CLOCK_TOLERANCE_MS, DAY, HOUR, MINUTE, SECOND } from '../usage/time.ts';
import { readOwnFile } from './own-files.ts';

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
  /** Which token was sent last: a random key and the keyed hash, as `<key>:<hash>`. Never the token. */
  readonly token?: string;
  /** When changed credentials last waived the time between two requests. */
  readonly waivedAt?: number;
  /** The clock of another machine that writes to this cache: when this clock showed `at`, it showed `other`. */
  readonly apart?: { readonly at: number; readonly other: number };
  /**
   * By how much the lock's time is ahead of this clock, ms. Of such a lock only the requests count; a request with a
   * future time counts as made now, until the lock is written again.
   */
  readonly ahead?: number;
}

/** No lock lasts longer than this from the moment it was written, whatever it says. */
export const MAX_BLOCK_MS = DAY;
/** What a lock that we cannot read is worth: another program's, or a broken one. */
const FOREIGN_BLOCK_MS = 30 * SECOND;

/** The largest difference between clocks of machines that share a cache. A larger one means that a clock was set back. */
const MAX_APART_MS = 15 * MINUTE;
/** How long another machine's clock counts after its last write, ms. */
const APART_FOR_MS = HOUR;

/** Reads a backoff lock; null when there is none, or none that counts. */
export function readBackoffLock(system: System, path: string, now: number): BackoffLock | null {
  const read = readOwnFile(system, path);
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
  const noted = {
    credentials: typeof file.credentials === 'string' ? file.credentials : null,
    requests: requests(file.requests, Math.min(writtenAt, now + CLOCK_TOLERANCE_MS)),
    ...(typeof file.token === 'string' && TOKEN.test(file.token) && { token: file.token }),
    ...waived(seconds(file.waived_at), now),
  };
  const ahead = writtenAt - now;
  if (ahead > CLOCK_TOLERANCE_MS) {
    const requestsNow = noted.requests.map((at) => Math.min(at, now));
    return { ...NO_BLOCK, ...noted, requests: requestsNow, writtenAt: now, ahead };
  }
  return {
    blockedUntil: Math.min(file.blocked_until * SECOND, writtenAt + MAX_BLOCK_MS),
    error: isRefreshCode(file.error) ? file.error : null,
    failures: count(file.failures),
    writtenAt,
    ...noted,
    ...apart(file.apart, now),
  };
}

const NO_BLOCK = { blockedUntil: 0, error: null, failures: 0 } as const;

/** Hex digits on both sides. A lock with anything else in this field loses the field. */
const TOKEN = /^[0-9a-f]{8,64}:[0-9a-f]{8,64}$/;

function waived(at: number | null, now: number): Pick<BackoffLock, 'waivedAt'> {
  return at === null ? {} : { waivedAt: Math.min(at, now) };
}

function apart(value: unknown, now: number): Pick<BackoffLock, 'apart'> {
  if (!Array.isArray(value)) return {};
  const [at, other] = value.map(seconds);
  if (at == null || other == null || at > other || at > now + CLOCK_TOLERANCE_MS) return {};
  return { apart: { at, other } };
}

/** What a lock knows of other clocks, for the next one that is written. */
export function clocksApart(lock: BackoffLock | null, now: number): Pick<BackoffLock, 'apart'> {
  if (lock?.ahead !== undefined) {
    return lock.ahead > MAX_APART_MS ? {} : { apart: { at: now, other: now + lock.ahead } };
  }
  return lock?.apart && now < lock.apart.other + APART_FOR_MS ? { apart: lock.apart } : {};
}

/**
 * How much later than its recorded time a request may have been made, ms: the other clock was behind this one. 0 when
 * this clock is the one behind.
 */
export function clockError(lock: Pick<BackoffLock, 'apart'> | null, now: number): number {
  if (!lock?.apart) return 0;
  const { at, other } = lock.apart;
  return now < other || now >= other + APART_FOR_MS ? 0 : Math.min(other - at, MAX_APART_MS);
}

/** Rewrites a lock with a future time for this clock. Its requests are kept; those in the future get fixed times. */
export function caughtUp({ ahead, ...lock }: BackoffLock, now: number): BackoffLock {
  return ahead === undefined ? lock : { ...lock, writtenAt: now, ...clocksApart({ ...lock, ahead }, now) };
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
  const last = b.writtenAt > a.writtenAt ? b : a;
  const token = last.token ?? a.token ?? b.token;
  const waivedAt = Math.max(a.waivedAt ?? 0, b.waivedAt ?? 0);
  const seenApart = last.apart ?? a.apart ?? b.apart;
  const ahead = Math.max(a.ahead ?? 0, b.ahead ?? 0);
  return {
    blockedUntil: later.blockedUntil,
    error: later.error,
    failures: later.failures,
    credentials: later.credentials,
    writtenAt: Math.max(a.writtenAt, b.writtenAt),
    requests,
    ...(token !== undefined && { token }),
    ...(waivedAt > 0 && { waivedAt }),
    ...(seenApart && { apart: seenApart }),
    ...(ahead > 0 && { ahead }),
  };
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
    ...(lock.token !== undefined && { token: lock.token }),
    ...(lock.waivedAt !== undefined && { waived_at: Math.floor(lock.waivedAt / SECOND) }),
    ...(lock.apart && { apart: [Math.floor(lock.apart.at / SECOND), Math.floor(lock.apart.other / SECOND)] }),
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
