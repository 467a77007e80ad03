/**
 * The codes of all failures. `usage.json`, `usage.lock` and `--json` contain them, so a code is never renamed.
 */

/** Failures that end with a sign-in. The first six are found before any request is made. */
export const SIGN_IN_CODES = [
  'no_credentials',
  'credentials_unreadable',
  'credentials_invalid',
  'keychain_error',
  'token_expired',
  'missing_scope',
  'unauthorized',
  'forbidden',
] as const;

/**
 * The access token has lapsed, and there is a refresh token. The login is not lost: this happens every night, and the
 * provider's client renews the token when it runs next. Found before any request is made.
 */
export const RENEWAL_CODES = ['token_lapsed'] as const;

/** Failures of the endpoint or of the way to it, which end with time. */
export const ENDPOINT_CODES = [
  'rate_limited',
  'server_error',
  'bad_response',
  'network_error',
  'timeout',
] as const;

/** An exception ended the refresh: a fault of this program, or of the Node or the machine that runs it. */
export const FAULT_CODES = ['internal_error'] as const;

/**
 * No request was made, or its response could not be stored. These are never written to `usage.lock`. `wrong_usage`: one of
 * several accounts has a base URL that is refused.
 */
export const LOCAL_CODES = [
  'no_data',
  'budget',
  'disabled',
  'wrong_usage',
  'cache_unreadable',
  'cache_unwritable',
] as const;

/** The codes that a refresh can end with. Each starts a backoff. */
export const REFRESH_CODES = [...SIGN_IN_CODES, ...RENEWAL_CODES, ...ENDPOINT_CODES, ...FAULT_CODES] as const;

export type SignInCode = (typeof SIGN_IN_CODES)[number];
export type RenewalCode = (typeof RENEWAL_CODES)[number];
export type LocalCode = (typeof LOCAL_CODES)[number];

export type RefreshCode = (typeof REFRESH_CODES)[number];
export type FailureCode = RefreshCode | LocalCode;

/** Whether a sign-in ends this failure. */
export function isSignIn(code: string): code is SignInCode {
  return (SIGN_IN_CODES as readonly string[]).includes(code);
}

/** Whether this failure is over a login for which nothing was sent. */
export function isFoundBeforeRequest(code: string | null): boolean {
  return code !== null && isAboutCredentials(code) && code !== 'unauthorized' && code !== 'forbidden';
}

/** Whether this failure ends as soon as the provider's client runs. */
export function isRenewal(code: string): code is RenewalCode {
  return (RENEWAL_CODES as readonly string[]).includes(code);
}

/** Whether a change of the credentials ends this failure at once. */
export function isAboutCredentials(code: string): code is SignInCode | RenewalCode {
  return isSignIn(code) || isRenewal(code);
}

/** Whether a text read from disk is one of the codes a refresh can end with. */
export function isRefreshCode(code: unknown): code is RefreshCode {
  return typeof code === 'string' && (REFRESH_CODES as readonly string[]).includes(code);
}

/**
 * A refresh that failed. `detail` is safe to show: it names a variable or a path, and contains neither a secret nor a
 * text of a server or of an exception.
 */
export interface RefreshFailure {
  readonly code: RefreshCode;
  /** The value of the Retry-After header exactly as received; only with `rate_limited`. */
  readonly retryAfter?: string | null;
  readonly detail?: string;
  /** Nothing of the request has left this machine, so it does not count for the budget. */
  readonly unsent?: true;
}

/**
 * The detail of a 403 that is a web page, as firewalls send it: the endpoint itself may not have refused. Its texts are other
 * ones than those of a 403 of the endpoint, in `render/messages.ts`.
 */
export const WEB_PAGE =
  'the response is a web page, perhaps of a firewall that refuses this network and not the login';

/** A failure as it is shown. */
export interface Failure {
  readonly code: FailureCode;
  /** The time of the next request, epoch ms; null when it is not known. */
  readonly retryAt: number | null;
  readonly detail?: string;
}
