import type { System } from '../platform/system.ts';
import { isObject } from '../usage/values.ts';
import { readOwnFile } from './own-files.ts';

/** What macOS' keychain said when it was last asked; asking costs a process, so it is not done at every prompt. */
export interface KeychainMemo {
  /** Epoch ms. */
  readonly checkedAt: number;
  /** Modification date of the item as the keychain writes it; null when it could not be found out. */
  readonly modified: string | null;
}

export function readKeychainMemo(system: System, path: string): KeychainMemo | null {
  const read = readOwnFile(system, path);
  if (read.kind !== 'file') return null;
  try {
    const file: unknown = JSON.parse(read.text);
    if (!isObject(file) || typeof file.checked_at !== 'number') return null;
    return { checkedAt: file.checked_at, modified: typeof file.modified === 'string' ? file.modified : null };
  } catch {
    return null;
  }
}

export function serializeKeychainMemo(memo: KeychainMemo): string {
  return `${JSON.stringify({ checked_at: memo.checkedAt, modified: memo.modified })}\n`;
}
