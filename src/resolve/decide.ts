import type { Backoff } from '../cache/backoff.ts';
import type { Entry } from '../cache/entry.ts';
import type { Settings } from '../config/settings.ts';
import { isAboutCredentials, isFoundBeforeRequest, isRenewal } from '../usage/failure.ts';
import type { Failure } from '../usage/failure.ts';
import type { RequestBudget } from '../usage/provider-facts.ts';
import { hourlySlot, judgeBudget, spacedSlot } from './budget.ts';
import type { BudgetVerdict } from './budget.ts';
import { judgeEntry, pacedUntil, endpointDueAt, sameCredentials } from './freshness.ts';
import type { AccountMatch, Judgement, Freshness } from './freshness.ts';

/** What a caller allows. `cached`: no request. `background`: no waiting. `wait`: waits for a request. */
export type Policy = 'cached' | 'background' | 'wait';

/** Everything on which the decision depends. */
export interface Situation {
  readonly entry: Entry | null;
  readonly backoff: Backoff | null;
  /** Epoch ms. */
  readonly now: number;
  readonly policy: Policy;
  /** Fingerprint of the present credentials; null where there is none. */
  readonly fingerprint: string | null;
  /** Whether the entry belongs to the account that is signed in. */
  readonly account: () => AccountMatch;
  readonly settings: Settings;
  /** The provider's. */
  readonly budget: RequestBudget;
  /** Ignores freshness, but neither a backoff nor the budget. */
  readonly force: boolean;
  /** Does not accept the slower pace while the status line keeps most numbers fresh, because a person waits. */
  readonly ignoresPace?: boolean;
  /** Reads the login again although a backoff is in force over one for which nothing was sent. */
  readonly retriesLogin?: boolean;
}

/** A row of the table in docs/specs/resolving.md. */
export type Row = 1 | 2 | 3 | 4 | 5;

/** What to do about a question, and how current the entry is. */
export interface Decision extends Judgement {
  readonly row: Row;
  /** `serve`: shows the entry. `background`: shows it, and the worker refreshes. `refresh`: sends a request first. */
  readonly action: 'serve' | 'background' | 'refresh';
  /** The failure to show with the entry; null without one. */
  readonly error: Failure | null;
}

/** Whether a line may show numbers of this freshness. */
export function isShowable(freshness: Freshness): boolean {
  return freshness === 'fresh' || freshness === 'stale';
}

/** Whether a backoff is in force. One over credentials is void under others than those it was written with. */
export function isBlocking(backoff: Backoff, now: number, fingerprint: string | null): boolean {
  if (backoff.blockedUntil <= now) return false;
  const renewed = backoff.credentials !== null && backoff.credentials !== fingerprint;
  return !(backoff.error !== null && isAboutCredentials(backoff.error) && renewed);
}

/** Decides about a question for usage: the first row of the table that applies. */
export function decide(situation: Situation): Decision {
  const { entry, backoff, now, policy, fingerprint, settings, budget } = situation;
  const judgement = judgeEntry(entry, now, fingerprint, settings, situation.account);
  const { freshness } = judgement;
  const serve = (row: Row, error: Failure | null): Decision => ({
    ...judgement,
    row,
    action: 'serve',
    error,
  });

  if (freshness === 'fresh' && !situation.force) {
    const dueAt = entry && endpointDueAt(entry, settings);
    const due = dueAt !== null && dueAt <= now && settings.network && policy !== 'cached';
    if (!due || (backoff && isBlocking(backoff, now, fingerprint)) || hourlySlot(backoff, now, budget) > now)
      return serve(1, null);
    // The numbers of the status line are fresh; those that only the endpoint has are due.
    if (policy === 'background') return { ...judgement, row: 4, action: 'background', error: null };
    return { ...judgement, row: 5, action: 'refresh', error: null };
  }
  if (!settings.network) return serve(3, { code: 'disabled', retryAt: null });
  const isRetried = situation.retriesLogin && isFoundBeforeRequest(backoff?.error ?? null);
  if (backoff && isBlocking(backoff, now, fingerprint) && !isRetried)
    return serve(2, blockedBy(backoff, freshness, situation));
  const without = isShowable(freshness) ? null : cachedFailure(entry, fingerprint);
  if (policy === 'cached') return serve(3, lapsedStill(backoff, fingerprint) ?? without);
  if (isShowable(freshness) && isPaced(situation)) return serve(3, null);
  if (policy === 'background') {
    // A worker that would find the budget of the hour spent is not started. A usual spacing of requests does not matter
    // here: it ends soon, and it may be that of a request under way.
    const slot = Math.max(hourlySlot(backoff, now, budget), spacedSlot(backoff, now, fingerprint, budget));
    // Only a request corrects a backoff with a future time.
    if (slot > now && backoff?.ahead === undefined)
      return serve(4, { code: 'budget', retryAt: Math.max(slot, backoff?.blockedUntil ?? 0) });
    const unknown: Failure | null = isShowable(freshness) ? null : { code: 'no_data', retryAt: null };
    return {
      ...judgement,
      row: 4,
      action: 'background',
      error: lapsedStill(backoff, fingerprint) ?? unknown,
    };
  }
  return { ...judgement, row: 5, action: 'refresh', error: null };
}

/** Whether the slower pace applies, because the status line is in use. */
function isPaced({ entry, now, settings, force, ignoresPace = false }: Situation): boolean {
  return entry !== null && !force && !ignoresPace && now < pacedUntil(entry, settings);
}

/** The failure that has led to a backoff, with the time of the next try. A backoff of another program has none. */
function blockedBy(
  backoff: Backoff,
  freshness: Freshness,
  { now, fingerprint, budget }: Situation,
): Failure | null {
  const retryAt = nextTry(backoff, judgeBudget({ backoff, attempts: [] }, now, fingerprint, budget));
  const { error, detail } = backoff;
  if (error !== null) return { code: error, retryAt, ...(detail !== undefined && { detail }) };
  return isShowable(freshness) ? null : { code: 'no_data', retryAt };
}

/**
 * The failure of a lapsed token, also after its backoff has ended: the token stays lapsed until the credentials change, and
 * the line must not change for a moment after every backoff of a night. Null when the backoff has another reason, or is
 * about other credentials.
 */
function lapsedStill(backoff: Backoff | null, fingerprint: string | null): Failure | null {
  if (backoff?.error == null || !isRenewal(backoff.error)) return null;
  return backoff.credentials !== null && backoff.credentials === fingerprint
    ? { code: backoff.error, retryAt: null }
    : null;
}

/** The later of the end of the backoff and the budget's next slot, epoch ms. */
export function nextTry(backoff: Backoff | null, budget: BudgetVerdict): number | null {
  const times = [
    ...(backoff ? [backoff.blockedUntil] : []),
    ...(budget.kind === 'refused' ? [budget.nextAt] : []),
  ];
  return times.length > 0 ? Math.max(...times) : null;
}

/** The failure that an entry without data holds, if it is of these credentials; else `no_data`. */
function cachedFailure(entry: Entry | null, fingerprint: string | null): Failure {
  const own = entry !== null && sameCredentials(entry, fingerprint);
  return { code: (own && entry.error) || 'no_data', retryAt: null };
}
