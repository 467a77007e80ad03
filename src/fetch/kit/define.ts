import { ABSENT, fileFingerprint } from '../../platform/fingerprint.ts';
import type { System } from '../../platform/system.ts';
import type { Credits, ExtraUsage, Pool, Window } from '../../usage/model.ts';
import type { ProviderTexts, RequestBudget } from '../../usage/provider-facts.ts';
import type { SnapshotData, SnapshotReader } from '../../usage/snapshot.ts';
import { isObject } from '../../usage/values.ts';
import type { Account, Identity, Outcome, ProviderDescriptor } from '../provider.ts';
import type { Call, Asked } from './call.ts';
import { canonicalPath, otherDirectory } from './directory.ts';
import type { LoginDirectory } from './directory.ts';
import type { Found, Login } from './login.ts';
import { idsOf, resetsOf, windowsOf } from './measures.ts';
import type { Measure } from './measures.ts';

/*
 * The kit of which providers are made. A provider says where its login is, how to ask its endpoint, and what the fields of a
 * response mean; paths, fingerprints, accounts, windows, deadlines and failures are the same for all.
 */

/** What distinguishes one provider from another. */
export interface ProviderDefinition<L extends Login = Login> {
  /** Its name in `--json`, in the names of its cache directories, and in `providers.ts`. */
  readonly id: string;
  readonly texts: ProviderTexts;
  /** The pace of its requests. One question that needs two requests counts as one. */
  readonly budget: RequestBudget;
  /** See `ProviderFacts`. */
  readonly leastTimeoutMs?: number;
  /** See `ProviderFacts`. */
  readonly loginChangesUnseen?: boolean;
  /** The origin of its endpoint, with a path prefix where it has one. */
  readonly baseUrl: string;
  /** The directory of the login; null where a login is in variables only, so that there is one account. */
  readonly directory: LoginDirectory | null;
  /** Variables that hold a key, in order of preference. */
  readonly keyVariables: readonly string[];
  /** All other variables that the folder reads, the directory's excepted. */
  readonly otherVariables?: readonly string[];
  /**
   * The files that can contain the login, absolute, in order of preference. The first two are those that shells compare.
   *
   * @param directory the directory of the login, absolute; null where there is none
   */
  files(system: System, directory: string | null): readonly string[];
  /**
   * Databases that can contain the login. Their programs write into them all the time, so only their creation and their
   * replacement count as a change of the login.
   */
  databases?(system: System, directory: string | null): readonly string[];
  /**
   * A part of the fingerprint for a login that is in none of these: a text that changes whenever the login does, without
   * spaces and without a secret. Null: there is no such login.
   */
  mark?(system: System): string | null;
  /**
   * Reads the login, without a request. A promise only where a program has to be run; then `identity` is needed.
   *
   * @param files as `files` returned them
   */
  login(system: System, files: readonly string[], directory: string | null): Found<L> | Promise<Found<L>>;
  /** The account, where `login` does not return it. */
  identity?(system: System, files: readonly string[]): Identity;
  /** Asks the endpoint, with as many requests as it needs, and returns what is to be stored. */
  ask(login: L, call: Call): Promise<Outcome<Asked>>;
  /**
   * Whether the object of one response says anything about use, so that an `error` beside that is none. Without it: where one
   * of the functions below finds something in it.
   */
  hasUsage?(body: Readonly<Record<string, unknown>>): boolean;
  /** The data as stored, validated; null where they cannot be used. Without it every object is valid. */
  parse?(value: Readonly<Record<string, unknown>>): SnapshotData | null;
  /** What the data say about limits. Also called for data from disk, so it reads every field with care. */
  windows(data: SnapshotData): readonly Measure[];
  /** Paid use beyond the limits. */
  extraUsage?(data: SnapshotData): ExtraUsage | null;
  /** What is left of a balance without a limit. */
  credits?(data: SnapshotData): Credits | null;
  /** Amounts of dollars with a limit. */
  pools?(data: SnapshotData, readAt: number, now: number): readonly Pool[];
}

/** Makes a provider of its definition. Loads nothing: `connect` does. */
export function defineProvider<L extends Login>(definition: ProviderDefinition<L>): ProviderDescriptor {
  const { id, texts, budget, baseUrl, keyVariables, otherVariables = [] } = definition;
  const place = definition.directory;
  const others = new WeakMap<System, { readonly path: string | null }>();

  /** The directory that the variable names; null for the standard one. Found out once for each system. */
  function other(system: System): string | null {
    if (place === null) return null;
    let found = others.get(system);
    if (found === undefined) {
      found = { path: otherDirectory(system, place) };
      others.set(system, found);
    }
    return found.path;
  }

  const directoryOf = (system: System) => other(system) ?? place?.standard(system) ?? null;
  const filesOf = (system: System) => definition.files(system, directoryOf(system));

  function account(system: System): Account {
    const path = other(system);
    if (path === null) return { name: 'default', directory: id };
    const hash = hashOf(canonicalPath(system, path).normalize('NFC'));
    return { name: hash, directory: `${id}-${hash}` };
  }

  function fingerprint(system: System): string {
    const directory = directoryOf(system);
    const parts = definition.files(system, directory).map((path) => filePart(system, path));
    for (const path of definition.databases?.(system, directory) ?? [])
      parts.push(databasePart(system, path));
    if (keyVariables.length > 0) parts.push(variablePart(system, keyVariables));
    if (definition.mark) parts.push(definition.mark(system) ?? ABSENT);
    return parts.join(' ');
  }

  function identity(system: System): Identity {
    const files = filesOf(system);
    if (definition.identity) return definition.identity(system, files);
    const found = definition.login(system, files, directoryOf(system));
    if (found instanceof Promise) return { kind: 'none' };
    const { accountId, organizationId } = found.ok ? found.value : found;
    if (!accountId) return { kind: 'none' };
    return {
      kind: 'known',
      accountId,
      organizationId: organizationId ?? null,
      accountName: null,
      organizationName: null,
    };
  }

  return {
    id,
    texts,
    budget,
    ...(definition.leastTimeoutMs !== undefined && { leastTimeoutMs: definition.leastTimeoutMs }),
    ...(definition.loginChangesUnseen && { loginChangesUnseen: true }),
    baseUrl,
    baseUrlVariable: `USAGELINE_${id.toUpperCase().replaceAll('-', '_')}_BASE_URL`,
    directoryVariable: place?.variable ?? null,
    variables: [...keyVariables, ...otherVariables],
    keyVariables,
    account,
    accountKey: other,
    credentialFiles: (system) => filesOf(system).slice(0, 2),
    fingerprint,
    hasStoredLogin: (_system, print) =>
      print !== null && print.split(' ').some((part) => part !== ABSENT && part !== ''),
    isForeignSession: () => false,
    namesOtherLogin: () => false,
    loginFiles: (system) => {
      const directory = directoryOf(system);
      return [...definition.files(system, directory), ...(definition.databases?.(system, directory) ?? [])];
    },
    identity,
    identitySource: (system) => ({ fingerprint: fingerprint(system), bytes: 0 }),
    keychainModified: async () => null,
    reader: readerOf(definition),
    reportedWindows: null,
    transcripts: null,
    connect: async () => {
      const { connected } = await import('./connect.ts');
      return connected(definition.id, definition.baseUrl, {
        login: async (system) => definition.login(system, filesOf(system), directoryOf(system)),
        ask: (login, call) => definition.ask(login, call),
        parse: definition.parse ?? ((value) => value),
        hasUsage: (body) => definition.hasUsage?.(body) ?? findsUsage(definition, body),
      });
    },
  };
}

/** Whether a definition finds a limit, a balance, a pool or paid use in an object. */
function findsUsage<L extends Login>(
  { windows, credits, extraUsage, pools }: ProviderDefinition<L>,
  body: SnapshotData,
): boolean {
  return (
    windowsOf(windows(body), 0, 0).length > 0 ||
    (credits?.(body) ?? extraUsage?.(body) ?? null) !== null ||
    (pools?.(body, 0, 0) ?? []).length > 0
  );
}

/** The functions that read a provider's data. */
function readerOf<L extends Login>(definition: ProviderDefinition<L>): SnapshotReader {
  const { windows, texts } = definition;
  const measured = new WeakMap<SnapshotData, readonly Measure[]>();
  /** A forecast asks for every moment. */
  const measuresOf = (data: SnapshotData) => {
    let measures = measured.get(data);
    if (measures === undefined) {
      measures = windows(data);
      measured.set(data, measures);
    }
    return measures;
  };
  /** The main windows that the response lacks although it has others. One with a broken number is not lacking. */
  const lacking = (data: SnapshotData): string[] => {
    const measures = measuresOf(data);
    if (windowsOf(measures, 0, 0).length === 0) return [];
    const listed = new Set(idsOf(measures));
    return Object.keys(texts.mainWindows).filter((id) => !listed.has(id));
  };
  return {
    parse: (value) =>
      isObject(value) ? (definition.parse?.(value) ?? (definition.parse ? null : value)) : null,
    windows: (data, readAt, now): Window[] => windowsOf(measuresOf(data), readAt, now),
    credits: (data) => definition.extraUsage?.(data) ?? null,
    details: (data, readAt, now) => {
      const pools = definition.pools?.(data, readAt, now) ?? [];
      const credits = definition.credits?.(data) ?? null;
      const absent = lacking(data);
      return {
        ...(pools.length > 0 && { pools }),
        ...(credits !== null && { credits }),
        ...(absent.length > 0 && { lacking: absent }),
      };
    },
    resets: (data) => resetsOf(measuresOf(data)),
    lacking,
    // Both are for reports of sessions, which only the client of the main provider sends.
    numberOf: () => null,
    withNumber: (data) => data,
  };
}

function filePart(system: System, path: string): string {
  const part = fileFingerprint(system, path);
  // ENOTDIR: a component of the path is a file, so the file cannot exist.
  return part === 'ENOTDIR' ? ABSENT : part;
}

function databasePart(system: System, path: string): string {
  const part = filePart(system, path);
  return part.includes(':') ? `db:${part.slice(part.lastIndexOf(':') + 1)}` : part;
}

/** A hash of the keys, which changes when one of them does. */
function variablePart({ env }: System, names: readonly string[]): string {
  const values = names.map((name) => env[name]?.trim() ?? '');
  return values.some((value) => value !== '') ? `key:${hashOf(values.join('\n'))}` : ABSENT;
}

function hashOf(text: string): string {
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
