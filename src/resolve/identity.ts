import type { AccountDirectory } from '../cache/directory.ts';
import type { Entry } from '../cache/entry.ts';
import { readIdentityMemo, writeIdentityMemo } from '../cache/memos.ts';
import type { Identity } from '../fetch/provider.ts';
import type { ProviderDescriptor } from '../fetch/provider.ts';
import type { System } from '../platform/system.ts';
import type { AccountMatch } from './freshness.ts';

/** The size from which the account in a file is stored, bytes: reading the file again takes longer. */
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
  // A file that cannot be read now may be readable at the next call.
  if (found.kind !== 'unknown') {
    const { accountId, organizationId, accountName, organizationName } =
      found.kind === 'known' ? found : NO_IDENTITY;
    const written = { fingerprint, accountId, organizationId, accountName, organizationName };
    writeIdentityMemo(system, directory.identity, written);
  }
  return found;
}

const NO_IDENTITY = {
  accountId: null,
  organizationId: null,
  accountName: null,
  organizationName: null,
} as const;

/** The part of an entry that identifies its account. */
export type EntryIdentity = Pick<
  Entry,
  'accountId' | 'accountUnread' | 'organizationId' | 'accountName' | 'organizationName'
>;

/** The account that is signed in, as an entry stores it. */
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
 * Whether an entry that was stored under other credentials belongs to the account that is signed in now. Compares the
 * fields that both have: older versions stored no organisation.
 *
 * @param signedIn called only when the entry has an account, because reading it takes time
 */
export function matchAccount(
  { accountId, accountUnread, organizationId = null }: EntryIdentity,
  signedIn: () => Identity,
): AccountMatch {
  if (accountUnread) return 'undetermined';
  if (accountId === null) return 'unknown';
  const identity = signedIn();
  if (identity.kind !== 'known') return 'undetermined';
  if (identity.accountId !== accountId) return 'changed';
  const organization = identity.organizationId;
  return organizationId !== null && organization !== null && organizationId !== organization
    ? 'changed'
    : 'same';
}

/** Stands for an account whose file could not be read. */
const UNREAD = '?';

/** An account as one text, for comparison; null when no file names one. */
export function accountKey(identity: Identity): string | null {
  if (identity.kind !== 'known') return identity.kind === 'unknown' ? UNREAD : null;
  const { accountId, organizationId } = identity;
  return organizationId === null ? accountId : `${accountId}\n${organizationId}`;
}

/** Whether numbers may be shown under the present login. Numbers without an account count as of the same one. */
export function countsAsSame(match: AccountMatch): boolean {
  return match === 'same' || match === 'unknown';
}

/** The login under which reports were stored. */
export interface RecordedLogin {
  /** Fingerprint of the credentials. */
  readonly credentials: string | null;
  /** The account as one text; null when no file named one. */
  readonly account: string | null;
}

/**
 * As `matchAccount`, for reports. Reports without a stored login are of another login than one that is stored now, and the
 * other way round.
 */
export function matchLogin(
  { system, provider }: { readonly system: System; readonly provider: ProviderDescriptor },
  { credentials, account }: RecordedLogin,
  fingerprint: string | null,
  signedIn: () => Identity,
): AccountMatch {
  if (provider.hasStoredLogin(system, credentials) !== provider.hasStoredLogin(system, fingerprint))
    return 'changed';
  if (account === UNREAD) return 'undetermined';
  const [accountId, organizationId] = account?.split('\n') ?? [];
  return matchAccount({ accountId: accountId ?? null, organizationId: organizationId ?? null }, signedIn);
}

/** When the newest of the login files was written, epoch ms; null without any, as where only a keychain has the login. */
export function loginWrittenAt(system: System, provider: ProviderDescriptor): number | null {
  const written = provider.credentialFiles(system).flatMap((path) => {
    try {
      return system.fs.statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? [];
    } catch {
      return [];
    }
  });
  return written.length > 0 ? Math.max(...written) : null;
}
