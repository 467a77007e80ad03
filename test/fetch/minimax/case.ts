import { readFileSync } from 'node:fs';
import { defineCase } from '../case.ts';

const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8'));

const KEY = 'sk-cp-EXAMPLE-NOT-A-KEY';
const plan = fixture('token-plan');
const [general] = plan.data.model_remains;

/** A response with other rows. */
const rows = (...model_remains: object[]) => ({ ...plan, data: { ...plan.data, model_remains } });
const error = (status_code: unknown) => ({ base_resp: { status_code, status_msg: 'x' } });
const FIVE = ['five_hour', '5h', 4, '2026-06-01T07:00:00.000Z', 18_000] as const;
const WEEK = ['seven_day', '7d', 1, '2026-06-07T16:00:00.000Z', 604_800] as const;
const POINTS = { balance: '14000', currency: null, unlimited: false };
const PLUS = { plan: 'token_plan_plus', credits: POINTS };

export const providerCase = defineCase({
  id: 'minimax',
  login: { env: { MINIMAX_CODING_API_KEY: KEY } },
  secrets: [KEY],
  identity: { accountId: /^key:[0-9a-f]{16}$/ },
  requests: [
    {
      method: 'GET',
      path: '/v1/token_plan/remains',
      headers: { authorization: `Bearer ${KEY}`, accept: 'application/json' },
    },
  ],
  usage: [
    {
      name: 'a Token Plan: percentages of what remains, as texts',
      body: plan,
      ...PLUS,
      windows: [FIVE, WEEK],
      lacking: [],
    },
    {
      name: 'numbers, without a wrapper, and no points',
      body: {
        base_resp: { status_code: 0 },
        model_remains: [
          { ...general, current_interval_remaining_percent: 0, current_weekly_remaining_percent: 99.5 },
        ],
      },
      windows: [
        ['five_hour', '5h', 100, FIVE[3], 18_000],
        ['seven_day', '7d', 0.5, WEEK[3], 604_800],
      ],
    },
    {
      name: 'nothing used: the windows have begun all the same',
      body: rows({
        ...general,
        current_interval_remaining_percent: '100',
        current_weekly_remaining_percent: 100,
      }),
      ...PLUS,
      windows: [
        ['five_hour', '5h', 0, FIVE[3], 18_000],
        ['seven_day', '7d', 0, WEEK[3], 604_800],
      ],
    },
    {
      name: 'a plan without a weekly limit',
      body: rows({ ...general, current_interval_status: 1, current_weekly_status: 3 }),
      ...PLUS,
      windows: [FIVE],
      lacking: ['seven_day'],
    },
    {
      name: 'a percentage that is missing: a window, but no number',
      body: rows({ ...general, current_interval_remaining_percent: undefined }),
      ...PLUS,
      windows: [WEEK],
      lacking: [],
    },
    {
      name: 'windows whose beginning is missing',
      body: rows({ ...general, start_time: undefined, weekly_start_time: undefined }),
      ...PLUS,
      windows: [FIVE, WEEK],
    },
    {
      name: 'a limit on another kind of use, by its length',
      body: rows(general, {
        model_name: 'video',
        current_interval_remaining_percent: 60,
        start_time: 1_780_243_200_000,
        end_time: 1_780_329_600_000,
        current_interval_status: 1,
        current_weekly_status: 3,
      }),
      ...PLUS,
      windows: [FIVE, WEEK, ['1d:video', '1d video', 40, '2026-06-01T16:00:00.000Z', 86_400]],
    },
    {
      name: 'times in seconds',
      body: rows({ ...general, start_time: 1_780_279_200, end_time: 1_780_297_200 }),
      ...PLUS,
      windows: [FIVE, WEEK],
    },
    { name: 'a list without rows', body: rows(), ...PLUS, windows: [] },
  ],
  failures: [
    { name: 'a bad key, inside a 200', status: 200, body: error(1004), code: 'unauthorized' },
    { name: 'a bad key, with its code as text', status: 200, body: error('1004'), code: 'unauthorized' },
    { name: 'an invalid key, inside a 200', status: 200, body: error(2049), code: 'unauthorized' },
    { name: 'too many requests, inside a 200', status: 200, body: error(1002), code: 'rate_limited' },
    { name: 'a failure of the server, inside a 200', status: 200, body: error(1024), code: 'server_error' },
    {
      name: 'any other error, beside numbers',
      status: 200,
      body: { ...plan, ...error(2013) },
      code: 'bad_response',
    },
  ],
  logins: [
    {
      name: 'of the variable for other uses of MiniMax, which is not sent',
      login: { env: { MINIMAX_API_KEY: KEY } },
      code: 'no_credentials',
    },
    { name: 'that is empty', login: { env: { MINIMAX_CODING_API_KEY: '' } }, code: 'no_credentials' },
  ],
  // The row of another name is another limit, with the numbers of the row.
  absentIsZero: ['data.model_remains.0.model_name'],
});
