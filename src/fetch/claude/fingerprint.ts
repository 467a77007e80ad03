import { ABSENT, fileFingerprint } from '../../platform/fingerprint.ts';
import type { System } from '../../platform/system.ts';
import { credentialFiles } from './account.ts';

/**
 * The credentials stamp: a text that changes when the credentials do. Mtime, size and inode of every
 * candidate file in order, absent ones included (signing in creates one), and the keychain item's
 * modification date. No content is read; links are followed, to what they end in.
 *
 * Null when nothing there could change: no file, no keychain item, and CLAUDE_CODE_OAUTH_TOKEN, whose
 * changes cannot be told from a file's (or no place where a file could be).
 *
 * @param keychain the item's modification date, or `absent`; null when there is no keychain, or it does not say
 */
export function credentialsStamp(system: System, keychain: string | null): string | null {
  const parts = credentialFiles(system).map((path) => stampOf(system, path));
  if (keychain !== null) parts.push(keychain === ABSENT ? ABSENT : `keychain:${keychain}`);
  if (parts.every((part) => part === ABSENT)) {
    if (parts.length === 0 || system.env.CLAUDE_CODE_OAUTH_TOKEN?.trim()) return null;
  }
  return parts.join(' ');
}

/** Whether a stamp is that of a stored login. A keychain that was not asked yet may hold one. */
export function hasStoredLogin({ platform }: System, stamp: string | null): boolean {
  if (stamp === null) return false;
  const parts = stamp.split(' ');
  return parts.some((part) => part !== ABSENT) || (platform === 'darwin' && parts.length < 3);
}

function stampOf(system: System, path: string): string {
  const fingerprint = fileFingerprint(system, path);
  // ENOTDIR: a component of the path is a file, so the file cannot exist.
  return fingerprint === 'ENOTDIR' ? ABSENT : fingerprint;
}
