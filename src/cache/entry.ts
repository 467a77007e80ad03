import type { System } from '../platform/system.ts';
import { isObject } from '../usage/values.ts';
import { isRefreshCode } from '../usage/failure.ts';
import type { RefreshCode } from '../usage/failure.ts';
import type { Origins, ReportedSpendNumber } from '../usage/report.ts';
import type { SnapshotData, SnapshotReader } from '../usage/snapshot.ts';
import { sanitize } from '../usage/text.ts';
import { isoTime, parseTime } from '../usage/time.ts';
import { readOwnFile } from './own-files.ts';

/** The version of the format of `usage.json`. A file with another one is a miss. */
export const SCHEMA_VERSION = 1;

/** The content of `usage.json`. At least one of `data` and `error` is not null. */
export interface Entry {
  /** When the request for the data was sent, epoch ms. */
  readonly cachedAt: number;
  readonly data: SnapshotData | null;
  /** The provider's functions for `data`. Not in `usage.json`. */
  readonly reader: SnapshotReader;
  /** The last failure; only where there are no data. */
  readonly error: RefreshCode | null;
  /** Stored because a fresh entry is shown with its plan, without reading credentials. */
  readonly plan: string | null;
  /** The account of the data; null when no file named one. */
  readonly accountId: string | null;
  /** There was a file that may name the account, and it could not be read. */
  readonly accountUnread?: true;
  /** The organisation that has the subscription; null or absent when not known. */
  readonly organizationId?: string | null;
  /** Names for `{account}` and `{org}`, sanitized. */
  readonly accountName?: string | null;
  readonly organizationName?: string | null;
  /** Fingerprint of the credentials of the request; null in files of other programs. */
  readonly credentials: string | null;
  /** The token of the request, as `<key>:<hash>`: a random key and the keyed hash. */
  readonly token?: string;
  /** When the user has to sign in again, epoch ms. Stored for the same reason as `plan`. */
  readonly loginUntil?: number;
  /** What sessions reported. Never in `usage.json`: the two are merged when the files are read. */
  readonly overlay?: Overlay;
}

/** The part of an entry that comes from the reports of sessions. */
export interface Overlay {
  /** The windows whose number was reported. */
  readonly origins: Origins;
  /** When a number was last reported or confirmed, epoch ms. */
  readonly latestAt: number;
  /** The limit on money that sessions report behind a gateway; null without one. */
  readonly spend: ReportedSpendNumber | null;
  /** A session contradicts a number, so the entry is not fresh. */
  readonly contradicted: boolean;
  /** The reports are of the present credentials. False: they changed, and their account is not known. */
  readonly sameLogin: boolean;
  /** The sessions work without a stored login, as behind a gateway, so signing in does not help. */
  readonly unstored: boolean;
  /** `sameLogin`, and all numbers are the latest reported ones: a session that repeats them is shown its own numbers. */
  readonly asReported: boolean;
  /** When the response was requested that has the rest, epoch ms; null without a response. */
  readonly requestedAt: number | null;
  /** The entry has numbers that sessions do not report: limits per model, extra usage. */
  readonly needsEndpoint: boolean;
  /** Fingerprint of the present credentials. */
  readonly credentials: string | null;
}

/** The result of reading `usage.json`. */
export type EntryRead =
  | { readonly kind: 'entry'; readonly entry: Entry }
  | {
      readonly kind: 'miss';
      /** EACCES or EPERM where permissions forbid reading, which is reported; null for all other misses. */
      readonly denied: string | null;
      /** There is no file, so writing one replaces nothing. */
      readonly absent: boolean;
    };

/** Reads `usage.json`. A file that cannot be used is a miss. */
export function readEntry(system: System, path: string, reader: SnapshotReader): EntryRead {
  const read = readOwnFile(system, path);
  if (read.kind === 'unreadable' && (read.reason === 'EACCES' || read.reason === 'EPERM')) {
    return { kind: 'miss', denied: read.reason, absent: false };
  }
  const entry = read.kind === 'file' ? parseEntry(read.text, reader) : null;
  return entry ? { kind: 'entry', entry } : { kind: 'miss', denied: null, absent: read.kind === 'absent' };
}

/** Parses the text of `usage.json`, as strictly as a response; null when it cannot be used. */
export function parseEntry(text: string, reader: SnapshotReader): Entry | null {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(file) || file.schema_version !== SCHEMA_VERSION) return null;
  const cachedAt = parseTime(file.cached_at);
  if (cachedAt === null) return null;
  const data = reader.parse(file.data);
  const code = isObject(file.error) ? file.error.code : null;
  // Where there are data, an error is ignored.
  const error = data === null && isRefreshCode(code) ? code : null;
  if (data === null && error === null) return null;
  const loginUntil = parseTime(file.login_until);
  return {
    cachedAt,
    data,
    reader,
    error,
    plan: stringOrNull(file.plan),
    accountId: stringOrNull(file.account_id),
    ...(file.account_unread === true && { accountUnread: true }),
    ...optional('organizationId', idOrNull(file.organization_id)),
    ...optional('accountName', nameOrNull(file.account_name)),
    ...optional('organizationName', nameOrNull(file.organization_name)),
    credentials: stringOrNull(file.credentials),
    ...optional('token', idOrNull(file.token)),
    ...(loginUntil !== null && { loginUntil }),
  };
}

/** The text of `usage.json`: the four keys that other programs use, and then the others. */
export function serializeEntry(entry: Entry): string {
  const file = {
    schema_version: SCHEMA_VERSION,
    cached_at: isoTime(entry.cachedAt),
    data: entry.data,
    error: entry.error && { code: entry.error },
    plan: entry.plan,
    account_id: entry.accountId,
    ...(entry.accountUnread && { account_unread: true }),
    ...optional('organization_id', entry.organizationId),
    ...optional('account_name', entry.accountName),
    ...optional('organization_name', entry.organizationName),
    credentials: entry.credentials,
    ...optional('token', entry.token),
    ...(entry.loginUntil !== undefined && { login_until: isoTime(entry.loginUntil) }),
  };
  try {
    return `${JSON.stringify(file)}\n`;
  } catch {
    // The data are nested too deeply to be written. What is deeper than all that is read is left out.
    return `${JSON.stringify({ ...file, data: upToDepth(entry.data, MAX_DEPTH) })}\n`;
  }
}

/** Nothing deeper is read: `limits[].scope.model.display_name` has the depth 5. */
const MAX_DEPTH = 16;

function upToDepth(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return null;
  if (Array.isArray(value)) return value.map((item) => upToDepth(item, depth - 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, upToDepth(item, depth - 1)]));
}

function optional<K extends string>(key: K, value: string | null | undefined): { [P in K]?: string } {
  return value == null ? {} : ({ [key]: value } as { [P in K]: string });
}

function stringOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** A text that is not empty; else null. */
export function idOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** A sanitized name; null when it has no printable character. */
export function nameOrNull(value: unknown): string | null {
  return typeof value === 'string' ? sanitize(value) || null : null;
}
