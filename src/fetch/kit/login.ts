import { readTextFile } from '../../platform/files.ts';
import type { System } from '../../platform/system.ts';
import type { RefreshFailure, RenewalCode, SignInCode } from '../../usage/failure.ts';
import { SECOND } from '../../usage/time.ts';
import { isObject } from '../../usage/values.ts';
import { numberOf } from './fields.ts';

/*
 * Reads logins of other programs: files and variables, the first usable one. Nothing is ever written, no refresh token is
 * read beyond its presence, and no failure contains a text of a file.
 */

/** A login that can be sent. A provider can add fields of its own, such as headers. */
export interface Login {
  /** The secret: header-safe. It is sent, and hashed; nothing else has it. */
  readonly token: string;
  /** The plan, where the login names it. */
  readonly plan?: string | null;
  /** The account, as its id: never an e-mail address. Null where the login does not name it. */
  readonly accountId?: string | null;
  /** The organisation or workspace that has the subscription. */
  readonly organizationId?: string | null;
  /** When the user has to sign in again, epoch ms. */
  readonly loginUntil?: number | null;
}

/** A login that can be sent, or why the one that was found cannot. Both name its account where it is known. */
export type Found<L extends Login = Login> =
  | { readonly ok: true; readonly value: L }
  | {
      readonly ok: false;
      readonly failure: RefreshFailure;
      readonly accountId?: string | null;
      readonly organizationId?: string | null;
    };

/** A failure over the login. `detail`: a path or the name of a variable. */
export function unusable(
  code: SignInCode | RenewalCode,
  detail?: string,
): Found<never> & { readonly ok: false } {
  return { ok: false, failure: detail === undefined ? { code } : { code, detail } };
}

/** The first usable login; where there is none, the first one found names the failure. Null: not there. */
export function firstUsable<L extends Login>(sources: readonly (() => Found<L> | null)[]): Found<L> {
  let first: Found<L> | null = null;
  for (const read of sources) {
    const found = read();
    if (found?.ok) return found;
    first ??= found;
  }
  return first ?? unusable('no_credentials');
}

/** What is known about a token besides the token. */
export interface Expiry {
  /** The path or variable, for failures. */
  readonly origin: string;
  /** Epoch ms. */
  readonly now: number;
  /** When the token expires, epoch ms; null or absent: not known. */
  readonly expiresAt?: number | null;
  /** The program of the login renews the token by itself, because it has a refresh token. */
  readonly isRenewable?: boolean;
  /** The token counts as expired this long before, ms. */
  readonly slackMs?: number;
}

/** Whether a login can be sent: its token is a text that a header can contain, and has not expired. */
export function judge<L extends Login>(
  login: Omit<L, 'token'> & { readonly token: unknown },
  { origin, now, expiresAt = null, isRenewable = false, slackMs = 0 }: Expiry,
): Found<L> {
  const { accountId = null, organizationId = null } = login;
  const who = { accountId, organizationId };
  if (!isHeaderSafe(login.token)) return { ...unusable('credentials_invalid', origin), ...who };
  if (expiresAt !== null && expiresAt - slackMs <= now) {
    // Without a detail where nothing is wrong with the login.
    const failure = isRenewable ? unusable('token_lapsed') : unusable('token_expired', origin);
    return { ...failure, ...who };
  }
  return { ok: true, value: login as unknown as L };
}

/** The place of a login that is being read. */
export type Place = Pick<Expiry, 'origin' | 'now'>;

/**
 * The login in a JSON file; null where there is no file.
 *
 * @param read makes a login of the object, usually with `judge`; null where the object is about something else
 */
export function fromJsonFile<L extends Login>(
  system: System,
  path: string,
  read: (stored: Readonly<Record<string, unknown>>, place: Place) => Found<L> | null,
): Found<L> | null {
  return fromFile(system, path, (text, place) => {
    const stored = parseObject(text);
    return stored === null ? unusable('credentials_invalid', path) : read(stored, place);
  });
}

/** The login in a text file; null where there is no file. */
export function fromFile<L extends Login>(
  system: System,
  path: string,
  read: (text: string, place: Place) => Found<L> | null,
): Found<L> | null {
  const file = readTextFile(system.fs, path, 'follow');
  if (file.kind === 'absent') return null;
  if (file.kind === 'unreadable') return unusable('credentials_unreadable', path);
  if (file.kind === 'not_utf8') return unusable('credentials_invalid', path);
  return read(file.text, { origin: path, now: system.now() });
}

/**
 * The key in the first variable that is set; null where none is. The key's hash is its account: the same key under two names
 * is one account.
 */
export function fromVariables(
  system: System,
  names: readonly string[],
  more: Omit<Login, 'token'> = {},
): Found | null {
  for (const name of names) {
    const token = system.env[name]?.trim();
    if (token) return judge({ ...more, token, accountId: keyId(token) }, { origin: name, now: system.now() });
  }
  return null;
}

/** An id for a login that has no other one: a hash of its key, from which the key cannot be computed. */
export function keyId(key: string): string {
  const { createHash } = process.getBuiltinModule('node:crypto');
  return `key:${createHash('sha256').update(key).digest('hex').slice(0, 16)}`;
}

/** The object in a JSON text; null for anything else. White space and a byte order mark around it are allowed. */
export function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    // The error is not kept: its message quotes the text.
    const value: unknown = JSON.parse(text.trim());
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** The claims of a JSON Web Token, whose signature is not verified; an empty object for any other text. */
export function claimsOf(token: unknown): Readonly<Record<string, unknown>> {
  const [, payload = ''] = typeof token === 'string' ? token.slice(0, 65_536).split('.', 3) : [];
  return parseObject(Buffer.from(payload, 'base64url').toString('utf8')) ?? {};
}

/** When a JSON Web Token expires, epoch ms; null where it does not say. */
export function expiryOf(claims: Readonly<Record<string, unknown>>): number | null {
  const exp = numberOf(claims.exp);
  return exp === null ? null : exp * SECOND;
}

/** Whether a value is a text that is not empty: the presence of a refresh token, which is never read further. */
export function isPresent(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

/** Visible ASCII only, not empty: for other characters `fetch` throws an error that quotes them. */
function isHeaderSafe(token: unknown): token is string {
  return typeof token === 'string' && /^[\x21-\x7e]+$/.test(token);
}
