import { readTextFile } from '../../files.ts';
import type { System } from '../../system.ts';
import { isObject } from '../../usage/data.ts';
import type { RefreshFailure, SignInCode } from '../../usage/failure.ts';
import type { Outcome } from '../provider.ts';
import { credentialFiles } from './account.ts';
import { readKeychain } from './keychain.ts';
import { planOf } from './plan.ts';

/** Credentials that can be sent. The refresh token is not read: it is single-use, and Claude Code's own. */
export interface Credentials {
  readonly token: string;
  readonly plan: string | null;
}

type Found = Outcome<Credentials> | null;

/**
 * The first usable credentials: keychain (macOS), files, CLAUDE_CODE_OAUTH_TOKEN. One that is missing,
 * broken, expired or unscoped does not end the search; when none is usable, the first one found names the
 * error. `detail` says where it was found.
 */
export async function readCredentials(system: System): Promise<Outcome<Credentials>> {
  let first: Found = null;
  for (const look of sources(system)) {
    const found = await look();
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
  const answer = await readKeychain(system);
  if (answer.kind === 'absent') return null;
  if (answer.kind === 'failed') return failed('keychain_error', answer.reason);
  return judge(answer.value, 'keychain', system.now());
}

function fromFile(system: System, path: string): Found {
  const read = readTextFile(system.fs, path, 'follow');
  if (read.kind === 'absent') return null;
  if (read.kind === 'unreadable') return failed('credentials_unreadable', path);
  return read.kind === 'file' ? judge(read.text, path, system.now()) : failed('credentials_invalid', path);
}

/** Last, because setup tokens cannot read usage. It has neither an expiry nor scopes that could be seen. */
function fromEnvironment(system: System): Found {
  const token = system.env.CLAUDE_CODE_OAUTH_TOKEN?.trim();
  if (!token) return null;
  return isHeaderSafe(token)
    ? { ok: true, value: { token, plan: null } }
    : failed('credentials_invalid', 'CLAUDE_CODE_OAUTH_TOKEN');
}

/** Whether a stored login can be sent. An expired token is not: those draw 429s that outlast them. */
function judge(text: string, origin: string, now: number): Outcome<Credentials> {
  const login = parseLogin(text);
  if (login === null) return failed('credentials_invalid', origin);
  const { accessToken: token, expiresAt, scopes, rateLimitTier, subscriptionType } = login;
  if (typeof token !== 'string' || !isHeaderSafe(token)) return failed('credentials_invalid', origin);
  if (typeof expiresAt === 'number' && expiresAt <= now) return failed('token_expired', origin);
  if (Array.isArray(scopes) && scopes.length > 0 && !scopes.includes('user:profile')) {
    return failed('missing_scope', origin);
  }
  return { ok: true, value: { token, plan: planOf(rateLimitTier, subscriptionType) } };
}

function parseLogin(text: string): Record<string, unknown> | null {
  try {
    // trim() takes a byte order mark along. The error's message would quote the text.
    const value: unknown = JSON.parse(text.trim());
    return isObject(value) && isObject(value.claudeAiOauth) ? value.claudeAiOauth : null;
  } catch {
    return null;
  }
}

/** Visible ASCII, at least one: `fetch` throws on anything that no header can hold, and quotes it. */
function isHeaderSafe(token: string): boolean {
  return /^[\x21-\x7e]+$/.test(token);
}

function failed(code: SignInCode, detail?: string): Outcome<never> {
  const failure: RefreshFailure = detail === undefined ? { code } : { code, detail };
  return { ok: false, failure };
}
