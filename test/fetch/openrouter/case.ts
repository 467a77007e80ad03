import { defineCase } from '../case.ts';

const KEY = 'sk-or-v1-EXAMPLE-NOT-A-KEY';
/** As the endpoint sends it: parts of the key. It is not to be stored. */
const LABEL = 'sk-or-v1-EXA...KEY';

/** A response for `/api/v1/key` as documented; `changes` changes or removes (undefined) parts. */
const key = (changes: object = {}) => ({
  data: {
    label: LABEL,
    limit: 100,
    limit_remaining: 74.5,
    limit_reset: 'monthly',
    usage: 325.5,
    usage_daily: 1.5,
    usage_weekly: 8,
    usage_monthly: 25.5,
    byok_usage: 17.38,
    include_byok_in_limit: false,
    is_free_tier: false,
    rate_limit: { requests: 1000, interval: '1h', note: 'This field is deprecated and safe to ignore.' },
    ...changes,
  },
});
const balance = (total_credits: unknown, total_usage: unknown) => ({ data: { total_credits, total_usage } });
const bodies = (credits: unknown, ofKey: unknown) => ({
  bodies: { '/api/v1/credits': credits, '/api/v1/key': ofKey },
});
const left = (text: string) => ({ balance: text, currency: 'USD', unlimited: false });
const HEADERS = { authorization: `Bearer ${KEY}`, accept: 'application/json' };
const SIXTY = balance(100, 40);

export const providerCase = defineCase({
  id: 'openrouter',
  login: { env: { OPENROUTER_API_KEY: KEY } },
  secrets: [KEY, LABEL],
  identity: { accountId: /^key:[0-9a-f]{16}$/ },
  requests: [
    { method: 'GET', path: '/api/v1/credits', headers: HEADERS },
    { method: 'GET', path: '/api/v1/key', headers: HEADERS },
  ],
  usage: [
    {
      name: 'a balance, and a key with a limit for the calendar month',
      ...bodies(SIXTY, key()),
      windows: [['monthly', 'mo', 25.5, '2026-12-01T00:00:00.000Z', 2_592_000]],
      resetsFollow: true,
      credits: left('60.00'),
      lacking: [],
    },
    {
      name: 'a limit for the week, which begins on Monday',
      ...bodies(SIXTY, key({ limit_reset: 'weekly', limit_remaining: null })),
      windows: [['seven_day', '7d', 8, '2026-11-23T00:00:00.000Z', 604_800]],
      resetsFollow: true,
      credits: left('60.00'),
    },
    {
      name: 'a limit for the day',
      ...bodies(SIXTY, key({ limit_reset: 'daily', limit_remaining: undefined })),
      windows: [['1d', '1d', 1.5, '2026-11-21T00:00:00.000Z', 86_400]],
      resetsFollow: true,
      credits: left('60.00'),
    },
    {
      name: 'a limit that never begins anew',
      ...bodies(SIXTY, key({ limit_reset: null, limit: 400, limit_remaining: 74.5 })),
      windows: [['spend_limit', 'spend', 81.375, null, null]],
      credits: left('60.00'),
      lacking: ['monthly'],
    },
    {
      name: 'a limit that begins anew in an unknown way',
      ...bodies(SIXTY, key({ limit_reset: 'yearly' })),
      windows: [],
      credits: left('60.00'),
    },
    {
      name: 'a limit that was exceeded',
      ...bodies(SIXTY, key({ limit_remaining: -4 })),
      windows: [['monthly', 'mo', 104, '2026-12-01T00:00:00.000Z', 2_592_000]],
      resetsFollow: true,
      credits: left('60.00'),
    },
    {
      name: 'a key without a limit: a balance alone, exact',
      ...bodies(balance(0.3, 0.1), key({ limit: null, limit_remaining: null, limit_reset: null })),
      windows: [],
      credits: left('0.20'),
    },
    {
      name: 'amounts of parts of a cent',
      ...bodies(balance('20', 3.2e-7), key({ limit: null })),
      windows: [],
      credits: left('19.99999968'),
    },
    {
      name: 'more used than bought',
      ...bodies(balance(5, 5.01), key({ limit: null })),
      windows: [],
      credits: left('0.00'),
    },
    {
      name: 'a key that may not read the balance',
      ...bodies(403, key()),
      windows: [['monthly', 'mo', 25.5, '2026-12-01T00:00:00.000Z', 2_592_000]],
      resetsFollow: true,
    },
    {
      name: 'no answer about the key',
      bodies: { '/api/v1/credits': SIXTY },
      windows: [],
      credits: left('60.00'),
    },
  ],
  // Every answer has `data`.
  emptyObject: 'bad_response',
  failures: [
    {
      name: 'a key that was deleted',
      status: 401,
      body: { error: { code: 401, message: 'User not found.' } },
      code: 'unauthorized',
    },
    {
      name: 'a key that may read neither',
      status: 403,
      body: { error: { code: 403, message: 'Only management keys can fetch credits' } },
      code: 'forbidden',
    },
  ],
  logins: [
    {
      name: 'with white space around it',
      login: { env: { OPENROUTER_API_KEY: ` ${KEY}\n` } },
      headers: HEADERS,
    },
    { name: 'that is empty', login: { env: { OPENROUTER_API_KEY: ' ' } }, code: 'no_credentials' },
    {
      name: 'with a character that no header can contain',
      login: { env: { OPENROUTER_API_KEY: 'sk-or-\u20ac' } },
      code: 'credentials_invalid',
      detail: 'OPENROUTER_API_KEY',
    },
  ],
});
