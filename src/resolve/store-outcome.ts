import { mergeBackoffs, readBackoff, serializeBackoff } from '../cache/backoff.ts';
import type { Backoff } from '../cache/backoff.ts';
import type { AccountDirectory } from '../cache/directory.ts';
import { readEntry, serializeEntry } from '../cache/entry.ts';
import type { Entry } from '../cache/entry.ts';
import { removeIfPresent } from '../cache/own-files.ts';
import { replaceDurably } from '../cache/replace-durably.ts';
import type { Failure, RefreshFailure } from '../usage/failure.ts';
import type { Snapshot } from '../usage/snapshot.ts';
import type { Usage } from '../usage/model.ts';
import { backoffAfterFailure, backoffAfterSuccess } from './backoff.ts';
import { judgeBudget } from './budget.ts';
import { isBlocking, nextTry } from './decide.ts';
import type { EntryIdentity } from './identity.ts';
import { cacheUnwritable, readState, usageFrom } from './read-state.ts';
import type { Call, State } from './read-state.ts';

/** A call that may send the request. With a directory, this process holds the mutex in it. */
export interface Attempt extends Call {
  /** Where backoff and claims are stored; null where they cannot be stored. */
  readonly directory: AccountDirectory | null;
  /** The files as they were read under the mutex. */
  readonly state: State;
  /** The account that is signed in, as the entry stores it. */
  readonly identity: EntryIdentity;
}

/**
 * Stores a response: first the entry, then the backoff without its failure. After a crash in between the backoff is still
 * in force, but the numbers are stored.
 *
 * @param recorded the backoff that records this request
 * @param sentAt epoch ms
 */
export function storeSuccess(attempt: Attempt, recorded: Backoff, snapshot: Snapshot, sentAt: number): Usage {
  const { deps, paths, fingerprint, directory, state } = attempt;
  const { system } = deps;
  const entry = entryOf(attempt, recorded, snapshot, sentAt);
  const unwritten = storeEntry(attempt, entry);
  const known = withReadTime(recorded, snapshot);
  // Else `recorded`, which is on disk, is already right.
  if (directory && (recorded.error !== null || recorded.failures > 0 || known !== recorded)) {
    const cleared = keepingConcurrent(attempt, backoffAfterSuccess(known, fingerprint, system.now()));
    replaceDurably(system, directory.backoff, serializeBackoff(cleared));
  }
  // Also ends a backoff written to the fallback directory while the cache could not be written.
  if (paths.fallback && directory === paths.cache) removeIfPresent(system, paths.fallback.backoff);

  const error = unwritten === null ? null : cacheUnwritable(system, paths.cache, unwritten);
  const decision = { ...state.decision, freshness: 'fresh', because: null, error } as const;
  const fresh: State = { ...state, read: { kind: 'entry', entry }, decision };
  return usageFrom(deps, paths, fresh, { source: 'endpoint' });
}

function entryOf(
  { deps: { system, provider }, fingerprint, identity }: Attempt,
  recorded: Backoff,
  { data, plan, loginUntil, readAt }: Snapshot,
  sentAt: number,
): Entry {
  return {
    // The clock may have been set back during the request; an entry from the future would not be shown.
    cachedAt: Math.min(readAt ?? sentAt, system.now()),
    data,
    reader: provider.reader,
    error: null,
    plan,
    ...identity,
    credentials: fingerprint,
    ...(recorded.tokenHash !== undefined && { token: recorded.tokenHash }),
    ...(loginUntil != null && { loginUntil }),
  };
}

/** The record of a request that another program sent: what it keeps of the response is not another request. */
function withReadTime(recorded: Backoff, { readAt }: Snapshot): Backoff {
  return readAt === undefined || readAt <= (recorded.clientReadAt ?? 0)
    ? recorded
    : { ...recorded, clientReadAt: readAt };
}

/**
 * Stores a refusal that came with older numbers: these, where they are newer than the entry, and a backoff.
 *
 * @param recorded the backoff that records this request
 * @param sentAt epoch ms
 */
export function storeRefusal(
  attempt: Attempt,
  recorded: Backoff,
  snapshot: Snapshot,
  refused: RefreshFailure,
  sentAt: number,
): Usage {
  const { deps, paths, fingerprint } = attempt;
  storeEntry(attempt, entryOf(attempt, recorded, snapshot, sentAt));
  const after = readState(deps, paths, { policy: 'wait', force: false }, fingerprint);
  return storeFailure({ ...attempt, state: after }, withReadTime(recorded, snapshot), refused, sentAt);
}

/**
 * Stores a failure as a backoff. An entry with data is left alone.
 *
 * @param previous the backoff before this failure
 * @param sentAt epoch ms; null when nothing was sent
 * @param withdrawn a backoff on disk whose latest request was not sent and must not count
 */
export function storeFailure(
  attempt: Attempt,
  previous: Backoff | null,
  failure: RefreshFailure,
  sentAt: number | null,
  withdrawn: Backoff | null = null,
): Usage {
  const { deps, paths, fingerprint, directory, state } = attempt;
  const { system } = deps;
  const { code, detail } = failure;
  const now = system.now();
  const backoff = keepingConcurrent(
    attempt,
    backoffAfterFailure(
      previous,
      failure,
      fingerprint,
      now,
      system.random(),
      !deps.provider.loginChangesUnseen,
    ),
    withdrawn,
  );
  if (directory) {
    replaceDurably(system, directory.backoff, serializeBackoff(backoff));
    if (holdsNoData(state)) {
      const cachedAt = sentAt ?? now;
      storeEntry(attempt, {
        cachedAt,
        data: null,
        reader: deps.provider.reader,
        error: code,
        plan: null,
        accountId: null,
        credentials: fingerprint,
      });
    }
  }
  // `usage.lock` has whole seconds; the time of this process's own request is known to the millisecond.
  const sent = sentAt === null ? [] : [{ number: 0, at: sentAt, until: sentAt, credentials: fingerprint }];
  const retryAt = nextTry(
    backoff,
    judgeBudget({ backoff, attempts: sent }, now, fingerprint, deps.provider.budget),
  );
  const error: Failure = { code, retryAt, ...(detail !== undefined && { detail }) };
  // Another process may have stored a fresh response during the request: then this failure is not shown.
  const after = readState(deps, paths, { policy: 'wait', force: false }, fingerprint);
  const concurrent = after.decision.freshness === 'fresh' && readAt(after) !== readAt(state);
  return usageFrom(deps, paths, after, { error: concurrent ? null : error });
}

/**
 * The backoff to write, merged with one that another process wrote during the request: a process that was suspended
 * must not undo that backoff when it continues.
 */
function keepingConcurrent(
  { deps: { system }, directory, fingerprint }: Attempt,
  own: Backoff,
  withdrawn: Backoff | null = null,
): Backoff {
  const now = system.now();
  const onDisk = directory && readBackoff(system, directory.backoff, now);
  const concurrent = onDisk && withdrawn ? withoutLatest(onDisk, withdrawn) : onDisk;
  const merged = mergeBackoffs(own, concurrent) ?? own;
  return concurrent && isBlocking(concurrent, now, fingerprint)
    ? merged
    : { ...own, requests: merged.requests };
}

/** A backoff without the latest request of another one. */
function withoutLatest(backoff: Backoff, { requests }: Backoff): Backoff {
  const index = backoff.requests.lastIndexOf(requests.at(-1) as number);
  return index < 0 ? backoff : { ...backoff, requests: backoff.requests.toSpliced(index, 1) };
}

function readAt({ read }: State): number | null {
  return read.kind === 'entry' ? read.entry.cachedAt : null;
}

/** True where `usage.json` is absent or holds only a failure. The file of a newer version is left alone. */
function holdsNoData({ read }: State): boolean {
  return read.kind === 'entry' ? read.entry.data === null : read.absent;
}

/**
 * Writes `usage.json` unless another process wrote a newer entry during the request, which lasts as long as the machine
 * sleeps in the middle of it.
 *
 * @returns an errno name, or null
 */
function storeEntry({ deps: { system, provider }, paths }: Attempt, entry: Entry): string | null {
  if (paths.cache === null) return paths.warning ?? 'no cache directory';
  const read = readEntry(system, paths.cache.entry, provider.reader);
  const newer =
    read.kind === 'entry' &&
    read.entry.data !== null &&
    read.entry.cachedAt > entry.cachedAt &&
    read.entry.cachedAt <= system.now();
  return newer ? null : replaceDurably(system, paths.cache.entry, serializeEntry(entry));
}
