import { readClaims } from '../cache/claims.ts';
import { fileFingerprint } from '../platform/fingerprint.ts';
import type { Usage } from '../usage/model.ts';
import { judgeBudget } from './budget.ts';
import { currentFingerprint, diskFingerprint } from './credentials-fingerprint.ts';
import type { DiskFingerprint } from './credentials-fingerprint.ts';
import { isShowable } from './decide.ts';
import { orEstimate } from './estimate.ts';
import { pathsOf } from './paths.ts';
import type { Paths } from './paths.ts';
import { cacheUnwritable, readState, usageFrom } from './read-state.ts';
import type { Call, Question, ResolveDeps, Sources, State } from './read-state.ts';
import type { RequestResult } from './request-once.ts';
import { claimWorker } from './worker-claim.ts';

/*
 * A question for usage goes through these files, in this order:
 *
 *   resolve.ts                  reads the state, carries the decision out, waits for the request of another process
 *     paths.ts                  finds the account's files
 *     credentials-fingerprint.ts  identifies the credentials without reading them
 *     read-state.ts             reads entry, reports and backoff
 *       overlay.ts              lays the reports over the entry
 *       decide.ts               decides: freshness.ts, then backoff and budget.ts (pure)
 *     worker-claim.ts           takes the claim for the worker: only where the decision is `background`
 *     single-flight.ts          takes the mutex: only where the decision is `refresh`, like the next three
 *       request-once.ts         judges the budget, reads the credentials, takes the claim, sends the request
 *         stored-reading.ts     takes what the provider's client has read itself, before the budget is judged
 *         same-token.ts         keeps entry and backoff valid while the token is the same
 *         store-outcome.ts      stores the entry, or a backoff (backoff.ts)
 *     to-usage.ts               makes usage from entry and freshness (pure)
 *     estimate.ts               adds token counts where there are no numbers
 */

/** The result of a question for usage. */
export interface Resolution {
  readonly usage: Usage;
  /** The caller must start the worker, after it has printed, because starting a process takes time. */
  readonly startWorker: boolean;
  /** Files may have changed, so prerendered lines are out of date. */
  readonly refreshed: boolean;
  /** The usage stays valid until a file changes: no request is running or due. */
  readonly settled: boolean;
  /** The files as they were read before any request. */
  readonly state: State;
  /** Why nothing is cached, or which setting cannot be used, in words; null when there is no problem. */
  readonly warning: string | null;
}

/** What `resolve` needs before it reads the state. */
export interface Start {
  readonly paths: Paths;
  readonly onDisk: DiskFingerprint;
  /** Entry and reports that the caller has just read; absent: `resolve` reads them. */
  readonly sources?: Sources;
}

/** The start of a call that has read nothing yet. */
export function startOf({ system, provider }: Pick<ResolveDeps, 'system' | 'provider'>): Start {
  const paths = pathsOf(system, provider);
  return { paths, onDisk: diskFingerprint(system, provider, paths.cache) };
}

/** Resolves a question for usage: reads the state, decides, and carries the decision out. Failures are part of the usage. */
export async function resolve(
  deps: ResolveDeps,
  question: Question,
  start: Start = startOf(deps),
): Promise<Resolution> {
  const { system, provider, log } = deps;
  const { paths, onDisk } = start;
  const queriesKeychain = onDisk.keychainDue && question.policy === 'wait';
  const fingerprint = queriesKeychain
    ? await currentFingerprint(system, provider, paths.cache)
    : onDisk.fingerprint;
  const state = readState(deps, paths, question, fingerprint, start.sources);
  const { decision } = state;
  log(describe(state, paths, fingerprint));
  const resolution = async (usageWithoutEstimate: Usage, startWorker = false): Promise<Resolution> => {
    const { usage, startScan } = await orEstimate(deps, question, paths, usageWithoutEstimate);
    return {
      usage,
      startWorker: startWorker || startScan,
      refreshed: decision.action === 'refresh',
      // Prerendering does not read transcripts, so it cannot prepare an estimate.
      settled: decision.action !== 'background' && question.policy !== 'cached' && usage.state !== 'estimate',
      state,
      warning: paths.warning,
    };
  };

  switch (decision.action) {
    case 'serve': {
      // The entry is fresh for the last keychain query, which is too old: the worker queries the keychain.
      const recheck = onDisk.keychainDue && question.policy === 'background' && decision.row === 1;
      return resolution(
        usageFrom(deps, paths, state),
        recheck && claimWorker(deps, paths).kind === 'claimed',
      );
    }
    case 'background':
      return resolution(...serveAndRefresh(deps, paths, state));
    case 'refresh':
      return resolution(await refresh({ deps, question, paths, fingerprint }, state));
  }
}

/** Row 4: the usage to show at once, and whether this caller must start the worker. */
function serveAndRefresh(deps: ResolveDeps, paths: Paths, state: State): [Usage, boolean] {
  const claim = claimWorker(deps, paths);
  if (claim.kind === 'failed') {
    // A worker could not store its response, so each prompt would start another one.
    const error = cacheUnwritable(deps.system, paths.cache, claim.reason);
    return [usageFrom(deps, paths, state, { error }), false];
  }
  const pending = state.decision.error?.code === 'no_data';
  return [usageFrom(deps, paths, state, { pending }), claim.kind === 'claimed'];
}

/** The first and the longest pause between two reads of the files while another process sends a request, ms. */
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 80;
/** The pause between two attempts to take the mutex, ms: its process may have died or may have found the budget spent. */
const MUTEX_RETRY_MS = 500;

/**
 * Row 5: one process per account sends the request. The others show what they have at once; without data they wait for
 * the stored response until their deadline. `waitsForOthers` makes them wait in any case.
 */
async function refresh(call: Call, state: State): Promise<Usage> {
  const { deps, question, paths } = call;
  const { system, settings, log } = deps;
  const giveUpAt = system.monotonic() + settings.timeoutMs;
  for (let first = true; ; first = false) {
    const left = first ? settings.timeoutMs : giveUpAt - system.monotonic();
    // With less than half of the deadline left, a request would mostly end in a timeout, and in a backoff.
    const result = left >= settings.timeoutMs / 2 ? await tryRequest(call, state, left) : BUSY;
    if (result.kind === 'usage') return result.usage;
    if (isShowable(state.decision.freshness) && !question.waitsForOthers) {
      log('another process sends the request: serves the entry');
      return usageFrom(deps, paths, state);
    }
    const stored = await waitForResponse(
      call,
      state,
      Math.min(giveUpAt, system.monotonic() + MUTEX_RETRY_MS),
    );
    if (stored) return usageFrom(deps, paths, stored);
    if (system.monotonic() >= giveUpAt) {
      log('no response was stored within the deadline');
      return usageFrom(deps, paths, state, { error: { code: 'timeout', retryAt: null } });
    }
  }
}

const BUSY = { kind: 'busy' } as const;

/** Sends the request unless a claim shows that another process sends one: that avoids loading the HTTP client. */
async function tryRequest(call: Call, { backoff }: State, timeoutMs: number): Promise<RequestResult> {
  const { deps, paths, fingerprint } = call;
  const attempts = paths.cache ? readClaims(deps.system, paths.cache.path, 'attempt') : [];
  const budget = judgeBudget({ backoff, attempts }, deps.system.now(), fingerprint, deps.provider.budget);
  if (budget.kind === 'running' && !budget.waivable) return BUSY;
  const { singleFlight } = await import('./single-flight.ts');
  return singleFlight(call, timeoutMs);
}

/** Waits until another process has stored a response; null after `until` (monotonic ms). */
async function waitForResponse(call: Call, state: State, until: number): Promise<State | null> {
  const { system } = call.deps;
  let before = '';
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
    // Hundreds of processes can wait at the same time, so unchanged files are not read again.
    const after = fingerprintsOf(call);
    const found = after === before ? null : responseIn(call, state);
    if (found) return found;
    before = after;
    const left = until - system.monotonic();
    if (left <= 0) return null;
    await new Promise((wake) => setTimeout(wake, Math.min(pause, left)));
  }
}

/** The present state, if it can be served; else null. A forced question needs a newer entry or a failure. */
function responseIn({ deps, question, paths, fingerprint }: Call, before: State): State | null {
  const cachedAt = before.read.kind === 'entry' ? before.read.entry.cachedAt : Number.NEGATIVE_INFINITY;
  const state = readState(deps, paths, { ...question, policy: 'wait', force: false }, fingerprint);
  const newer = state.read.kind === 'entry' && state.read.entry.cachedAt > cachedAt;
  const sufficient = newer || !question.force || state.decision.row !== 1;
  return state.decision.action === 'serve' && sufficient ? state : null;
}

function fingerprintsOf({ deps: { system }, paths }: Call): string {
  const files = [paths.cache, paths.fallback].flatMap((it) => (it ? [it.entry, it.backoff] : []));
  return files.map((path) => fileFingerprint(system, path)).join(' ');
}

function describe({ decision, backoff, now, read }: State, paths: Paths, fingerprint: string | null): string {
  const entry =
    read.kind === 'entry' ? `entry ${Math.round((now - read.entry.cachedAt) / 1000)} s old` : 'no entry';
  const block =
    backoff && backoff.blockedUntil > now
      ? `blocked for ${Math.ceil((backoff.blockedUntil - now) / 1000)} s`
      : 'not blocked';
  const error = decision.error ? `, error ${decision.error.code}` : '';
  const where = paths.cache?.path ?? 'no cache directory';
  return `row ${decision.row}: ${decision.action}, ${decision.freshness}${decision.because === null ? '' : `, ${decision.because}`} (${entry}, ${block}${error}, fingerprint ${fingerprint ?? 'none'}, ${where})`;
}
