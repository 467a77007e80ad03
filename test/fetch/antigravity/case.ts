import { readFileSync } from 'node:fs';
import { defineCase } from '../case.ts';

const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8'));

const TOKEN = 'ya29.EXAMPLE-NOT-A-TOKEN';
const REFRESH = '1//EXAMPLE-NOT-A-REFRESH-TOKEN';
const login = {
  files: {
    '.gemini/antigravity-cli/antigravity-oauth-token': {
      token: { access_token: TOKEN, token_type: 'Bearer', refresh_token: REFRESH },
      auth_method: 'consumer',
    },
  },
};

const usage = fixture('agy-usage');
/** What `agy` writes, with other groups. */
const withGroups = (groups: unknown) => ({ ...usage, command: { name: 'usage', data: { groups } } });
const week = { id: 'gemini-weekly', window: 'weekly', reset_time: '2026-10-13T19:11:25Z' };
const gemini = (...buckets: object[]) => [{ name: 'Gemini Models', buckets }];
const weekly = ['seven_day:gemini', '7d Gemini', 60, '2026-10-13T19:11:25.000Z', 604_800] as const;

export const providerCase = defineCase({
  id: 'antigravity',
  login,
  secrets: [TOKEN],
  refreshTokens: [REFRESH],
  identity: null,
  requests: [],
  program: { name: 'agy', args: ['-p', '/usage', '--output-format', 'json'] },
  usage: [
    {
      name: 'groups of models, each with five hours and a week, as what remains',
      body: usage,
      windows: [
        ['five_hour:gemini', '5h Gemini', 10, '2026-10-07T00:11:25.000Z', 18_000],
        ['five_hour:3p', '5h Claude+GPT', 0, null, 18_000],
        weekly,
        ['seven_day:3p', '7d Claude+GPT', 20, '2026-10-13T19:11:25.000Z', 604_800],
      ],
      lacking: [],
    },
    {
      name: 'the names that the endpoint itself uses',
      body: withGroups(fixture('quota-summary').response.groups),
      windows: [
        ['five_hour:gemini', '5h Gemini', 25, '2026-07-02T16:00:00.000Z', 18_000],
        ['five_hour:3p', '5h Claude+other', 60, '2026-07-02T15:30:00.000Z', 18_000],
        ['seven_day:gemini', '7d Gemini', 10, '2026-07-06T07:00:00.000Z', 604_800],
        ['seven_day:3p', '7d Claude+other', 0, null, 604_800],
      ],
    },
    {
      name: 'a plan without five hours, with what remains in an object',
      body: withGroups(gemini({ ...week, remaining: { case: 'remainingFraction', value: 0.4 } })),
      windows: [weekly],
      lacking: ['five_hour:gemini'],
    },
    {
      name: 'five hours without a number, which is neither 0 nor 100 %',
      body: withGroups(gemini({ id: 'gemini-5h', window: '5h' }, { ...week, remaining_fraction: 0.4 })),
      windows: [weekly],
      lacking: [],
    },
    {
      name: 'other lengths, and one that is not known',
      body: withGroups(
        gemini(
          { id: 'gemini-daily', window: 'daily', remaining_fraction: 0.5 },
          { id: 'x', window: '3h', remaining_fraction: 0 },
          { id: 'gemini-fortnightly', window: 'fortnightly', remaining_fraction: 0 },
        ),
      ),
      windows: [
        ['3h:gemini', '3h Gemini', 100, null, 10_800],
        ['1d:gemini', '1d Gemini', 50, null, 86_400],
      ],
    },
    {
      name: 'an object behind other lines',
      body: `A new version is available.\n${JSON.stringify(withGroups([]))}\n`,
      windows: [],
      lacking: [],
    },
  ],
  emptyObject: 'bad_response',
  // `status` is the exit code here.
  failures: [
    {
      name: 'no login',
      status: 1,
      body: 'Authentication required. Please visit the URL to log in: https://accounts.google.com/x',
      code: 'unauthorized',
    },
    {
      name: 'no login, as an object',
      status: 0,
      body: { status: 'ERROR', response: 'You are not logged into Antigravity.' },
      code: 'unauthorized',
    },
    { name: 'another error', status: 0, body: { ...usage, status: 'ERROR' }, code: 'bad_response' },
    { name: 'usage, and an exit code', status: 2, body: usage, code: 'bad_response' },
    {
      name: 'an older version',
      status: 2,
      body: 'flags provided but not defined: -output-format',
      code: 'bad_response',
    },
  ],
  logins: [
    {
      name: 'in a keychain, where only the directory of agy is seen',
      login: { files: { '.gemini/antigravity-cli/settings.json': {} } },
      accountId: null,
    },
    {
      name: 'of Gemini CLI alone',
      login: { files: { '.gemini/oauth_creds.json': {} } },
      code: 'no_credentials',
    },
  ],
});
