import { mergeBackoffLocks, readBackoffLock } from '../cache/backoff-lock.ts';
import type { BackoffLock } from '../cache/backoff-lock.ts';
import type { AccountDirectory } from '../cache/directory.ts';
import { readEntry } from '../cache/entry.ts';
import type { EntryRead } from '../cache/entry.ts';
import { readReadings } from '../cache/session-reports.ts';
import { foreignOwner } from '../cache/trust.ts';
import type { Settings } from '../config/settings.ts';
import type { Identity } from '../fetch/provider.ts';
import type { ProviderDescriptor } from '../fetch/registry.ts';
import type { System } from '../platform/system.ts';
import { isAboutCredentials } from '../usage/failure.ts';
import type { Failure } from '../usage/failure.ts';
import type { TokenEstimate, Usage } from '../usage/model.ts';
import { NO_READINGS } from '../usage/session-reports.ts';
import type { Readings } from '../usage/session-reports.ts';
import { answer } from './to-usage.ts';
import type { AnswerParts } from './to-usage.ts';
import { decide, isBlocking } from './decide.ts';
import type { Decision, Policy } from './decide.ts';
import { identityOf, matchAccount, matchLogin } from './identity.ts';
import type { Places } from './places.ts';
import { withReadings } from './overlay.ts';

/** One question for usage. */
export interface Question {
  readonly policy: Policy;
  /** Ask although what is known is fresh. Never skips a backoff or the budget. */
  readonly force: boolean;
  /**
   * A person's own command: it may use the network although nothing can be kept. Anything else would make a
   * request at every call.
   */
  readonly person: boolean;
  /** Wait for somebody else's running request although there is something to show. */
  readonly patient: boolean;
  /** A person waits for this answer: the slower pace beside Claude Code's status line is not for them. */
  readonly eager?: boolean;
  /** Checked base URL of the endpoint. */
  readonly baseUrl: string;
  readonly userAgent: string;
}

/** How old an estimate may be: `any` reads what the last scan found; `recent`: a minute; `none`: scans. */
export type EstimateAge = 'any' | 'recent' | 'none';

/** What is known of local transcripts. */
export interface LocalTokens {
  /** Null when there are none, or none were scanned yet. */
  readonly tokens: TokenEstimate | null;
  /** A scan would find more, as far as is known. */
  readonly isDue: boolean;
}

export interface ResolveDeps {
  readonly system: System;
  readonly settings: Settings;
  readonly provider: ProviderDescriptor;
  /** Tokens in local transcripts, for `estimate.ts`. Absent: the caller does not show estimates. */
  readonly estimate?: (age: EstimateAge) => Promise<LocalTokens>;
  /** Told of every step with its reason; never of a secret. */
  log(event: string): void;
}

/** Everything on disk that a decision depends on, at one moment. */
export interface Look {
  readonly read: EntryRead;
  readonly lock: BackoffLock | null;
  readonly now: number;
  /** Stamp of the credentials that the decision was made for. */
  readonly stamp: string | null;
  readonly decision: Decision;
}

/** The endpoint's answer and the sessions' reports, as they are on disk. */
export interface Sources {
  readonly stored: EntryRead;
  readonly readings: Readings;
}

/**
 * Looks at the files and decides. No credentials are read.
 *
 * @param sources what a caller has read just now
 */
export function look(
  { system, settings, provider }: ResolveDeps,
  places: Places,
  question: Pick<Question, 'policy' | 'force' | 'eager'>,
  stamp: string | null,
  sources?: Sources,
): Look {
  const now = system.now();
  const { stored, readings } = sources ?? sourcesOf(system, places, now);
  const answered = stored.kind === 'entry' ? stored.entry : null;
  const lock = readLock(system, places, now);
  let identity: Identity | null = null;
  const signedIn = () => (identity ??= identityOf(system, provider, places.cache));
  const account = () => (answered === null ? 'unknown' : matchAccount(answered, signedIn));
  const readingsAccount = () => matchLogin({ system, provider }, readings, stamp, signedIn);
  const canAsk = canSettle(settings, lock, now, stamp);
  const { policy, force, eager = false } = question;
  const entry = withReadings(answered, readings, { stamp, now, canAsk, account, readingsAccount });
  const read: EntryRead = entry === null || entry === answered ? stored : { kind: 'entry', entry };
  const decision = decide({ entry, lock, now, policy, stamp, account, settings, force, eager });
  return { read, lock, now, stamp, decision };
}

/** The backoff, wherever it is kept. */
export function readLock(
  system: System,
  { cache, fallback }: Pick<Places, 'cache' | 'fallback'>,
  now: number,
): BackoffLock | null {
  return mergeBackoffLocks(
    cache && readBackoffLock(system, cache.lock, now),
    fallback && readBackoffLock(system, fallback.lock, now),
  );
}

/** Whether the endpoint can settle which of two numbers is right. */
export function canSettle(
  { network }: Settings,
  lock: BackoffLock | null,
  now: number,
  stamp: string | null,
): boolean {
  return network && !lacksLogin(lock, now, stamp);
}

/** Whether a failure over the credentials keeps the endpoint from being asked. */
function lacksLogin(lock: BackoffLock | null, now: number, stamp: string | null): boolean {
  return (
    lock !== null && lock.error !== null && isAboutCredentials(lock.error) && isBlocking(lock, now, stamp)
  );
}

function sourcesOf(system: System, { cache }: Places, now: number): Sources {
  if (cache === null) return { stored: { kind: 'miss', denied: null, absent: true }, readings: NO_READINGS };
  return { stored: readEntry(system, cache.entry), readings: readReadings(system, cache.readings, now) };
}

/** The answer that a look at the files gives, with what came to light besides. */
export function answerFrom(
  deps: ResolveDeps,
  places: Places,
  { read, decision, now, stamp }: Look,
  changes: Partial<Pick<AnswerParts, 'error' | 'pending' | 'source'>> = {},
): Usage {
  const error = changes.error === undefined ? decision.error : changes.error;
  const entry = read.kind === 'entry' ? read.entry : null;
  return answer({
    entry,
    // Of another login than the present one it says nothing.
    loginUntil: entry?.credentials === stamp ? entry.loginUntil : undefined,
    standing: decision.standing,
    because: decision.because,
    source: 'cache',
    pending: false,
    account: places.account.name,
    decidedAt: now,
    now: deps.system.now(),
    settings: deps.settings,
    ...changes,
    error: deniedFailure(deps.system, places, read, error) ?? error,
  });
}

/** Permission trouble is a miss like any other, but somebody should hear of it when nothing worse is known. */
function deniedFailure(
  system: System,
  { cache }: Places,
  read: EntryRead,
  error: Failure | null,
): Failure | null {
  if (read.kind === 'entry' || read.denied === null) return null;
  if (error !== null && error.code !== 'no_data') return null;
  return {
    code: 'cache_unreadable',
    retryAt: error?.retryAt ?? null,
    detail: placed(system, cache, read.denied),
  };
}

/** The failure to keep what is known, with the directory that stands in the way. */
export function unwritable(system: System, directory: AccountDirectory | null, reason: string): Failure {
  return { code: 'cache_unwritable', retryAt: null, detail: placed(system, directory, reason) };
}

/** A reason with its directory, and with the owner of what stands in the way. */
function placed(system: System, directory: AccountDirectory | null, reason: string): string {
  if (directory === null) return reason;
  const owner = foreignOwner(system, directory.path);
  return `${directory.path}: ${reason}${owner === null ? '' : `, ${owner}`}`;
}
