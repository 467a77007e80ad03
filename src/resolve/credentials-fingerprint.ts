import type { AccountDirectory } from '../cache/directory.ts';
import { ensureDirectory } from '../cache/make-directory.ts';
import { readKeychainMemo, writeKeychainMemo } from '../cache/memos.ts';
import type { ProviderDescriptor } from '../fetch/provider.ts';
import type { System } from '../platform/system.ts';
import { SECOND } from '../usage/time.ts';

/** The shortest time between two queries of the keychain, ms, except for a person at a terminal. */
const KEYCHAIN_INTERVAL_MS = 30 * SECOND;

/** The fingerprint of the credentials without a query of the keychain. */
export interface DiskFingerprint {
  /** Null where there is none: then a change of credentials is not noticed. */
  readonly fingerprint: string | null;
  /** macOS: the last query of the keychain is too old. */
  readonly keychainDue: boolean;
}

/** The fingerprint from files and the last keychain query: one `stat` per file, and on macOS one small read. */
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
    // A query costs little, so the tolerance for clocks does not apply.
    keychainDue: age < 0 || age >= KEYCHAIN_INTERVAL_MS,
  };
}

/** When the keychain is due to be queried, epoch ms; null on other platforms than macOS. */
export function keychainDueAt(system: System, directory: AccountDirectory): number | null {
  if (system.platform !== 'darwin') return null;
  const memo = readKeychainMemo(system, directory.keychain);
  return (memo?.checkedAt ?? Number.NEGATIVE_INFINITY) + KEYCHAIN_INTERVAL_MS;
}

/** The fingerprint after a query of the keychain, for callers that may wait. */
export async function currentFingerprint(
  system: System,
  provider: ProviderDescriptor,
  directory: AccountDirectory | null,
): Promise<string | null> {
  const before = directory && readKeychainMemo(system, directory.keychain);
  // Where this query fails, the last result counts.
  const modified = (await provider.keychainModified(system)) ?? before?.modified ?? null;
  if (directory && ensureDirectory(system, directory) === null)
    writeKeychainMemo(system, directory.keychain, { checkedAt: system.now(), modified });
  return provider.fingerprint(system, modified);
}
