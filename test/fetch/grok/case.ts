import { readFileSync } from 'node:fs';
import { defineCase } from '../case.ts';

const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8'));

const TOKEN = 'xai-EXAMPLE-NOT-A-TOKEN';
const OLD = 'xai-EXAMPLE-OLD-NOT-A-TOKEN';
const FOREIGN = 'xai-EXAMPLE-FOREIGN-NOT-A-TOKEN';
const REFRESH = 'rt-EXAMPLE-NOT-A-REFRESH-TOKEN';

const entry = (changes: object = {}) => ({
  key: TOKEN,
  auth_mode: 'oidc',
  user_id: 'user-1',
  email: 'ada@example.com',
  team_id: 'team-1',
  refresh_token: REFRESH,
  expires_at: '2099-11-20T18:00:00.123456789Z',
  oidc_client_id: 'client-1',
  ...changes,
});
/** A file of Grok Build; `changes` changes or removes (undefined) parts of its login. */
const auth = (changes: object = {}, more: object = {}) => ({
  files: { '.grok/auth.json': { 'https://auth.x.ai::client-1': entry(changes), ...more } },
});
/** A response with other parts in its `config`. */
const config = (changes: object) => ({
  ...fixture('weekly'),
  config: { ...fixture('weekly').config, ...changes },
});
const EXTRA = { enabled: true, used: null, limit: null, currency: null, usedPercent: 25, decimals: 0 };
const week = (used: number) => ['seven_day', '7d', used, '2026-08-13T00:00:00.000Z', 604_800] as const;
const HEAVY = { plan: 'supergrok_heavy', extraUsage: EXTRA };

export const providerCase = defineCase({
  id: 'grok',
  login: auth(),
  secrets: [TOKEN],
  refreshTokens: [REFRESH],
  identity: { accountId: 'user-1', organizationId: 'team-1' },
  requests: [
    {
      method: 'GET',
      path: '/v1/billing?format=credits',
      headers: {
        authorization: `Bearer ${TOKEN}`,
        accept: 'application/json',
        'x-xai-token-auth': 'xai-grok-cli',
      },
    },
  ],
  usage: [
    {
      name: 'a week, with use beyond the plan',
      body: fixture('weekly'),
      ...HEAVY,
      windows: [week(12.5)],
      lacking: [],
    },
    {
      name: 'a percentage that is left out, beside a period: 0',
      body: config({ creditUsagePercent: undefined }),
      ...HEAVY,
      windows: [week(0)],
    },
    {
      name: 'a null in place of the percentage',
      body: config({ creditUsagePercent: null }),
      ...HEAVY,
      windows: [],
      lacking: [],
    },
    {
      name: 'a percentage over 100',
      body: config({ creditUsagePercent: 104.2 }),
      ...HEAVY,
      windows: [week(100)],
    },
    {
      name: 'a percentage below 0',
      body: config({ creditUsagePercent: -3.5 }),
      ...HEAVY,
      windows: [week(0)],
    },
    {
      name: 'neither percentage nor period',
      body: {
        config: { onDemandCap: { val: 1000 }, onDemandUsed: { val: 250.5 } },
        subscriptionTier: 'SuperGrok Heavy',
      },
      plan: 'supergrok_heavy',
      windows: [],
      lacking: [],
      extraUsage: { ...EXTRA, usedPercent: 25.05 },
    },
    {
      name: 'a month, as a free account without a cap has it',
      body: {
        config: {
          creditUsagePercent: '3',
          currentPeriod: {
            type: 'USAGE_PERIOD_TYPE_MONTHLY',
            start: '2026-08-01T00:00:00Z',
            end: '2026-09-01T00:00:00Z',
          },
          onDemandCap: { val: 0 },
          subscriptionTier: 'Free',
        },
      },
      plan: 'free',
      windows: [['monthly', 'mo', 3, '2026-09-01T00:00:00.000Z', 2_678_400]],
      lacking: ['seven_day'],
    },
    {
      name: 'a month that has begun late',
      body: config({
        currentPeriod: {
          type: 'USAGE_PERIOD_TYPE_MONTHLY',
          start: '2026-08-20T00:00:00Z',
          end: '2026-09-01T00:00:00Z',
        },
      }),
      ...HEAVY,
      windows: [['monthly', 'mo', 12.5, '2026-09-01T00:00:00.000Z', null]],
    },
    {
      name: 'a period of an unknown type, by its length',
      body: config({
        currentPeriod: {
          type: 'USAGE_PERIOD_TYPE_DAILY',
          start: '2026-08-06T00:00:00Z',
          end: '2026-08-07T00:00:00Z',
        },
      }),
      ...HEAVY,
      windows: [['1d', '1d', 12.5, '2026-08-07T00:00:00.000Z', 86_400]],
    },
    {
      name: 'a period without its end, which the billing period has',
      body: config({ currentPeriod: { type: 'USAGE_PERIOD_TYPE_WEEKLY' } }),
      ...HEAVY,
      windows: [week(12.5)],
    },
  ],
  failures: [
    { name: 'a token that has ended', status: 401, body: { code: 'unauthenticated' }, code: 'unauthorized' },
    {
      name: 'an account without Grok Build',
      status: 403,
      body: { code: 'permission-denied' },
      code: 'forbidden',
    },
  ],
  logins: [
    {
      name: 'in the directory of GROK_HOME',
      login: {
        files: { 'work/auth.json': auth().files['.grok/auth.json'] },
        env: { GROK_HOME: '~/work' },
      },
    },
    {
      name: 'behind one of an earlier client, which has expired',
      login: {
        files: {
          '.grok/auth.json': {
            'https://auth.x.ai::client-0': entry({ key: OLD, expires_at: '2026-01-01T00:00:00Z' }),
            'https://auth.x.ai::client-1': entry(),
          },
        },
      },
      headers: { authorization: `Bearer ${TOKEN}` },
    },
    {
      name: 'of another issuer, which is not sent',
      login: {
        files: { '.grok/auth.json': { 'https://id.example.com::client-1': entry({ key: FOREIGN }) } },
      },
      code: 'no_credentials',
    },
    {
      name: 'that Grok Build renews by itself',
      login: auth({ expires_at: '2026-01-01T00:00:00Z' }),
      code: 'token_lapsed',
      accountId: 'user-1',
    },
    {
      name: 'that has expired',
      login: auth({ expires_at: '2026-01-01T00:00:00Z', refresh_token: '' }),
      code: 'token_expired',
      detail: 'auth.json',
    },
    { name: 'without an end', login: auth({ expires_at: undefined }) },
    { name: 'without a user', login: auth({ user_id: undefined, team_id: undefined }), accountId: null },
    {
      name: 'without a token',
      login: auth({ key: undefined }),
      code: 'credentials_invalid',
      detail: 'auth.json',
    },
    { name: 'with a broken token', login: auth({ key: 'a\nb' }), code: 'credentials_invalid' },
    { name: 'after `grok logout`', login: { files: { '.grok/auth.json': {} } }, code: 'no_credentials' },
  ],
  // Left out by the endpoint where it is 0; below 0 it is clamped.
  absentIsZero: ['config.creditUsagePercent'],
});
