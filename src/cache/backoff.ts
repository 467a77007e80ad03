import type { System } from '../platform/system.ts';
import { isObject } from '../usage/data.ts';
import { isRefreshCode } from '../usage/failure.ts';
import type { RefreshCode } from '../usage/failure.ts';
import { CLOCK_TOLERANCE_MS, DAY, HOUR, MINUTE, SECOND } from '../usage/time.ts';
import { readOwnFile } from './own-files.ts';

/**
 * `usage.lock`: until when nobody asks, why, and when requests were sent in the last hour. It is a record,
 * not a mutex. All times here are epoch ms; the file holds whole Unix seconds.
 */
export interface Backoff {
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
  readonly tokenHash?: string;
  /** When changed credentials last waived the time between two requests. */
  readonly waivedAt?: number;
  /** The clock of another machine that writes to this cache: when this clock showed `at`, it showed `other`. */
  readonly otherClock?: { readonly at: number; readonly other: number };
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
export function readBackoff(system: System, path: string, now: number): Backoff | null {
  const read = readOwnFile(system, path);
  switch (read.kind) {
    case 'file':
      return parseBackoff(read.text, read.mtimeMs, now);
    case 'not_utf8':
      return foreign(read.mtimeMs, now);
    default:
      return null;
  }
}

/** @param mtimeMs modification time of the file, which stands in for what the text does not say */
export function parseBackoff(text: string, mtimeMs: number, now: number): Backoff | null {
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
    ...(typeof file.token === 'string' && TOKEN.test(file.token) && { tokenHash: file.token }),
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

function waived(at: number | null, now: number): Pick<Backoff, 'waivedAt'> {
  return at === null ? {} : { waivedAt: Math.min(at, now) };
}

function apart(value: unknown, now: number): Pick<Backoff, 'otherClock'> {
  if (!Array.isArray(value)) return {};
  const [at, other] = value.map(seconds);
  if (at == null || other == null || at > other || at > now + CLOCK_TOLERANCE_MS) return {};
  return { otherClock: { at, other } };
}

/** What a lock knows of other clocks, for the next one that is written. */
export function otherClock(backoff: Backoff | null, now: number): Pick<Backoff, 'otherClock'> {
  if (backoff?.ahead !== undefined) {
    return backoff.ahead > MAX_APART_MS ? {} : { otherClock: { at: now, other: now + backoff.ahead } };
  }
  return backoff?.otherClock && now < backoff.otherClock.other + APART_FOR_MS
    ? { otherClock: backoff.otherClock }
    : {};
}

/**
 * How much later than its recorded time a request may have been made, ms: the other clock was behind this one. 0 when
 * this clock is the one behind.
 */
export function clockError(backoff: Pick<Backoff, 'otherClock'> | null, now: number): number {
  if (!backoff?.otherClock) return 0;
  const { at, other } = backoff.otherClock;
  return now < other || now >= other + APART_FOR_MS ? 0 : Math.min(other - at, MAX_APART_MS);
}

/** Rewrites a lock with a future time for this clock. Its requests are kept; those in the future get fixed times. */
export function withOwnClock({ ahead, ...backoff }: Backoff, now: number): Backoff {
  return ahead === undefined
    ? backoff
    : { ...backoff, writtenAt: now, ...otherClock({ ...backoff, ahead }, now) };
}

/**
 * Two records of one account (the second lies in the runtime directory, from a time when the cache could not
 * be written) as one: the later block counts, and every request does.
 */
export function mergeBackoffs(a: Backoff | null, b: Backoff | null): Backoff | null {
  if (a === null || b === null) return a ?? b;
  const later = b.blockedUntil > a.blockedUntil ? b : a;
  // What stands in both is one request; what stands twice in one of them are two.
  const known = new Set(a.requests);
  const requests = [...a.requests, ...b.requests.filter((at) => !known.has(at))].sort((x, y) => x - y);
  const last = b.writtenAt > a.writtenAt ? b : a;
  const token = last.tokenHash ?? a.tokenHash ?? b.tokenHash;
  const waivedAt = Math.max(a.waivedAt ?? 0, b.waivedAt ?? 0);
  const seenApart = last.otherClock ?? a.otherClock ?? b.otherClock;
  const ahead = Math.max(a.ahead ?? 0, b.ahead ?? 0);
  return {
    blockedUntil: later.blockedUntil,
    error: later.error,
    failures: later.failures,
    credentials: later.credentials,
    writtenAt: Math.max(a.writtenAt, b.writtenAt),
    requests,
    ...(token !== undefined && { tokenHash: token }),
    ...(waivedAt > 0 && { waivedAt }),
    ...(seenApart && { otherClock: seenApart }),
    ...(ahead > 0 && { ahead }),
  };
}

/** The text of `usage.lock`. Blocks are rounded up, stamps down. */
export function serializeBackoff(backoff: Backoff): string {
  const file = {
    blocked_until: Math.ceil(backoff.blockedUntil / SECOND),
    ...(backoff.error && { error: backoff.error }),
    failures: backoff.failures,
    written_at: Math.floor(backoff.writtenAt / SECOND),
    ...(backoff.credentials !== null && { credentials: backoff.credentials }),
    requests: backoff.requests.map((at) => Math.floor(at / SECOND)),
    ...(backoff.tokenHash !== undefined && { token: backoff.tokenHash }),
    ...(backoff.waivedAt !== undefined && { waived_at: Math.floor(backoff.waivedAt / SECOND) }),
    ...(backoff.otherClock && {
      apart: [Math.floor(backoff.otherClock.at / SECOND), Math.floor(backoff.otherClock.other / SECOND)],
    }),
  };
  return `${JSON.stringify(file)}\n`;
}

function foreign(mtimeMs: number, now: number): Backoff | null {
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
