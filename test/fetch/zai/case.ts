import { readFileSync } from 'node:fs';
import { defineCase } from '../case.ts';

const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8'));

const KEY = 'EXAMPLE-KEY.NOT-A-SECRET';
const CHINESE = 'EXAMPLE-KEY.OF-BIGMODEL';
const file = (content: object) => ({ files: { '.config/zai/key.json': content } });
const bearer = { authorization: `Bearer ${KEY}` };

/** A response with these limits. */
const limits = (list: readonly object[], more: object = {}) => ({
  code: 200,
  msg: 'success',
  success: true,
  data: { limits: list, ...more },
});
const week = { type: 'TOKENS_LIMIT', unit: 6, number: 1, percentage: 9, nextResetTime: 1_786_291_200_000 };
const weekly = ['seven_day', '7d', 9, '2026-08-09T16:00:00.000Z', 604_800] as const;

export const providerCase = defineCase({
  id: 'zai',
  login: { env: { Z_AI_API_KEY: KEY } },
  secrets: [KEY],
  identity: { accountId: /^key:[0-9a-f]{16}$/ },
  requests: [
    {
      method: 'GET',
      path: '/api/monitor/usage/quota/limit',
      headers: { ...bearer, accept: 'application/json' },
    },
  ],
  usage: [
    {
      name: 'credits, with five hours of which nothing is used and which have no reset',
      body: fixture('idle-five-hour'),
      plan: 'lite',
      windows: [
        ['five_hour', '5h', 0, null, 18_000],
        ['seven_day', '7d', 98.55, '2026-08-14T05:34:39.998Z', 604_800],
      ],
      lacking: [],
    },
    {
      name: 'tokens in percent, and the calls of tools in a month',
      body: fixture('tokens-and-tools'),
      windows: [
        ['five_hour', '5h', 25, '2026-08-04T04:00:00.000Z', 18_000],
        weekly,
        ['monthly:mcp', 'mo MCP', 22.4, null, null],
      ],
    },
    {
      name: 'windows in another order, told apart by their length',
      body: limits([week, { type: 'TOKENS_LIMIT', unit: 3, number: 5, percentage: 1 }], {
        planName: 'GLM Coding Max',
      }),
      plan: 'glm_coding_max',
      windows: [['five_hour', '5h', 1, null, 18_000], weekly],
    },
    {
      name: 'more than the limit, where current value and remainder differ',
      body: limits([
        { ...week, usage: 1000, currentValue: 1100, remaining: -200, percentage: 100 },
        { type: 'TOKENS_LIMIT', unit: 3, number: 2, usage: 0, currentValue: 0, remaining: 0, percentage: 7 },
      ]),
      windows: [
        ['seven_day', '7d', 120, '2026-08-09T16:00:00.000Z', 604_800],
        ['2h', '2h', 7, null, 7200],
      ],
      lacking: ['five_hour'],
    },
    {
      name: 'units and types that are not known: no window is made up',
      body: limits([
        week,
        { type: 'TOKENS_LIMIT', unit: 4, number: 1, percentage: 50 },
        { type: 'TIME_LIMIT', unit: 3, number: 1, percentage: 50 },
        { type: 'OTHER_LIMIT', unit: 3, number: 5, percentage: 50 },
      ]),
      windows: [weekly],
    },
    { name: 'a key whose plan has no limits', body: limits([]), windows: [], lacking: [] },
  ],
  emptyObject: 'bad_response',
  failures: [
    {
      name: 'a key without a coding plan, with status 200',
      status: 200,
      body: { success: false, code: 500, msg: 'The user has no coding plan' },
      code: 'forbidden',
    },
    {
      name: 'a key that is not valid, with status 200',
      status: 200,
      body: { code: 401, msg: 'token expired or incorrect', success: false },
      code: 'unauthorized',
    },
    {
      name: 'a key that BigModel does not know, with status 200',
      status: 200,
      body: { code: 1002, msg: 'x', success: false },
      code: 'unauthorized',
    },
    {
      name: 'too many requests, with status 200',
      status: 200,
      body: { code: 429, success: false },
      code: 'rate_limited',
    },
    {
      name: 'a fault of the server, with status 200',
      status: 200,
      body: { code: '500', msg: 'Internal error', success: false },
      code: 'server_error',
    },
    {
      name: 'limits with a code that is no success',
      status: 200,
      body: { ...fixture('idle-five-hour'), code: 300 },
      code: 'bad_response',
    },
    {
      name: 'limits without a success',
      status: 200,
      body: { ...fixture('idle-five-hour'), success: 'yes' },
      code: 'bad_response',
    },
    { name: 'a key that is not valid', status: 401, body: {}, code: 'unauthorized' },
  ],
  logins: [
    { name: 'in ZAI_API_KEY', login: { env: { ZAI_API_KEY: KEY } }, headers: bearer },
    { name: 'in GLM_API_KEY', login: { env: { GLM_API_KEY: KEY } }, headers: bearer },
    { name: 'in BIGMODEL_API_KEY', login: { env: { BIGMODEL_API_KEY: KEY } }, headers: bearer },
    {
      name: 'of z.ai before one of BigModel',
      login: { env: { ZHIPU_API_KEY: CHINESE, ZAI_API_KEY: KEY } },
      headers: bearer,
    },
    { name: 'in a file', login: file({ api_key: KEY }), headers: bearer },
    {
      name: 'in a variable before a file',
      login: { ...file({ apiKey: CHINESE }), env: { Z_AI_API_KEY: KEY } },
      headers: bearer,
    },
    {
      name: 'in a file, broken',
      login: file({ key: 'a b' }),
      code: 'credentials_invalid',
      detail: 'key.json',
    },
    { name: 'in a file without a key', login: file({ region: 'global' }), code: 'no_credentials' },
  ],
});
