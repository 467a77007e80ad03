import type { Config, Sourced } from '../config/config.ts';
import { provider as mainProvider } from '../fetch/registry.ts';
import { checkBaseUrl } from '../platform/base-url.ts';
import type { KnownAccount } from './account.ts';

/** An account, as far as requests are concerned. */
export type Asked = Pick<KnownAccount, 'provider' | 'system'>;

/**
 * The base URL that is set for an account's endpoint: the key `api_base_url` and its variable are about the main provider,
 * each of the others has a variable. Null: none is set.
 */
export function configuredBaseUrl({ baseUrl }: Config, asked?: Asked): Sourced<string> | null {
  if (asked === undefined || asked.provider.id === mainProvider.id) return baseUrl;
  const { baseUrlVariable: source } = asked.provider;
  const value = asked.system.env[source];
  return value ? { value, source } : null;
}

/** Why a base URL is refused, with its source; null if it is not. The URL is left out: it may hold a password. */
export function baseUrlProblem({ value, source }: Sourced<string>): string | null {
  const check = checkBaseUrl(value);
  return check.ok ? null : `${nameOf(source)} is refused: ${check.reason}`;
}

/** Why the base URL of an account is refused: the detail of a failure. Null if it is not. */
export function refusalOf(config: Config, asked: Asked): string | null {
  const configured = configuredBaseUrl(config, asked);
  const check = configured === null ? null : checkBaseUrl(configured.value);
  return configured === null || check === null || check.ok
    ? null
    : `${nameOf(configured.source)}: ${check.reason}`;
}

function nameOf(source: string): string {
  return /^[A-Z0-9_]+$/.test(source) ? source : `api_base_url (${source})`;
}
