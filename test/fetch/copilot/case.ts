import { readFileSync } from 'node:fs';
import { defineCase } from '../case.ts';

const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8'));

const TOKEN = 'gho_EXAMPLE-NOT-A-TOKEN';
const OTHER = 'gho_ANOTHER-EXAMPLE';
const apps = (entries: object) => ({ files: { '.config/github-copilot/apps.json': entries } });
const entry = (user: string, token: unknown = TOKEN) => ({ user, oauth_token: token, githubAppId: 'Iv1.x' });

/** The real body with another quota for premium requests. */
const premium = (quota: object) => {
  const body = fixture('2026-10-pro-plus');
  return { ...body, quota_snapshots: { premium_interactions: quota } };
};
const usage = (name: string, body: unknown, used: number, plan = 'individual_pro') => ({
  name,
  body,
  plan,
  windows: [
    ['monthly:premium-interactions', 'mo premium', used, '2026-10-01T00:00:00.000Z', 2_592_000],
  ] as const,
});

const gh = `github.com:
    git_protocol: https
    users:
        ada:
            oauth_token: ${OTHER}
    user: ada
    oauth_token: ${TOKEN}
`;

export const providerCase = defineCase({
  id: 'copilot',
  login: apps({ 'github.com:Iv1.x': entry('ada') }),
  secrets: [TOKEN],
  identity: { accountId: 'github.com/ada' },
  requests: [
    {
      method: 'GET',
      path: '/copilot_internal/user',
      headers: { authorization: `token ${TOKEN}`, accept: 'application/json' },
    },
  ],
  usage: [
    usage('a plan of which nothing is used, with a reset that is a date', fixture('2026-10-pro-plus'), 0),
    {
      name: 'percent that remain, beside a quota without limit',
      body: fixture('pro'),
      plan: 'individual_pro',
      windows: [['monthly:premium-interactions', 'mo premium', 10, '2026-09-01T00:00:00.000Z', 2_678_400]],
      lacking: [],
    },
    usage(
      'use beyond the quota',
      premium({ percent_remaining: -15, entitlement: 300, remaining: -45, overage_permitted: true }),
      115,
    ),
    usage('a quota without its percentage', premium({ entitlement: 300, remaining: 225 }), 25),
    {
      name: 'the placeholder of an organisation, with what its seat has used',
      body: fixture('business-placeholder'),
      plan: 'business',
      windows: [],
      extraUsage: { enabled: true, used: 31, limit: null, currency: null, usedPercent: null, decimals: 0 },
    },
    {
      name: 'Copilot Free in its older form, whose quotas are what remains',
      body: fixture('free'),
      plan: 'free',
      windows: [
        ['monthly:chat', 'mo chat', 75, null, null],
        ['monthly:completions', 'mo completions', 75, null, null],
      ],
      lacking: ['monthly:premium-interactions'],
    },
    {
      name: 'Copilot Free, named by its kind of access',
      body: {
        ...fixture('free'),
        copilot_plan: 'individual',
        access_type_sku: 'free_limited_copilot',
        limited_user_reset_date: '2026-12-11',
      },
      plan: 'free',
      windows: [
        ['monthly:chat', 'mo chat', 75, '2026-12-11T00:00:00.000Z', 2_592_000],
        ['monthly:completions', 'mo completions', 75, '2026-12-11T00:00:00.000Z', 2_592_000],
      ],
    },
    {
      name: 'no seat',
      body: { copilot_plan: 'individual', access_type_sku: 'no_access', quota_snapshots: null },
      plan: 'individual',
      windows: [],
      lacking: [],
    },
  ],
  failures: [
    {
      name: 'a token that has ended',
      status: 401,
      body: { message: 'Bad credentials' },
      code: 'unauthorized',
    },
    { name: 'a token without access', status: 403, body: { message: 'Forbidden' }, code: 'forbidden' },
    {
      name: 'a token of an app without Copilot',
      status: 404,
      body: { message: 'Not Found' },
      code: 'bad_response',
    },
  ],
  logins: [
    {
      name: 'in the older file of editors',
      login: { files: { '.config/github-copilot/hosts.json': { 'github.com': entry('ada') } } },
      headers: { authorization: `token ${TOKEN}` },
      accountId: 'github.com/ada',
    },
    {
      name: 'of the GitHub CLI, with the token of the user who is active',
      login: { files: { '.config/gh/hosts.yml': gh } },
      headers: { authorization: `token ${TOKEN}` },
      accountId: 'github.com/ada',
    },
    {
      name: 'of the GitHub CLI below XDG_CONFIG_HOME',
      login: { files: { 'xdg/gh/hosts.yml': gh }, env: { XDG_CONFIG_HOME: '~/xdg' } },
      headers: { authorization: `token ${TOKEN}` },
    },
    {
      name: 'of the GitHub CLI with its token in the keychain',
      login: { files: { '.config/gh/hosts.yml': 'github.com:\n    users:\n        ada:\n    user: ada\n' } },
      code: 'no_credentials',
      detail: 'keychain',
    },
    {
      name: 'in COPILOT_API_TOKEN, before those in files',
      login: { ...apps({ 'github.com': entry('ada', OTHER) }), env: { COPILOT_API_TOKEN: TOKEN } },
      headers: { authorization: `token ${TOKEN}` },
    },
    {
      name: 'of the public GitHub, before one of an enterprise',
      login: apps({ 'corp.ghe.com': entry('bob', OTHER), 'github.com': entry('ada') }),
      headers: { authorization: `token ${TOKEN}` },
      accountId: 'github.com/ada',
    },
    {
      name: 'of an enterprise in the cloud',
      login: apps({ 'corp.ghe.com': entry('bob') }),
      headers: { authorization: `token ${TOKEN}` },
      accountId: 'corp.ghe.com/bob',
    },
    {
      name: 'of a host whose API is not known: its token is not sent',
      login: apps({ 'github.example.com': entry('bob') }),
      code: 'no_credentials',
      accountId: null,
    },
    {
      name: 'with a broken token, beside one that is good',
      login: apps({ 'github.com:Iv1.a': entry('eve', 'a\nb'), 'github.com:Iv1.b': entry('ada') }),
      headers: { authorization: `token ${TOKEN}` },
      accountId: 'github.com/ada',
    },
    {
      name: 'with a broken token',
      login: apps({ 'github.com': entry('ada', 7) }),
      code: 'credentials_invalid',
      detail: 'apps.json',
    },
  ],
});
