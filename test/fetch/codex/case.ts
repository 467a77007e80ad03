import { readFileSync } from 'node:fs';
import { aToken, defineCase, EARLIER, LATER } from '../case.ts';

const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8'));

const token = aToken({ exp: LATER, 'https://api.openai.com/auth': { chatgpt_user_id: 'user-1' } });
const REFRESH = 'rt-EXAMPLE-NOT-A-REFRESH-TOKEN';

/** A file of Codex; `tokens` changes or removes (undefined) parts. */
const auth = (tokens: object = {}, more: object = {}) => ({
  files: {
    '.codex/auth.json': {
      OPENAI_API_KEY: null,
      tokens: {
        access_token: token,
        refresh_token: REFRESH,
        id_token: idToken,
        account_id: 'ws-1',
        ...tokens,
      },
      last_refresh: '2026-11-20T10:00:00.123456789Z',
      ...more,
    },
  },
});
const idToken = aToken({
  email: 'ada@example.com',
  'https://api.openai.com/auth': {
    chatgpt_plan_type: 'plus',
    chatgpt_account_id: 'ws-1',
    chatgpt_user_id: 'user-1',
  },
});
const primary = (changes: object) => ({
  ...fixture('pro'),
  rate_limit: {
    ...fixture('pro').rate_limit,
    primary_window: { ...fixture('pro').rate_limit.primary_window, ...changes },
  },
});
const week = ['seven_day', '7d', 43, '2026-01-03T02:38:34.000Z', 604_800] as const;

export const providerCase = defineCase({
  id: 'codex',
  login: auth(),
  secrets: [token],
  refreshTokens: [REFRESH],
  identity: { accountId: 'user-1', organizationId: 'ws-1' },
  requests: [
    {
      method: 'GET',
      path: '/backend-api/wham/usage',
      headers: { authorization: `Bearer ${token}`, accept: 'application/json', 'chatgpt-account-id': 'ws-1' },
    },
  ],
  usage: [
    {
      name: 'a plan with both windows',
      body: fixture('pro'),
      plan: 'pro',
      windows: [['five_hour', '5h', 22, '2025-12-28T18:54:28.000Z', 18_000], week],
      lacking: [],
    },
    {
      name: 'a window at 0 %, whose reset is projected',
      body: { ...fixture('2026-10-plus'), email: 'ada@example.com' },
      plan: 'plus',
      windows: [
        ['five_hour', '5h', 0, null, 18_000],
        ['seven_day', '7d', 56, '2026-10-10T21:00:11.000Z', 604_800],
      ],
    },
    {
      name: 'a window at 0 % that has started',
      body: primary({ used_percent: 0, reset_after_seconds: 9000 }),
      plan: 'pro',
      windows: [['five_hour', '5h', 0, '2025-12-28T18:54:28.000Z', 18_000], week],
    },
    {
      name: 'a week in the first place',
      body: fixture('free-weekly-in-primary'),
      plan: 'free',
      windows: [['seven_day', '7d', 0, null, 604_800]],
      lacking: ['five_hour'],
    },
    { name: 'no plan', body: fixture('no-plan'), plan: 'plus', windows: [], lacking: [] },
    {
      name: 'a window of another length',
      body: primary({ limit_window_seconds: 86_400 }),
      plan: 'pro',
      windows: [week, ['1d', '1d', 22, '2025-12-28T18:54:28.000Z', 86_400]],
    },
    {
      name: 'a broken window beside a good one, which is not lacking',
      body: primary({ used_percent: null }),
      plan: 'pro',
      windows: [week],
      lacking: [],
    },
    {
      name: 'a plan of an unknown name, and use beyond the limit',
      body: { ...primary({ used_percent: 104 }), plan_type: 'Pro Lite+' },
      plan: 'pro_lite',
      windows: [['five_hour', '5h', 104, '2025-12-28T18:54:28.000Z', 18_000], week],
    },
    {
      name: 'limits on models, on code review, and on spending',
      body: {
        rate_limit: null,
        additional_rate_limits: [
          {
            limit_name: 'GPT-5.3-Codex-Spark',
            metered_feature: 'codex_spark',
            rate_limit: {
              primary_window: { used_percent: 7, limit_window_seconds: 18_000, reset_at: 1_766_948_068 },
            },
          },
          {
            metered_feature: 'codex_other',
            rate_limit: {
              primary_window: { used_percent: 8, limit_window_seconds: 604_800, reset_at: 1_766_948_068 },
            },
          },
        ],
        code_review_rate_limit: {
          primary_window: { used_percent: 9, limit_window_seconds: 604_800, reset_at: 1_766_948_068 },
        },
        spend_control: {
          individual_limit: { limit: 100, used: 25, remaining_percent: 75, reset_at: 1_766_948_068 },
        },
      },
      plan: 'plus',
      windows: [
        ['spend_limit', 'spend', 25, '2025-12-28T18:54:28.000Z', null],
        ['five_hour:gpt-5-3-codex-spark', '5h GPT-5.3-Codex-Spark', 7, '2025-12-28T18:54:28.000Z', 18_000],
        ['seven_day:codex-other', '7d codex_other', 8, '2025-12-28T18:54:28.000Z', 604_800],
        ['seven_day:code-review', '7d code review', 9, '2025-12-28T18:54:28.000Z', 604_800],
      ],
    },
    {
      name: 'bought credits',
      body: { ...fixture('no-plan'), credits: { has_credits: true, unlimited: false, balance: '12.50' } },
      plan: 'plus',
      windows: [],
      credits: { balance: '12.50', currency: null, unlimited: false },
    },
  ],
  failures: [
    {
      name: 'a login that has ended',
      status: 401,
      body: { error: { code: 'token_expired', message: 'Provided authentication token is expired.' } },
      code: 'unauthorized',
    },
    { name: 'a plan without Codex', status: 403, body: { detail: 'Forbidden' }, code: 'forbidden' },
    {
      name: 'a page of Cloudflare',
      status: 403,
      body: '<!DOCTYPE html><title>Just a moment...</title>',
      headers: { 'content-type': 'text/html; charset=UTF-8' },
      code: 'forbidden',
    },
  ],
  logins: [
    {
      name: 'in camel case',
      login: {
        files: {
          '.codex/auth.json': {
            tokens: { accessToken: token, refreshToken: REFRESH, idToken, accountId: 'ws-2' },
          },
        },
      },
      headers: { 'chatgpt-account-id': 'ws-2' },
    },
    {
      name: 'whose workspace only the token names',
      login: auth({ account_id: undefined }),
      headers: { 'chatgpt-account-id': 'ws-1' },
      accountId: 'user-1',
    },
    {
      name: 'in the directory of CODEX_HOME',
      login: {
        files: { 'work/auth.json': auth().files['.codex/auth.json'] },
        env: { CODEX_HOME: '~/work' },
      },
    },
    {
      name: 'in the old directory',
      login: { files: { '.config/codex/auth.json': auth().files['.codex/auth.json'] } },
    },
    {
      name: 'that Codex renews by itself',
      login: auth({ access_token: aToken({ exp: EARLIER }) }),
      code: 'token_lapsed',
      accountId: 'user-1',
    },
    {
      name: 'that has expired',
      login: auth({ access_token: aToken({ exp: EARLIER }), refresh_token: undefined }),
      code: 'token_expired',
      detail: 'auth.json',
    },
    {
      name: 'with an API key only',
      login: { files: { '.codex/auth.json': { OPENAI_API_KEY: 'sk-EXAMPLE', tokens: null } } },
      code: 'no_credentials',
      detail: 'API key',
    },
    {
      name: 'without a token',
      login: auth({ access_token: null }),
      code: 'credentials_invalid',
      detail: 'auth.json',
    },
    { name: 'with a broken token', login: auth({ access_token: 'a\nb' }), code: 'credentials_invalid' },
  ],
});
