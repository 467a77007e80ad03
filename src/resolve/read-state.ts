import { mergeBackoffs, readBackoff } from '../cache/backoff.ts';
import type { Backoff } from '../cache/backoff.ts';
import type { AccountDirectory } from '../cache/directory.ts';
import { readEntry } from '../cache/entry.ts';
import type { EntryRead } from '../cache/entry.ts';
import { readSessionReports } from '../cache/session-reports.ts';
import { foreignOwner, isRootAtFault } from '../cache/trust.ts';
import type { Settings } from '../config/settings.ts';
import type { Identity, ProviderDescriptor } from '../fetch/provider.ts';
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

/** A question for usage. docs/specs/resolving.md has the policies. */
export interface Question {
  readonly policy: Policy;
  /** Sends a request although the entry is fresh. Ignores neither a backoff nor the budget. */
  readonly force: boolean;
  /**
   * Sends a request although nothing can be stored, as a person's own command does. Other callers would send one at every
   * call.
   */
  readonly sendsUncached: boolean;
  /** Waits for the request of another process although there are numbers to show. */
  readonly waitsForOthers: boolean;
  /** Does not accept the slower pace while the status line keeps most numbers fresh, because a person waits. */
  readonly ignoresPace?: boolean;
  /** Reads the login again although a backoff is in force over one for which nothing was sent. */
  readonly retriesLogin?: boolean;
  /** The base URL of the endpoint, checked. */
  readonly baseUrl: string;
  readonly userAgent: string;
}

/** How old an estimate may be: `any` takes that of the last scan, `recent` one of the last minute, `none` scans. */
export type EstimateAge = 'any' | 'recent' | 'none';

/** The tokens in local transcripts. */
export interface LocalTokens {
  /** Null when there are none, or no scan has been made. */
  readonly tokens: TokenEstimate | null;
  /** A scan may find more. */
  readonly isDue: boolean;
}

/** What `resolve` works with. */
export interface ResolveDeps {
  readonly system: System;
  readonly settings: Settings;
  readonly provider: ProviderDescriptor;
  /** The tokens in local transcripts, for `estimate.ts`; absent where the caller shows no estimates. */
  readonly estimate?: (age: EstimateAge) => Promise<LocalTokens>;
  /** Called with each step and its reason, in words; never with a secret. */
  log(event: string): void;
}

/** One call of `resolve`. */
export interface Call {
  readonly deps: ResolveDeps;
  readonly question: Question;
  readonly paths: Paths;
  /** Fingerprint of the credentials before they are read, so that the next call notices a change in between. */
  readonly fingerprint: string | null;
}

/** The files at one moment, and the decision on them. */
export interface State {
  /** The entry with its overlay. */
  readonly read: EntryRead;
  readonly backoff: Backoff | null;
  /** Epoch ms. */
  readonly now: number;
  /** Fingerprint of the credentials for which the decision was made. */
  readonly fingerprint: string | null;
  readonly decision: Decision;
}

/** The stored entry and the reports, as they are on disk. */
export interface Sources {
  readonly stored: EntryRead;
  readonly reports: SessionReports;
}

/**
 * Reads the files and decides. Reads no credentials.
 *
 * @param sources what the caller has just read; absent: they are read here
 */
export function readState(
  { system, settings, provider }: ResolveDeps,
  paths: Paths,
  question: Pick<Question, 'policy' | 'force' | 'ignoresPace' | 'retriesLogin'>,
  fingerprint: string | null,
  sources?: Sources,
): State {
  const now = system.now();
  const { stored, reports } = sources ?? sourcesOf({ system, provider }, paths, now);
  const storedEntry = stored.kind === 'entry' ? stored.entry : null;
  const backoff = readBackoffOf(system, paths, now);
  let identity: Identity | null = null;
  const signedIn = () => (identity ??= identityOf(system, provider, paths.cache));
  const account = () => (storedEntry === null ? 'unknown' : matchAccount(storedEntry, signedIn));
  const reportsAccount = () => matchLogin({ system, provider }, reports, fingerprint, signedIn);
  const canAsk = canAskEndpoint(settings, backoff, now, fingerprint);
  const { policy, force, ignoresPace = false, retriesLogin = false } = question;
  const entry = overlayReports(storedEntry, reports, {
    reader: provider.reader,
    fingerprint,
    now,
    canAsk,
    account,
    reportsAccount,
  });
  const read: EntryRead = entry === null || entry === storedEntry ? stored : { kind: 'entry', entry };
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
    ignoresPace,
    retriesLogin,
  });
  return { read, backoff, now, fingerprint, decision };
}

/** The backoff of the cache directory, merged with that of the fallback directory. */
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

/** Whether a request can settle which of two numbers is right. */
export function canAskEndpoint(
  { network }: Settings,
  backoff: Backoff | null,
  now: number,
  fingerprint: string | null,
): boolean {
  return network && !lacksLogin(backoff, now, fingerprint);
}

/** Whether a backoff over credentials is in force. */
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

/**
 * The usage that the files and the decision give.
 *
 * @param changes what differs from the decision, because it became known later
 */
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
    // Only for the present login.
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

/** The failure for an entry that may not be read; null where there is another failure to show. */
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
    detail: withDirectory(system, cache, read.denied),
  };
}

/** The failure for a cache that cannot be written, with its directory. */
export function cacheUnwritable(system: System, directory: AccountDirectory | null, reason: string): Failure {
  const place = directory && {
    path: isRootAtFault(system, directory, reason) ? directory.root : directory.path,
  };
  return { code: 'cache_unwritable', retryAt: null, detail: withDirectory(system, place, reason) };
}

/** A reason with the directory, and with its owner where that is another user. */
function withDirectory(
  system: System,
  directory: Pick<AccountDirectory, 'path'> | null,
  reason: string,
): string {
  if (directory === null) return reason;
  const owner = foreignOwner(system, directory.path);
  return `${directory.path}: ${reason}${owner === null ? '' : `, ${owner}`}`;
}
