import type { System } from '../platform/system.ts';
import type { RefreshFailure } from '../usage/failure.ts';
import type { TokenEstimate } from '../usage/model.ts';
import type { ProviderFacts, ProviderTexts, RequestBudget } from '../usage/provider-facts.ts';
import type { Report, ReportedWindows } from '../usage/report.ts';
import type { Snapshot, SnapshotData, SnapshotReader } from '../usage/snapshot.ts';

/*
 * Everything the program asks of a provider. A provider is a folder beside this file and a line in `providers.ts`; its
 * `index.ts` exports `provider`, which most make with `kit/define.ts`. No other code knows its keys, headers, paths,
 * variables or names.
 *
 * `registry.ts` names the main provider, the one that prompts load: its `index.ts` exports all of `ProviderParts`. The
 * build joins `connect.ts`, `request.ts` and `transcripts/reader.ts` of the folder with the code that calls them, and
 * writes its `launcher.sh` into bin/usageline-prompt: the shell's way to the account's directory and credentials.
 */

/** The exports of the main provider's folder. Separate ones, so that a bundle contains only those that its code uses. */
export interface ProviderParts {
  /** What every prompt loads: paths and `stat`. */
  readonly providerFiles: ProviderFiles;
  /** The whole provider. What requests need is loaded when one is made. */
  readonly provider: ProviderDescriptor;
  /** Its names, and what helps against its failures. */
  readonly texts: ProviderTexts;
  /** The names of its variables. */
  readonly environment: ProviderEnvironment;
  /** The input of `usageline statusline`; null where its client has no status line. */
  readonly reportFormat: ReportFormat | null;
  /** The invented account of `usageline demo`. */
  readonly example: ProviderExample;
}

/** One login of a provider, as a directory in the cache. */
export interface Account {
  /** `default`, or the 8 hex digits that stand for the directory of the login. */
  readonly name: string;
  /** The name of its directory below the cache root: the provider's id, or the id, a dash and the 8 hex digits. */
  readonly directory: string;
}

/** The account that is signed in, according to files of the provider's client. */
export type Identity =
  | {
      readonly kind: 'known';
      /** One person can be a member of several organisations, each with a subscription of its own. */
      readonly accountId: string;
      /** Null where the file does not contain it. */
      readonly organizationId: string | null;
      /** Sanitized; null where there is none. Never an e-mail address. */
      readonly accountName: string | null;
      readonly organizationName: string | null;
    }
  /** No file names an account. */
  | { readonly kind: 'none' }
  /** A file exists and cannot be read, or not to its end. */
  | { readonly kind: 'unknown' };

/** The state of the file that names the account. */
export interface IdentitySource {
  /** A text that changes whenever the file does. */
  readonly fingerprint: string;
  /** Its size. */
  readonly bytes: number;
}

/** What the paths and `stat` say of a provider. Every prompt loads this, so it reads no file. */
export interface ProviderFiles {
  /** See `ProviderFacts`. */
  readonly id: string;
  /** The account that this environment uses. Called by `resolve/paths.ts`, and by prompts for the default account. */
  account(system: System): Account;
  /**
   * The text by which a prompt finds the account's directory without a hash: `accounts/<key>` in the cache names it.
   * Null for the default account. Called by `prerender/`.
   */
  accountKey(system: System): string | null;
  /** The files that can contain credentials, in order of preference; two at most, since hooks compare two. */
  credentialFiles(system: System): readonly string[];
  /**
   * The fingerprint of the credentials: a text that changes whenever they do. By `stat` only. Null where no change could
   * be seen. Called by prompts, and by `resolve/credentials-fingerprint.ts`.
   *
   * @param keychain what `keychainModified` returned last; null where it was never called
   */
  fingerprint(system: System, keychain: string | null): string | null;
  /** Whether a fingerprint is one of a stored login. Without a stored login, a session can only use its environment's. */
  hasStoredLogin(system: System, fingerprint: string | null): boolean;
  /**
   * Whether a session with this environment uses another login than the stored one, which the cache is about.
   *
   * @param fingerprint the fingerprint of the credentials; called only where the environment names another login
   */
  isForeignSession(system: System, fingerprint: () => string | null): boolean;
  /** Whether this environment makes the provider's client use another login than a stored one. */
  namesOtherLogin(system: System): boolean;
}

/** A result, or the failure that stands in its place. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: RefreshFailure };

/** How to send one request. */
export interface SendOptions {
  /** Checked origin (and path prefix) of the endpoint, without a trailing slash. */
  readonly baseUrl: string;
  /** One deadline for DNS, connecting, headers and body together, ms from now. */
  readonly timeoutMs: number;
  /** The value of the header `user-agent`, as configured. */
  readonly userAgent: string;
}

/** Usable credentials. The token stays inside: nothing outside the provider's folder ever has it. */
export interface Session {
  /** The id of the subscription plan; null when the credentials do not contain it. */
  readonly plan: string | null;
  /**
   * HMAC-SHA256 of the token, in hex: a known token can be recognized by it, and none can be computed from it. Null where
   * the token was not read, because another program sends it: then only the account says whose the numbers are.
   *
   * @param key random, one for each account directory
   */
  tokenHash(key: string): string | null;
  /** Sends the one request and parses the response. Never throws and never rejects. */
  send(options: SendOptions): Promise<Outcome<Snapshot>>;
}

/** The part of a provider that makes requests. */
export interface Provider {
  /** See `ProviderFacts`. */
  readonly id: string;
  /** Reads the credentials. Makes no request. Called by `resolve/request-once.ts`, with the mutex held. */
  authenticate(system: System): Promise<Outcome<Session>>;
  /**
   * The last response that the provider's client received itself and keeps on disk; null where there is none. Called by
   * `resolve/stored-reading.ts` where a request would be made, and nowhere else: the file can be large. Absent where the
   * client keeps none.
   */
  storedReading?(system: System): StoredReading | null;
}

/** A response that the provider's client received itself: a reading of the endpoint without a request. */
export interface StoredReading {
  readonly data: SnapshotData;
  /** When the client received it, epoch ms. Not checked: it can be in the future. */
  readonly readAt: number;
  /** The account that it is of, as in `Identity`. */
  readonly accountId: string;
  /** The id of the subscription plan; null when the file does not contain it. */
  readonly plan: string | null;
}

/** The reports that sessions of the provider's client write to their status line command: a source without requests. */
export interface ReportFormat {
  /** The windows that sessions report, with their lengths, ms; in the order in which they are stored. */
  readonly windows: ReportedWindows;
  /** Reads the object of one run; null for anything but a JSON object. Broken parts count as absent. */
  parse(text: string, now: number): Report | null;
  /** Whether a text from standard input is a whole object. */
  isComplete(text: string): boolean;
}

/** The transcripts of the provider's client, in which tokens are counted: a source without requests. */
export interface TranscriptSource {
  /** Whether there may be any; by `stat` only. Called by `prerender/store.ts`: an estimate cannot be prerendered. */
  exist(system: System): boolean;
  /** Loads what reads them. Called by `commands/tokens.ts`, which decides how old an estimate may be. */
  load(): Promise<TranscriptReader>;
}

/** Reads transcripts, and what an earlier scan of them has left in the cache. */
export interface TranscriptReader {
  /**
   * The estimate of the last scan.
   *
   * @param text the content of `transcripts.json` in the account's directory; null where there is none
   */
  prepared(system: System, text: string | null): PreparedEstimate;
  /** Counts what was written since the last scan. Returns the tokens; null where there are no transcripts. */
  scan(system: System, options: ScanLimits): Promise<TokenEstimate | null>;
}

/** What the last scan of the transcripts has left in the cache. */
export interface PreparedEstimate {
  /** The tokens as of now; null where nothing was counted yet. */
  readonly tokens: TokenEstimate | null;
  /** When everything was counted, epoch ms; null where a scan ended early, or there was none. */
  readonly scannedAt: number | null;
  /** Whether a scan can find anything. Not called where the estimate is recent enough. */
  mayHaveMore(): boolean;
}

/** Where a scan keeps its results, and how long it may take. */
export interface ScanLimits {
  /** The account's directory in the cache, for `transcripts.bin` and `transcripts.json`; null: nothing is kept. */
  readonly directory: string | null;
  /** When to stop, ms of the monotonic clock. The next scan goes on from there. */
  readonly deadline: number;
  /** Replaces a file atomically. Returns an errno name where that failed. */
  readonly write: (path: string, content: string | Uint8Array) => string | null;
}

/** The environment variables of the main provider. */
export interface ProviderEnvironment {
  /**
   * The variable that names the directory of a login. A relative value counts from the caller's directory, which
   * the worker receives, since it runs in another one. The build writes it into the shell hooks, which compare it.
   */
  readonly directory: string;
  /** All other variables that the provider's folder reads. A test compares this list with the code. */
  readonly others: readonly string[];
}

/** Another way to the same numbers than a request of this program. `source.ts` puts it in place of the usual one. */
export interface ProviderSource {
  readonly budget: RequestBudget;
  /** The parts of the texts that differ. */
  readonly texts: Partial<ProviderTexts>;
  /** See `ProviderFacts`. */
  readonly leastTimeoutMs: number;
  connect(): Promise<Provider>;
}

/** The whole provider. Nothing here reads credentials; `connect` loads what does. */
export interface ProviderDescriptor extends ProviderFiles, ProviderFacts {
  /** The origin of its endpoint, where none is configured. */
  readonly baseUrl: string;
  /** The variable that replaces `baseUrl`, under the rules of `platform/base-url.ts`. */
  readonly baseUrlVariable: string;
  /** The variable that names the directory of another login; null where no directory leads to one. */
  readonly directoryVariable: string | null;
  /** All other variables that the provider's folder reads. A test compares this list with the code. */
  readonly variables: readonly string[];
  /** Those of `variables` that hold a token or a key: each is a login of the account that the environment leads to. */
  readonly keyVariables: readonly string[];
  /** Reads the data of its snapshots: windows, credits, details. Entries carry it along with their data. */
  readonly reader: SnapshotReader;
  /** The windows of its `ReportFormat`; null where it has none. */
  readonly reportedWindows: ReportedWindows | null;
  /** Null where its client keeps no transcripts. */
  readonly transcripts: TranscriptSource | null;
  /** All files that can contain the login, databases included: for people. Called by `commands/accounts.ts`. */
  loginFiles(system: System): readonly string[];
  /** The account that is signed in. Called by `resolve/identity.ts`: reading a large file can take seconds. */
  identity(system: System): Identity;
  /** The file that names the account, by `stat` only. */
  identitySource(system: System): IdentitySource;
  /** macOS: modification date of the keychain's item, `absent` without one; null when it cannot be found out. */
  keychainModified(system: System): Promise<string | null>;
  /** Loads what requests need. */
  connect(): Promise<Provider>;
  /** The other sources, by the value of the key `source`; absent: there are none. */
  readonly sources?: Readonly<Record<string, ProviderSource>>;
}

/** An invented account, with which `usageline demo` runs the real program. */
export interface ProviderExample {
  /** The labels of its first two windows, in their order: `5h`, `7d`. */
  readonly labels: readonly [string, string];
  /**
   * The file of its login.
   *
   * @param home the directory that takes the place of the home directory, absolute
   * @param expiresAt epoch ms
   */
  login(system: System, home: string, expiresAt: number): { readonly path: string; readonly text: string };
  /** The variables without which this platform would look for the login elsewhere. */
  environment(system: System, home: string): Readonly<Record<string, string>>;
  /** Whether a request to its endpoint asks for usage, with its token. `authorization`: the header. */
  isUsageRequest(path: string, authorization: string | undefined): boolean;
  /**
   * The body of a response.
   *
   * @param start when the demo began, epoch ms
   * @param answered the number of earlier responses: each has higher numbers
   */
  body(start: number, answered: number): object;
  /** The body of a 429. */
  readonly refusal: object;
}

/** An invented account of another provider, which `usageline demo` shows beside that of `ProviderExample`. */
export interface SecondExample {
  /** The file of its login, as parts of a path. @param home the directory that takes the place of the home directory */
  login(home: string): { readonly path: readonly string[]; readonly text: string };
  /** As in `ProviderExample`. */
  isUsageRequest(path: string, authorization: string | undefined): boolean;
  /** The body of a response. @param start when the demo began, epoch ms */
  body(start: number): object;
}
