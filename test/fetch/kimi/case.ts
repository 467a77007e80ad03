import { readFileSync } from 'node:fs';
import { aToken, defineCase, EARLIER, LATER } from '../case.ts';

const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8'));

const KEY = 'sk-kimi-EXAMPLE-NOT-A-KEY';
const NOW = Date.parse('2026-11-20T18:25:00Z') / 1000;
const REFRESH = 'rt-EXAMPLE-NOT-A-REFRESH-TOKEN';
const token = aToken({ user_id: 'user-1' });
const stored = (changes: object = {}) => ({
  access_token: token,
  refresh_token: REFRESH,
  expires_at: LATER,
  scope: 'kimi-code',
  ...changes,
});
const login = (changes: object = {}, directory = '.kimi-code') => ({
  files: { [`${directory}/credentials/kimi-code.json`]: stored(changes) },
});
const bearer = (value: string) => ({ authorization: `Bearer ${value}` });

const body = (week: unknown, limits: unknown) => ({ usage: week, limits });
const rate = (detail: object, window: object = { duration: 300, timeUnit: 'TIME_UNIT_MINUTE' }) => ({
  window,
  detail: { limit: '200', resetTime: '2026-01-06T15:05:24.374187075Z', ...detail },
});
const week = { limit: '2048', used: '375', remaining: '1673', resetTime: '2026-01-09T15:23:13.373329235Z' };
const weekly = ['seven_day', '7d', 18.310546875, '2026-01-09T15:23:13.373Z', 604_800] as const;
const soon = '2026-01-06T15:05:24.374Z';

export const providerCase = defineCase({
  id: 'kimi',
  login: login(),
  secrets: [token],
  refreshTokens: [REFRESH],
  identity: { accountId: 'user-1' },
  requests: [
    {
      method: 'GET',
      path: '/coding/v1/usages',
      headers: { ...bearer(token), accept: 'application/json' },
    },
  ],
  usage: [
    {
      name: 'counts as texts, a reset with nanoseconds, and no remainder',
      body: fixture('usages'),
      windows: [['five_hour', '5h', 100, soon, 18_000], weekly],
      lacking: [],
    },
    {
      name: 'what is used worked out of what remains',
      body: body({ ...week, used: undefined }, [rate({ remaining: 181 })]),
      windows: [['five_hour', '5h', 9.5, soon, 18_000], weekly],
    },
    {
      name: 'five hours of which nothing is used, whose reset is projected',
      body: body(week, [rate({ used: 0, remaining: 200 })]),
      windows: [['five_hour', '5h', 0, null, 18_000], weekly],
    },
    {
      name: 'other spellings of the reset',
      body: body({ ...week, resetTime: undefined, reset_at: '2026-01-09T15:23:13Z' }, [
        rate(
          { used: 20, resetTime: undefined, resetAt: 1_767_711_924 },
          { duration: 5, timeUnit: 'TIME_UNIT_HOUR' },
        ),
        rate(
          { used: 30, resetTime: undefined, reset_time: '2026-01-07T00:00:00Z' },
          { duration: '1', timeUnit: 'TIME_UNIT_DAY' },
        ),
      ]),
      windows: [
        ['five_hour', '5h', 10, '2026-01-06T15:05:24.000Z', 18_000],
        ['seven_day', '7d', 18.310546875, '2026-01-09T15:23:13.000Z', 604_800],
        ['1d', '1d', 15, '2026-01-07T00:00:00.000Z', 86_400],
      ],
    },
    {
      name: 'a week alone, with a list of limits that is null',
      body: body(week, null),
      windows: [weekly],
      lacking: ['five_hour'],
    },
    {
      name: 'a week alone, with more used than there is',
      body: body({ limit: 100, used: 130 }, []),
      windows: [['seven_day', '7d', 130, null, 604_800]],
      lacking: ['five_hour'],
    },
    {
      name: 'a unit that is not known: no window is made up',
      body: body(week, [rate({ used: 1 }, { duration: 1, timeUnit: 'TIME_UNIT_FORTNIGHT' })]),
      windows: [weekly],
    },
  ],
  failures: [
    { name: 'a key that is not valid', status: 401, body: { error: {} }, code: 'unauthorized' },
    { name: 'a key without access or quota', status: 403, body: { error: {} }, code: 'forbidden' },
    { name: 'a bad request', status: 400, body: { error: {} }, code: 'bad_response' },
  ],
  logins: [
    {
      name: 'as a key in KIMI_CODE_API_KEY, before that of the program',
      login: { ...login(), env: { KIMI_CODE_API_KEY: KEY } },
      headers: bearer(KEY),
    },
    {
      name: 'in the directory of KIMI_CODE_HOME, before a key',
      login: { ...login({}, 'work'), env: { KIMI_CODE_HOME: '~/work', KIMI_CODE_API_KEY: KEY } },
      headers: bearer(token),
      accountId: 'user-1',
    },
    {
      name: 'as a key, beside a directory of KIMI_CODE_HOME without a login',
      login: { env: { KIMI_CODE_HOME: '~/work', KIMI_CODE_API_KEY: KEY } },
      headers: bearer(KEY),
    },
    {
      name: 'in the directory of KIMI_CODE_HOME, lapsed: the key of another account does not stand in for it',
      login: {
        ...login({ expires_at: EARLIER }, 'work'),
        env: { KIMI_CODE_HOME: '~/work', KIMI_CODE_API_KEY: KEY },
      },
      code: 'token_lapsed',
      accountId: 'user-1',
    },
    {
      name: 'that kimi renews by itself',
      login: login({ expires_at: EARLIER }),
      code: 'token_lapsed',
      accountId: 'user-1',
    },
    {
      name: 'that expires within a minute, when kimi renews it',
      // 30 s after the clock of these tests.
      login: login({ expires_at: NOW + 30 }),
      code: 'token_lapsed',
    },
    {
      name: 'that has expired',
      login: login({ expires_at: EARLIER, refresh_token: '' }),
      code: 'token_expired',
      detail: 'kimi-code.json',
    },
    {
      name: 'with a token that names no account',
      login: login({ access_token: 'opaque-EXAMPLE' }),
      headers: bearer('opaque-EXAMPLE'),
      accountId: null,
    },
    { name: 'with a broken token', login: login({ access_token: '' }), code: 'credentials_invalid' },
  ],
});
