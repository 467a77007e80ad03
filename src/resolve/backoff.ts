import { clockError, otherClock, MAX_BLOCK_MS } from '../cache/backoff.ts';
import type { Backoff } from '../cache/backoff.ts';
import { isAboutCredentials, isRenewal } from '../usage/failure.ts';
import type { RefreshCode, RefreshFailure } from '../usage/failure.ts';
import { HOUR, MINUTE, SECOND } from '../usage/time.ts';

/** The largest share that is added to a wait, so that many machines do not send requests at the same moment. */
const JITTER = 0.1;

const NOT_BLOCKED = 0;

type FailureKind = 'rate_limited' | 'credentials' | 'passing';

function kindOf(code: RefreshCode): FailureKind {
  if (code === 'rate_limited') return 'rate_limited';
  return isAboutCredentials(code) ? 'credentials' : 'passing';
}

/**
 * The backoff after a failure.
 *
 * @param previous the backoff before it; failures of the same kind add up
 * @param fingerprint the fingerprint of the credentials of the request; null where there is none
 * @param now epoch ms
 * @param random [0, 1)
 * @param isSeen whether the fingerprint changes with the login
 */
export function backoffAfterFailure(
  previous: Backoff | null,
  failure: RefreshFailure,
  fingerprint: string | null,
  now: number,
  random: number,
  isSeen = true,
): Backoff {
  const consecutive = previous?.error != null && kindOf(previous.error) === kindOf(failure.code);
  const failures = consecutive ? previous.failures + 1 : 1;
  const wait = waitFor(failure, failures, isSeen && fingerprint !== null, now);
  return {
    blockedUntil: now + Math.min(wait * (1 + JITTER * random), MAX_BLOCK_MS),
    error: failure.code,
    ...(failure.detail !== undefined && { detail: failure.detail }),
    failures,
    writtenAt: now,
    credentials: fingerprint,
    requests: lastHour(previous, now),
    ...inherited(previous, now),
  };
}

/** The backoff after a success: without its failure. */
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
    ...inherited(previous, now),
  };
}

/** The parts of a backoff that the next one inherits, besides the requests. */
function inherited(previous: Backoff | null, now: number): Partial<Backoff> {
  const { tokenHash, waivedAt, clientReadAt } = previous ?? {};
  return {
    ...(tokenHash !== undefined && { tokenHash }),
    ...(waivedAt !== undefined && { waivedAt }),
    ...(clientReadAt !== undefined && { clientReadAt }),
    ...otherClock(previous, now),
  };
}

/**
 * The backoff with one more request. It is stored before the request is sent, so that a crash in between does not make the
 * request free. Earlier failures still count, but the wait ends: it was over, or void for these credentials. The failure of
 * a lapsed token is dropped, because the token that is sent now has not lapsed.
 *
 * @param tokenHash of the token that is sent, as `Backoff` has it; null where the token is not known
 * @param waived whether the spacing was waived for this request
 */
export function backoffWithRequest(
  previous: Backoff | null,
  fingerprint: string | null,
  now: number,
  tokenHash?: string | null,
  waived = false,
): Backoff {
  const lapsed = previous?.error != null && isRenewal(previous.error);
  const { error = null, detail, failures = 0 }: Partial<Backoff> = lapsed ? {} : (previous ?? {});
  const { tokenHash: sentLast, ...others } = inherited(previous, now);
  const sent = tokenHash === undefined ? (sentLast ?? null) : tokenHash;
  return {
    error,
    ...(detail !== undefined && { detail }),
    failures,
    ...others,
    ...(sent !== null && { tokenHash: sent }),
    ...(waived && { waivedAt: now }),
    blockedUntil: NOT_BLOCKED,
    writtenAt: now,
    credentials: fingerprint,
    // In whole seconds like the file, so that what is read from there is the same request.
    requests: [...lastHour(previous, now), Math.floor(now / SECOND) * SECOND],
  };
}

/**
 * The backoff with a request that the provider's client sent itself: the endpoint counts it for the same account. The same
 * backoff where the request is counted already, or was sent more than an hour ago.
 *
 * @param readAt when it was sent, epoch ms
 */
export function backoffWithClientRead(previous: Backoff | null, readAt: number, now: number): Backoff | null {
  // In whole seconds like the file.
  const at = Math.floor(Math.min(readAt, now) / SECOND) * SECOND;
  if (at <= now - HOUR || at <= (previous?.clientReadAt ?? Number.NEGATIVE_INFINITY)) return previous;
  const base: Backoff = previous ?? {
    blockedUntil: NOT_BLOCKED,
    error: null,
    failures: 0,
    writtenAt: now,
    credentials: null,
    requests: [],
  };
  const requests = [...lastHour(previous, now), at].sort((one, other) => one - other);
  return { ...base, writtenAt: Math.max(now, base.writtenAt), requests, clientReadAt: at };
}

/** The requests of the last hour, epoch ms. */
function lastHour(backoff: Backoff | null, now: number): readonly number[] {
  const since = now - HOUR - SECOND - clockError(backoff, now);
  return (backoff?.requests ?? []).filter((at) => at > since);
}

/** How long to wait, ms, before jitter and cap. `failures` counts this one. `isSeen`: a change of the login will be seen. */
function waitFor(failure: RefreshFailure, failures: number, isSeen: boolean, now: number): number {
  switch (kindOf(failure.code)) {
    case 'rate_limited': {
      const asked = parseRetryAfter(failure.retryAfter ?? null, now);
      if (asked !== null) return asked + Math.min((failures - 1) * 5 * MINUTE, 15 * MINUTE);
      return doubled(5 * MINUTE, failures, HOUR);
    }
    case 'credentials':
      // It is void once the fingerprint changes. Without that, a sign-in or a renewed token must be noticed by trying.
      return isSeen ? 5 * MINUTE : MINUTE;
    case 'passing':
      return doubled(MINUTE, failures, 15 * MINUTE);
  }
}

function doubled(first: number, failures: number, most: number): number {
  return Math.min(first * 2 ** Math.min(failures - 1, 30), most);
}

const HTTP_DATE = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? .*\d\d:\d\d:\d\d/;

/**
 * `Retry-After` as ms from now: a positive whole number of seconds or a future HTTP date (RFC 9110 §10.2.3). Null for
 * anything else: none, 0, a negative number, a past date, other text.
 */
export function parseRetryAfter(header: string | null, now: number): number | null {
  const text = header?.trim() ?? '';
  let wait = 0;
  if (/^\d+$/.test(text)) wait = Number(text) * SECOND;
  else if (HTTP_DATE.test(text)) wait = Date.parse(text) - now;
  return wait > 0 ? wait : null;
}
