import type { RefreshFailure } from '../usage/failure.ts';
import type { Snapshot } from '../usage/model.ts';
import type { System } from '../platform/system.ts';

/** Whose usage it is. */
export interface Account {
  /** `default`, or the 8 hex digits that stand for the provider's configuration directory. */
  readonly name: string;
  /** The account's own directory below the cache root, e.g. `claude` or `claude-1a2b3c4d`. */
  readonly directory: string;
}

/** The account that is signed in, by the files on this machine. */
export type Identity =
  | {
      readonly kind: 'known';
      /** One person can be in several organisations, each with a subscription of its own. */
      readonly accountId: string;
      /** Null where the file does not have it. */
      readonly organizationId: string | null;
      /** Allowlisted; null where there is none. Never an e-mail address. */
      readonly accountName: string | null;
      readonly organizationName: string | null;
    }
  /** There is no file that names an account. */
  | { readonly kind: 'none' }
  /** There is a file, and it cannot be read, or not to its end. */
  | { readonly kind: 'unknown' };

/** The file that an identity is read from. */
export interface IdentitySource {
  /** Changes whenever the file does. */
  readonly fingerprint: string;
  readonly bytes: number;
}

/** What can be known of a provider from the files on this machine, without reading any. On the hot path. */
export interface ProviderFiles {
  readonly id: 'claude';
  account(system: System): Account;
  /** What tells the account from the default one, as it stands in the environment; null for the default one. */
  accountKey(system: System): string | null;
  /** The files that may hold credentials, in the order of the stamp. */
  credentialFiles(system: System): readonly string[];
  /** Changes whenever the credentials do; `stat` only. Null where there is none. */
  fingerprint(system: System, keychain: string | null): string | null;
  /** Whether a stamp is that of a stored login. Without one the environment of a session is the only login. */
  hasStoredLogin(system: System, stamp: string | null): boolean;
  /**
   * Whether a session of Claude Code with this environment uses another login than the stored one, whose usage is
   * cached.
   * @param stamp of the credentials, looked up only when the environment names another login
   */
  isForeignSession(system: System, stamp: () => string | null): boolean;
  /** Whether this environment makes Claude Code use another login than a stored one: a token, a key, a gateway. */
  namesOtherLogin(system: System): boolean;
}

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: RefreshFailure };

/** How one request is to be made. */
export interface SendOptions {
  /** Checked origin (and path prefix) of the endpoint, without a trailing slash. */
  readonly baseUrl: string;
  /** One deadline for DNS, connecting, headers and body together, ms from now. */
  readonly timeoutMs: number;
  readonly userAgent: string;
}

/** Usable credentials. The token stays inside: nothing outside the provider's folder ever holds it. */
export interface Session {
  readonly plan: string | null;
  /**
   * HMAC-SHA256 of the token, in hex: known tokens can be recognized by it, and none can be made from it.
   * @param key random, of the account's directory
   */
  tokenHash(key: string): string;
  /** Sends the one request. Never throws and never rejects: whatever happens is an outcome. */
  send(options: SendOptions): Promise<Outcome<Snapshot>>;
}

/**
 * A service whose usage can be asked for. Adding one is adding a folder beside `claude/` with these
 * questions answered, and one line in `providers.ts`.
 */
export interface Provider {
  readonly id: 'claude';
  /** Looks for usable credentials; reads them only now. No request is made. */
  authenticate(system: System): Promise<Outcome<Session>>;
}
