import { defineCase } from '../case.ts';

/*
 * Two providers of the user's own, for the contract suite: one with percentages and a list, one with amounts, POST and a
 * header of its own. Together they have every way to say what is used, and every unit of a reset.
 */

const KEY = 'own-EXAMPLE-KEY';

const shares = defineCase({
  id: 'ownshares',
  config: `
[[provider]]
id = "ownshares"
name = "Own Shares"
url = "https://usage.example.com/api/usage?period=now"
key_variable = "OWN_SHARES_KEY"
plan = "subscription.plan"

[[provider.window]]
name = "5h"
used_percent = "limits[type=session].percent"
reset = "limits[type=session].resets_at"
reset_unit = "iso"
starts_with_use = true

[[provider.window]]
name = "7d"
left_percent = "limits[type=weekly].left"
reset = "limits[type=weekly].resets_at"
reset_unit = "seconds"

[[provider.window]]
name = "7d"
part = "Big"
left_fraction = "limits[type=weekly].models[0].left"
reset = "limits[type=weekly].reset_in"
reset_unit = "seconds_from_now"

[[provider.window]]
name = "monthly"
label = "month"
used_fraction = 'month["used fraction"]'
reset = "month.renews"
reset_unit = "date"

[provider.credits]
balance = "balance"
`,
  login: { env: { OWN_SHARES_KEY: KEY } },
  secrets: [KEY],
  identity: { accountId: /^key:[0-9a-f]{16}$/ },
  requests: [
    {
      method: 'GET',
      path: '/api/usage?period=now',
      headers: { authorization: `Bearer ${KEY}`, accept: 'application/json' },
    },
  ],
  usage: [
    {
      name: 'all limits',
      body: {
        subscription: { plan: 'Pro Plus', owner: 'ada@example.com' },
        limits: [
          { type: 'session', percent: 12.5, resets_at: '2026-01-02T03:04:05.123456Z' },
          { type: 'weekly', left: 57, resets_at: 1_767_408_000, models: [{ left: 0.25 }] },
        ],
        month: { 'used fraction': 0.5, renews: '2026-02-01' },
        balance: '12.50',
      },
      plan: 'pro_plus',
      windows: [
        ['five_hour', '5h', 12.5, '2026-01-02T03:04:05.123Z', 18_000],
        ['seven_day', '7d', 43, '2026-01-03T02:40:00.000Z', 604_800],
        ['monthly', 'month', 50, '2026-02-01T00:00:00.000Z', null],
        ['seven_day:big', '7d Big', 75, null, 604_800],
      ],
      credits: { balance: '12.50', currency: null, unlimited: false },
      lacking: [],
    },
    {
      name: 'a limit that is null, one that is absent, and one at 0 % that has not started',
      body: {
        limits: [
          { type: 'session', percent: 0, resets_at: '2026-01-02T03:04:05Z' },
          { type: 'weekly', left: null },
        ],
      },
      windows: [['five_hour', '5h', 0, null, 18_000]],
      lacking: ['seven_day', 'monthly'],
    },
    {
      name: 'a broken number, which is neither 0 % nor lacking, and use beyond the limit',
      body: {
        limits: [
          { type: 'session', percent: 'many' },
          { type: 'weekly', left: -4 },
        ],
        month: { 'used fraction': 1.2 },
      },
      windows: [
        ['seven_day', '7d', 104, null, 604_800],
        ['monthly', 'month', 120, null, null],
      ],
      lacking: [],
    },
  ],
  failures: [
    { name: 'an error object with status 200', status: 200, body: { error: {} }, code: 'bad_response' },
    {
      name: 'an error with a status of its own',
      status: 200,
      body: { error: { code: 401, message: 'x' } },
      code: 'unauthorized',
    },
    {
      name: 'a refusal that says success: false',
      status: 200,
      body: { success: false, code: '429' },
      code: 'rate_limited',
    },
  ],
  logins: [
    {
      name: 'in no variable',
      login: { env: { OTHER_KEY: KEY } },
      code: 'no_credentials',
      detail: 'OWN_SHARES_KEY',
      accountId: null,
    },
    { name: 'in an empty variable', login: { env: { OWN_SHARES_KEY: ' ' } }, code: 'no_credentials' },
  ],
});

const amounts = defineCase({
  id: 'ownamounts',
  config: `
[[provider]]
id = "ownamounts"
url = "https://usage.example.com/v1/usage"
method = "POST"
body = { scope = "all", limits = [1, 2] }
header = ["X-Api-Key: {key}", "X-Version: 2"]
key_variable = "OWN_AMOUNTS_KEY"

[[provider.window]]
name = "3h"
used = "short.used"
limit = "short.limit"
reset = "short.reset"
reset_unit = "milliseconds"

[[provider.window]]
name = "1d"
used = "day"
limit = 200

[[provider.window]]
name = "30d"
part = "spend"
left = "money.left_cents"
limit = "money.limit_cents"
currency = "USD"
minor_units = 2

[provider.credits]
balance = "money.balance_cents"
currency = "USD"
minor_units = 2
`,
  login: { env: { OWN_AMOUNTS_KEY: KEY } },
  secrets: [KEY],
  identity: { accountId: /^key:[0-9a-f]{16}$/ },
  requests: [
    {
      method: 'POST',
      path: '/v1/usage',
      headers: { 'x-api-key': KEY, 'x-version': '2', 'content-type': 'application/json' },
      body: { scope: 'all', limits: [1, 2] },
    },
  ],
  usage: [
    {
      name: 'amounts of which each has a limit',
      body: {
        short: { used: 30, limit: '120', reset: 1_767_322_800_000 },
        day: 50,
        money: { left_cents: 4001, limit_cents: 5000, balance_cents: 7 },
      },
      windows: [
        ['3h', '3h', 25, '2026-01-02T03:00:00.000Z', 10_800],
        ['1d', '1d', 25, null, 86_400],
        ['monthly:spend', 'mo spend', 19.98, null, 2_592_000],
      ],
      credits: { balance: '0.07', currency: 'USD', unlimited: false },
    },
    {
      name: 'limits of 0 and without a number',
      body: { short: { used: 0, limit: 0 }, day: 0, money: { left_cents: 4001 } },
      windows: [['1d', '1d', 0, null, 86_400]],
      lacking: [],
    },
  ],
  failures: [],
  logins: [],
});

/** Cases of providers that the configuration describes. */
export const ownCases = [shares, amounts];
