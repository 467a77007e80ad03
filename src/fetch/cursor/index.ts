import type { System } from '../../platform/system.ts';
import type { ExtraUsage, Pool } from '../../usage/model.ts';
import type { SnapshotData } from '../../usage/snapshot.ts';
import { SECOND } from '../../usage/time.ts';
import type { Body, Call } from '../kit/call.ts';
import { defineProvider } from '../kit/define.ts';
import type { ProviderDefinition } from '../kit/define.ts';
import { below, inConfigHome, inHome, known } from '../kit/directory.ts';
import {
  amountOf,
  idOf,
  majorUnits,
  objectOf,
  percentFromRest,
  percentFromShare,
  percentUsed,
  planOf,
  timeOfMs,
} from '../kit/fields.ts';
import { claimsOf, expiryOf, firstUsable, fromJsonFile, isPresent, judge, unusable } from '../kit/login.ts';
import type { Expiry, Found } from '../kit/login.ts';
import type { Measure } from '../kit/measures.ts';
import { readDatabase } from '../kit/sqlite.ts';
import { programTexts } from '../kit/texts.ts';

/*
 * Cursor, with the login of its command-line program or of its editor. The facts are of openusage and CodexBar; see
 * docs/providers/cursor.md.
 */

const budget = { spacingMs: 60_000, perHour: 24 };

function loginOf(token: unknown, expiry: Omit<Expiry, 'expiresAt'>): Found {
  const claims = claimsOf(token);
  // `google-oauth2|user_x`: the way of the sign-in, and the user.
  const subject = idOf(claims.sub)?.split('|').at(-1) ?? null;
  return judge({ token, accountId: subject }, { ...expiry, expiresAt: expiryOf(claims) });
}

/** The login of `cursor-agent`. */
function agentLogin(system: System, path: string): Found | null {
  return fromJsonFile(system, path, (stored, place) => {
    if (stored.accessToken === undefined) return null;
    return loginOf(stored.accessToken, { ...place, isRenewable: isPresent(stored.refreshToken) });
  });
}

/** The login of the editor, in a database. */
function editorLogin(system: System, path: string): Found | null {
  const read = readDatabase(
    system,
    path,
    'SELECT value FROM ItemTable WHERE key = ?',
    'cursorAuth/accessToken',
  );
  if (read.kind === 'absent') return null;
  if (read.kind === 'unreadable') return unusable('credentials_unreadable', read.reason);
  if (Object.keys(claimsOf(read.text)).length === 0)
    return unusable('credentials_invalid', `${path} has a token that only Cursor can read`);
  // The editor renews its token while it runs.
  return loginOf(read.text, { origin: path, now: system.now(), isRenewable: true });
}

/** The editor's databases. On Windows they are not known. */
function editorDatabases(system: System): string[] {
  const base =
    system.platform === 'darwin'
      ? inHome(system, 'Library', 'Application Support', 'Cursor')
      : inConfigHome(system, 'Cursor');
  return known(below(system, base, 'User', 'globalStorage', 'state.vscdb'));
}

const SERVICE = '/aiserver.v1.DashboardService';
const HEADERS = { 'connect-protocol-version': '1' };
/** What an answer is known by. */
const FIELDS = {
  planUsage: 'object',
  spendLimitUsage: 'object',
  billingCycleStart: 'value',
  billingCycleEnd: 'value',
} as const;
/** The plan and the credits are additions: they do not delay the limits for long, ms. */
const ADDITION_MS = 800;

async function addition(call: Call, name: string): Promise<Body | null> {
  const answer = await call.post(`${SERVICE}/${name}`, {}, { headers: HEADERS, timeoutMs: ADDITION_MS });
  return answer.ok ? answer.value : null;
}

function windows({ planUsage, billingCycleStart, billingCycleEnd }: SnapshotData): Measure[] {
  const plan = objectOf(planUsage);
  const [start, end] = [timeOfMs(billingCycleStart), timeOfMs(billingCycleEnd)];
  const length = start !== null && end !== null && end > start ? (end - start) / SECOND : null;
  const cycle = { resetsAt: end, length: length ?? ('month' as const) };
  const measures: Measure[] = [];
  const whole = percentUsed(plan.totalPercentUsed) ?? percentFromRest(plan.remaining, plan.limit);
  if (whole !== null || plan.limit !== undefined) measures.push({ ...cycle, used: whole });
  for (const part of ['auto', 'api']) {
    const used = percentUsed(plan[`${part}PercentUsed`]);
    if (used !== null) measures.push({ ...cycle, used, part: part === 'api' ? 'API' : part });
  }
  return measures;
}

/** Use beyond the plan, against a limit of the user or of the team. */
function extraUsage({ spendLimitUsage }: SnapshotData): ExtraUsage | null {
  const spent = objectOf(spendLimitUsage);
  const who = amountOf(spent.individualLimit) === null ? 'pooled' : 'individual';
  const limit = amountOf(spent[`${who}Limit`]);
  const left = amountOf(spent[`${who}Remaining`]);
  const used = amountOf(spent[`${who}Used`]) ?? (limit === null || left === null ? null : limit - left);
  if (limit === null && used === null) return null;
  return {
    enabled: true,
    used: majorUnits(used),
    limit: majorUnits(limit),
    currency: 'USD',
    usedPercent: percentFromShare(used, limit),
    decimals: 2,
  };
}

/** Granted credits. */
function pools({ creditGrants }: SnapshotData): Pool[] {
  const { hasCreditGrants: has, totalCents, usedCents } = objectOf(creditGrants);
  const [total, used] = [amountOf(totalCents), amountOf(usedCents)];
  if (has !== true || total === null || total === 0) return [];
  return [
    {
      id: 'credit_grants',
      label: 'credits',
      used: majorUnits(used),
      limit: total / 100,
      remaining: used === null ? null : majorUnits(Math.max(0, total - used)),
      expiresAt: null,
      expired: false,
      lockedReason: null,
    },
  ];
}

const definition: ProviderDefinition = {
  id: 'cursor',
  texts: programTexts({
    name: 'Cursor',
    vendor: 'Cursor',
    client: 'Cursor',
    signInCommand: 'cursor-agent login',
    budget,
    mainWindows: { monthly: 'mo' },
    failures: {
      token_lapsed: {
        short: 'run cursor-agent',
        advice: 'The login is not lost. Run `cursor-agent` or open Cursor once.',
      },
    },
  }),
  budget,
  baseUrl: 'https://api2.cursor.sh',
  directory: { variable: null, standard: (system) => inConfigHome(system, 'cursor') },
  keyVariables: [],
  otherVariables: ['XDG_CONFIG_HOME'],
  files: (system, directory) => known(below(system, directory, 'auth.json')),
  databases: editorDatabases,
  login: (system, files) =>
    firstUsable([
      ...files.map((path) => () => agentLogin(system, path)),
      ...editorDatabases(system).map((path) => () => editorLogin(system, path)),
    ]),
  async ask(_login, call) {
    const answer = await call.post(
      `${SERVICE}/GetCurrentPeriodUsage`,
      {},
      { headers: HEADERS, fields: FIELDS },
    );
    if (!answer.ok) return answer;
    const info = await addition(call, 'GetPlanInfo');
    const grants = await addition(call, 'GetCreditGrantsBalance');
    const data = { ...answer.value, ...(grants && { creditGrants: grants }) };
    return { ok: true, value: { data, plan: planOf(objectOf(info?.planInfo).planName) } };
  },
  windows,
  extraUsage,
  pools,
};

/** Cursor. */
export const provider = /* @__PURE__ */ defineProvider(definition);
