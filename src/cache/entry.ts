import type { System } from '../platform/system.ts';
import { isObject } from '../usage/values.ts';
import { isRefreshCode } from '../usage/failure.ts';
import type { RefreshCode } from '../usage/failure.ts';
import type { Origins, ReportedSpendNumber } from '../usage/report.ts';
import type { SnapshotData, SnapshotReader } from '../usage/snapshot.ts';
import { sanitize } from '../usage/text.ts';
import { isoTime, parseTime } from '../usage/time.ts';
import { readOwnFile } from './own-files.ts';

export const SCHEMA_VERSION = 1;

/** What is known: `usage.json`. At least one of `data` and `error` is there. */
export interface Entry {
  /** Epoch ms of the start of the request that brought the data. */
  readonly cachedAt: number;
  readonly data: SnapshotData | null;
  /** The provider's answers about `data`. Not in `usage.json`. */
  readonly reader: SnapshotReader;
  /** Only when there is nothing better to keep. */
  readonly error: RefreshCode | null;
  /** Stored because a hit reads no credentials and yet shows the plan. */
  readonly plan: string | null;
  /** Whose numbers these are; null when that is not known. */
  readonly accountId: string | null;
  /** A file that may name the account existed and could not be read. */
  readonly accountUnread?: true;
  /** The organisation whose subscription it is; null or absent when not known. */
  readonly organizationId?: string | null;
  /** Names for `{account}` and `{org}`, allowlisted. */
  readonly accountName?: string | null;
  readonly organizationName?: string | null;
  /** Stamp of the credentials the numbers were asked with; null in files of other programs. */
  readonly credentials: string | null;
  /** Which token the numbers were asked with: a random key and the keyed hash, as `usage.lock` has it. */
  readonly token?: string;
  /** When that login has to be renewed by its user, epoch ms. Stored for the same reason as `plan`. */
  readonly loginUntil?: number;
  /** The windows that sessions reported. Never in `usage.json`: the two are merged when the files are read. */
  readonly overlay?: Overlay;
}

/** The status line's part of an entry. */
export interface Overlay {
  /** The windows whose number is the status line's. */
  readonly origins: Origins;
  /** When a reading last counted, epoch ms. */
  readonly movedAt: number;
  /** The limit on money that sessions report behind a gateway; null without one. */
  readonly spend: ReportedSpendNumber | null;
  /** A session contradicts a number that is shown: it is not fresh any more. */
  readonly contradicted: boolean;
  /** False: the credentials have changed since, and their account is not known. */
  readonly certain: boolean;
  /** The sessions work without a stored login, as behind a gateway: signing in is not what they need. */
  readonly unstored: boolean;
  /** The numbers are certain and are the last reported ones: a session that repeats them sees its own numbers. */
  readonly asReported: boolean;
  /** When the endpoint told the rest, epoch ms; null: it never did. */
  readonly answeredAt: number | null;
  /** The rest is there, and nobody but the endpoint can tell it: limits per model, extra usage. */
  readonly lacks: boolean;
  /** The stamp of the credentials as they are now. */
  readonly credentials: string | null;
}

export type EntryRead =
  | { readonly kind: 'entry'; readonly entry: Entry }
  | {
      readonly kind: 'miss';
      /** An errno of permission trouble, which is worth reporting; all other misses are not. */
      readonly denied: string | null;
      /** There is no file at all: whatever we write replaces nothing. */
      readonly absent: boolean;
    };

/** Reads `usage.json`. Whatever is wrong with the file is a miss. */
export function readEntry(system: System, path: string, reader: SnapshotReader): EntryRead {
  const read = readOwnFile(system, path);
  if (read.kind === 'unreadable' && (read.reason === 'EACCES' || read.reason === 'EPERM')) {
    return { kind: 'miss', denied: read.reason, absent: false };
  }
  const entry = read.kind === 'file' ? parseEntry(read.text, reader) : null;
  return entry ? { kind: 'entry', entry } : { kind: 'miss', denied: null, absent: read.kind === 'absent' };
}

/** The text of `usage.json`, validated as strictly as an answer from the network; null for a miss. */
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
  // Both present: the data win.
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

/** The text of `usage.json` for an entry: the four public keys first, ours behind them. */
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
    // Nested beyond what can be written: what lies deeper than anything we read is left out.
    return `${JSON.stringify({ ...file, data: upToDepth(entry.data, MAX_DEPTH) })}\n`;
  }
}

/** The deepest thing we read lies at 5: `limits[].scope.model.display_name`. */
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

export function idOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** A name with its printable characters only; null when it has none. */
export function nameOrNull(value: unknown): string | null {
  return typeof value === 'string' ? sanitize(value) || null : null;
}
