import { readBackoff, serializeBackoff } from '../cache/backoff.ts';
import type { AccountDirectory } from '../cache/directory.ts';
import { serializeEntry } from '../cache/entry.ts';
import type { Entry } from '../cache/entry.ts';
import { replaceDurably } from '../cache/replace-durably.ts';
import type { Identity, Provider, StoredReading } from '../fetch/provider.ts';
import { HOUR, isFromFuture } from '../usage/time.ts';
import { backoffWithClientRead } from './backoff.ts';
import { entryIdentity, identityOf, loginWrittenAt, matchAccount } from './identity.ts';
import type { Call } from './read-state.ts';
import { storedEntry } from './same-token.ts';

/*
 * The provider's client keeps its own last response on disk. It is a reading of the endpoint that costs no request, so it is
 * looked at before a request is sent; and it was a request of the account, so it counts for the budget.
 */

/** How old a reading may be, ms. The client itself takes none that is older. */
export const MAX_READING_AGE_MS = HOUR;

/** What decides about a reading. */
export interface ReadingContext {
  /** Epoch ms. */
  readonly now: number;
  /** The account that is signed in. */
  readonly identity: Identity;
  /** Whether a login is stored: without one, the requests of this environment are of another login than the client's. */
  readonly hasLogin: boolean;
  /** The stored entry, without the overlay. */
  readonly entry: Entry | null;
  /** When the login files were last written, epoch ms; null when that is not known. */
  readonly loginWrittenAt: () => number | null;
}

/** Whether a reading is of the account that is signed in, and not older than an hour. */
export function isOwnReading(
  { readAt, accountId }: StoredReading,
  { now, identity, hasLogin }: Pick<ReadingContext, 'now' | 'identity' | 'hasLogin'>,
): boolean {
  if (!hasLogin || identity.kind !== 'known' || identity.accountId !== accountId) return false;
  return !isFromFuture(readAt, now) && now - readAt <= MAX_READING_AGE_MS;
}

/** Whether a reading takes the place of the entry: it is the account's own, and newer. */
export function acceptsReading(reading: StoredReading, context: ReadingContext): boolean {
  const { entry, identity, now } = context;
  if (!isOwnReading(reading, context)) return false;
  if (entry === null) return true;
  const match = matchAccount(entry, () => identity);
  if (match === 'changed' || match === 'undetermined') {
    // The reading does not say which organisation of the account it is of: after a change of the login only a later one counts.
    const writtenAt = context.loginWrittenAt();
    return writtenAt !== null && reading.readAt >= writtenAt;
  }
  return entry.data === null || isFromFuture(entry.cachedAt, now) || reading.readAt > entry.cachedAt;
}

/**
 * Reads what the client keeps, counts its request, and stores the reading where it is newer than the entry. The caller holds
 * the mutex.
 *
 * @returns whether a file was changed
 */
export function takeStoredReading(
  { deps: { system, provider, log }, paths, fingerprint }: Call,
  directory: AccountDirectory,
  connected: Provider,
): boolean {
  // Before the reading: after a sign-in between the two, the reading is of another account and does not count.
  const identity = identityOf(system, provider, paths.cache);
  const reading = connected.storedReading?.(system) ?? null;
  if (reading === null) return false;
  const now = system.now();
  const entry = paths.cache && storedEntry(system, paths.cache.entry, provider.reader);
  const context: ReadingContext = {
    now,
    identity,
    hasLogin: provider.hasStoredLogin(system, fingerprint),
    entry,
    loginWrittenAt: () => loginWrittenAt(system, provider),
  };
  if (!isOwnReading(reading, context)) return false;
  const backoff = readBackoff(system, directory.backoff, now);
  const counted = backoffWithClientRead(backoff, reading.readAt, now);
  const changed =
    counted !== null &&
    counted !== backoff &&
    replaceDurably(system, directory.backoff, serializeBackoff(counted)) === null;
  if (paths.cache === null || !acceptsReading(reading, context)) return changed;
  log(
    `the client's own reading of ${Math.round((now - reading.readAt) / 1000)} s ago is newer than the entry`,
  );
  const same = entry !== null && entry.credentials === fingerprint ? entry : null;
  const text = serializeEntry({
    cachedAt: Math.min(reading.readAt, now),
    data: reading.data,
    reader: provider.reader,
    error: null,
    plan: reading.plan ?? same?.plan ?? null,
    ...entryIdentity(identity),
    credentials: fingerprint,
    ...(same?.token !== undefined && { token: same.token }),
    ...(same?.loginUntil !== undefined && { loginUntil: same.loginUntil }),
  });
  return replaceDurably(system, paths.cache.entry, text) === null || changed;
}
