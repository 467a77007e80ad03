import type { BackoffLock } from '../cache/backoff-lock.ts';
import { CLOCK_TOLERANCE_MS } from '../cache/backoff-lock.ts';
import type { Claim } from '../cache/claims.ts';
import { HOUR, MINUTE, SECOND } from '../usage/time.ts';

/** One account sends at most one request in this time … */
export const REQUEST_SPACING_MS = MINUTE;
/** … and at most so many in any hour. The endpoint was seen to allow about 28. */
export const REQUESTS_PER_HOUR = 24;

/** Stamps in `usage.lock` are whole seconds, rounded down: what they say can be this much earlier than it was. */
const ROUNDING_MS = SECOND;

export type BudgetVerdict =
  | { readonly kind: 'granted' }
  /** Somebody's request is under way: its answer will do. */
  | { readonly kind: 'running'; readonly until: number }
  /** Not before `nextAt`, epoch ms. */
  | { readonly kind: 'refused'; readonly nextAt: number };

/** What is known of requests already made. */
export interface Spent {
  readonly lock: Pick<BackoffLock, 'requests' | 'credentials'> | null;
  /** The newest first. */
  readonly attempts: readonly Claim[];
}

/**
 * Whether one more request may be sent. Changed credentials waive the spacing (an attempt counts only for
 * the stamp it was made with), never the hour.
 */
export function judgeBudget(spent: Spent, now: number, stamp: string | null): BudgetVerdict {
  const hour = hourlySlot(spent.lock, now);
  if (hour > now) return { kind: 'refused', nextAt: hour };

  const mine = (credentials: string | null) => credentials === null || credentials === stamp;
  const attempts = spent.attempts.filter((claim) => mine(claim.credentials) && happened(claim.at, now));
  const latest = attempts.reduce<Claim | null>((a, b) => (a && a.at >= b.at ? a : b), null);
  if (latest && now < latest.until) return { kind: 'running', until: latest.until };

  // The lock repeats the attempts, rounded down: only what is later than the latest of them adds anything.
  const since = latest?.at ?? Number.NEGATIVE_INFINITY;
  const recorded = spent.lock && mine(spent.lock.credentials) ? spent.lock.requests : [];
  const others = recorded.filter((at) => at > since && happened(at, now)).map((at) => at + ROUNDING_MS);
  const nextAt = Math.max(since, ...others) + REQUEST_SPACING_MS;
  return nextAt > now ? { kind: 'refused', nextAt } : { kind: 'granted' };
}

/** When the next request fits into the hour, epoch ms; not after `now` when it does already. */
export function hourlySlot(lock: Spent['lock'], now: number): number {
  const window = HOUR + ROUNDING_MS;
  const recent = (lock?.requests ?? []).filter((at) => at > now - window && happened(at, now));
  if (recent.length < REQUESTS_PER_HOUR) return now;
  const oldest = recent.sort((a, b) => b - a)[REQUESTS_PER_HOUR - 1] as number;
  return oldest + window;
}

/** A stamp from the future was made by a clock that has been set back since: it counts for nothing. */
function happened(at: number, now: number): boolean {
  return at <= now + CLOCK_TOLERANCE_MS;
}
