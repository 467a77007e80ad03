import type { RefreshFailure } from '../../usage/failure.ts';
import type { Credits } from '../../usage/model.ts';
import type { SnapshotData } from '../../usage/snapshot.ts';
import { DAY, HOUR, SECOND } from '../../usage/time.ts';
import { isObject } from '../../usage/values.ts';
import type { Body } from '../kit/call.ts';
import { defineProvider } from '../kit/define.ts';
import type { ProviderDefinition } from '../kit/define.ts';
import {
  decimalOf,
  numberOf,
  objectOf,
  objectsOf,
  percentFromRemaining,
  planOf,
  textOf,
  timeOf,
} from '../kit/fields.ts';
import { firstUsable, fromVariables } from '../kit/login.ts';
import type { Measure } from '../kit/measures.ts';
import { keyTexts } from '../kit/texts.ts';

/*
 * MiniMax with the key of a Token Plan. The facts are of CodexBar's tests and of MiniMax's documentation; see
 * docs/providers/minimax.md.
 */

const VARIABLE = 'MINIMAX_CODING_API_KEY';
const budget = { spacingMs: 60_000, perHour: 24 };

/** The codes of `base_resp`, with which errors come inside a 200, as far as they say more than that there is one. */
const CODES: ReadonlyMap<number, RefreshFailure['code']> = new Map([
  [1000, 'server_error'],
  [1001, 'server_error'],
  [1002, 'rate_limited'],
  [1004, 'unauthorized'],
  [1024, 'server_error'],
  [1033, 'server_error'],
  [2049, 'unauthorized'],
]);

function failureIn({ base_resp: state }: Body, retryAfter: string | null): RefreshFailure | null {
  const status = numberOf(objectOf(state).status_code);
  if (status === null || status === 0) return null;
  const code = CODES.get(status) ?? 'bad_response';
  return code === 'rate_limited' ? { code, retryAfter } : { code };
}

/** What an answer is known by. */
const FIELDS = {
  base_resp: 'object',
  data: 'object',
  model_remains: 'list',
  points_balance: 'value',
} as const;

/** The part of the response with the numbers: all of it, or its `data`. */
function numbersOf(body: Body): Body {
  return isObject(body.data) ? body.data : body;
}

/** The status of a window that the plan does not have. */
const NOT_APPLICABLE = 3;

type Row = Readonly<Record<string, unknown>>;

/** The limits of one row. `general` is the plan itself; other rows are limits on a model or a kind of use. */
function measuresOf(row: Row): Measure[] {
  const name = textOf(row.model_name);
  if (name === null) return [];
  const isPlan = name === 'general';
  const interval = {
    status: row.current_interval_status,
    left: row.current_interval_remaining_percent,
    start: row.start_time,
    end: row.end_time,
    // The interval of other rows can be a day.
    usual: isPlan ? 5 * HOUR : null,
  };
  const week = {
    status: row.current_weekly_status,
    left: row.current_weekly_remaining_percent,
    start: row.weekly_start_time,
    end: row.weekly_end_time,
    usual: 7 * DAY,
  };
  return [interval, week]
    .filter(({ status }) => numberOf(status) !== NOT_APPLICABLE)
    .map(({ left, start, end, usual }) => {
      const [from, until] = [timeOf(start), timeOf(end)];
      const length = from === null || until === null || until <= from ? usual : until - from;
      return {
        used: percentFromRemaining(left),
        resetsAt: until,
        length: length === null ? null : length / SECOND,
        part: isPlan ? null : name,
        isModel: !isPlan,
      };
    });
}

function windows(data: SnapshotData): Measure[] {
  return objectsOf(numbersOf(data).model_remains).flatMap(measuresOf);
}

/** The points of the account. They are no money. */
function credits(data: SnapshotData): Credits | null {
  const balance = decimalOf(numbersOf(data).points_balance);
  return balance === null ? null : { balance, currency: null, unlimited: false };
}

const definition: ProviderDefinition = {
  id: 'minimax',
  texts: keyTexts({
    name: 'MiniMax',
    vendor: 'MiniMax',
    variable: VARIABLE,
    budget,
    mainWindows: { five_hour: '5h', seven_day: '7d' },
    planNames: { token_plan_plus: 'Token Plan Plus' },
    failures: {
      unauthorized: {
        short: 'bad key',
        happened: 'MiniMax did not accept the key',
        advice: `Set ${VARIABLE} to the key of a Token Plan. A key for China also needs USAGELINE_MINIMAX_BASE_URL=https://api.minimaxi.com.`,
      },
    },
  }),
  budget,
  baseUrl: 'https://api.minimax.io',
  directory: null,
  keyVariables: [VARIABLE],
  files: () => [],
  login: (system) => firstUsable([() => fromVariables(system, [VARIABLE])]),
  async ask(_login, call) {
    const answer = await call.get('/v1/token_plan/remains', { failureIn, fields: FIELDS });
    if (!answer.ok) return answer;
    const plan = planOf(numbersOf(answer.value).current_subscribe_title);
    return { ok: true, value: { data: answer.value, plan } };
  },
  windows,
  credits,
};

/** MiniMax, with the key of a Token Plan. */
export const provider = /* @__PURE__ */ defineProvider(definition);
