import type { ProviderDescriptor } from '../fetch/provider.ts';
import type { SnapshotReader } from '../usage/snapshot.ts';
import { readBackoff, serializeBackoff } from '../cache/backoff.ts';
import type { Backoff } from '../cache/backoff.ts';
import { readEntry, serializeEntry } from '../cache/entry.ts';
import type { Entry } from '../cache/entry.ts';
import { replaceDurably } from '../cache/replace-durably.ts';
import type { System } from '../platform/system.ts';
import type { RefreshCode } from '../usage/failure.ts';
import type { Identity } from '../fetch/provider.ts';
import { matchAccount } from './identity.ts';
import type { Paths } from './paths.ts';

/*
 * A credentials file is rewritten for many reasons and has another fingerprint afterwards. While its token is the one that
 * was sent, the numbers of the response stay current, and so does a refusal of that token.
 */

/** The codes with which the endpoint refuses a token. The other sign-in codes are found before a token is sent. */
const REFUSALS: ReadonlySet<RefreshCode | null> = new Set(['unauthorized', 'forbidden'] as const);

/** Whether entry or backoff stay valid if the present token is the one that was sent: a reason to read the credentials. */
export function dependsOnToken(
  entry: Entry | null,
  backoff: Backoff | null,
  now: number,
  fingerprint: string | null,
): boolean {
  // Without a fingerprint no later change of the token would be noticed, so no file may get this one.
  if (fingerprint === null) return false;
  return (
    isEntryOf(entry, entry?.token, fingerprint) || isRefusalOf(backoff, backoff?.tokenHash, now, fingerprint)
  );
}

/** The present login. */
export interface PresentLogin {
  readonly fingerprint: string | null;
  /** As `Backoff.tokenHash`. */
  readonly tokenHash: string;
  readonly identity: Identity;
}

/**
 * Gives entry and backoffs of the present token the present fingerprint. An entry of another account keeps its own: a
 * sign-in changes account and token one after the other. The caller holds the mutex.
 *
 * @returns whether a file was changed
 */
export function adoptFingerprint(
  { system, provider }: { readonly system: System; readonly provider: ProviderDescriptor },
  { cache, fallback }: Pick<Paths, 'cache' | 'fallback'>,
  { fingerprint, tokenHash: token, identity }: PresentLogin,
): boolean {
  if (fingerprint === null) return false;
  let changed = false;
  const write = (path: string, text: string) => {
    if (replaceDurably(system, path, text) === null) changed = true;
  };
  const entry = cache && storedEntry(system, cache.entry, provider.reader);
  if (
    cache &&
    entry &&
    isEntryOf(entry, token, fingerprint) &&
    matchAccount(entry, () => identity) !== 'changed'
  )
    write(cache.entry, serializeEntry({ ...entry, credentials: fingerprint }));
  for (const directory of [cache, fallback]) {
    const now = system.now();
    const backoff = directory && readBackoff(system, directory.backoff, now);
    if (directory && backoff && isRefusalOf(backoff, token, now, fingerprint))
      write(directory.backoff, serializeBackoff({ ...backoff, credentials: fingerprint }));
  }
  return changed;
}

/** The entry on disk, without the overlay; null when there is none. */
export function storedEntry(system: System, path: string, reader: SnapshotReader): Entry | null {
  const read = readEntry(system, path, reader);
  return read.kind === 'entry' ? read.entry : null;
}

function isEntryOf(entry: Entry | null, token: string | undefined, fingerprint: string): boolean {
  if (!entry?.data || token === undefined) return false;
  return entry.token === token && entry.credentials !== fingerprint;
}

function isRefusalOf(
  backoff: Backoff | null,
  token: string | undefined,
  now: number,
  fingerprint: string,
): boolean {
  if (backoff === null || token === undefined || backoff.blockedUntil <= now) return false;
  return REFUSALS.has(backoff.error) && backoff.tokenHash === token && backoff.credentials !== fingerprint;
}
