import { readFileSync } from 'node:fs';
import { defineCase } from '../case.ts';

const bytes = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url));
const power = JSON.parse(bytes('power.json').toString('utf8'));
const [credit] = power.usageBreakdownList;

/** What the databases of the fixtures contain. */
const TOKEN = 'aoa-EXAMPLE-NOT-A-TOKEN';
const REFRESH = 'rt-EXAMPLE-NOT-A-REFRESH-TOKEN';
const ARN = 'arn:aws:codewhisperer:us-east-1:000000000000:profile/EXAMPLE';

/** The database of Kiro's program. */
const database = (name: string, directory = '.local/share/kiro-cli') => ({
  files: { [`${directory}/data.sqlite3`]: bytes(`${name}.sqlite3`) },
});
/** A response with changes in its row of credits, and other rows behind it. */
const body = (changes: object, ...rows: object[]) => ({
  ...power,
  usageBreakdownList: [{ ...credit, ...changes }, ...rows],
});
const month = (used: number) => ['monthly', 'mo', used, '2026-09-01T00:00:00.000Z', 2_678_400] as const;
const charges = (used: number) => ({
  enabled: true,
  used,
  limit: null,
  currency: 'USD',
  usedPercent: null,
  decimals: 2,
});
const POWER = { plan: 'kiro_power', extraUsage: charges(144.139711109) };

export const providerCase = defineCase({
  id: 'kiro',
  login: database('login'),
  needsSqlite: true,
  secrets: [TOKEN],
  refreshTokens: [REFRESH],
  // A profile is that of many people, and nothing else in the file names the account.
  identity: null,
  requests: [
    {
      method: 'POST',
      path: '/',
      headers: {
        authorization: `Bearer ${TOKEN}`,
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'AmazonCodeWhispererService.GetUsageLimits',
      },
      body: { profileArn: ARN },
    },
  ],
  usage: [
    {
      name: 'a plan that is used up, with use beyond it: the number of credits includes that',
      body: power,
      ...POWER,
      windows: [month(100)],
      lacking: [],
    },
    {
      name: 'a plan of which a part is used',
      body: {
        ...body({ currentUsageWithPrecision: 445.5, currentOveragesWithPrecision: 0, overageCharges: 0 }),
        overageConfiguration: { overageStatus: 'DISABLED' },
        subscriptionInfo: { subscriptionTitle: 'KIRO PRO+', type: 'Q_DEVELOPER_STANDALONE_PRO_PLUS' },
      },
      plan: 'kiro_pro_plus',
      windows: [month(4.455)],
    },
    {
      name: 'whole numbers, and the reset of an organisation, as text',
      body: {
        nextDateReset: '2026-09-01 00:00:00+00:00',
        overageConfiguration: { overageEnabled: false },
        subscriptionInfo: { subscriptionTitle: 'KIRO POWER' },
        usageBreakdownList: [
          { resourceType: 'CREDIT', currentUsage: 445, currentOverages: 0, usageLimit: 10_000 },
        ],
        userInfo: { email: 'ada@example.com', userId: 'd-0000000000.example' },
      },
      plan: 'kiro_power',
      windows: [month(4.45)],
    },
    {
      name: 'a reset that is missing in the row, and one that is missing everywhere',
      body: {
        ...body({ nextDateReset: undefined, usageLimitWithPrecision: 20_000 }),
        nextDateReset: 0,
      },
      ...POWER,
      windows: [['monthly', 'mo', 50, null, null]],
    },
    {
      name: 'a limit on another resource',
      body: body(
        {},
        {
          ...credit,
          resourceType: 'AGENTIC_REQUEST',
          displayName: 'Agentic requests',
          usageLimitWithPrecision: 50_000,
        },
      ),
      ...POWER,
      windows: [
        month(100),
        ['monthly:agentic-request', 'mo Agentic requests', 20, '2026-09-01T00:00:00.000Z', 2_678_400],
      ],
    },
    {
      name: 'an unknown number beside the charges: no window, and none that is lacking',
      body: body({ currentUsageWithPrecision: null, currentUsage: null }),
      ...POWER,
      windows: [],
      lacking: [],
    },
    { name: 'no rows', body: { ...power, usageBreakdownList: [] }, plan: 'kiro_power', windows: [] },
  ],
  failures: [
    {
      name: 'a token that has ended',
      status: 401,
      body: { __type: 'UnauthorizedException' },
      code: 'unauthorized',
    },
    {
      name: 'a profile that the login has no access to',
      status: 403,
      body: { __type: 'com.amazon.aws.codewhisperer#AccessDeniedException', message: 'x' },
      code: 'forbidden',
    },
    {
      name: 'a profile that does not exist',
      status: 400,
      body: { __type: 'com.amazon.aws.codewhisperer#ValidationException', message: 'x' },
      code: 'bad_response',
    },
  ],
  logins: [
    {
      name: 'in the directory of KIRO_DATA_DIR',
      login: { ...database('login', 'work'), env: { KIRO_DATA_DIR: '~/work' } },
    },
    {
      name: 'in the directory of XDG_DATA_HOME',
      login: { ...database('login', 'data/kiro-cli'), env: { XDG_DATA_HOME: '~/data' } },
    },
    { name: 'of Google or GitHub', login: database('social'), accountId: null },
    { name: 'without a profile', login: database('builder-id') },
    { name: 'that Kiro renews by itself', login: database('lapsed'), code: 'token_lapsed' },
    { name: 'that has expired', login: database('expired'), code: 'token_expired', detail: 'data.sqlite3' },
    { name: 'after `kiro-cli logout`', login: database('signed-out'), code: 'no_credentials' },
    {
      name: 'that is damaged',
      login: database('damaged'),
      code: 'credentials_invalid',
      detail: 'data.sqlite3',
    },
    {
      name: 'in a file that is no database',
      login: { files: { '.local/share/kiro-cli/data.sqlite3': 'no database' } },
      code: 'credentials_unreadable',
      detail: 'SQLite',
    },
  ],
});
