import type { System } from '../../platform/system.ts';
import type { ExtraUsage } from '../../usage/model.ts';
import type { SnapshotData } from '../../usage/snapshot.ts';
import type { Body } from '../kit/call.ts';
import { defineProvider } from '../kit/define.ts';
import type { ProviderDefinition } from '../kit/define.ts';
import { below, inConfigHome, known } from '../kit/directory.ts';
import {
  amountOf,
  monthBefore,
  numberOf,
  objectOf,
  percentFromRemaining,
  percentFromRest,
  planOf,
  textOf,
  timeOfText,
} from '../kit/fields.ts';
import { firstUsable, fromFile, fromJsonFile, fromVariables, judge, unusable } from '../kit/login.ts';
import type { Found, Login, Place } from '../kit/login.ts';
import type { Measure } from '../kit/measures.ts';
import { programTexts } from '../kit/texts.ts';
import { readGhHosts } from './gh-hosts.ts';

/*
 * GitHub Copilot, with a login of an editor or of the GitHub CLI. The facts are of CodexBar and openusage; see
 * docs/providers/copilot.md.
 */

const budget = { spacingMs: 60_000, perHour: 24 };

const KEYS = ['COPILOT_API_TOKEN'];

/** The public GitHub, and GitHub Enterprise with data residency: of each host, the token goes to its own API only. */
const GITHUB = 'github.com';
const ENTERPRISE = /^[a-z0-9][a-z0-9-]{0,62}\.ghe\.com$/;

/** A login of GitHub. */
interface GithubLogin extends Login {
  /** The API of the login's host; null for the public GitHub. */
  readonly origin: string | null;
}

/** An entry of a file with logins. */
interface Entry {
  readonly host: string;
  readonly user: string | null;
  readonly token: unknown;
}

/** The first usable entry, those of the public GitHub first. Null where none is of a host whose API is known. */
function choose(entries: readonly Entry[], place: Place): Found<GithubLogin> | null {
  const ranked = [
    ...entries.filter(({ host }) => host === GITHUB),
    ...entries.filter(({ host }) => ENTERPRISE.test(host)),
  ];
  if (ranked.length === 0) return null;
  return firstUsable(
    ranked.map(({ host, user, token }) => () => {
      const origin = host === GITHUB ? null : `https://api.${host}`;
      return judge<GithubLogin>(
        { token, origin, accountId: user === null ? null : `${host}/${user}` },
        { ...place },
      );
    }),
  );
}

/** The file of an editor's plugin: `{"github.com:<app>": {"user", "oauth_token"}}`. */
function editorLogin(system: System, path: string): Found<GithubLogin> | null {
  return fromJsonFile(system, path, (stored, place) =>
    choose(
      Object.entries(stored)
        .slice(0, 100)
        .map(([key, value]) => {
          const { user, oauth_token: token } = objectOf(value);
          return { host: key.split(':', 1)[0] ?? '', user: textOf(user), token };
        }),
      place,
    ),
  );
}

/** The file of the GitHub CLI. It often has the names of users only, with their tokens in the keychain. */
function ghLogin(system: System, path: string): Found<GithubLogin> | null {
  return fromFile(system, path, (text, place) => {
    const hosts = readGhHosts(text);
    const withToken = hosts.filter(({ token }) => token !== null);
    if (withToken.length > 0 || hosts.length === 0) return choose(withToken, place);
    return unusable('no_credentials', `${path} has no token: gh keeps it in the keychain`);
  });
}

function keyLogin(system: System): Found<GithubLogin> | null {
  const found = fromVariables(system, KEYS);
  return found?.ok ? { ok: true, value: { ...found.value, origin: null } } : found;
}

/** What an answer is known by. */
const FIELDS = {
  copilot_plan: 'value',
  access_type_sku: 'value',
  quota_snapshots: 'object',
  quota_reset_date: 'value',
  limited_user_quotas: 'object',
  monthly_quotas: 'object',
} as const;

/** The quotas of a month, with their names in windows. */
const QUOTAS = [
  { key: 'premium_interactions', part: 'premium', partId: 'premium-interactions' },
  { key: 'chat', part: 'chat' },
  { key: 'completions', part: 'completions' },
];

function windows(data: SnapshotData): Measure[] {
  const resetsAt =
    timeOfText(data.quota_reset_date_utc) ??
    timeOfText(data.quota_reset_date) ??
    timeOfText(data.limited_user_reset_date);
  const month = { resetsAt, length: monthBefore(resetsAt) ?? ('month' as const) };
  const snapshots = objectOf(data.quota_snapshots);
  const [left, granted] = [objectOf(data.limited_user_quotas), objectOf(data.monthly_quotas)];
  return QUOTAS.flatMap(({ key, ...part }): Measure[] => {
    const quota = objectOf(snapshots[key]);
    if (Object.keys(quota).length > 0)
      return isMetered(quota) ? [{ ...month, ...part, used: usedOf(quota) }] : [];
    // Copilot Free, in its older form: what remains, and what the month had.
    if (granted[key] === undefined) return [];
    return [{ ...month, ...part, used: percentFromRest(left[key], granted[key]) }];
  });
}

/** Whether a quota is a limit, and not the placeholder of a plan that is billed for what is used. */
function isMetered(quota: Body): boolean {
  const [whole, left] = [numberOf(quota.entitlement), numberOf(quota.remaining)];
  if (quota.unlimited === true || whole === -1 || left === -1) return false;
  return whole !== 0 && !(left === 0 && (numberOf(quota.percent_remaining) ?? 0) > 0);
}

/** Below 0 % remain where use beyond the quota is paid for. */
function usedOf(quota: Body): number | null {
  return percentFromRemaining(quota.percent_remaining) ?? percentFromRest(quota.remaining, quota.entitlement);
}

/** What a seat without a quota has used of its organisation's credits. They are no currency. */
function extraUsage(data: SnapshotData): ExtraUsage | null {
  const quota = objectOf(objectOf(data.quota_snapshots).premium_interactions);
  const used = quota.unlimited === true || isMetered(quota) ? null : amountOf(quota.credits_used);
  if (used === null || used === 0) return null;
  return { enabled: true, used, limit: null, currency: null, usedPercent: null, decimals: 0 };
}

const SIGN_IN =
  'Sign in to Copilot in an editor, run `gh auth login --insecure-storage`, or set COPILOT_API_TOKEN.';

const definition: ProviderDefinition<GithubLogin> = {
  id: 'copilot',
  texts: programTexts({
    name: 'GitHub Copilot',
    vendor: 'GitHub',
    client: 'GitHub Copilot',
    signInCommand: 'gh auth login --insecure-storage',
    budget,
    mainWindows: { 'monthly:premium-interactions': 'mo premium' },
    planNames: { individual_pro: 'Pro+' },
    failures: {
      no_credentials: { advice: SIGN_IN },
      credentials_invalid: { advice: SIGN_IN },
      unauthorized: { advice: `The token has ended. ${SIGN_IN}` },
      bad_response: { advice: `If it stays like this, the token may have no access to Copilot. ${SIGN_IN}` },
      forbidden: { advice: `Some tokens have no access to it. ${SIGN_IN}` },
    },
  }),
  budget,
  baseUrl: 'https://api.github.com',
  directory: { variable: null, standard: (system) => inConfigHome(system, 'github-copilot') },
  keyVariables: KEYS,
  otherVariables: ['XDG_CONFIG_HOME'],
  files: (system, directory) =>
    known(
      below(system, directory, 'apps.json'),
      below(system, directory, 'hosts.json'),
      inConfigHome(system, 'gh', 'hosts.yml'),
    ),
  login: (system, files) =>
    firstUsable<GithubLogin>([
      () => keyLogin(system),
      ...files.map(
        (path) => () => (path.endsWith('.yml') ? ghLogin(system, path) : editorLogin(system, path)),
      ),
    ]),
  async ask(login, call) {
    const answer = await call.get('/copilot_internal/user', {
      origin: login.origin,
      fields: FIELDS,
      headers: { authorization: `token ${login.token}`, 'x-github-api-version': '2025-04-01' },
    });
    if (!answer.ok) return answer;
    // Ids for statistics, and the names of organisations.
    const {
      analytics_tracking_id: _id,
      organization_list: _organizations,
      organization_login_list: _logins,
      ...data
    } = answer.value;
    const isFree = data.access_type_sku === 'free_limited_copilot';
    return { ok: true, value: { data, plan: isFree ? 'free' : planOf(data.copilot_plan) } };
  },
  windows,
  extraUsage,
};

/** GitHub Copilot. */
export const provider = /* @__PURE__ */ defineProvider(definition);
