import type { Settings } from '../config/settings.ts';
import type { ResolveDeps, State } from '../resolve/read-state.ts';
import type { Paths } from '../resolve/paths.ts';
import type { ForecastInput } from './forecast.ts';
import { keychainDueAt } from '../resolve/credentials-fingerprint.ts';

/** What can be said in advance from a look at the files; null when that is nothing. */
export function forecastInput(
  { system, provider }: Pick<ResolveDeps, 'system' | 'provider'>,
  paths: Paths,
  { read, backoff: lock, now }: State,
  stamp: string | null,
  settings: Settings,
): ForecastInput | null {
  const entry = read.kind === 'entry' ? read.entry : null;
  // With other credentials the account comes from a file that no prepared line depends on, so nothing can be prepared.
  // An entry without an account does not need that file.
  const sure = entry === null || entry.credentials === stamp || entry.accountId === null;
  const readable = read.kind === 'entry' || read.denied === null;
  if (!sure || !readable || paths.cache === null) return null;
  return {
    entry,
    backoff: lock,
    now,
    fingerprint: stamp,
    accountMatch: entry?.accountUnread ? 'untold' : 'unknown',
    provider: provider.id,
    accountName: paths.account.name,
    settings,
    recheckAt: keychainDueAt(system, paths.cache),
  };
}
