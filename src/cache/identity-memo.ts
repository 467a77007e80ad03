import type { System } from '../platform/system.ts';
import { isObject } from '../usage/values.ts';
import { idOrNull, nameOrNull } from './entry.ts';
import { readOwnFile } from './own-files.ts';
import { replaceFile } from './replace.ts';

/** `identity.json`: the account that a large file named when it was last read. */
export interface IdentityMemo {
  /** What the file looked like, by `stat`. */
  readonly fingerprint: string;
  /** Null: the file names no account. */
  readonly accountId: string | null;
  readonly organizationId: string | null;
  readonly accountName: string | null;
  readonly organizationName: string | null;
}

/** A broken file counts as absent. */
export function readIdentityMemo(system: System, path: string): IdentityMemo | null {
  const read = readOwnFile(system, path);
  if (read.kind !== 'file') return null;
  try {
    const file: unknown = JSON.parse(read.text);
    if (!isObject(file) || typeof file.trace !== 'string') return null;
    return {
      fingerprint: file.trace,
      accountId: idOrNull(file.account_id),
      organizationId: idOrNull(file.organization_id),
      accountName: nameOrNull(file.account_name),
      organizationName: nameOrNull(file.organization_name),
    };
  } catch {
    return null;
  }
}

/** A failed write is harmless: the large file is read again. */
export function writeIdentityMemo(system: System, path: string, memo: IdentityMemo): void {
  const file = {
    trace: memo.fingerprint,
    account_id: memo.accountId,
    organization_id: memo.organizationId,
    account_name: memo.accountName,
    organization_name: memo.organizationName,
  };
  replaceFile(system, path, `${JSON.stringify(file)}\n`, null);
}
