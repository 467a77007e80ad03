/**
 * Every way in which usage can fail to be current, as stable codes. They stand in `usage.json`, in
 * `usage.lock` and in `--json`, so a code is never renamed.
 */

/** Signing in to Claude Code is what helps. The first six are found before any request is made. */
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
 * The access token has lapsed beside a refresh token. The login is not lost: every night ends like this, and Claude
 * Code renews its token when it runs next. Found before any request is made.
 */
export const RENEWAL_CODES = ['token_lapsed'] as const;

/** The endpoint or the way to it failed; waiting is what helps. */
export const ENDPOINT_CODES = [
  'rate_limited',
  'server_error',
  'bad_response',
  'network_error',
  'timeout',
] as const;

/** An exception stopped the refresh: a fault of this program, or of the Node or the machine that runs it. */
export const FAULT_CODES = ['internal_error'] as const;

/** usageline did not ask, or could not store the answer. These are never written to `usage.lock`. */
export const LOCAL_CODES = ['no_data', 'budget', 'disabled', 'cache_unreadable', 'cache_unwritable'] as const;

/** What a refresh can end with: the codes that start a backoff. */
export const REFRESH_CODES = [...SIGN_IN_CODES, ...RENEWAL_CODES, ...ENDPOINT_CODES, ...FAULT_CODES] as const;

export type SignInCode = (typeof SIGN_IN_CODES)[number];
export type RenewalCode = (typeof RENEWAL_CODES)[number];
export type LocalCode = (typeof LOCAL_CODES)[number];

export type RefreshCode = (typeof REFRESH_CODES)[number];
export type FailureCode = RefreshCode | LocalCode;

/** Whether signing in (running `claude` once) is what helps against this code. */
export function isSignIn(code: string): code is SignInCode {
  return (SIGN_IN_CODES as readonly string[]).includes(code);
}

/** Whether Claude Code only has to run for this to end. */
export function isRenewal(code: string): code is RenewalCode {
  return (RENEWAL_CODES as readonly string[]).includes(code);
}

/** Whether a change of the credentials ends this failure at once, without a wait. */
export function isAboutCredentials(code: string): code is SignInCode | RenewalCode {
  return isSignIn(code) || isRenewal(code);
}

/** Whether a text read from disk is one of the codes a refresh can end with. */
export function isRefreshCode(code: unknown): code is RefreshCode {
  return typeof code === 'string' && (REFRESH_CODES as readonly string[]).includes(code);
}

/**
 * A refresh that failed. `detail` is a text of our own that is safe to show (it names a variable or a
 * path, never a secret and never the words of a server or of a foreign exception).
 */
export interface RefreshFailure {
  readonly code: RefreshCode;
  /** The value of the Retry-After header exactly as received; only with `rate_limited`. */
  readonly retryAfter?: string | null;
  readonly detail?: string;
  /** Nothing of the request has left this machine: it costs nothing of the budget. Only with `internal_error`. */
  readonly unsent?: true;
}

/** A failure as people and programs are told of it. */
export interface Failure {
  readonly code: FailureCode;
  /** Epoch ms of the next time we would ask by ourselves; null when no time is known. */
  readonly retryAt: number | null;
  readonly detail?: string;
}
