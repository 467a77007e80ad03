import type { BackoffLock } from '../cache/backoff-lock.ts';
import type { Entry } from '../cache/entry.ts';
import type { Settings } from '../config/settings.ts';
import { isAboutCredentials, isRenewal } from '../usage/failure.ts';
import type { Failure } from '../usage/failure.ts';
import { hourlySlot, judgeBudget } from './budget.ts';
import type { BudgetVerdict } from './budget.ts';
import { judgeEntry, pacedUntil, restDueAt, sameCredentials } from './freshness.ts';
import type { AccountMatch, Judgement, Freshness } from './freshness.ts';

/** `cached`: never ask. `background`: never wait. `wait`: ask and wait for the answer. */
export type Policy = 'cached' | 'background' | 'wait';

/** Everything the decision depends on, and nothing else. */
export interface Situation {
  readonly entry: Entry | null;
  readonly lock: BackoffLock | null;
  /** Epoch ms. */
  readonly now: number;
  readonly policy: Policy;
  /** Stamp of the credentials as they are now; null where there is none. */
  readonly stamp: string | null;
  readonly account: () => AccountMatch;
  readonly settings: Settings;
  /** Skips freshness: never a backoff, never the budget. */
  readonly force: boolean;
  /** A person waits: the slower pace beside Claude Code's status line is not for them. */
  readonly eager?: boolean;
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
export function isBlocking(lock: BackoffLock, now: number, stamp: string | null): boolean {
  if (lock.blockedUntil <= now) return false;
  const renewed = lock.credentials !== null && lock.credentials !== stamp;
  return !(lock.error !== null && isAboutCredentials(lock.error) && renewed);
}

/** What to do about a question for usage: the table, row by row, the first that applies. */
export function decide(situation: Situation): Decision {
  const { entry, lock, now, policy, stamp, settings } = situation;
  const judgement = judgeEntry(entry, now, stamp, settings, situation.account);
  const { freshness } = judgement;
  const serve = (row: Row, error: Failure | null): Decision => ({
    ...judgement,
    row,
    action: 'serve',
    error,
  });

  if (freshness === 'fresh' && !situation.force) {
    const dueAt = entry && restDueAt(entry, settings);
    const due = dueAt !== null && dueAt <= now && settings.network && policy !== 'cached';
    if (!due || (lock && isBlocking(lock, now, stamp)) || hourlySlot(lock, now) > now) return serve(1, null);
    // What Claude Code's status line tells is fresh. It does not tell everything, and the rest is due.
    if (policy === 'background') return { ...judgement, row: 4, action: 'background', error: null };
    return { ...judgement, row: 5, action: 'refresh', error: null };
  }
  if (!settings.network) return serve(3, { code: 'disabled', retryAt: null });
  if (lock && isBlocking(lock, now, stamp)) return serve(2, blockedBy(lock, freshness, now, stamp));
  const without = isShowable(freshness) ? null : cachedFailure(entry, stamp);
  if (policy === 'cached') return serve(3, lapsedStill(lock, stamp) ?? without);
  if (isShowable(freshness) && isPaced(situation)) return serve(3, null);
  if (policy === 'background') {
    // A process that would only find the hour's budget spent is not worth starting. (The spacing is another
    // matter: it ends soon, and what looks like it may be a request under way.)
    const slot = hourlySlot(lock, now);
    // A lock from the future stays one until a process writes it again.
    if (slot > now && lock?.ahead === undefined)
      return serve(4, { code: 'budget', retryAt: Math.max(slot, lock?.blockedUntil ?? 0) });
    const unknown: Failure | null = isShowable(freshness) ? null : { code: 'no_data', retryAt: null };
    return { ...judgement, row: 4, action: 'background', error: lapsedStill(lock, stamp) ?? unknown };
  }
  return { ...judgement, row: 5, action: 'refresh', error: null };
}

/** Claude Code is at work and tells what it knows: the endpoint is asked at the slower pace. */
function isPaced({ entry, now, settings, force, eager = false }: Situation): boolean {
  return entry !== null && !force && !eager && now < pacedUntil(entry, settings);
}

/** The failure a backoff stands for, with the time of the next try. Another program's names none. */
function blockedBy(
  lock: BackoffLock,
  freshness: Freshness,
  now: number,
  stamp: string | null,
): Failure | null {
  const retryAt = nextTry(lock, judgeBudget({ lock, attempts: [] }, now, stamp));
  if (lock.error !== null) return { code: lock.error, retryAt };
  return isShowable(freshness) ? null : { code: 'no_data', retryAt };
}

/**
 * A token that has lapsed stays so until the credentials change, also once the wait is over: the line would otherwise
 * say something else for a moment after every wait of a night. Null when the lock is not about that, or not about
 * these credentials.
 */
function lapsedStill(lock: BackoffLock | null, stamp: string | null): Failure | null {
  if (lock?.error == null || !isRenewal(lock.error)) return null;
  return lock.credentials !== null && lock.credentials === stamp ? { code: lock.error, retryAt: null } : null;
}

/** The later of the end of the backoff and the budget's next slot, epoch ms. */
export function nextTry(lock: BackoffLock | null, budget: BudgetVerdict): number | null {
  const times = [...(lock ? [lock.blockedUntil] : []), ...(budget.kind === 'refused' ? [budget.nextAt] : [])];
  return times.length > 0 ? Math.max(...times) : null;
}

/** An entry can hold nothing but the failure of the last attempt: better than to say that nothing is known. */
function cachedFailure(entry: Entry | null, stamp: string | null): Failure {
  const own = entry !== null && sameCredentials(entry, stamp);
  return { code: (own && entry.error) || 'no_data', retryAt: null };
}
