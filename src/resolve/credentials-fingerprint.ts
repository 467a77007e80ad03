import type { AccountDirectory } from '../cache/directory.ts';
import { ensureDirectory } from '../cache/make-directory.ts';
import { readKeychainMemo, writeKeychainMemo } from '../cache/memos.ts';
import type { ProviderDescriptor } from '../fetch/provider.ts';
import type { System } from '../platform/system.ts';
import { SECOND } from '../usage/time.ts';

/** The keychain is asked at most this often, except for a person at a terminal. */
const KEYCHAIN_INTERVAL_MS = 30 * SECOND;

export interface DiskFingerprint {
  /** Null where there is none: then nobody can see credentials change. */
  readonly fingerprint: string | null;
  /** macOS: what the keychain said is older than it may be. */
  readonly keychainDue: boolean;
}

/** The stamp from what is on disk: costs a `stat` per candidate file, and on macOS one small read. */
export function diskFingerprint(
  system: System,
  provider: ProviderDescriptor,
  directory: AccountDirectory | null,
): DiskFingerprint {
  if (system.platform !== 'darwin')
    return { fingerprint: provider.fingerprint(system, null), keychainDue: false };
  const memo = directory && readKeychainMemo(system, directory.keychain);
  const age = memo ? system.now() - memo.checkedAt : Number.POSITIVE_INFINITY;
  return {
    fingerprint: provider.fingerprint(system, memo?.modified ?? null),
    keychainDue: age < 0 || age >= KEYCHAIN_INTERVAL_MS,
  };
}

/** When the keychain is to be asked again, epoch ms; null where there is none. */
export function keychainDueAt(system: System, directory: AccountDirectory): number | null {
  if (system.platform !== 'darwin') return null;
  const memo = readKeychainMemo(system, directory.keychain);
  return (memo?.checkedAt ?? Number.NEGATIVE_INFINITY) + KEYCHAIN_INTERVAL_MS;
}

/** The stamp with the keychain asked now, for callers that may wait a moment. */
export async function currentFingerprint(
  system: System,
  provider: ProviderDescriptor,
  directory: AccountDirectory | null,
): Promise<string | null> {
  const before = directory && readKeychainMemo(system, directory.keychain);
  // A keychain that does not answer says nothing new: what it said last stands.
  const modified = (await provider.keychainModified(system)) ?? before?.modified ?? null;
  if (directory && ensureDirectory(system, directory) === null)
    writeKeychainMemo(system, directory.keychain, { checkedAt: system.now(), modified });
  return provider.fingerprint(system, modified);
}
