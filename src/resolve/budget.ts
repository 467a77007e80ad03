import type { Backoff } from '../cache/backoff.ts';
import { clockError } from '../cache/backoff.ts';
import type { Claim } from '../cache/claims.ts';
import { HOUR, isFromFuture, MINUTE, SECOND } from '../usage/time.ts';

/** One account sends at most one request in this time … */
export const REQUEST_SPACING_MS = MINUTE;
/** … and at most so many in any hour. The endpoint was seen to allow about 28. */
export const REQUESTS_PER_HOUR = 24;

/** Stamps in `usage.lock` are whole seconds, rounded down: what they say can be this much earlier than it was. */
const ROUNDING_MS = SECOND;

/** Changed credentials waive the spacing at most once in this time. */
export const WAIVER_MS = 5 * MINUTE;

export type BudgetVerdict =
  | { readonly kind: 'granted' }
  /** A request is under way: its answer will do. */
  | { readonly kind: 'running'; readonly until: number; readonly waivable: boolean }
  /** Not before `nextAt`, epoch ms. `waivable`: unless the token is another one than the last that was sent. */
  | { readonly kind: 'refused'; readonly nextAt: number; readonly waivable: boolean };

/** What is known of requests already made. */
export interface Spent {
  readonly backoff: Pick<
    Backoff,
    'requests' | 'credentials' | 'tokenHash' | 'waivedAt' | 'otherClock'
  > | null;
  /** The newest first. */
  readonly attempts: readonly Claim[];
}

/**
 * Whether one more request may be sent. Changed credentials can waive the spacing, once in a while and for another
 * token alone, which is known only when they have been read; they never waive the hour.
 */
export function judgeBudget(spent: Spent, now: number, fingerprint: string | null): BudgetVerdict {
  const hour = hourlySlot(spent.backoff, now);
  if (hour > now) return { kind: 'refused', nextAt: hour, waivable: false };

  const attempts = spent.attempts.filter((claim) => happened(claim.at, now));
  const latest = attempts.reduce<Claim | null>((a, b) => (a && a.at >= b.at ? a : b), null);
  const waivable = isWaivable(spent, latest, now, fingerprint);
  if (latest && now < latest.until) return { kind: 'running', until: latest.until, waivable };

  // The lock repeats the attempts, rounded down: only what is later than the latest of them adds anything.
  const since = latest?.at ?? Number.NEGATIVE_INFINITY;
  const recorded = spent.backoff?.requests ?? [];
  const others = recorded.filter((at) => at > since && happened(at, now)).map((at) => at + ROUNDING_MS);
  const nextAt = Math.max(since, ...others) + REQUEST_SPACING_MS + clockError(spent.backoff, now);
  return nextAt > now ? { kind: 'refused', nextAt, waivable } : { kind: 'granted' };
}

/** Whether another token would do: credentials have changed since the last request, and none was waived just now. */
function isWaivable(
  { backoff }: Spent,
  latest: Claim | null,
  now: number,
  fingerprint: string | null,
): boolean {
  if (!backoff?.tokenHash || now - (backoff.waivedAt ?? Number.NEGATIVE_INFINITY) < WAIVER_MS) return false;
  const last = latest ? latest.credentials : backoff.credentials;
  return last !== null && last !== fingerprint;
}

/** When the next request fits into the hour, epoch ms; not after `now` when it does already. */
export function hourlySlot(backoff: Pick<Backoff, 'requests' | 'otherClock'> | null, now: number): number {
  const window = HOUR + ROUNDING_MS + clockError(backoff, now);
  const recent = (backoff?.requests ?? []).filter((at) => at > now - window && happened(at, now));
  if (recent.length < REQUESTS_PER_HOUR) return now;
  const oldest = recent.sort((a, b) => b - a)[REQUESTS_PER_HOUR - 1] as number;
  return oldest + window;
}

/** A claim from the future was made by another clock: the lock repeats it, and there it counts. */
function happened(at: number, now: number): boolean {
  return !isFromFuture(at, now);
}
