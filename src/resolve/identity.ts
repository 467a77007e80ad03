import type { AccountDirectory } from '../cache/directory.ts';
import type { Entry } from '../cache/entry.ts';
import { readIdentityMemo, writeIdentityMemo } from '../cache/memos.ts';
import type { Identity } from '../fetch/provider.ts';
import type { ProviderDescriptor } from '../fetch/provider.ts';
import type { System } from '../platform/system.ts';
import type { AccountMatch } from './freshness.ts';

/** From this size on it is worth remembering what stands in a file, bytes. */
const LARGE = 1024 * 1024;

/** The account that is signed in. For a large file the result is stored until the file changes: prompts need it often. */
export function identityOf(
  system: System,
  provider: ProviderDescriptor,
  directory: AccountDirectory | null,
): Identity {
  const { fingerprint, bytes } = provider.identitySource(system);
  if (directory === null || bytes < LARGE) return provider.identity(system);
  const memo = readIdentityMemo(system, directory.identity);
  if (memo?.fingerprint === fingerprint) {
    const { accountId } = memo;
    return accountId === null ? { kind: 'none' } : { ...memo, kind: 'known', accountId };
  }
  const found = provider.identity(system);
  // What is not known may be known at the next look: the reason can be a busy disk.
  if (found.kind !== 'unknown') {
    const { accountId, organizationId, accountName, organizationName } =
      found.kind === 'known' ? found : NOBODY;
    const written = { fingerprint, accountId, organizationId, accountName, organizationName };
    writeIdentityMemo(system, directory.identity, written);
  }
  return found;
}

const NOBODY = { accountId: null, organizationId: null, accountName: null, organizationName: null } as const;

/** What an entry keeps of who it is of. */
export type EntryIdentity = Pick<
  Entry,
  'accountId' | 'accountUnread' | 'organizationId' | 'accountName' | 'organizationName'
>;

export function entryIdentity(identity: Identity): EntryIdentity {
  switch (identity.kind) {
    case 'known': {
      const { accountId, organizationId, accountName, organizationName } = identity;
      return { accountId, organizationId, accountName, organizationName };
    }
    case 'none':
      return { accountId: null };
    case 'unknown':
      return { accountId: null, accountUnread: true };
  }
}

/**
 * Whether an entry that was written under other credentials belongs to the account that is signed in now. Compares the
 * fields that both have: older versions stored no organisation.
 *
 * @param now called only when the entry has an account
 */
export function matchAccount(
  { accountId, accountUnread, organizationId = null }: EntryIdentity,
  now: () => Identity,
): AccountMatch {
  if (accountUnread) return 'untold';
  if (accountId === null) return 'unknown';
  const identity = now();
  if (identity.kind !== 'known') return 'untold';
  if (identity.accountId !== accountId) return 'changed';
  const organization = identity.organizationId;
  return organizationId !== null && organization !== null && organizationId !== organization
    ? 'changed'
    : 'same';
}

/** Stands for an account that a file names, but that could not be read. */
const UNREAD = '?';

/** An account as one text, to compare it by; null when no file names one. */
export function accountKey(identity: Identity): string | null {
  if (identity.kind !== 'known') return identity.kind === 'unknown' ? UNREAD : null;
  const { accountId, organizationId } = identity;
  return organizationId === null ? accountId : `${accountId}\n${organizationId}`;
}

/** Whether numbers of an account may stand under the present login. One that never was known counts as the same. */
export function countsAsSame(match: AccountMatch): boolean {
  return match === 'same' || match === 'unknown';
}

/** The login under which something was read, as it was kept. */
export interface RecordedLogin {
  /** Stamp of the credentials. */
  readonly credentials: string | null;
  /** The account as one text; null when no file named one. */
  readonly account: string | null;
}

/**
 * As `matchAccount`, for an account that was kept as one text. What was read without a stored login is of another one
 * than what is stored now, and the other way round.
 */
export function matchLogin(
  { system, provider }: { readonly system: System; readonly provider: ProviderDescriptor },
  { credentials, account }: RecordedLogin,
  fingerprint: string | null,
  now: () => Identity,
): AccountMatch {
  if (provider.hasStoredLogin(system, credentials) !== provider.hasStoredLogin(system, fingerprint))
    return 'changed';
  if (account === UNREAD) return 'untold';
  const [accountId, organizationId] = account?.split('\n') ?? [];
  return matchAccount({ accountId: accountId ?? null, organizationId: organizationId ?? null }, now);
}
