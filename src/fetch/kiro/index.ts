import type { System } from '../../platform/system.ts';
import type { ExtraUsage } from '../../usage/model.ts';
import type { SnapshotData } from '../../usage/snapshot.ts';
import { defineProvider } from '../kit/define.ts';
import type { ProviderDefinition } from '../kit/define.ts';
import { below, inDataHome, inHome, known } from '../kit/directory.ts';
import {
  amountOf,
  idOf,
  monthBefore,
  objectOf,
  objectsOf,
  percentFromShare,
  planOf,
  textOf,
  timeOf,
} from '../kit/fields.ts';
import { firstUsable, isPresent, judge, parseObject, unusable } from '../kit/login.ts';
import type { Found, Login } from '../kit/login.ts';
import type { Measure } from '../kit/measures.ts';
import { readDatabase } from '../kit/sqlite.ts';
import { programTexts } from '../kit/texts.ts';

/*
 * Kiro with the login of its command-line program, which keeps it in a SQLite file. The facts are of CodexBar's tests and of
 * tools that read the same file; see docs/providers/kiro.md.
 */

const budget = { spacingMs: 60_000, perHour: 24 };

/** A login of Kiro. Logins of an organisation have a profile, which the endpoint asks for. */
interface KiroLogin extends Login {
  readonly profileArn: string | null;
}

/** The rows of logins. `odic` is how Kiro spells it. */
const KEYS = ['kirocli:odic:token', 'kirocli:social:token'];
const PROFILE = 'api.codewhisperer.profile';

const LOGIN_SQL = 'SELECT value FROM auth_kv WHERE key = ?';
const PROFILE_SQL = 'SELECT value FROM state WHERE key = ?';

function loginIn(system: System, path: string, key: string): Found<KiroLogin> | null {
  const read = readDatabase(system, path, LOGIN_SQL, key);
  if (read.kind === 'absent') return null;
  if (read.kind === 'unreadable') return unusable('credentials_unreadable', read.reason);
  const stored = parseObject(read.text);
  if (stored === null) return unusable('credentials_invalid', path);
  const profile = readDatabase(system, path, PROFILE_SQL, PROFILE);
  const { arn } = (profile.kind === 'value' && parseObject(profile.text)) || {};
  return judge<KiroLogin>(
    // A profile is that of many people, and nothing else in the file names the account.
    { token: stored.access_token, accountId: null, profileArn: idOf(stored.profile_arn) ?? idOf(arn) },
    {
      origin: path,
      now: system.now(),
      expiresAt: timeOf(stored.expires_at),
      isRenewable: isPresent(stored.refresh_token),
    },
  );
}

function standardDirectory(system: System): string | null {
  if (system.platform === 'darwin') return inHome(system, 'Library', 'Application Support', 'kiro-cli');
  if (system.platform === 'win32') return inHome(system, 'AppData', 'Local', 'Kiro-Cli');
  return inDataHome(system, 'kiro-cli');
}

const databases = (system: System, directory: string | null) =>
  known(below(system, directory, 'data.sqlite3'));

/** What an answer is known by. */
const FIELDS = {
  usageBreakdownList: 'list',
  nextDateReset: 'value',
  overageConfiguration: 'object',
  subscriptionInfo: 'object',
} as const;

/** The credits of the month, and limits on other resources. */
function windows(data: SnapshotData): Measure[] {
  return objectsOf(data.usageBreakdownList).flatMap((row) => {
    const resource = textOf(row.resourceType);
    if (resource === null) return [];
    const resetsAt = resetOf(row.nextDateReset) ?? resetOf(data.nextDateReset);
    const part = resource === 'CREDIT' ? null : (textOf(row.displayName) ?? resource);
    const limit = amountOf(row.usageLimitWithPrecision) ?? amountOf(row.usageLimit);
    return [
      {
        used: percentFromShare(planUse(row), limit),
        resetsAt,
        length: monthBefore(resetsAt) ?? ('month' as const),
        part,
        partId: part === null ? null : resource,
      },
    ];
  });
}

/** Epoch ms of epoch seconds, or of `2026-02-01 00:00:00+00:00`, as organisations are said to get it. */
function resetOf(value: unknown): number | null {
  return timeOf(typeof value === 'string' ? value.replace(' ', 'T') : value);
}

/** What was used of the plan. The endpoint's number includes what was used beyond it. */
function planUse(row: Readonly<Record<string, unknown>>): number | null {
  const used = amountOf(row.currentUsageWithPrecision) ?? amountOf(row.currentUsage);
  const beyond = amountOf(row.currentOveragesWithPrecision) ?? amountOf(row.currentOverages);
  return used === null || beyond === null ? used : used - beyond;
}

/** Paid use beyond the plan. The unit of its cap is not known, so it is no limit. */
function extraUsage(data: SnapshotData): ExtraUsage | null {
  const { overageStatus, overageEnabled } = objectOf(data.overageConfiguration);
  if (overageStatus !== 'ENABLED' && overageEnabled !== true) return null;
  const row = objectsOf(data.usageBreakdownList).find(({ resourceType }) => resourceType === 'CREDIT');
  const used = amountOf(row?.overageCharges);
  const currency = textOf(row?.currency);
  return used === null
    ? null
    : { enabled: true, used, limit: null, currency, usedPercent: null, decimals: 2 };
}

const definition: ProviderDefinition<KiroLogin> = {
  id: 'kiro',
  texts: programTexts({
    name: 'Kiro',
    vendor: 'AWS',
    client: 'Kiro CLI',
    signInCommand: 'kiro-cli login',
    budget,
    mainWindows: { monthly: 'mo' },
    planNames: { kiro_free: 'Free', kiro_pro: 'Pro', kiro_pro_plus: 'Pro+', kiro_power: 'Power' },
    failures: {
      token_lapsed: { short: 'run kiro-cli', advice: 'The login is not lost. Run `kiro-cli` once.' },
      credentials_unreadable: {
        short: 'login not readable',
        happened: 'The login of Kiro CLI cannot be read',
        advice: 'Run usageline with Node 22.16 or later, or check the permissions of the file.',
      },
    },
  }),
  budget,
  baseUrl: 'https://codewhisperer.us-east-1.amazonaws.com',
  directory: { variable: 'KIRO_DATA_DIR', standard: standardDirectory },
  keyVariables: [],
  otherVariables: ['XDG_DATA_HOME'],
  files: () => [],
  databases,
  login: (system, _files, directory) =>
    firstUsable(
      databases(system, directory).flatMap((path) => KEYS.map((key) => () => loginIn(system, path, key))),
    ),
  async ask({ profileArn }, call) {
    const answer = await call.post('/', profileArn === null ? {} : { profileArn }, {
      fields: FIELDS,
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'AmazonCodeWhispererService.GetUsageLimits',
      },
    });
    if (!answer.ok) return answer;
    // An e-mail address is not to be stored.
    const { userInfo: _, ...data } = answer.value;
    const title = textOf(objectOf(data.subscriptionInfo).subscriptionTitle);
    return { ok: true, value: { data, plan: planOf(title?.replaceAll('+', ' plus')) } };
  },
  windows,
  extraUsage,
};

/** Kiro, with the login of its command-line program. */
export const provider = /* @__PURE__ */ defineProvider(definition);
