import { caughtUp, mergeBackoffLocks, readBackoffLock, serializeBackoffLock } from '../cache/backoff-lock.ts';
import type { BackoffLock } from '../cache/backoff-lock.ts';
import { dropClaim, endClaim, readClaims, sweepClaims, takeClaim } from '../cache/claims.ts';
import type { Claim } from '../cache/claims.ts';
import type { AccountDirectory } from '../cache/directory.ts';
import { readEntry, serializeEntry } from '../cache/entry.ts';
import type { Entry } from '../cache/entry.ts';
import { removeQuietly } from '../cache/replace.ts';
import { sweepTemporaries } from '../cache/sweep.ts';
import { replaceFile } from '../cache/write.ts';
import { describeFault } from '../fault.ts';
import type { Session } from '../fetch/provider.ts';
import type { System } from '../system.ts';
import type { Failure, RefreshFailure } from '../usage/failure.ts';
import type { Reading, Usage } from '../usage/model.ts';
import { lockAfterFailure, lockWithout, lockWithRequest } from './backoff.ts';
import { judgeBudget, REQUEST_SPACING_MS } from './budget.ts';
import { answerFrom, look, unwritable } from './context.ts';
import type { Look, Question, ResolveDeps } from './context.ts';
import { entryIdentity, identityOf } from './identity.ts';
import type { EntryIdentity } from './identity.ts';
import type { Places } from './places.ts';
import { isBlocking, nextTry } from './decide.ts';
import { dependsOnToken, restamp, storedEntry } from './same-token.ts';

/** A caller whose turn it may be to ask. */
export interface Turn {
  readonly deps: ResolveDeps;
  readonly question: Question;
  readonly places: Places;
  /** Stamp of the credentials, taken before they are read: a change in between shows at the next call. */
  readonly stamp: string | null;
}

/** A turn that has come: whoever has it holds the mutex. */
interface Attempt extends Turn {
  /** Where lock and claims are kept; null when they can be kept nowhere. */
  readonly directory: AccountDirectory | null;
  /** What was on disk once the mutex was held. */
  readonly seen: Look;
  /** Who is signed in, as the entry keeps it. */
  readonly identity: EntryIdentity;
}

export type Attempted =
  | { readonly kind: 'answer'; readonly usage: Usage }
  /** Somebody else is asking: wait for their answer. */
  | { readonly kind: 'busy' }
  /** The directory that the budget is to be kept in cannot be written: an errno name. Nothing was sent. */
  | { readonly kind: 'unwritable'; readonly reason: string };

/**
 * The turn of the one who holds the mutex: looks again, judges the budget, reads the credentials, claims the
 * attempt, sends, and writes what came of it.
 *
 * @param directory null when lock and claims can be kept nowhere: a person's own command asks all the same
 */
export async function attempt(
  turn: Turn,
  directory: AccountDirectory | null,
  timeoutMs: number,
): Promise<Attempted> {
  const { deps, question, places, stamp } = turn;
  const { system, provider, log } = deps;
  catchUp(system, places, system.now());
  const lookAgain = () => look(deps, places, { ...question, policy: 'wait' }, stamp);
  let seen = lookAgain();
  if (seen.decision.action === 'serve') {
    log(`row ${seen.decision.row} under the mutex: somebody else was quicker`);
    return { kind: 'answer', usage: answerFrom(deps, places, seen) };
  }

  const attempts = directory ? readClaims(system, directory.path, 'attempt') : [];
  // In a read-only cache nothing corrects a lock with a future time. It would block every request until that time.
  const lock = directory === null && seen.lock?.ahead !== undefined ? null : seen.lock;
  const budget = judgeBudget({ lock, attempts }, seen.now, stamp);
  log(`budget: ${budget.kind}`);
  const refused = (): Attempted | null => {
    if (budget.kind === 'running') return { kind: 'busy' };
    if (budget.kind === 'granted') return null;
    const error: Failure = { code: 'budget', retryAt: nextTry(lock, budget) };
    return { kind: 'answer', usage: answerFrom(deps, places, seen, { error }) };
  };
  const waiver = budget.kind !== 'granted' && budget.waivable;
  const stored = places.cache && storedEntry(system, places.cache.entry);
  const tokenDecides = budget.kind !== 'running' && dependsOnToken(stored, lock, seen.now, stamp);
  const refusal = waiver || tokenDecides ? null : refused();
  if (refusal) return refusal;

  // Before the credentials are read: if another login takes their place between the two, the entry counts as of
  // no account rather than as of that one.
  const signedIn = identityOf(system, provider, places.cache);
  const identity = entryIdentity(signedIn);
  const mine = (): Attempt => ({ ...turn, directory, seen, identity });
  let request: NotedRequest | null = null;
  try {
    const session = await (await provider.connect()).authenticate(system);
    if (!session.ok) return failed(mine(), lock, session.failure, null);

    const token = fingerprintOf(session.value, lock);
    if (directory !== null && restamp(system, places, { stamp, token, identity: signedIn })) {
      log('the credentials have changed, the token has not');
      seen = lookAgain();
      if (seen.decision.action === 'serve') return { kind: 'answer', usage: answerFrom(deps, places, seen) };
    }
    const waived = waiver && token !== lock?.token;
    const refusedForToken = waived ? null : refused();
    if (refusedForToken) {
      if (waiver) log('budget: the token is the one that was sent last');
      return refusedForToken;
    }

    const send = async (noted: BackoffLock, leftMs: number): Promise<Sent> => {
      const unsent = (failure: RefreshFailure): Sent => ({
        result: failed(mine(), lock, failure, null, noted),
        left: false,
      });
      if (leftMs <= 0) return unsent({ code: 'timeout' });
      // Age counts from here: the numbers are at least as old as the question.
      const sentAt = system.now();
      request = { noted, sentAt };
      const { baseUrl, userAgent } = question;
      const outcome = await session.value.send({ baseUrl, timeoutMs: leftMs, userAgent });
      log(`answer: ${outcome.ok ? 'usage' : outcome.failure.code}`);
      if (outcome.ok) return { result: succeeded(mine(), noted, outcome.value, sentAt), left: true };
      const { failure } = outcome;
      if (failure.unsent) return unsent(failure);
      return { result: failed(mine(), noted, failure, sentAt), left: true };
    };
    const noteAt = (now: number) => lockWithRequest(lock, stamp, now, token, waived);
    return await claimed(mine(), attempts[0], timeoutMs, noteAt, send);
  } catch (error) {
    // Nothing here throws for what the world does. Without a lock the next prompt would try it again, and so on.
    const detail = describeFault(error);
    log(`internal error: ${detail}`);
    const { noted = lock, sentAt = null } = (request as NotedRequest | null) ?? {};
    return failed(mine(), noted, { code: 'internal_error', detail }, sentAt);
  }
}

/** A request that is on record in the lock. */
interface NotedRequest {
  readonly noted: BackoffLock;
  /** Epoch ms. */
  readonly sentAt: number;
}

/** What came of a request, and whether any of it can have left this machine. */
interface Sent {
  readonly result: Attempted;
  readonly left: boolean;
}

/** Rewrites locks with a future time for this clock. The caller holds the mutex. */
function catchUp(system: System, { cache, fallback }: Places, now: number): void {
  for (const directory of [cache, fallback]) {
    const lock = directory && readBackoffLock(system, directory.lock, now);
    if (directory && lock?.ahead !== undefined)
      replaceFile(system, directory.lock, serializeBackoffLock(caughtUp(lock, now)));
  }
}

/** The token that is to be sent, in a form that can be kept; with the key of the last one, so that the two compare. */
function fingerprintOf(session: Session, lock: BackoffLock | null): string {
  const { randomBytes } = process.getBuiltinModule('node:crypto');
  const key = lock?.token?.split(':', 1)[0] ?? randomBytes(16).toString('hex');
  return `${key}:${session.fingerprint(key)}`;
}

/**
 * Sends with the right to it on record, so that a crash does not make the request free. The deadline counts from the
 * claim: a process that was stopped in between, or a machine that slept, has no right to a late request.
 */
async function claimed(
  { deps: { system, log }, directory, stamp }: Attempt,
  latest: Claim | undefined,
  timeoutMs: number,
  noteAt: (now: number) => BackoffLock,
  send: (noted: BackoffLock, leftMs: number) => Promise<Sent>,
): Promise<Attempted> {
  const now = system.now();
  const began = system.monotonic();
  const noted = noteAt(now);
  if (directory === null) return (await send(noted, timeoutMs)).result;
  const right = { at: now, until: now + timeoutMs, credentials: stamp };
  const taken = takeClaim(system, directory.path, 'attempt', latest, right);
  log(`attempt: ${taken.kind}`);
  if (taken.kind === 'lost') return { kind: 'busy' };
  if (taken.kind === 'failed') return { kind: 'unwritable', reason: taken.reason };
  // Half a record would let a request go uncounted, and a claim for none would hold the next one up.
  let left = false;
  try {
    const unwritten = replaceFile(system, directory.lock, serializeBackoffLock(noted));
    if (unwritten !== null) return { kind: 'unwritable', reason: unwritten };
    left = true;
    // Both clocks: one of them does not count while a machine sleeps, and the other one can be set back.
    const spent = Math.max(system.monotonic() - began, system.now() - now);
    const sent = await send(noted, timeoutMs - spent);
    left = sent.left;
    return sent.result;
  } finally {
    if (left) tidyUp(system, directory, taken.claim);
    else dropClaim(system, directory.path, 'attempt', taken.claim);
  }
}

/** Whoever waits for this attempt may stop; what earlier ones left behind goes. */
function tidyUp(system: System, directory: AccountDirectory, claim: Claim): void {
  endClaim(system, directory.path, 'attempt', claim);
  sweepClaims(system, directory.path, 'attempt', system.now() - REQUEST_SPACING_MS);
  sweepTemporaries(system, directory);
}

/** Row 6: the entry first, then the failure is cleared: a crash in between costs a wait, never a number. */
function succeeded(mine: Attempt, noted: BackoffLock, reading: Reading, sentAt: number): Attempted {
  const { deps, places, stamp, directory, seen, identity } = mine;
  const { data, plan, loginUntil } = reading;
  const { system } = deps;
  // A clock that was set back meanwhile must not make a good answer one from the future.
  const cachedAt = Math.min(sentAt, system.now());
  const entry: Entry = {
    cachedAt,
    data,
    error: null,
    plan,
    ...identity,
    credentials: stamp,
    ...(noted.token !== undefined && { token: noted.token }),
    ...(loginUntil != null && { loginUntil }),
  };
  const unwritten = keep(mine, entry);
  // Without a failure before it the lock that notes the request is as it shall be.
  if (directory && (noted.error !== null || noted.failures > 0)) {
    const cleared = besideTheirs(mine, lockWithout(noted, stamp, system.now()));
    replaceFile(system, directory.lock, serializeBackoffLock(cleared));
  }
  // A backoff from the time when the cache could not be written is over as well.
  if (places.fallback && directory === places.cache) removeQuietly(system, places.fallback.lock);

  const error = unwritten === null ? null : unwritable(system, places.cache, unwritten);
  const decision = { ...seen.decision, standing: 'fresh', because: null, error } as const;
  const fresh: Look = { ...seen, read: { kind: 'entry', entry }, decision };
  return { kind: 'answer', usage: answerFrom(deps, places, fresh, { source: 'endpoint' }) };
}

/**
 * Row 7: the lock says when to try again; what is known stays as it is.
 * @param sentAt epoch ms; null when it failed before anything was sent
 * @param withdrawn a lock on disk whose latest request was not sent, and counts no more
 */
function failed(
  mine: Attempt,
  previous: BackoffLock | null,
  failure: RefreshFailure,
  sentAt: number | null,
  withdrawn: BackoffLock | null = null,
): Attempted {
  const { deps, places, stamp, directory, seen } = mine;
  const { system } = deps;
  const { code, detail } = failure;
  const now = system.now();
  const lock = besideTheirs(
    mine,
    lockAfterFailure(previous, failure, stamp, now, system.random()),
    withdrawn,
  );
  if (directory) {
    replaceFile(system, directory.lock, serializeBackoffLock(lock));
    if (nothingToLose(seen)) {
      const cachedAt = sentAt ?? now;
      keep(mine, { cachedAt, data: null, error: code, plan: null, accountId: null, credentials: stamp });
    }
  }
  // The stamp in the lock is rounded; what this process sent it knows to the millisecond.
  const sent = sentAt === null ? [] : [{ number: 0, at: sentAt, until: sentAt, credentials: stamp }];
  const retryAt = nextTry(lock, judgeBudget({ lock, attempts: sent }, now, stamp));
  const error: Failure = { code, retryAt, ...(detail !== undefined && { detail }) };
  // Time has passed: whoever was quicker meanwhile has an answer that our failure takes nothing from.
  const after = look(deps, places, { policy: 'wait', force: false }, stamp);
  const theirs = after.decision.standing === 'fresh' && readAt(after) !== readAt(seen);
  return { kind: 'answer', usage: answerFrom(deps, places, after, { error: theirs ? null : error }) };
}

/**
 * Our lock, with what somebody else has learnt since we noted our request: a process that was stopped in the
 * middle of one must not undo another's backoff when it goes on.
 */
function besideTheirs(
  { deps: { system }, directory, stamp }: Attempt,
  ours: BackoffLock,
  withdrawn: BackoffLock | null = null,
): BackoffLock {
  const now = system.now();
  const onDisk = directory && readBackoffLock(system, directory.lock, now);
  const theirs = onDisk && withdrawn ? withoutLatest(onDisk, withdrawn) : onDisk;
  const both = mergeBackoffLocks(ours, theirs) ?? ours;
  return theirs && isBlocking(theirs, now, stamp) ? both : { ...ours, requests: both.requests };
}

/** A lock without the latest request of another one. */
function withoutLatest(lock: BackoffLock, { requests }: BackoffLock): BackoffLock {
  const index = lock.requests.lastIndexOf(requests.at(-1) as number);
  return index < 0 ? lock : { ...lock, requests: lock.requests.toSpliced(index, 1) };
}

function readAt({ read }: Look): number | null {
  return read.kind === 'entry' ? read.entry.cachedAt : null;
}

/** There is no file, or one that only says why there are no numbers. (A newer version's file is neither.) */
function nothingToLose({ read }: Look): boolean {
  return read.kind === 'entry' ? read.entry.data === null : read.absent;
}

/**
 * Writes `usage.json`, unless somebody wrote a newer one while we were asking (a machine can sleep for a day
 * in the middle of a request).
 * @returns an errno name, or null
 */
function keep({ deps: { system }, places }: Attempt, entry: Entry): string | null {
  if (places.cache === null) return places.warning ?? 'no cache directory';
  const read = readEntry(system, places.cache.entry);
  const newer =
    read.kind === 'entry' &&
    read.entry.data !== null &&
    read.entry.cachedAt > entry.cachedAt &&
    read.entry.cachedAt <= system.now();
  return newer ? null : replaceFile(system, places.cache.entry, serializeEntry(entry));
}
