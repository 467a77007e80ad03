import { readTextFile } from '../../platform/files.ts';
import type { System } from '../../platform/system.ts';
import { isObject } from '../../usage/values.ts';
import type { RefreshFailure, RenewalCode, SignInCode } from '../../usage/failure.ts';
import type { Outcome } from '../provider.ts';
import { credentialFiles } from './account.ts';
import { readKeychain } from './keychain.ts';
import { planOf } from './plan.ts';

/**
 * Credentials that can be sent. The refresh token is never used: it is valid once, so its use would log the user out of
 * Claude Code. Only its presence and its expiry are read.
 */
export interface Credentials {
  readonly token: string;
  readonly plan: string | null;
  /** When the refresh token expires, epoch ms: then the user has to sign in again. Null when it is not known. */
  readonly loginUntil: number | null;
}

type Found = Outcome<Credentials> | null;

/**
 * The first usable credentials: keychain (macOS), files, CLAUDE_CODE_OAUTH_TOKEN. Credentials that are missing, broken,
 * expired or without the scope do not end the search; if none are usable, the failure is that of the first ones found, and
 * its `detail` names their place.
 */
export async function readCredentials(system: System): Promise<Outcome<Credentials>> {
  let first: Found = null;
  for (const read of sources(system)) {
    const found = await read();
    if (found?.ok) return found;
    first ??= found;
  }
  return first ?? failed('no_credentials');
}

function sources(system: System): (() => Found | Promise<Found>)[] {
  return [
    ...(system.platform === 'darwin' ? [() => fromKeychain(system)] : []),
    ...credentialFiles(system).map((path) => () => fromFile(system, path)),
    () => fromEnvironment(system),
  ];
}

async function fromKeychain(system: System): Promise<Found> {
  const item = await readKeychain(system);
  if (item.kind === 'absent') return null;
  if (item.kind === 'failed') return failed('keychain_error', item.reason);
  return judge(item.value, 'keychain', system.now());
}

function fromFile(system: System, path: string): Found {
  const read = readTextFile(system.fs, path, 'follow');
  if (read.kind === 'absent') return null;
  if (read.kind === 'unreadable') return failed('credentials_unreadable', path);
  return read.kind === 'file' ? judge(read.text, path, system.now()) : failed('credentials_invalid', path);
}

/** Last, because setup tokens cannot read usage. Expiry and scopes are unknown. */
function fromEnvironment(system: System): Found {
  const token = system.env.CLAUDE_CODE_OAUTH_TOKEN?.trim();
  if (!token) return null;
  return isHeaderSafe(token)
    ? { ok: true, value: { token, plan: null, loginUntil: null } }
    : failed('credentials_invalid', 'CLAUDE_CODE_OAUTH_TOKEN');
}

/**
 * Whether a stored login can be sent; null where none is stored. An expired token is not sent: the endpoint responds with
 * 429, also to later requests with a valid token.
 */
function judge(text: string, origin: string, now: number): Found {
  const stored = parseObject(text);
  if (stored !== null && holdsOnlyOtherLogins(stored)) return null;
  const login = stored?.claudeAiOauth;
  if (!isObject(login)) return failed('credentials_invalid', origin);
  const { accessToken: token, scopes, rateLimitTier, subscriptionType } = login;
  if (typeof token !== 'string' || !isHeaderSafe(token)) return failed('credentials_invalid', origin);
  const lapsed = typeof login.expiresAt === 'number' && login.expiresAt <= now;
  if (lapsed && !isRenewable(login, now)) return failed('token_expired', origin);
  // Before the lapse is reported: a renewed token has the scopes of the old one.
  if (Array.isArray(scopes) && scopes.length > 0 && !scopes.includes('user:profile')) {
    return failed('missing_scope', origin);
  }
  // Without a detail: nothing is wrong with the file.
  if (lapsed) return failed('token_lapsed');
  const plan = planOf(rateLimitTier, subscriptionType);
  return { ok: true, value: { token, plan, loginUntil: loginUntilOf(login) } };
}

/** Whether there are only tokens of MCP servers, which Claude Code keeps in the same item or file. */
function holdsOnlyOtherLogins(stored: Record<string, unknown>): boolean {
  return 'mcpOAuth' in stored && (stored.claudeAiOauth ?? null) === null;
}

/** Whether Claude Code can renew the access token without the user. */
function isRenewable(login: Record<string, unknown>, now: number): boolean {
  const { refreshToken } = login;
  if (typeof refreshToken !== 'string' || refreshToken.trim() === '') return false;
  const until = loginUntilOf(login);
  return until === null || until > now;
}

/** `refreshTokenExpiresAt`, epoch ms. Logins from before mid 2026 do not have it. */
function loginUntilOf({ refreshTokenExpiresAt: until }: Record<string, unknown>): number | null {
  return typeof until === 'number' ? Math.max(0, Math.min(until, LATEST)) : null;
}

/** The last time that a `Date` can represent, epoch ms. */
const LATEST = 8.64e15;

function parseObject(text: string): Record<string, unknown> | null {
  try {
    // trim() also removes a byte order mark. The error is not kept: its message quotes the text.
    const value: unknown = JSON.parse(text.trim());
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** Visible ASCII only, not empty: for other characters `fetch` throws an error that quotes them. */
function isHeaderSafe(token: string): boolean {
  return /^[\x21-\x7e]+$/.test(token);
}

function failed(code: SignInCode | RenewalCode, detail?: string): Outcome<never> {
  const failure: RefreshFailure = detail === undefined ? { code } : { code, detail };
  return { ok: false, failure };
}
