import type { System } from '../platform/system.ts';
import { isObject } from '../usage/values.ts';
import { idOrNull, nameOrNull } from './entry.ts';
import { readOwnFile } from './own-files.ts';
import { replaceFile } from './replace-file.ts';

/*
 * Results that take long to find out. A broken file counts as absent, and a failed write is harmless: the result is
 * found out again.
 */

/** `identity.json`: the account that a large file named when it was last read. */
export interface IdentityMemo {
  /** The fingerprint of that file. */
  readonly fingerprint: string;
  /** Null when the file names no account. */
  readonly accountId: string | null;
  readonly organizationId: string | null;
  readonly accountName: string | null;
  readonly organizationName: string | null;
}

/** Reads `identity.json`; null when it is absent or broken. */
export function readIdentityMemo(system: System, path: string): IdentityMemo | null {
  const file = readObject(system, path);
  if (file === null || typeof file.trace !== 'string') return null;
  return {
    fingerprint: file.trace,
    accountId: idOrNull(file.account_id),
    organizationId: idOrNull(file.organization_id),
    accountName: nameOrNull(file.account_name),
    organizationName: nameOrNull(file.organization_name),
  };
}

/** Writes `identity.json`. */
export function writeIdentityMemo(system: System, path: string, memo: IdentityMemo): void {
  const file = {
    trace: memo.fingerprint,
    account_id: memo.accountId,
    organization_id: memo.organizationId,
    account_name: memo.accountName,
    organization_name: memo.organizationName,
  };
  replaceFile(system, path, `${JSON.stringify(file)}\n`);
}

/** `keychain.json`: the result of the last keychain query (macOS), for prompts: a query starts a process. */
export interface KeychainMemo {
  /** Time of the query, epoch ms. */
  readonly checkedAt: number;
  /** The modification date of the item as the keychain writes it; null when it is not known. */
  readonly modified: string | null;
}

/** Reads `keychain.json`; null when it is absent or broken. */
export function readKeychainMemo(system: System, path: string): KeychainMemo | null {
  const file = readObject(system, path);
  if (file === null || typeof file.checked_at !== 'number') return null;
  return { checkedAt: file.checked_at, modified: typeof file.modified === 'string' ? file.modified : null };
}

/** Writes `keychain.json`. */
export function writeKeychainMemo(system: System, path: string, memo: KeychainMemo): void {
  const file = { checked_at: memo.checkedAt, modified: memo.modified };
  replaceFile(system, path, `${JSON.stringify(file)}\n`);
}

function readObject(system: System, path: string): Record<string, unknown> | null {
  const read = readOwnFile(system, path);
  if (read.kind !== 'file') return null;
  try {
    const file: unknown = JSON.parse(read.text);
    return isObject(file) ? file : null;
  } catch {
    return null;
  }
}
