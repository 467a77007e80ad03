import { readFileSync } from 'node:fs';
import { aToken, defineCase, EARLIER, LATER } from '../case.ts';
import { hasSqlite } from '../stage.ts';

const bytes = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url));
const fixture = JSON.parse(bytes('current-period-usage.json').toString('utf8'));

const token = aToken({ exp: LATER, sub: 'google-oauth2|user_1' });
const REFRESH = 'rt-EXAMPLE-NOT-A-REFRESH-TOKEN';
const auth = (changes: object = {}) => ({
  files: { '.config/cursor/auth.json': { accessToken: token, refreshToken: REFRESH, ...changes } },
});
/** The token in `state.vscdb`. */
const editorToken = aToken({ exp: LATER, sub: 'auth0|user_2' });
const editor = (name: string, directory = '.config/Cursor') => ({
  files: { [`${directory}/User/globalStorage/state.vscdb`]: bytes(name) },
});

const path = (name: string) => `/aiserver.v1.DashboardService/${name}`;
const request = (name: string) => ({
  method: 'POST' as const,
  path: path(name),
  headers: {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'connect-protocol-version': '1',
  },
  body: {},
});

/** The answers to the three requests of a question. */
const bodies = (usage: object, plan?: unknown, grants?: unknown) => ({
  [path('GetCurrentPeriodUsage')]: { ...fixture, ...usage },
  [path('GetPlanInfo')]: plan,
  [path('GetCreditGrantsBalance')]: grants,
});
const PRO = { planInfo: { planName: 'pro' } };
const cycle = ['2026-03-04T02:40:00.000Z', 2_592_000] as const;
const extra = (used: number | null, limit: number | null, usedPercent: number | null) => ({
  enabled: true,
  used,
  limit,
  currency: 'USD',
  usedPercent,
  decimals: 2,
});

export const providerCase = defineCase({
  id: 'cursor',
  login: auth(),
  secrets: [token],
  refreshTokens: [REFRESH],
  identity: { accountId: 'user_1' },
  requests: [request('GetCurrentPeriodUsage'), request('GetPlanInfo'), request('GetCreditGrantsBalance')],
  usage: [
    {
      name: 'a plan with its parts, a limit on spending, and granted credits, in cents',
      bodies: bodies({}, PRO, { hasCreditGrants: true, totalCents: '1000000', usedCents: '264729' }),
      plan: 'pro',
      windows: [
        ['monthly', 'mo', 20, ...cycle],
        ['monthly:auto', 'mo auto', 12.5, ...cycle],
        ['monthly:api', 'mo API', 7.5, ...cycle],
      ],
      extraUsage: extra(40, 50, 80),
      pools: [
        {
          id: 'credit_grants',
          label: 'credits',
          used: 2647.29,
          limit: 10_000,
          remaining: 7352.71,
          expiresAt: null,
          expired: false,
          lockedReason: null,
        },
      ],
      lacking: [],
    },
    {
      name: 'limits whose plan and credits are not answered',
      bodies: bodies({ planUsage: { limit: 2000, remaining: 1500 }, spendLimitUsage: {} }),
      windows: [['monthly', 'mo', 25, ...cycle]],
    },
    {
      name: 'a cycle with texts and numbers the other way round',
      bodies: bodies(
        {
          billingCycleStart: 1_770_000_000_000,
          billingCycleEnd: '1772592000000',
          planUsage: { totalPercentUsed: 104.5 },
          spendLimitUsage: null,
        },
        PRO,
        { hasCreditGrants: false },
      ),
      plan: 'pro',
      windows: [['monthly', 'mo', 104.5, ...cycle]],
    },
    {
      name: 'the limit of a team',
      bodies: bodies(
        {
          planUsage: { totalPercentUsed: 3 },
          spendLimitUsage: { pooledLimit: 1999, pooledRemaining: 1899, limitType: 'team' },
        },
        { planInfo: { planName: 'Team' } },
      ),
      plan: 'team',
      windows: [['monthly', 'mo', 3, ...cycle]],
      extraUsage: extra(1, 19.99, 5.00250125063),
    },
    {
      name: 'an enterprise, whose limits are elsewhere',
      bodies: bodies({ planUsage: {}, spendLimitUsage: undefined }, { planInfo: { planName: 'enterprise' } }),
      plan: 'enterprise',
      windows: [],
      lacking: [],
    },
  ],
  failures: [
    { name: 'a login that has ended', status: 401, body: { code: 'unauthenticated' }, code: 'unauthorized' },
    { name: 'a login without access', status: 403, body: { code: 'permission_denied' }, code: 'forbidden' },
  ],
  logins: [
    {
      name: 'below XDG_CONFIG_HOME',
      login: {
        files: { 'xdg/cursor/auth.json': auth().files['.config/cursor/auth.json'] },
        env: { XDG_CONFIG_HOME: '~/xdg' },
      },
      accountId: 'user_1',
    },
    {
      name: 'that cursor-agent renews by itself',
      login: auth({ accessToken: aToken({ exp: EARLIER, sub: 'google-oauth2|user_1' }) }),
      code: 'token_lapsed',
      accountId: 'user_1',
    },
    {
      name: 'that has expired',
      login: auth({ accessToken: aToken({ exp: EARLIER }), refreshToken: '' }),
      code: 'token_expired',
      detail: 'auth.json',
    },
    { name: 'with a broken token', login: auth({ accessToken: 'a\nb' }), code: 'credentials_invalid' },
    ...(hasSqlite
      ? [
          {
            name: 'of the editor',
            login: editor('state.vscdb'),
            headers: { authorization: `Bearer ${editorToken}` },
            accountId: 'user_2',
          },
          {
            name: 'of the editor, where that of cursor-agent has lapsed',
            login: {
              files: {
                ...auth({ accessToken: aToken({ exp: EARLIER }) }).files,
                ...editor('state.vscdb').files,
              },
            },
            headers: { authorization: `Bearer ${editorToken}` },
            accountId: 'user_2',
          },
          {
            name: 'of an editor that encrypts its token',
            login: editor('encrypted.vscdb'),
            code: 'credentials_invalid',
            detail: 'only Cursor can read',
          },
          {
            name: 'of an editor without a login',
            login: editor('signed-out.vscdb'),
            code: 'no_credentials',
          },
        ]
      : [
          {
            name: 'of the editor, which this Node cannot read',
            login: editor('state.vscdb'),
            code: 'credentials_unreadable',
            detail: 'SQLite',
          },
        ]),
  ],
});
