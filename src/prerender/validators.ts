import { fnv1a } from '../cache/directory.ts';
import type { AccountDirectory } from '../cache/directory.ts';
import { findConfigFile } from '../config/config-file.ts';
import type { ProviderFiles } from '../fetch/provider.ts';
import { fileFingerprint } from '../platform/fingerprint.ts';
import type { System } from '../platform/system.ts';
import { watchedIn } from './format.ts';
import { version } from '../platform/version.ts';

/**
 * The validators of this account's prerendered lines, as one line of text: the program's version, the fingerprints of
 * the files that a line is made of, and the base URL. A line is valid only while they are the same. On the hot path.
 */
export function validatorsOf(system: System, provider: ProviderFiles, directory: AccountDirectory): string {
  const { platform, env } = system;
  const keychain = platform === 'darwin' ? fileFingerprint(system, directory.keychain) : '';
  const { entry, backoff, reports } = directory;
  const files = [entry, backoff, reports].map((path) => fileFingerprint(system, path)).join(' ');
  const { path } = findConfigFile(system);
  const config = path === null ? '' : fileFingerprint(system, path);
  // The URL has been checked when the line was made: a refused URL is named at every call and leaves no line.
  const baseUrl = JSON.stringify(env.USAGELINE_API_BASE_URL ?? '');
  return `${version} ${files} ${keychain} ${provider.fingerprint(system, null)} ${config} ${baseUrl}`;
}

/**
 * The validators of what a file depends on besides the account's files: the logins, entries and backoffs of other accounts
 * by path, and their variables as `=NAME`. Empty for a line of one account. On the hot path.
 */
export function watchedValidators(system: System, file: string): string {
  return watchedText(system, watchedIn(file));
}

/** As `watchedValidators`, from the names themselves. */
export function watchedText(system: System, watched: readonly string[]): string {
  return watched
    .map((name) =>
      name.startsWith('=')
        ? ` ${fnv1a(system.env[name.slice(1)] ?? '')}`
        : ` ${fileFingerprint(system, name)}`,
    )
    .join('');
}
