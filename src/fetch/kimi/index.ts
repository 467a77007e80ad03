import type { System } from '../../platform/system.ts';
import type { SnapshotData } from '../../usage/snapshot.ts';
import { DAY, MINUTE, SECOND } from '../../usage/time.ts';
import type { Body } from '../kit/call.ts';
import { defineProvider } from '../kit/define.ts';
import type { ProviderDefinition } from '../kit/define.ts';
import { below, inHome, known } from '../kit/directory.ts';
import {
  idOf,
  objectOf,
  objectsOf,
  percentFromRest,
  percentFromShare,
  secondsOf,
  timeOf,
  timeOfSeconds,
} from '../kit/fields.ts';
import { claimsOf, firstUsable, fromJsonFile, fromVariables, isPresent, judge } from '../kit/login.ts';
import type { Found } from '../kit/login.ts';
import type { Measure } from '../kit/measures.ts';
import { keyTexts } from '../kit/texts.ts';

/*
 * Kimi Code, with an API key or the login of its program. The facts are of CodexBar; see docs/providers/kimi.md.
 */

const budget = { spacingMs: 60_000, perHour: 24 };

const KEYS = ['KIMI_CODE_API_KEY'];

/** The program renews its token this long before it expires. */
const SLACK_MS = MINUTE;

const directory = { variable: 'KIMI_CODE_HOME', standard: (system: System) => inHome(system, '.kimi-code') };

/** The login of the program. Its token lives for minutes. */
function programLogin(system: System, path: string): Found | null {
  return fromJsonFile(system, path, (stored, place) => {
    const { access_token: token, refresh_token: refresh, expires_at: expiresAt } = stored;
    if (token === undefined) return null;
    const claims = claimsOf(token);
    return judge(
      { token, accountId: idOf(claims.user_id ?? claims.sub) },
      {
        ...place,
        expiresAt: timeOfSeconds(expiresAt),
        slackMs: SLACK_MS,
        isRenewable: isPresent(refresh),
      },
    );
  });
}

const UNITS = {
  TIME_UNIT_MINUTE: 'minute',
  TIME_UNIT_HOUR: 'hour',
  TIME_UNIT_DAY: 'day',
} as const;

function isUnit(value: unknown): value is keyof typeof UNITS {
  return typeof value === 'string' && Object.hasOwn(UNITS, value);
}

/**
 * Counts of requests, of which one is often missing.
 *
 * @param projected whether the window starts with its first request
 */
function measureOf(detail: Body, length: number | null, projected = false): Measure {
  const { limit, used, remaining } = detail;
  return {
    used: percentFromShare(used, limit) ?? percentFromRest(remaining, limit),
    resetsAt: timeOf(detail.resetTime ?? detail.resetAt ?? detail.reset_time ?? detail.reset_at),
    length,
    projected,
  };
}

function windows({ usage, limits }: SnapshotData): Measure[] {
  const week = objectOf(usage);
  return [
    // Without a length of its own. It is a week.
    ...(Object.keys(week).length > 0 ? [measureOf(week, (7 * DAY) / SECOND)] : []),
    ...objectsOf(limits).map(({ window, detail }) => {
      const { duration, timeUnit } = objectOf(window);
      const length = isUnit(timeUnit) ? secondsOf(duration, UNITS[timeUnit]) : null;
      return measureOf(objectOf(detail), length, true);
    }),
  ];
}

const SIGN_IN = 'Set KIMI_CODE_API_KEY, or run `kimi login`.';

const definition: ProviderDefinition = {
  id: 'kimi',
  texts: {
    ...keyTexts({
      name: 'Kimi Code',
      vendor: 'Kimi',
      variable: 'KIMI_CODE_API_KEY',
      budget,
      mainWindows: { five_hour: '5h', seven_day: '7d' },
      failures: {
        no_credentials: { short: 'sign in', happened: 'No login of Kimi Code was found', advice: SIGN_IN },
        credentials_unreadable: { advice: `Check its permissions. ${SIGN_IN}` },
        credentials_invalid: {
          happened: "Kimi Code's credentials are damaged or incomplete",
          advice: SIGN_IN,
        },
        token_expired: { advice: SIGN_IN },
        token_lapsed: {
          short: 'run kimi',
          advice: 'The login is not lost. Run `kimi` once, or set KIMI_CODE_API_KEY.',
        },
        unauthorized: { happened: 'Kimi did not accept the login (401)', advice: SIGN_IN },
        forbidden: {
          happened: 'Kimi does not let this login read usage (403)',
          advice: `It may have no plan. ${SIGN_IN}`,
        },
      },
    }),
    renewLogin: 'run `kimi login`',
    signInCommand: 'kimi login',
  },
  budget,
  baseUrl: 'https://api.kimi.com',
  directory,
  keyVariables: KEYS,
  files: (system, place) => known(below(system, place, 'credentials', 'kimi-code.json')),
  login: (system, files, place) => {
    const key = () => fromVariables(system, KEYS);
    const ofProgram = files.map((path) => () => programLogin(system, path));
    // A directory that the variable names can have the login of another account than the key, so there the login goes first.
    return place === directory.standard(system)
      ? firstUsable([key, ...ofProgram])
      : firstUsable([() => ofProgram.map((read) => read()).find((found) => found !== null) ?? key()]);
  },
  async ask(_login, call) {
    const answer = await call.get('/coding/v1/usages', { fields: { usage: 'object', limits: 'list' } });
    if (!answer.ok) return answer;
    return { ok: true, value: { data: answer.value } };
  },
  windows,
};

/** Kimi Code. */
export const provider = /* @__PURE__ */ defineProvider(definition);
