import { ABSENT, fileFingerprint } from '../../platform/fingerprint.ts';
import type { System } from '../../platform/system.ts';
import { credentialFiles } from './account.ts';

/**
 * The fingerprint of the credentials: mtime, size and inode of each candidate file in order, absent ones included (a
 * sign-in creates one), and the modification date of the keychain's item. Follows links and reads no content.
 *
 * Null where no change can be seen: neither a file nor a keychain item, and CLAUDE_CODE_OAUTH_TOKEN is set (or there is no
 * directory where a file could be).
 *
 * @param keychain the item's modification date, or `absent`; null without a keychain, or where the date is unknown
 */
export function credentialsFingerprint(system: System, keychain: string | null): string | null {
  const parts = credentialFiles(system).map((path) => partOf(system, path));
  if (keychain !== null) parts.push(keychain === ABSENT ? ABSENT : `keychain:${keychain}`);
  if (parts.every((part) => part === ABSENT)) {
    if (parts.length === 0 || system.env.CLAUDE_CODE_OAUTH_TOKEN?.trim()) return null;
  }
  return parts.join(' ');
}

/** Whether a fingerprint is one of a stored login. On macOS also while the keychain, which may hold it, was not queried. */
export function hasStoredLogin(system: System, fingerprint: string | null): boolean {
  if (fingerprint === null) return false;
  const parts = fingerprint.split(' ');
  if (parts.some((part) => part !== ABSENT)) return true;
  // A query of the keychain adds a part to those of the files.
  return system.platform === 'darwin' && parts.length <= credentialFiles(system).length;
}

function partOf(system: System, path: string): string {
  const fingerprint = fileFingerprint(system, path);
  // ENOTDIR: a component of the path is a file, so the credentials file cannot exist.
  return fingerprint === 'ENOTDIR' ? ABSENT : fingerprint;
}
