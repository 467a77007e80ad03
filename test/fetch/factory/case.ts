import { readFileSync } from 'node:fs';
import { defineCase } from '../case.ts';

const limits = JSON.parse(readFileSync(new URL('fixtures/limits.json', import.meta.url), 'utf8'));
const { standard } = limits.limits;

const KEY = 'fk-EXAMPLE-NOT-A-KEY';
/** A response with changes in its first pool, and further pools. */
const pools = (changes: object, more: object = {}) => ({
  ...limits,
  limits: { standard: { ...standard, ...changes }, ...more },
});
// The request is sent at 18:25:00.
const FIVE = ['five_hour', '5h', 12, '2026-11-20T19:25:00.000Z', 18_000] as const;
const WEEK = ['seven_day', '7d', 34, '2026-11-21T18:25:00.000Z', 604_800] as const;
const MONTH = ['monthly', 'mo', 56, '2026-11-27T18:25:00.000Z', null] as const;

export const providerCase = defineCase({
  id: 'factory',
  login: { env: { FACTORY_API_KEY: KEY } },
  secrets: [KEY],
  identity: { accountId: /^key:[0-9a-f]{16}$/ },
  requests: [
    {
      method: 'GET',
      path: '/api/billing/limits',
      headers: { authorization: `Bearer ${KEY}`, accept: 'application/json' },
    },
  ],
  usage: [
    {
      name: 'all three windows, with seconds from the time of the request',
      body: limits,
      windows: [FIVE, WEEK, MONTH],
      lacking: [],
      resetsFollow: true,
    },
    {
      name: 'windows at 0 % that have not started, and one that has',
      body: pools({
        fiveHour: { usedPercent: 0, secondsRemaining: 18_000 },
        weekly: { usedPercent: 0, secondsRemaining: 0 },
        monthly: { usedPercent: 0, secondsRemaining: 604_800 },
      }),
      windows: [
        ['five_hour', '5h', 0, null, 18_000],
        ['seven_day', '7d', 0, null, 604_800],
        ['monthly', 'mo', 0, MONTH[3], null],
      ],
      resetsFollow: true,
    },
    {
      name: 'a pool of other models, and zeros for a window that it does not have',
      body: pools(
        {},
        {
          core: {
            fiveHour: { usedPercent: 0, secondsRemaining: 0 },
            weekly: { usedPercent: 7.5, secondsRemaining: 86_400 },
          },
        },
      ),
      windows: [FIVE, WEEK, MONTH, ['seven_day:core', '7d core', 7.5, WEEK[3], 604_800]],
      resetsFollow: true,
    },
    {
      name: 'a plan without a five-hour limit, and a percentage that is missing',
      body: pools({ fiveHour: undefined, weekly: { secondsRemaining: 86_400 } }),
      windows: [MONTH],
      lacking: ['five_hour'],
      resetsFollow: true,
    },
    {
      name: 'money for use beyond the limits, in cents',
      body: { ...limits, extraUsageBalanceCents: 1205, extraUsageAllowed: true },
      windows: [FIVE, WEEK, MONTH],
      credits: { balance: '12.05', currency: 'USD', unlimited: false },
      resetsFollow: true,
    },
    {
      name: 'use beyond the limits that is allowed, and no money left for it',
      body: { ...limits, extraUsageBalanceCents: 0, extraUsageAllowed: true },
      windows: [FIVE, WEEK, MONTH],
      credits: { balance: '0.00', currency: 'USD', unlimited: false },
      resetsFollow: true,
    },
    {
      name: 'an account that is billed in another way',
      body: { ...limits, usesTokenRateLimitsBilling: false },
      windows: [],
      lacking: [],
    },
  ],
  failures: [
    { name: 'a bad key', status: 401, body: { detail: 'Unauthorized' }, code: 'unauthorized' },
    {
      name: 'a key without access to billing',
      status: 403,
      body: { detail: 'Forbidden' },
      code: 'forbidden',
    },
  ],
  logins: [{ name: 'that is empty', login: { env: { FACTORY_API_KEY: ' ' } }, code: 'no_credentials' }],
});
