import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { DAY, HOUR, SECOND } from '../../src/usage/time.ts';
import { anEndpoint } from './endpoint.ts';
import type { Endpoint } from './endpoint.ts';
import { Machine } from './program.ts';

/** The endpoint of several providers: each token has a percentage of its own. */
export interface Numbers {
  /** Percent used of the week, by token. */
  readonly week: Map<string, number>;
  /** How long a response takes, by token, ms. */
  readonly delays: Map<string, number>;
  /** Status codes that stand in place of numbers, by token. */
  readonly refused: Map<string, number>;
  /** The largest number of requests that were under way at once. */
  mostAtOnce: number;
}

/** A machine with accounts of several providers, and their common endpoint. */
export async function aMachineWithAccounts(): Promise<{
  readonly machine: Machine;
  readonly endpoint: Endpoint;
  readonly numbers: Numbers;
}> {
  const numbers: Numbers = { week: new Map(), delays: new Map(), refused: new Map(), mostAtOnce: 0 };
  let under = 0;
  const endpoint = await anEndpoint((request, response) => {
    const token = (request.headers.authorization ?? '').replace('Bearer ', '');
    const week = numbers.week.get(token);
    const status = numbers.refused.get(token) ?? (week === undefined ? 401 : 200);
    const reset = Date.now() + 3 * DAY + HOUR / 2;
    const body = request.url?.startsWith('/api/oauth/usage')
      ? { seven_day: { utilization: week, resets_at: new Date(reset).toISOString() } }
      : {
          plan_type: 'plus',
          rate_limit: {
            primary_window: {
              used_percent: week,
              limit_window_seconds: (7 * DAY) / SECOND,
              reset_at: Math.round(reset / SECOND),
              reset_after_seconds: Math.round((3 * DAY) / SECOND),
            },
          },
        };
    under += 1;
    numbers.mostAtOnce = Math.max(numbers.mostAtOnce, under);
    setTimeout(
      () => {
        under -= 1;
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(status === 200 ? body : {}));
      },
      numbers.delays.get(token) ?? 0,
    );
  });
  const machine = new Machine(endpoint.url, { USAGELINE_CODEX_BASE_URL: endpoint.url });
  fs.rmSync(join(machine.home, '.claude'), { recursive: true });
  return { machine, endpoint, numbers };
}

/** Signs in to Claude. @param directory below the home directory */
export function signInToClaude(machine: Machine, directory: string, token: string, accountId?: string): void {
  const login = {
    accessToken: token,
    refreshToken: `refresh-of-${token}`,
    expiresAt: 4_102_444_800_000,
    scopes: ['user:inference', 'user:profile'],
    subscriptionType: 'max',
  };
  write(join(machine.home, directory, '.credentials.json'), { claudeAiOauth: login });
  if (accountId === undefined) return;
  const file = directory === '.claude' ? '.claude.json' : join(directory, '.claude.json');
  write(join(machine.home, file), {
    oauthAccount: { accountUuid: accountId, emailAddress: 'ada@example.com' },
  });
}

/** Signs in to Codex with a token that says who the user is. Returns the token. */
export function signInToCodex(machine: Machine, directory: string, user: string, workspace = 'w-1'): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { exp: 4_102_444_800, email: 'ada@example.com', chatgpt_user_id: user };
  const token = `${encode({ alg: 'none' })}.${encode(claims)}.${user}`;
  write(join(machine.home, directory, 'auth.json'), {
    tokens: {
      access_token: token,
      id_token: token,
      refresh_token: `refresh-of-${user}`,
      account_id: workspace,
    },
  });
  return token;
}

/** Writes the configuration. */
export function configure(machine: Machine, toml: string): void {
  write(join(machine.home, '.config', 'usageline', 'config.toml'), toml);
}

function write(path: string, content: object | string): void {
  fs.mkdirSync(dirname(path), { recursive: true });
  fs.writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
}
