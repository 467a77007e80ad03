import { defaultSettings } from '../../src/config/settings.ts';
import type { Settings } from '../../src/config/settings.ts';
import type { Identity, Outcome, SendOptions, StoredReading } from '../../src/fetch/provider.ts';
import type { ProviderDescriptor } from '../../src/fetch/provider.ts';
import { provider as claude } from '../../src/fetch/registry.ts';
import { resolve } from '../../src/resolve/resolve.ts';
import type { Question, ResolveDeps } from '../../src/resolve/read-state.ts';
import type { Snapshot } from '../../src/usage/snapshot.ts';
import { HOUR } from '../../src/usage/time.ts';
import type { FakeSystem } from './system.ts';
import { iso, NOW } from './build.ts';

export const aSnapshot: Snapshot = {
  data: {
    five_hour: { utilization: 22, resets_at: iso(NOW + 4 * HOUR) },
    seven_day: { utilization: 33, resets_at: iso(NOW + 99 * HOUR) },
  },
  plan: 'max_20x',
};

export interface FakeProvider extends ProviderDescriptor {
  /** The outcome of the next requests. */
  respond: (options: SendOptions) => Promise<Outcome<Snapshot>> | Outcome<Snapshot>;
  login: Outcome<null>;
  currentFingerprint: string | null;
  signedIn: string | null;
  /** The full identity that is signed in; null: `signedIn` names it. */
  identityNow: Identity | null;
  token: string;
  /** Another program sends the token. */
  hidesToken: boolean;
  /** What the client keeps of its own last response. */
  stored: StoredReading | null;
  /** The time of every request that was sent, epoch ms. */
  readonly sent: number[];
  /** How often credentials were read. */
  authenticated: number;
}

function known(accountId: string | null): Identity {
  if (accountId === null) return { kind: 'none' };
  return { kind: 'known', accountId, organizationId: null, accountName: null, organizationName: null };
}

/** One login that never changes; `connect` is left to the test. */
export const ONE_LOGIN: Omit<ProviderDescriptor, 'connect'> = {
  id: claude.id,
  texts: claude.texts,
  budget: claude.budget,
  baseUrl: claude.baseUrl,
  baseUrlVariable: 'USAGELINE_API_BASE_URL',
  directoryVariable: null,
  variables: [],
  reader: claude.reader,
  reportedWindows: claude.reportedWindows,
  transcripts: null,
  account: () => ({ name: 'default', directory: 'claude' }),
  accountKey: () => null,
  credentialFiles: () => [],
  loginFiles: () => [],
  fingerprint: () => 'fingerprint-1',
  hasStoredLogin: (_system, fingerprint) => fingerprint !== null,
  isForeignSession: () => false,
  namesOtherLogin: () => false,
  identity: () => known('ada'),
  identitySource: () => ({ fingerprint: '', bytes: 0 }),
  keychainModified: async () => null,
};

/** A provider that returns what a test sets, and counts requests. */
export function fakeProvider(system: FakeSystem): FakeProvider {
  const provider: FakeProvider = {
    ...ONE_LOGIN,
    fingerprint: (_system, keychain) =>
      keychain === null ? provider.currentFingerprint : `keychain ${keychain}`,
    identity: () => provider.identityNow ?? known(provider.signedIn),
    connect: async () => ({
      id: 'claude',
      storedReading: () => provider.stored,
      authenticate: async () => {
        provider.authenticated += 1;
        if (!provider.login.ok) return provider.login;
        const send = async (options: SendOptions) => {
          provider.sent.push(system.now());
          return provider.respond(options);
        };
        const tokenHash = () => (provider.hidesToken ? null : Buffer.from(provider.token).toString('hex'));
        return { ok: true, value: { plan: 'max_20x', tokenHash, send } };
      },
    }),
    respond: () => ({ ok: true, value: aSnapshot }),
    login: { ok: true, value: null },
    currentFingerprint: 'fingerprint-1',
    signedIn: 'ada',
    identityNow: null,
    token: 'token-1',
    hidesToken: false,
    stored: null,
    sent: [],
    authenticated: 0,
  };
  return provider;
}

/** Resolves usage as one process would. */
export function asker(system: FakeSystem, provider: FakeProvider, settings: Partial<Settings> = {}) {
  const events: string[] = [];
  const deps: ResolveDeps = {
    system,
    provider,
    settings: { ...defaultSettings(system.env), ...settings },
    log: (event) => events.push(event),
  };
  const ask = async (question: Partial<Question> = {}) =>
    resolve(deps, {
      policy: 'wait',
      force: false,
      sendsUncached: true,
      waitsForOthers: false,
      baseUrl: 'http://127.0.0.1:1',
      userAgent: 'usageline/test',
      ...question,
    });
  return { ask, deps, events };
}
