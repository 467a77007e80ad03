import type { System } from '../../platform/system.ts';
import type { ExtraUsage } from '../../usage/model.ts';
import { DAY, SECOND } from '../../usage/time.ts';
import type { SnapshotData } from '../../usage/snapshot.ts';
import { defineProvider } from '../kit/define.ts';
import type { ProviderDefinition } from '../kit/define.ts';
import { below, inHome, known } from '../kit/directory.ts';
import { amountOf, idOf, numberOf, objectOf, percentFromShare, planOf, timeOf } from '../kit/fields.ts';
import { firstUsable, fromJsonFile, isPresent, judge } from '../kit/login.ts';
import type { Found, Place } from '../kit/login.ts';
import type { Measure } from '../kit/measures.ts';
import { programTexts } from '../kit/texts.ts';

/*
 * Grok with the login of Grok Build. The facts are of CodexBar and its tests; see docs/providers/grok.md.
 */

const budget = { spacingMs: 60_000, perHour: 24 };

/** The issuer of Grok Build's logins. The file can also have tokens of other issuers, which are not sent. */
const ISSUER = 'https://auth.x.ai';

/** The file maps `<issuer>::<client>` to logins; those of earlier clients can still be in it. */
function loginIn(system: System, path: string): Found | null {
  return fromJsonFile(system, path, (stored, place) => {
    const own = Object.entries(stored).filter(([key]) => key.split('::')[0] === ISSUER);
    return own.length === 0
      ? null
      : firstUsable(
          own.map(
            ([, entry]) =>
              () =>
                judgeEntry(entry, place),
          ),
        );
  });
}

function judgeEntry(entry: unknown, place: Place): Found {
  const {
    key: token,
    user_id: user,
    team_id: team,
    expires_at: end,
    refresh_token: refresh,
  } = objectOf(entry);
  return judge(
    { token, accountId: idOf(user), organizationId: idOf(team) },
    { ...place, expiresAt: timeOf(end), isRenewable: isPresent(refresh) },
  );
}

/** The length of a period, s: of its type, else between its ends. A first week can be shorter, and is a week all the same. */
function lengthOf(period: Readonly<Record<string, unknown>>): Measure['length'] {
  const [start, end] = [timeOf(period.start), timeOf(period.end)];
  const between = start === null || end === null ? null : end - start;
  if (period.type === 'USAGE_PERIOD_TYPE_WEEKLY') return (7 * DAY) / SECOND;
  if (period.type === 'USAGE_PERIOD_TYPE_MONTHLY' && !(between !== null && between >= 28 * DAY))
    return 'month';
  return between === null ? null : between / SECOND;
}

function windows({ config }: SnapshotData): Measure[] {
  const { creditUsagePercent: percent, currentPeriod, billingPeriodEnd } = objectOf(config);
  const period = objectOf(currentPeriod);
  // The endpoint leaves out a 0, as protocol buffers do: with a period, an absent percentage is 0.
  const number = percent === undefined ? 0 : numberOf(percent);
  return [
    {
      used: number === null ? null : Math.min(100, Math.max(0, number)),
      resetsAt: timeOf(period.end) ?? timeOf(billingPeriodEnd),
      length: lengthOf(period),
    },
  ];
}

/** Use beyond the plan, against the cap that the user has set. Tools disagree on the unit of both: only their share counts. */
function extraUsage({ config }: SnapshotData): ExtraUsage | null {
  const { onDemandCap, onDemandUsed } = objectOf(config);
  const cap = amountOf(objectOf(onDemandCap).val);
  if (cap === null || cap === 0) return null;
  const usedPercent = percentFromShare(objectOf(onDemandUsed).val, cap);
  return { enabled: true, used: null, limit: null, currency: null, usedPercent, decimals: 0 };
}

const definition: ProviderDefinition = {
  id: 'grok',
  texts: programTexts({
    name: 'Grok',
    vendor: 'xAI',
    client: 'Grok Build',
    signInCommand: 'grok login',
    budget,
    mainWindows: { seven_day: '7d' },
    planNames: {
      supergrok: 'SuperGrok',
      supergrok_heavy: 'SuperGrok Heavy',
      supergrok_lite: 'SuperGrok Lite',
    },
    failures: { token_lapsed: { short: 'run grok', advice: 'The login is not lost. Run `grok` once.' } },
  }),
  budget,
  baseUrl: 'https://cli-chat-proxy.grok.com',
  directory: { variable: 'GROK_HOME', standard: (system) => inHome(system, '.grok') },
  keyVariables: [],
  files: (system, directory) => known(below(system, directory, 'auth.json')),
  login: (system, files) => firstUsable(files.map((path) => () => loginIn(system, path))),
  async ask(_login, call) {
    const answer = await call.get('/v1/billing?format=credits', {
      headers: { 'x-xai-token-auth': 'xai-grok-cli' },
      fields: { config: 'object', subscriptionTier: 'value' },
    });
    if (!answer.ok) return answer;
    const { config, subscriptionTier } = answer.value;
    const plan = planOf(subscriptionTier) ?? planOf(objectOf(config).subscriptionTier);
    return { ok: true, value: { data: answer.value, plan } };
  },
  windows,
  extraUsage,
};

/** Grok, with the login of Grok Build. */
export const provider = /* @__PURE__ */ defineProvider(definition);
