import type { RefreshFailure } from '../../usage/failure.ts';
import type { SnapshotData } from '../../usage/snapshot.ts';
import type { System } from '../../platform/system.ts';
import { failureInBody } from '../error-body.ts';
import type { Body } from '../kit/call.ts';
import { defineProvider } from '../kit/define.ts';
import type { ProviderDefinition } from '../kit/define.ts';
import { below, inConfigHome, known } from '../kit/directory.ts';
import {
  amountOf,
  numberOf,
  objectOf,
  objectsOf,
  percentFromShare,
  percentUsed,
  planOf,
  secondsOf,
  timeOfMs,
} from '../kit/fields.ts';
import { firstUsable, fromJsonFile, fromVariables, judge, keyId } from '../kit/login.ts';
import type { Found, Login } from '../kit/login.ts';
import type { Measure } from '../kit/measures.ts';
import { keyTexts } from '../kit/texts.ts';

/*
 * z.ai's GLM Coding Plan, with an API key. The facts are of CodexBar and openusage; see docs/providers/zai.md.
 */

const budget = { spacingMs: 60_000, perHour: 24 };

/** Keys of z.ai, and keys of BigModel, its service in China. */
const KEYS = ['Z_AI_API_KEY', 'ZAI_API_KEY', 'GLM_API_KEY'];
const CHINESE_KEYS = ['BIGMODEL_API_KEY', 'ZHIPU_API_KEY', 'ZHIPUAI_API_KEY'];
const CHINA = 'https://open.bigmodel.cn';

/** A key, with the service that it is of; null for z.ai. */
interface ZaiLogin extends Login {
  readonly origin: string | null;
}

function keyIn(system: System, names: readonly string[], origin: string | null): Found<ZaiLogin> | null {
  const found = fromVariables(system, names);
  return found?.ok ? { ok: true, value: { ...found.value, origin } } : found;
}

/** The key in the file of z.ai's helper. */
function fileLogin(system: System, path: string): Found<ZaiLogin> | null {
  return fromJsonFile(system, path, (stored, place) => {
    const token = stored.api_key ?? stored.apiKey ?? stored.key;
    if (token === undefined) return null;
    return judge<ZaiLogin>(
      { token, origin: null, accountId: typeof token === 'string' ? keyId(token) : null },
      place,
    );
  });
}

/** Codes inside a response of status 200 that are about the key. */
const KEY_CODES: ReadonlySet<number> = new Set([401, 1000, 1001, 1002, 1003, 1004]);

/** Errors have status 200: `{"success": false, "code": 500, "msg": "..."}`. Their text is not shown. */
function failureIn(body: Body, retryAfter: string | null): RefreshFailure | null {
  const { success, code, msg } = body;
  const number = numberOf(code);
  if (success === true && number === 200) return null;
  if (success === true || number === null) return failureInBody(body, retryAfter) ?? { code: 'bad_response' };
  if (KEY_CODES.has(number)) return { code: 'unauthorized' };
  if (typeof msg === 'string' && msg.toLowerCase().includes('coding plan'))
    return { code: 'forbidden', detail: 'the key has no coding plan' };
  if (number === 403) return { code: 'forbidden' };
  if (number === 429) return { code: 'rate_limited', retryAfter };
  return { code: number >= 500 && number < 600 ? 'server_error' : 'bad_response' };
}

function windows(data: SnapshotData): Measure[] {
  return objectsOf(objectOf(data.data).limits).flatMap((limit): Measure[] => {
    const shape = shapeOf(limit);
    return shape === null ? [] : [{ ...shape, used: usedOf(limit), resetsAt: timeOfMs(limit.nextResetTime) }];
  });
}

/** Of the units only 3 (hour) and 6 (week) are sure; 5 is a month where tools are counted. */
function shapeOf({ type, unit, number }: Body): Pick<Measure, 'length' | 'part'> | null {
  const [kind, count] = [numberOf(unit), numberOf(number)];
  if (type === 'TIME_LIMIT') return kind === 5 && count === 1 ? { length: 'month', part: 'MCP' } : null;
  if (type !== 'TOKENS_LIMIT' && type !== 'CREDIT_LIMIT') return null;
  if (kind === 3) return { length: secondsOf(count, 'hour') };
  return kind === 6 ? { length: secondsOf(count, 'week') } : null;
}

/** `usage` is the limit. Amounts are more precise than the percentage, which is a whole number. */
function usedOf({ usage, currentValue, remaining, percentage }: Body): number | null {
  const [limit, current, left] = [amountOf(usage), amountOf(currentValue), numberOf(remaining)];
  const amounts = [
    ...(current === null ? [] : [current]),
    ...(limit === null || left === null || left > limit ? [] : [limit - left]),
  ];
  const used = amounts.length > 0 ? percentFromShare(Math.max(...amounts), limit) : null;
  return used ?? percentUsed(percentage);
}

function planIn(data: Body): string | null {
  return planOf(data.planName ?? data.plan ?? data.plan_type ?? data.packageName ?? data.level);
}

const definition: ProviderDefinition<ZaiLogin> = {
  id: 'zai',
  texts: keyTexts({
    name: 'z.ai',
    vendor: 'z.ai',
    variable: 'Z_AI_API_KEY',
    budget,
    mainWindows: { five_hour: '5h', seven_day: '7d' },
    failures: {
      forbidden: {
        short: 'no access',
        happened: 'z.ai does not let this key read usage',
        advice: 'Set Z_AI_API_KEY to a key of an account that has a GLM Coding Plan.',
      },
      credentials_unreadable: { advice: 'Check its permissions, or set Z_AI_API_KEY.' },
    },
  }),
  budget,
  baseUrl: 'https://api.z.ai',
  directory: { variable: null, standard: (system) => inConfigHome(system, 'zai') },
  keyVariables: [...KEYS, ...CHINESE_KEYS],
  otherVariables: ['XDG_CONFIG_HOME'],
  files: (system, directory) => known(below(system, directory, 'key.json')),
  login: (system, files) =>
    firstUsable<ZaiLogin>([
      () => keyIn(system, KEYS, null),
      () => keyIn(system, CHINESE_KEYS, CHINA),
      ...files.map((path) => () => fileLogin(system, path)),
    ]),
  async ask({ origin }, call) {
    const answer = await call.get('/api/monitor/usage/quota/limit', {
      origin,
      failureIn,
      fields: { data: 'object' },
    });
    if (!answer.ok) return answer;
    return { ok: true, value: { data: answer.value, plan: planIn(objectOf(answer.value.data)) } };
  },
  windows,
};

/** The GLM Coding Plan of z.ai. */
export const provider = /* @__PURE__ */ defineProvider(definition);
