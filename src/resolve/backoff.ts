import { clockError, otherClock, MAX_BLOCK_MS } from '../cache/backoff.ts';
import type { Backoff } from '../cache/backoff.ts';
import { isAboutCredentials, isRenewal } from '../usage/failure.ts';
import type { RefreshCode, RefreshFailure } from '../usage/failure.ts';
import { HOUR, MINUTE, SECOND } from '../usage/time.ts';

/** At most this share is added to every wait, so that a thousand machines do not come back in one second. */
const JITTER = 0.1;

const NOT_BLOCKED = 0;

type FailureKind = 'rate_limited' | 'credentials' | 'passing';

function kindOf(code: RefreshCode): FailureKind {
  if (code === 'rate_limited') return 'rate_limited';
  return isAboutCredentials(code) ? 'credentials' : 'passing';
}

/**
 * The lock after a failure.
 * @param previous the lock before it; its failures count on when they are of the same kind
 * @param stamp of the credentials that failed; null where there is none
 * @param random [0, 1)
 */
export function backoffAfterFailure(
  previous: Backoff | null,
  failure: RefreshFailure,
  fingerprint: string | null,
  now: number,
  random: number,
): Backoff {
  const consecutive = previous?.error != null && kindOf(previous.error) === kindOf(failure.code);
  const failures = consecutive ? previous.failures + 1 : 1;
  const wait = waitFor(failure, failures, fingerprint, now);
  return {
    blockedUntil: now + Math.min(wait * (1 + JITTER * random), MAX_BLOCK_MS),
    error: failure.code,
    failures,
    writtenAt: now,
    credentials: fingerprint,
    requests: lastHour(previous, now),
    ...keptOf(previous, now),
  };
}

/** The lock without its failure: after a success. */
export function backoffAfterSuccess(
  previous: Backoff | null,
  fingerprint: string | null,
  now: number,
): Backoff {
  return {
    blockedUntil: NOT_BLOCKED,
    error: null,
    failures: 0,
    writtenAt: now,
    credentials: fingerprint,
    requests: lastHour(previous, now),
    ...keptOf(previous, now),
  };
}

/** What a lock has besides a failure and the requests, for the next one. */
function keptOf(previous: Backoff | null, now: number): Partial<Backoff> {
  const { tokenHash: token, waivedAt } = previous ?? {};
  return {
    ...(token !== undefined && { tokenHash: token }),
    ...(waivedAt !== undefined && { waivedAt }),
    ...otherClock(previous, now),
  };
}

/**
 * The lock with one more request, noted before it is sent: a crash in between must not make it free. The
 * failures before it count on, but a block that was void for these credentials must not come back for them. Of a
 * lapsed token nothing is left: the one that is sent now has not lapsed.
 *
 * @param token what is sent, as `BackoffLock` has it
 * @param waived the time since the last request was waived for it
 */
export function backoffWithRequest(
  previous: Backoff | null,
  fingerprint: string | null,
  now: number,
  token?: string,
  waived = false,
): Backoff {
  const lapsed = previous?.error != null && isRenewal(previous.error);
  const { error = null, failures = 0 } = lapsed ? {} : (previous ?? {});
  return {
    error,
    failures,
    ...keptOf(previous, now),
    ...(token !== undefined && { tokenHash: token }),
    ...(waived && { waivedAt: now }),
    blockedUntil: NOT_BLOCKED,
    writtenAt: now,
    credentials: fingerprint,
    // As the file will have it: what is read from there again must be the same request.
    requests: [...lastHour(previous, now), Math.floor(now / SECOND) * SECOND],
  };
}

function lastHour(backoff: Backoff | null, now: number): readonly number[] {
  const since = now - HOUR - SECOND - clockError(backoff, now);
  return (backoff?.requests ?? []).filter((at) => at > since);
}

/** How long to wait, ms, before jitter and cap. `failures` counts this one. */
function waitFor(failure: RefreshFailure, failures: number, fingerprint: string | null, now: number): number {
  switch (kindOf(failure.code)) {
    case 'rate_limited': {
      const asked = parseRetryAfter(failure.retryAfter ?? null, now);
      if (asked !== null) return asked + Math.min((failures - 1) * 5 * MINUTE, 15 * MINUTE);
      return doubled(5 * MINUTE, failures, HOUR);
    }
    case 'credentials':
      // Void as soon as the stamp changes; without one a sign-in or a renewed token would go unnoticed for too long.
      return fingerprint === null ? MINUTE : 5 * MINUTE;
    case 'passing':
      return doubled(MINUTE, failures, 15 * MINUTE);
  }
}

function doubled(first: number, failures: number, most: number): number {
  return Math.min(first * 2 ** Math.min(failures - 1, 30), most);
}

const HTTP_DATE = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? .*\d\d:\d\d:\d\d/;

/**
 * `Retry-After` as ms from now: a positive whole number of seconds or a future HTTP date (RFC 9110 §10.2.3).
 * Null for everything else: none, 0, negative, a past date, garbage.
 */
export function parseRetryAfter(header: string | null, now: number): number | null {
  const text = header?.trim() ?? '';
  let wait = 0;
  if (/^\d+$/.test(text)) wait = Number(text) * SECOND;
  else if (HTTP_DATE.test(text)) wait = Date.parse(text) - now;
  return wait > 0 ? wait : null;
}
