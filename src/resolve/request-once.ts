import { readBackoff, serializeBackoff, withOwnClock } from '../cache/backoff.ts';
import type { Backoff } from '../cache/backoff.ts';
import { dropClaim, endClaim, readClaims, sweepClaims, takeClaim } from '../cache/claims.ts';
import type { Claim } from '../cache/claims.ts';
import type { RefreshEnd } from '../cache/counts.ts';
import type { AccountDirectory } from '../cache/directory.ts';
import { sweepTemporaries } from '../cache/cleanup.ts';
import { replaceDurably } from '../cache/replace-durably.ts';
import type { Identity, Session } from '../fetch/provider.ts';
import { describeFault } from '../platform/exceptions.ts';
import type { System } from '../platform/system.ts';
import type { Failure, RefreshFailure } from '../usage/failure.ts';
import type { Usage } from '../usage/model.ts';
import { backoffWithRequest } from './backoff.ts';
import { judgeBudget } from './budget.ts';
import { nextTry } from './decide.ts';
import { accountKey, entryIdentity, identityOf } from './identity.ts';
import type { Paths } from './paths.ts';
import { readState, usageFrom } from './read-state.ts';
import type { Call, ResolveDeps, State } from './read-state.ts';
import { adoptFingerprint, dependsOnToken, storedEntry } from './same-token.ts';
import { storeFailure, storeRefusal, storeSuccess } from './store-outcome.ts';
import type { Attempt } from './store-outcome.ts';
import { takeStoredReading } from './stored-reading.ts';

/** The result of an attempt to send the request. */
export type RequestResult =
  | {
      readonly kind: 'usage';
      readonly usage: Usage;
      /** For the counts. */
      readonly end: RefreshEnd;
    }
  /** Another process sends the request: wait for its response. */
  | { readonly kind: 'busy' }
  /** The directory for backoff and claims cannot be written; `reason` is an errno name. Nothing was sent. */
  | { readonly kind: 'unwritable'; readonly reason: string };

/**
 * Sends at most one request and stores its outcome. The steps: read the files again, judge the budget, read the
 * credentials, take the claim, record the request, send it. Each step can end the attempt.
 *
 * @param directory where backoff and claims are stored, with its mutex held; null where they cannot be stored
 */
export async function requestOnce(
  call: Call,
  directory: AccountDirectory | null,
  timeoutMs: number,
): Promise<RequestResult> {
  const { deps, question, paths, fingerprint } = call;
  const { system, provider, log } = deps;
  correctFutureBackoffs(system, paths, system.now());
  const readAgain = () => readState(deps, paths, { ...question, policy: 'wait' }, fingerprint);
  let state = readAgain();
  if (state.decision.action === 'serve') {
    log(`row ${state.decision.row} under the mutex: another process has refreshed the entry`);
    return { kind: 'usage', usage: usageFrom(deps, paths, state), end: 'shared' };
  }

  const served = await afterStoredReading(call, directory, state, readAgain);
  if (served.kind === 'usage') return served;
  state = served.state;

  const attempts = directory ? readClaims(system, directory.path, 'attempt') : [];
  // In a read-only cache a backoff with a future time is never corrected: it would block every request until then.
  const backoff = directory === null && state.backoff?.ahead !== undefined ? null : state.backoff;
  const budget = judgeBudget({ backoff, attempts }, state.now, fingerprint, provider.budget);
  log(`budget: ${budget.kind}`);
  const refusal = (): RequestResult | null => {
    if (budget.kind === 'running') return { kind: 'busy' };
    if (budget.kind === 'granted') return null;
    const error: Failure = { code: 'budget', retryAt: nextTry(backoff, budget) };
    return { kind: 'usage', usage: usageFrom(deps, paths, state, { error }), end: 'refused' };
  };
  const waivable = budget.kind !== 'granted' && budget.waivable;
  const stored = paths.cache && storedEntry(system, paths.cache.entry, provider.reader);
  const tokenDecides = budget.kind !== 'running' && dependsOnToken(stored, backoff, state.now, fingerprint);
  const refused = waivable || tokenDecides ? null : refusal();
  if (refused) return refused;

  // Read before the credentials: after a sign-in between the two reads, the entry has an account other than the
  // present one and is not shown. The other order would show its numbers under the wrong account.
  const signedIn = identityOf(system, provider, paths.cache);
  const identity = entryIdentity(signedIn);
  const attempt = (): Attempt => ({ ...call, directory, state, identity });
  try {
    const session = await (await provider.connect()).authenticate(system);
    if (!session.ok) {
      const usage = storeFailure(attempt(), backoff, session.failure, null);
      return { kind: 'usage', usage, end: 'unsent' };
    }

    const tokenHash = tokenHashOf(session.value, backoff);
    if (
      directory !== null &&
      tokenHash !== null &&
      adoptFingerprint({ system, provider }, paths, { fingerprint, tokenHash, identity: signedIn })
    ) {
      log('the credentials have changed, the token has not');
      state = readAgain();
      if (state.decision.action === 'serve')
        return { kind: 'usage', usage: usageFrom(deps, paths, state), end: 'shared' };
    }
    const waived = waivable && tokenHash !== null && tokenHash !== backoff?.tokenHash;
    const refusedForToken = waived ? null : refusal();
    if (refusedForToken) {
      if (waivable) log('budget: the token is the one that was sent last');
      return refusedForToken;
    }
    const request = { session: session.value, backoff, tokenHash, waived, signedIn };
    return await claimAndSend(attempt(), request, attempts[0], timeoutMs);
  } catch (error) {
    const usage = storeFailure(attempt(), backoff, faultOf(error, log), null);
    return { kind: 'usage', usage, end: 'unsent' };
  }
}

/**
 * Takes what the provider's client has read itself: then there may be nothing left to ask.
 *
 * @param directory as in `requestOnce`
 * @param readAgain reads the state
 */
async function afterStoredReading(
  call: Call,
  directory: AccountDirectory | null,
  state: State,
  readAgain: () => State,
): Promise<{ readonly kind: 'state'; readonly state: State } | Extract<RequestResult, { kind: 'usage' }>> {
  const { deps, paths } = call;
  if (directory === null) return { kind: 'state', state };
  try {
    const connected = await deps.provider.connect();
    if (!connected.storedReading || !takeStoredReading(call, directory, connected))
      return { kind: 'state', state };
  } catch (error) {
    // An exception here is a bug, too, but the request can still be made.
    faultOf(error, deps.log);
    return { kind: 'state', state };
  }
  const after = readAgain();
  if (after.decision.action !== 'serve') return { kind: 'state', state: after };
  return { kind: 'usage', usage: usageFrom(deps, paths, after), end: 'shared' };
}

/** An exception is a bug. Its backoff keeps the next prompts from failing the same way at once. */
function faultOf(error: unknown, log: (event: string) => void): RefreshFailure {
  const detail = describeFault(error);
  log(`internal error: ${detail}`);
  return { code: 'internal_error', detail };
}

/** What is sent, and what the backoff must record of it. */
interface Request {
  readonly session: Session;
  /** The backoff before this request. */
  readonly backoff: Backoff | null;
  /** Null where the token is not known. */
  readonly tokenHash: string | null;
  /** The account that was signed in before the credentials were read. */
  readonly signedIn: Identity;
  /** The time between two requests was waived for this one. */
  readonly waived: boolean;
}

/**
 * Takes the claim, records the request in `usage.lock`, and sends it. The record comes first, so that a crash does not
 * make the request free. The deadline counts from the claim: after it, the claim no longer keeps other processes from
 * sending, so a process that was suspended must not send.
 *
 * @param latest the newest claim that the budget was judged with
 */
async function claimAndSend(
  attempt: Attempt,
  request: Request,
  latest: Claim | undefined,
  timeoutMs: number,
): Promise<RequestResult> {
  const { directory, fingerprint } = attempt;
  const { system, log } = attempt.deps;
  const now = system.now();
  const began = system.monotonic();
  const recorded = backoffWithRequest(request.backoff, fingerprint, now, request.tokenHash, request.waived);
  if (directory === null) {
    const { usage, end } = await send(attempt, request, recorded, timeoutMs);
    return { kind: 'usage', usage, end };
  }
  const claim = { at: now, until: now + timeoutMs, credentials: fingerprint };
  const taken = takeClaim(system, directory.path, 'attempt', latest, claim);
  log(`attempt: ${taken.kind}`);
  if (taken.kind === 'lost') return { kind: 'busy' };
  if (taken.kind === 'failed') return { kind: 'unwritable', reason: taken.reason };
  let mayHaveLeft = false;
  try {
    const unwritten = replaceDurably(system, directory.backoff, serializeBackoff(recorded));
    if (unwritten !== null) return { kind: 'unwritable', reason: unwritten };
    mayHaveLeft = true;
    // Both clocks: the monotonic one can stand still while the machine sleeps, the other one can be set back.
    const elapsed = Math.max(system.monotonic() - began, system.now() - now);
    const sent = await send(attempt, request, recorded, timeoutMs - elapsed);
    mayHaveLeft = sent.end !== 'unsent';
    return { kind: 'usage', usage: sent.usage, end: sent.end };
  } finally {
    // The claim of a request that was not sent would delay the next one.
    if (mayHaveLeft) endAttempt(attempt.deps, directory, taken.claim);
    else dropClaim(system, directory.path, 'attempt', taken.claim);
  }
}

/**
 * Sends the request and stores its outcome.
 *
 * @param recorded the backoff that records this request
 * @returns `end` is `unsent` where nothing of the request can have left this machine
 */
async function send(
  attempt: Attempt,
  { session, backoff, tokenHash, signedIn }: Request,
  recorded: Backoff,
  timeoutMs: number,
): Promise<{ readonly usage: Usage; readonly end: RefreshEnd }> {
  const { system, log } = attempt.deps;
  const { baseUrl, userAgent } = attempt.question;
  const unsent = (failure: RefreshFailure) => ({
    usage: storeFailure(attempt, backoff, failure, null, recorded),
    end: 'unsent' as const,
  });
  if (timeoutMs <= 0) return unsent({ code: 'timeout' });
  // The age of the numbers counts from here, since the endpoint may read them at once.
  const sentAt = system.now();
  try {
    const outcome = await session.send({ baseUrl, timeoutMs, userAgent });
    log(`response: ${outcome.ok ? 'usage' : outcome.failure.code}`);
    if (outcome.ok && tokenHash === null && !isSameAccount(attempt, signedIn)) {
      const failure = { code: 'bad_response', detail: 'another account signed in meanwhile' } as const;
      return { usage: storeFailure(attempt, recorded, failure, sentAt), end: 'failed' };
    }
    if (outcome.ok) {
      const { refused } = outcome.value;
      return refused
        ? { usage: storeRefusal(attempt, recorded, outcome.value, refused, sentAt), end: 'failed' }
        : { usage: storeSuccess(attempt, recorded, outcome.value, sentAt), end: 'answered' };
    }
    if (outcome.failure.unsent) return unsent(outcome.failure);
    return { usage: storeFailure(attempt, recorded, outcome.failure, sentAt), end: 'failed' };
  } catch (error) {
    return { usage: storeFailure(attempt, recorded, faultOf(error, log), sentAt), end: 'failed' };
  }
}

/** Whether the account is the one that was signed in before the request. Only then are numbers of an unknown token its own. */
function isSameAccount({ deps: { system, provider }, paths }: Attempt, before: Identity): boolean {
  return accountKey(identityOf(system, provider, paths.cache)) === accountKey(before);
}

/** Rewrites backoffs with a future time for this clock. The caller holds the mutex. */
function correctFutureBackoffs(system: System, { cache, fallback }: Paths, now: number): void {
  for (const directory of [cache, fallback]) {
    const backoff = directory && readBackoff(system, directory.backoff, now);
    if (directory && backoff?.ahead !== undefined)
      replaceDurably(system, directory.backoff, serializeBackoff(withOwnClock(backoff, now)));
  }
}

/**
 * The hash of the token to send, as `usage.lock` stores it; null where the token is not known. Uses the stored key, so that
 * the two can be compared.
 */
function tokenHashOf(session: Session, backoff: Backoff | null): string | null {
  const { randomBytes } = process.getBuiltinModule('node:crypto');
  const key = backoff?.tokenHash?.split(':', 1)[0] ?? randomBytes(16).toString('hex');
  const hash = session.tokenHash(key);
  return hash === null ? null : `${key}:${hash}`;
}

/** Ends the claim, so that waiting processes continue, and removes old claims and temporary files. */
function endAttempt({ system, provider }: ResolveDeps, directory: AccountDirectory, claim: Claim): void {
  endClaim(system, directory.path, 'attempt', claim);
  sweepClaims(system, directory.path, 'attempt', system.now() - provider.budget.spacingMs);
  sweepTemporaries(system, directory);
}
