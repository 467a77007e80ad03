import type { System } from '../platform/system.ts';
import { isObject } from '../usage/values.ts';
import { isRefreshCode } from '../usage/failure.ts';
import type { RefreshCode } from '../usage/failure.ts';
import { CLOCK_TOLERANCE_MS, DAY, HOUR, isFromFuture, MINUTE, SECOND } from '../usage/time.ts';
import { readOwnFile } from './own-files.ts';

/**
 * The content of `usage.lock`: until when no request may be sent, why, and when requests were sent in the last hour. It is
 * a record and not a mutex. All times here are epoch ms; the file has whole Unix seconds.
 */
export interface Backoff {
  /** In force while this is later than now. */
  readonly blockedUntil: number;
  readonly error: RefreshCode | null;
  /** See `RefreshFailure`: what a failure is about, such as a path. Only with `error`. */
  readonly detail?: string;
  /** Consecutive failures of the same kind. */
  readonly failures: number;
  readonly writtenAt: number;
  /** Fingerprint of the credentials that the failure is about; null when there was none. */
  readonly credentials: string | null;
  /** When requests were sent in the last hour, by this program or, where that is known, by the provider's client itself. */
  readonly requests: readonly number[];
  /** The latest of the client's own requests that is among them: it is counted once, however often it is seen. */
  readonly clientReadAt?: number;
  /** The token that was sent last, as `<key>:<hash>`: a random key and the keyed hash. Never the token itself. */
  readonly tokenHash?: string;
  /** When changed credentials last waived the spacing of requests. */
  readonly waivedAt?: number;
  /** The clock of another machine that writes to this cache: when this clock showed `at`, it showed `other`. */
  readonly otherClock?: { readonly at: number; readonly other: number };
  /**
   * By how much the lock's time is ahead of this clock, ms. Of such a lock only the requests count; a request with a
   * future time counts as made now, until the lock is written again.
   */
  readonly ahead?: number;
}

/** The longest time for which a backoff is in force after it was written, ms, whatever it contains. */
export const MAX_BLOCK_MS = DAY;
/** How long an unreadable backoff is in force, ms: another program has written it, or it is broken. */
const FOREIGN_BLOCK_MS = 30 * SECOND;

/** The largest difference between the clocks of machines that share a cache, ms. A larger one: a clock was set back. */
const MAX_APART_MS = 15 * MINUTE;
/** How long the clock of another machine counts after its last write, ms. */
const APART_FOR_MS = HOUR;

/** Reads a backoff; null when there is none that counts. */
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

/** @param mtimeMs modification time of the file, for times that the text does not contain */
export function parseBackoff(text: string, mtimeMs: number, now: number): Backoff | null {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    return foreign(mtimeMs, now);
  }
  if (!isObject(file) || typeof file.blocked_until !== 'number') return foreign(mtimeMs, now);
  const writtenAt = seconds(file.written_at) ?? mtimeMs;
  const recorded = {
    credentials: typeof file.credentials === 'string' ? file.credentials : null,
    requests: requests(file.requests, Math.min(writtenAt, now + CLOCK_TOLERANCE_MS)),
    ...(typeof file.token === 'string' && TOKEN.test(file.token) && { tokenHash: file.token }),
    ...waived(seconds(file.waived_at), now),
    ...clientRead(seconds(file.client_read_at), now),
  };
  if (isFromFuture(writtenAt, now)) {
    const requestsNow = recorded.requests.map((at) => Math.min(at, now));
    return { ...NO_BLOCK, ...recorded, requests: requestsNow, writtenAt: now, ahead: writtenAt - now };
  }
  return {
    blockedUntil: Math.min(file.blocked_until * SECOND, writtenAt + MAX_BLOCK_MS),
    ...failureOf(file),
    failures: count(file.failures),
    writtenAt,
    ...recorded,
    ...apart(file.apart, now),
  };
}

const NO_BLOCK = { blockedUntil: 0, error: null, failures: 0 } as const;

/** The longest detail of a failure, characters: a path has 4096 bytes at most. */
const MAX_DETAIL = 5000;

function failureOf({ error, detail }: Readonly<Record<string, unknown>>): Pick<Backoff, 'error' | 'detail'> {
  if (!isRefreshCode(error)) return { error: null };
  return { error, ...(typeof detail === 'string' && { detail: detail.slice(0, MAX_DETAIL) }) };
}

/** Matches `<key>:<hash>`. Any other text in this field is ignored. */
const TOKEN = /^[0-9a-f]{8,64}:[0-9a-f]{8,64}$/;

function waived(at: number | null, now: number): Pick<Backoff, 'waivedAt'> {
  return at === null ? {} : { waivedAt: Math.min(at, now) };
}

function clientRead(at: number | null, now: number): Pick<Backoff, 'clientReadAt'> {
  return at === null || isFromFuture(at, now) ? {} : { clientReadAt: at };
}

function apart(value: unknown, now: number): Pick<Backoff, 'otherClock'> {
  if (!Array.isArray(value)) return {};
  const [at, other] = value.map(seconds);
  if (at == null || other == null || at > other || isFromFuture(at, now)) return {};
  return { otherClock: { at, other } };
}

/** The other clock that the next backoff must record, if any. */
export function otherClock(backoff: Backoff | null, now: number): Pick<Backoff, 'otherClock'> {
  if (backoff?.ahead !== undefined) {
    return backoff.ahead > MAX_APART_MS ? {} : { otherClock: { at: now, other: now + backoff.ahead } };
  }
  return backoff?.otherClock && now < backoff.otherClock.other + APART_FOR_MS
    ? { otherClock: backoff.otherClock }
    : {};
}

/**
 * How much later than its recorded time a request may have been sent, ms, because the other clock is behind this one. 0
 * when this clock is the one behind.
 */
export function clockError(backoff: Pick<Backoff, 'otherClock'> | null, now: number): number {
  if (!backoff?.otherClock) return 0;
  const { at, other } = backoff.otherClock;
  return now < other || now >= other + APART_FOR_MS ? 0 : Math.min(other - at, MAX_APART_MS);
}

/** A backoff with a future time, dated by this clock. Its requests are kept; those in the future count as sent now. */
export function withOwnClock({ ahead, ...backoff }: Backoff, now: number): Backoff {
  return ahead === undefined
    ? backoff
    : { ...backoff, writtenAt: now, ...otherClock({ ...backoff, ahead }, now) };
}

/**
 * Merges two backoffs of one account: that of the cache, and that of the runtime directory, from a time when the cache
 * could not be written. The later end counts, and every request.
 */
export function mergeBackoffs(a: Backoff | null, b: Backoff | null): Backoff | null {
  if (a === null || b === null) return a ?? b;
  const later = b.blockedUntil > a.blockedUntil ? b : a;
  // The same time in both is one request; the same time twice in one of them are two.
  const inFirst = new Set(a.requests);
  const requests = [...a.requests, ...b.requests.filter((at) => !inFirst.has(at))].sort((x, y) => x - y);
  const last = b.writtenAt > a.writtenAt ? b : a;
  const token = last.tokenHash ?? a.tokenHash ?? b.tokenHash;
  const waivedAt = Math.max(a.waivedAt ?? 0, b.waivedAt ?? 0);
  const clientReadAt = Math.max(a.clientReadAt ?? 0, b.clientReadAt ?? 0);
  const clock = last.otherClock ?? a.otherClock ?? b.otherClock;
  const ahead = Math.max(a.ahead ?? 0, b.ahead ?? 0);
  return {
    blockedUntil: later.blockedUntil,
    error: later.error,
    ...(later.detail !== undefined && { detail: later.detail }),
    failures: later.failures,
    credentials: later.credentials,
    writtenAt: Math.max(a.writtenAt, b.writtenAt),
    requests,
    ...(token !== undefined && { tokenHash: token }),
    ...(waivedAt > 0 && { waivedAt }),
    ...(clientReadAt > 0 && { clientReadAt }),
    ...(clock && { otherClock: clock }),
    ...(ahead > 0 && { ahead }),
  };
}

/** The text of `usage.lock`. The end of the backoff is rounded up, all other times down. */
export function serializeBackoff(backoff: Backoff): string {
  const file = {
    blocked_until: Math.ceil(backoff.blockedUntil / SECOND),
    ...(backoff.error && { error: backoff.error }),
    ...(backoff.error && backoff.detail !== undefined && { detail: backoff.detail }),
    failures: backoff.failures,
    written_at: Math.floor(backoff.writtenAt / SECOND),
    ...(backoff.credentials !== null && { credentials: backoff.credentials }),
    requests: backoff.requests.map((at) => Math.floor(at / SECOND)),
    ...(backoff.tokenHash !== undefined && { token: backoff.tokenHash }),
    ...(backoff.waivedAt !== undefined && { waived_at: Math.floor(backoff.waivedAt / SECOND) }),
    ...(backoff.clientReadAt !== undefined && { client_read_at: Math.floor(backoff.clientReadAt / SECOND) }),
    ...(backoff.otherClock && {
      apart: [Math.floor(backoff.otherClock.at / SECOND), Math.floor(backoff.otherClock.other / SECOND)],
    }),
  };
  return `${JSON.stringify(file)}\n`;
}

/** The backoff for a file that another program has written, or that is broken. */
function foreign(mtimeMs: number, now: number): Backoff | null {
  if (isFromFuture(mtimeMs, now)) return null;
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

/** The largest number of failures, and of requests, that counts. */
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
