import type { Backoff } from '../cache/backoff.ts';
import { clockError } from '../cache/backoff.ts';
import type { Claim } from '../cache/claims.ts';
import type { RequestBudget } from '../usage/provider-facts.ts';
import { HOUR, isFromFuture, MINUTE, SECOND } from '../usage/time.ts';

/** Times in `usage.lock` are rounded down to seconds: a request can have been sent so much later, ms. */
const ROUNDING_MS = SECOND;

/** How often changed credentials can waive the spacing, ms. */
export const WAIVER_MS = 5 * MINUTE;

/** Whether one more request may be sent. */
export type BudgetVerdict =
  | { readonly kind: 'granted' }
  /** A request is under way: wait for its response. */
  | { readonly kind: 'running'; readonly until: number; readonly waivable: boolean }
  /** Not before `nextAt`, epoch ms. `waivable`: at once if the token is not the one that was sent last. */
  | { readonly kind: 'refused'; readonly nextAt: number; readonly waivable: boolean };

/** The requests that have been sent. */
export interface Spent {
  readonly backoff: Pick<
    Backoff,
    'requests' | 'credentials' | 'tokenHash' | 'waivedAt' | 'otherClock'
  > | null;
  /** The claims of requests, the newest first. */
  readonly attempts: readonly Claim[];
}

/**
 * Judges whether one more request may be sent. Changed credentials can waive the spacing, but only for another token, which
 * is known after they have been read, and only once in `WAIVER_MS`. They never waive the limit of the hour.
 *
 * @param now epoch ms
 * @param fingerprint the fingerprint of the present credentials; null where there is none
 * @param budget the provider's
 */
export function judgeBudget(
  spent: Spent,
  now: number,
  fingerprint: string | null,
  budget: RequestBudget,
): BudgetVerdict {
  const hour = hourlySlot(spent.backoff, now, budget);
  if (hour > now) return { kind: 'refused', nextAt: hour, waivable: false };

  const attempts = spent.attempts.filter((claim) => happened(claim.at, now));
  const latest = attempts.reduce<Claim | null>((a, b) => (a && a.at >= b.at ? a : b), null);
  const waivable = isWaivable(spent, latest, now, fingerprint);
  if (latest && now < latest.until) return { kind: 'running', until: latest.until, waivable };

  // The backoff repeats the claims, rounded down: only requests after the latest claim matter.
  const since = latest?.at ?? Number.NEGATIVE_INFINITY;
  const recorded = spent.backoff?.requests ?? [];
  const others = recorded.filter((at) => at > since && happened(at, now)).map((at) => at + ROUNDING_MS);
  const nextAt = Math.max(since, ...others) + budget.spacingMs + clockError(spent.backoff, now);
  return nextAt > now ? { kind: 'refused', nextAt, waivable } : { kind: 'granted' };
}

/** Whether another token waives the spacing: the credentials have changed since the last request. */
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

/** When the limit of the hour allows the next request, epoch ms; `now` when it does already. */
export function hourlySlot(
  backoff: Pick<Backoff, 'requests' | 'otherClock'> | null,
  now: number,
  { perHour }: RequestBudget,
): number {
  const window = HOUR + ROUNDING_MS + clockError(backoff, now);
  const recent = (backoff?.requests ?? []).filter((at) => at > now - window && happened(at, now));
  if (recent.length < perHour) return now;
  const oldest = recent.sort((a, b) => b - a)[perHour - 1] as number;
  return oldest + window;
}

/**
 * When a spacing of more than a minute allows the next request, epoch ms; `now` where it does already. For callers that would
 * start a worker: within the minute after a request it may be under way, and another token may waive the rest.
 */
export function spacedSlot(
  backoff: Spent['backoff'],
  now: number,
  fingerprint: string | null,
  { spacingMs }: RequestBudget,
): number {
  const latest = Math.max(...(backoff?.requests ?? []).filter((at) => happened(at, now)));
  if (spacingMs <= MINUTE || now < latest + MINUTE) return now;
  if (isWaivable({ backoff, attempts: [] }, null, now, fingerprint)) return now;
  return Math.max(now, latest + ROUNDING_MS + spacingMs + clockError(backoff, now));
}

/** False for a time from the future, of another clock: the backoff repeats it, and there it counts. */
function happened(at: number, now: number): boolean {
  return !isFromFuture(at, now);
}
