import type { ProviderDescriptor } from '../fetch/provider.ts';
import type { SnapshotReader } from '../usage/snapshot.ts';
import { readBackoffLock, serializeBackoffLock } from '../cache/backoff-lock.ts';
import type { BackoffLock } from '../cache/backoff-lock.ts';
import { readEntry, serializeEntry } from '../cache/entry.ts';
import type { Entry } from '../cache/entry.ts';
import { replaceFile } from '../cache/write.ts';
import type { System } from '../platform/system.ts';
import type { RefreshCode } from '../usage/failure.ts';
import type { Identity } from '../fetch/provider.ts';
import { matchAccount } from './identity.ts';
import type { Places } from './places.ts';

/*
 * A credentials file is rewritten for many reasons and has another stamp afterwards. As long as the token in it is the
 * one that was sent, the numbers that came back stay current, and so does a refusal of that token.
 */

/** The codes by which the endpoint refuses a token. The other sign-in codes are found before a token is sent. */
const REFUSALS: ReadonlySet<RefreshCode | null> = new Set(['unauthorized', 'forbidden'] as const);

/** Whether the present token decides what the entry or the lock is worth: a reason to read the credentials. */
export function dependsOnToken(
  entry: Entry | null,
  lock: BackoffLock | null,
  now: number,
  stamp: string | null,
): boolean {
  // With stamp null nothing on disk shows a change of the token, so nothing may be restamped to null.
  if (stamp === null) return false;
  return isEntryOf(entry, entry?.token, stamp) || isRefusalOf(lock, lock?.token, now, stamp);
}

/** The login as it is now. */
export interface PresentLogin {
  readonly stamp: string | null;
  /** As `BackoffLock` has it. */
  readonly token: string;
  readonly identity: Identity;
}

/**
 * Gives entry and locks of the present token the present stamp. An entry of another account than the present one keeps
 * its own: a sign-in changes account and token one after the other. The caller holds the mutex.
 *
 * @returns whether a file was changed
 */
export function restamp(
  { system, provider }: { readonly system: System; readonly provider: ProviderDescriptor },
  { cache, fallback }: Pick<Places, 'cache' | 'fallback'>,
  { stamp, token, identity }: PresentLogin,
): boolean {
  if (stamp === null) return false;
  let changed = false;
  const write = (path: string, text: string) => {
    if (replaceFile(system, path, text) === null) changed = true;
  };
  const entry = cache && storedEntry(system, cache.entry, provider.reader);
  if (cache && entry && isEntryOf(entry, token, stamp) && matchAccount(entry, () => identity) !== 'changed')
    write(cache.entry, serializeEntry({ ...entry, credentials: stamp }));
  for (const directory of [cache, fallback]) {
    const now = system.now();
    const lock = directory && readBackoffLock(system, directory.lock, now);
    if (directory && lock && isRefusalOf(lock, token, now, stamp))
      write(directory.lock, serializeBackoffLock({ ...lock, credentials: stamp }));
  }
  return changed;
}

/** The endpoint's answer as it is on disk, without what sessions have reported. */
export function storedEntry(system: System, path: string, reader: SnapshotReader): Entry | null {
  const read = readEntry(system, path, reader);
  return read.kind === 'entry' ? read.entry : null;
}

function isEntryOf(entry: Entry | null, token: string | undefined, stamp: string): boolean {
  if (!entry?.data || token === undefined) return false;
  return entry.token === token && entry.credentials !== stamp;
}

function isRefusalOf(
  lock: BackoffLock | null,
  token: string | undefined,
  now: number,
  stamp: string,
): boolean {
  if (lock === null || token === undefined || lock.blockedUntil <= now) return false;
  return REFUSALS.has(lock.error) && lock.token === token && lock.credentials !== stamp;
}
