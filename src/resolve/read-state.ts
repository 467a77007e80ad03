import { mergeBackoffs, readBackoff } from '../cache/backoff.ts';
import type { Backoff } from '../cache/backoff.ts';
import type { AccountDirectory } from '../cache/directory.ts';
import { readEntry } from '../cache/entry.ts';
import type { EntryRead } from '../cache/entry.ts';
import { readSessionReports } from '../cache/session-reports.ts';
import { foreignOwner } from '../cache/trust.ts';
import type { Settings } from '../config/settings.ts';
import type { Identity } from '../fetch/provider.ts';
import type { ProviderDescriptor } from '../fetch/provider.ts';
import type { System } from '../platform/system.ts';
import { isAboutCredentials } from '../usage/failure.ts';
import type { Failure } from '../usage/failure.ts';
import type { TokenEstimate, Usage } from '../usage/model.ts';
import { NO_SESSION_REPORTS } from '../usage/session-reports.ts';
import type { SessionReports } from '../usage/session-reports.ts';
import { toUsage } from './to-usage.ts';
import type { UsageParts } from './to-usage.ts';
import { decide, isBlocking } from './decide.ts';
import type { Decision, Policy } from './decide.ts';
import { identityOf, matchAccount, matchLogin } from './identity.ts';
import type { Paths } from './paths.ts';
import { overlayReports } from './overlay.ts';

/** One question for usage. */
export interface Question {
  readonly policy: Policy;
  /** Ask although what is known is fresh. Never skips a backoff or the budget. */
  readonly force: boolean;
  /**
   * A person's own command: it may use the network although nothing can be kept. Anything else would make a
   * request at every call.
   */
  readonly sendsUncached: boolean;
  /** Wait for somebody else's running request although there is something to show. */
  readonly waitsForOthers: boolean;
  /** Whether to ask although the status line keeps most numbers fresh: a person waits for the answer. */
  readonly ignoresPace?: boolean;
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

/** One call of `resolve`: the question and what it is answered with. */
export interface Call {
  readonly deps: ResolveDeps;
  readonly question: Question;
  readonly paths: Paths;
  /** Fingerprint of the credentials, taken before they are read: the next call then notices a change in between. */
  readonly fingerprint: string | null;
}

/** Everything on disk that a decision depends on, at one moment. */
export interface State {
  readonly read: EntryRead;
  readonly backoff: Backoff | null;
  readonly now: number;
  /** Stamp of the credentials that the decision was made for. */
  readonly fingerprint: string | null;
  readonly decision: Decision;
}

/** The endpoint's answer and the sessions' reports, as they are on disk. */
export interface Sources {
  readonly stored: EntryRead;
  readonly reports: SessionReports;
}

/**
 * Looks at the files and decides. No credentials are read.
 *
 * @param sources what a caller has read just now
 */
export function readState(
  { system, settings, provider }: ResolveDeps,
  paths: Paths,
  question: Pick<Question, 'policy' | 'force' | 'ignoresPace'>,
  fingerprint: string | null,
  sources?: Sources,
): State {
  const now = system.now();
  const { stored, reports: readings } = sources ?? sourcesOf({ system, provider }, paths, now);
  const answered = stored.kind === 'entry' ? stored.entry : null;
  const backoff = readBackoffOf(system, paths, now);
  let identity: Identity | null = null;
  const signedIn = () => (identity ??= identityOf(system, provider, paths.cache));
  const account = () => (answered === null ? 'unknown' : matchAccount(answered, signedIn));
  const readingsAccount = () => matchLogin({ system, provider }, readings, fingerprint, signedIn);
  const canAsk = canAskEndpoint(settings, backoff, now, fingerprint);
  const { policy, force, ignoresPace: eager = false } = question;
  const entry = overlayReports(answered, readings, {
    reader: provider.reader,
    fingerprint,
    now,
    canAsk,
    account,
    reportsAccount: readingsAccount,
  });
  const read: EntryRead = entry === null || entry === answered ? stored : { kind: 'entry', entry };
  const decision = decide({
    entry,
    backoff,
    now,
    policy,
    fingerprint,
    account,
    settings,
    budget: provider.budget,
    force,
    ignoresPace: eager,
  });
  return { read, backoff, now, fingerprint, decision };
}

/** The backoff, wherever it is kept. */
export function readBackoffOf(
  system: System,
  { cache, fallback }: Pick<Paths, 'cache' | 'fallback'>,
  now: number,
): Backoff | null {
  return mergeBackoffs(
    cache && readBackoff(system, cache.backoff, now),
    fallback && readBackoff(system, fallback.backoff, now),
  );
}

/** Whether the endpoint can settle which of two numbers is right. */
export function canAskEndpoint(
  { network }: Settings,
  backoff: Backoff | null,
  now: number,
  fingerprint: string | null,
): boolean {
  return network && !lacksLogin(backoff, now, fingerprint);
}

/** Whether a failure over the credentials keeps the endpoint from being asked. */
function lacksLogin(backoff: Backoff | null, now: number, fingerprint: string | null): boolean {
  return (
    backoff !== null &&
    backoff.error !== null &&
    isAboutCredentials(backoff.error) &&
    isBlocking(backoff, now, fingerprint)
  );
}

function sourcesOf(
  { system, provider }: Pick<ResolveDeps, 'system' | 'provider'>,
  { cache }: Paths,
  now: number,
): Sources {
  if (cache === null)
    return { stored: { kind: 'miss', denied: null, absent: true }, reports: NO_SESSION_REPORTS };
  const windows = provider.reportedWindows;
  return {
    stored: readEntry(system, cache.entry, provider.reader),
    reports: windows === null ? NO_SESSION_REPORTS : readSessionReports(system, cache.reports, now, windows),
  };
}

/** The answer that a look at the files gives, with what came to light besides. */
export function usageFrom(
  deps: ResolveDeps,
  paths: Paths,
  { read, decision, now, fingerprint }: State,
  changes: Partial<Pick<UsageParts, 'error' | 'pending' | 'source'>> = {},
): Usage {
  const error = changes.error === undefined ? decision.error : changes.error;
  const entry = read.kind === 'entry' ? read.entry : null;
  return toUsage({
    entry,
    // Of another login than the present one it says nothing.
    loginUntil: entry?.credentials === fingerprint ? entry.loginUntil : undefined,
    freshness: decision.freshness,
    because: decision.because,
    source: 'cache',
    pending: false,
    provider: deps.provider,
    account: paths.account.name,
    decidedAt: now,
    now: deps.system.now(),
    settings: deps.settings,
    ...changes,
    error: deniedFailure(deps.system, paths, read, error) ?? error,
  });
}

/** Permission trouble is a miss like any other, but somebody should hear of it when nothing worse is known. */
function deniedFailure(
  system: System,
  { cache }: Paths,
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
export function cacheUnwritable(system: System, directory: AccountDirectory | null, reason: string): Failure {
  return { code: 'cache_unwritable', retryAt: null, detail: placed(system, directory, reason) };
}

/** A reason with its directory, and with the owner of what stands in the way. */
function placed(system: System, directory: AccountDirectory | null, reason: string): string {
  if (directory === null) return reason;
  const owner = foreignOwner(system, directory.path);
  return `${directory.path}: ${reason}${owner === null ? '' : `, ${owner}`}`;
}
