import type { AccountDirectory } from '../cache/directory.ts';
import { fileFingerprint } from '../platform/fingerprint.ts';
import { findConfigFile } from '../config/config-file.ts';
import type { ProviderFiles } from '../fetch/provider.ts';
import type { System } from '../platform/system.ts';
import { version } from '../platform/version.ts';

/**
 * What a ready line depends on besides the time, in one line of text: when that is another one, so is the
 * answer, or may be. Files by their traces, `stat` only, the configuration among them; the credentials by their stamp.
 * On the hot path.
 */
export function validatorsOf(system: System, provider: ProviderFiles, directory: AccountDirectory): string {
  const { platform, env } = system;
  const keychain = platform === 'darwin' ? fileFingerprint(system, directory.keychain) : '';
  const { entry, backoff: lock, reports: readings } = directory;
  const files = [entry, lock, readings].map((path) => fileFingerprint(system, path)).join(' ');
  const { path } = findConfigFile(system);
  const config = path === null ? '' : fileFingerprint(system, path);
  // A base URL that is refused is named at every call; one that was accepted is so again.
  const base = JSON.stringify(env.USAGELINE_API_BASE_URL ?? '');
  return `${version} ${files} ${keychain} ${provider.fingerprint(system, null)} ${config} ${base}`;
}
