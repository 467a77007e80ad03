import type { Backoff } from '../cache/backoff.ts';
import type { Entry } from '../cache/entry.ts';
import type { Settings } from '../config/settings.ts';
import { isAboutCredentials, isRenewal } from '../usage/failure.ts';
import type { Failure } from '../usage/failure.ts';
import type { RequestBudget } from '../usage/provider-facts.ts';
import { hourlySlot, judgeBudget } from './budget.ts';
import type { BudgetVerdict } from './budget.ts';
import { judgeEntry, pacedUntil, endpointDueAt, sameCredentials } from './freshness.ts';
import type { AccountMatch, Judgement, Freshness } from './freshness.ts';

/** `cached`: never ask. `background`: never wait. `wait`: ask and wait for the answer. */
export type Policy = 'cached' | 'background' | 'wait';

/** Everything the decision depends on, and nothing else. */
export interface Situation {
  readonly entry: Entry | null;
  readonly backoff: Backoff | null;
  /** Epoch ms. */
  readonly now: number;
  readonly policy: Policy;
  /** Stamp of the credentials as they are now; null where there is none. */
  readonly fingerprint: string | null;
  readonly account: () => AccountMatch;
  readonly settings: Settings;
  /** The provider's. */
  readonly budget: RequestBudget;
  /** Skips freshness: never a backoff, never the budget. */
  readonly force: boolean;
  /** Whether to ask although the status line keeps most numbers fresh: a person waits for the answer. */
  readonly ignoresPace?: boolean;
}

/** Row of the table in `docs/specs/resolving.md` that applies. */
export type Row = 1 | 2 | 3 | 4 | 5;

export interface Decision extends Judgement {
  readonly row: Row;
  /** `serve`: what is known. `background`: that, and a detached process refreshes. `refresh`: ask now. */
  readonly action: 'serve' | 'background' | 'refresh';
  readonly error: Failure | null;
}

/** Whether there is something that a line may show. */
export function isShowable(freshness: Freshness): boolean {
  return freshness === 'fresh' || freshness === 'stale';
}

/** A backoff in force. One over credentials is about those it was written with, and about no others. */
export function isBlocking(backoff: Backoff, now: number, fingerprint: string | null): boolean {
  if (backoff.blockedUntil <= now) return false;
  const renewed = backoff.credentials !== null && backoff.credentials !== fingerprint;
  return !(backoff.error !== null && isAboutCredentials(backoff.error) && renewed);
}

/** What to do about a question for usage: the table, row by row, the first that applies. */
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
  if (backoff && isBlocking(backoff, now, fingerprint))
    return serve(2, blockedBy(backoff, freshness, situation));
  const without = isShowable(freshness) ? null : cachedFailure(entry, fingerprint);
  if (policy === 'cached') return serve(3, lapsedStill(backoff, fingerprint) ?? without);
  if (isShowable(freshness) && isPaced(situation)) return serve(3, null);
  if (policy === 'background') {
    // A process that would only find the hour's budget spent is not worth starting. (The spacing is another
    // matter: it ends soon, and what looks like it may be a request under way.)
    const slot = hourlySlot(backoff, now, budget);
    // A lock from the future stays one until a process writes it again.
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

/** Whether the status line is in use, so that the endpoint is asked at the slower pace. */
function isPaced({ entry, now, settings, force, ignoresPace: eager = false }: Situation): boolean {
  return entry !== null && !force && !eager && now < pacedUntil(entry, settings);
}

/** The failure a backoff stands for, with the time of the next try. Another program's names none. */
function blockedBy(
  backoff: Backoff,
  freshness: Freshness,
  { now, fingerprint, budget }: Situation,
): Failure | null {
  const retryAt = nextTry(backoff, judgeBudget({ backoff, attempts: [] }, now, fingerprint, budget));
  if (backoff.error !== null) return { code: backoff.error, retryAt };
  return isShowable(freshness) ? null : { code: 'no_data', retryAt };
}

/**
 * A token that has lapsed stays so until the credentials change, also once the wait is over: the line would otherwise
 * say something else for a moment after every wait of a night. Null when the lock is not about that, or not about
 * these credentials.
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

/** An entry can hold nothing but the failure of the last attempt: better than to say that nothing is known. */
function cachedFailure(entry: Entry | null, fingerprint: string | null): Failure {
  const own = entry !== null && sameCredentials(entry, fingerprint);
  return { code: (own && entry.error) || 'no_data', retryAt: null };
}
