import type { Settings } from '../config/settings.ts';
import type { ResolveDeps, State } from '../resolve/read-state.ts';
import type { Paths } from '../resolve/paths.ts';
import type { ForecastInput } from './forecast.ts';
import { keychainDueAt } from '../resolve/credentials-fingerprint.ts';

/**
 * The input of a forecast from the state; null where nothing can be forecast.
 *
 * @param fingerprint the fingerprint of the present credentials
 */
export function forecastInput(
  { system, provider }: Pick<ResolveDeps, 'system' | 'provider'>,
  paths: Paths,
  { read, backoff, now }: State,
  fingerprint: string | null,
  settings: Settings,
): ForecastInput | null {
  const entry = read.kind === 'entry' ? read.entry : null;
  // Under other credentials the decision depends on the file that names the account, which is not among the validators.
  // For an entry without an account it is not read.
  const isCertain = entry === null || entry.credentials === fingerprint || entry.accountId === null;
  const readable = read.kind === 'entry' || read.denied === null;
  if (!isCertain || !readable || paths.cache === null) return null;
  return {
    entry,
    backoff,
    now,
    fingerprint,
    accountMatch: entry?.accountUnread ? 'undetermined' : 'unknown',
    provider,
    accountName: paths.account.name,
    settings,
    recheckAt: keychainDueAt(system, paths.cache),
  };
}
