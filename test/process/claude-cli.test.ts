import fs from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../src/usage/time.ts';
import { anEndpoint, json } from '../support/endpoint.ts';
import { filesBelow, Machine, TOKEN, until } from '../support/program.ts';

/*
 * `source = "claude-cli"`, through the built program: a script in PATH stands for Claude Code. It writes down how it was
 * started, what it read and how it ended.
 */

const LIMITS = {
  five_hour: { utilization: 11, resets_at: null },
  seven_day: { utilization: 12, resets_at: null },
  limits: [
    { kind: 'session', percent: 11, resets_at: null },
    { kind: 'weekly_all', percent: 12, resets_at: null },
    { kind: 'weekly_scoped', percent: 77, resets_at: null, scope: { model: { display_name: 'Fable' } } },
  ],
};
const LINE = '5h 11% · 7d 12% · 7d Fable 77%\n';

/** What the script does after it has read its input; JavaScript with `answer`, `send`, `keep`. */
const ANSWERS = 'answer()';

const SCRIPT = (behaviour: string, limits: unknown) => `#!${process.execPath}
const fs = require('node:fs');
const { HOME } = process.env;
const note = (event, more) => fs.appendFileSync(HOME + '/claude.log', JSON.stringify({ event, pid: process.pid, ...more }) + '\\n');
const wanted = ['CLAUDE_CONFIG_DIR', 'ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'CLAUDE_CODE_OAUTH_TOKEN', 'ANTHROPIC_BASE_URL', 'CLAUDECODE', 'DISABLE_AUTOUPDATER'];
note('start', { argv: process.argv.slice(2), cwd: process.cwd(), env: Object.fromEntries(wanted.map((name) => [name, process.env[name] ?? null])) });
process.on('SIGTERM', () => { note('SIGTERM'); process.exit(143); });
process.stdout.on('error', () => { note('EPIPE'); process.exit(1); });
let input = '';
process.stdin.on('data', (chunk) => (input += chunk));
const send = (object) => process.stdout.write(JSON.stringify(object) + '\\n');
const answer = (more = {}) => {
  send({ type: 'system', subtype: 'init', tools: [] });
  send({ type: 'control_response', response: { subtype: 'success', request_id: 'usage-1', response: {
    subscription_type: 'max', rate_limits_available: true, rate_limits: ${JSON.stringify(limits)}, session: { total_cost_usd: 0 }, ...more } } });
};
const keep = (ago, percent, account = 'ada') => fs.writeFileSync((process.env.CLAUDE_CONFIG_DIR ?? HOME) + '/.claude.json', JSON.stringify({
  oauthAccount: { accountUuid: account },
  cachedUsageUtilization: { fetchedAtMs: Date.now() - ago, accountUuid: account, utilization: { five_hour: { utilization: percent, resets_at: null } } },
}));
process.stdin.on('end', () => {
  note('input', { input });
  ${behaviour};
});
`;

interface Noted {
  readonly event: string;
  readonly pid: number;
  readonly [key: string]: any;
}

const machines: Machine[] = [];
const notesOf = (machine: Machine): Noted[] => {
  const path = join(machine.home, 'claude.log');
  if (!fs.existsSync(path)) return [];
  const lines = fs.readFileSync(path, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Noted);
};

// The scripts that were left to themselves.
afterAll(() => {
  for (const { pid, event } of machines.flatMap(notesOf)) {
    if (event !== 'start') continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  }
});

/** A machine on which usage comes from a script. @param behaviour null: there is no `claude` */
async function aMachine(behaviour: string | null, limits: unknown = LIMITS) {
  const endpoint = await anEndpoint(json({}, 500));
  const machine = new Machine(endpoint.url);
  machines.push(machine);
  // No token is read: there is none that could be.
  fs.writeFileSync(machine.credentials, 'not even JSON');
  fs.mkdirSync(join(machine.home, '.config', 'usageline'), { recursive: true });
  fs.writeFileSync(join(machine.home, '.config', 'usageline', 'config.toml'), 'source = "claude-cli"\n');
  const bin = join(machine.home, 'bin');
  fs.mkdirSync(bin);
  const write = (next: string) =>
    fs.writeFileSync(join(bin, 'claude'), SCRIPT(next, limits), { mode: 0o755 });
  if (behaviour !== null) write(behaviour);
  machine.env = { ...machine.env, PATH: `${bin}:/usr/bin:/bin` };
  const notes = () => notesOf(machine);
  const starts = () => notes().filter(({ event }) => event === 'start');
  const object = async () =>
    JSON.parse((await machine.run(['--json', '--wait'])).stdout) as Record<string, any>;
  return { endpoint, machine, write, notes, starts, object };
}

describe('usage through the program of Claude Code', () => {
  it('is asked with one line on its input, in an environment without another login, and shown', async () => {
    const { endpoint, machine, notes } = await aMachine(ANSWERS);
    const foreign = {
      ANTHROPIC_API_KEY: 'key',
      ANTHROPIC_AUTH_TOKEN: 'token',
      CLAUDE_CODE_OAUTH_TOKEN: 'token',
      ANTHROPIC_BASE_URL: 'https://gateway.example',
      CLAUDECODE: '1',
      CLAUDE_CONFIG_DIR: join(machine.home, '.claude'),
    };
    expect((await machine.run(['--wait'], foreign)).stdout).toBe(LINE);
    const [start, input] = notes();
    expect(start).toMatchObject({
      argv: [
        '-p',
        '--input-format',
        'stream-json',
        '--output-format',
        'stream-json',
        '--verbose',
        '--no-session-persistence',
        '--strict-mcp-config',
        '--setting-sources',
        '',
      ],
      cwd: '/',
      env: {
        ...Object.fromEntries(Object.keys(foreign).map((name) => [name, null])),
        DISABLE_AUTOUPDATER: '1',
      },
    });
    expect(input?.input).toBe(
      '{"type":"control_request","request_id":"usage-1","request":{"subtype":"get_usage","skip_behaviors":true}}\n',
    );
    expect(endpoint.requests).toHaveLength(0);
    expect(await machine.run(['--json'])).toMatchObject({ code: 0, stderr: '' });
  });

  it('is of the account whose directory CLAUDE_CONFIG_DIR names', async () => {
    const { machine, starts } = await aMachine(ANSWERS);
    const work = join(machine.home, 'work');
    fs.mkdirSync(work);
    expect((await machine.run(['--wait'], { CLAUDE_CONFIG_DIR: work })).stdout).toBe(LINE);
    expect(starts()[0]?.env.CLAUDE_CONFIG_DIR).toBe(work);
    expect(fs.existsSync(join(machine.cache, 'usage.json'))).toBe(false);
  });

  it('is asked by the worker, and not by the prompt', async () => {
    const { machine, starts } = await aMachine(ANSWERS);
    expect((await machine.run()).stdout).toBe('…\n');
    await until(async () => (await machine.run()).stdout === LINE);
    expect(starts()).toHaveLength(1);
  });

  it('is asked at most every five minutes by all callers together', async () => {
    const { machine, starts } = await aMachine(ANSWERS);
    await machine.run(['--wait']);
    machine.ageBy(4 * MINUTE);
    // Its numbers are fresh for as long.
    expect((await machine.run(['--wait'])).stdout).toBe(LINE);
    await machine.run(['refresh', '--force']);
    // A prompt starts no worker for it either.
    await machine.run();
    expect(fs.readdirSync(machine.cache).filter((name) => name.startsWith('background.'))).toEqual([]);
    // Another login file waives nothing.
    fs.writeFileSync(machine.credentials, 'another text');
    await machine.run(['--wait']);
    expect(starts()).toHaveLength(1);
    machine.ageBy(MINUTE + 2 * SECOND);
    expect((await machine.run(['--wait'])).stdout).toBe(LINE);
    expect(starts()).toHaveLength(2);
  });

  it('has the limits of single models, where they are in a list of their own', async () => {
    const { machine } = await aMachine(ANSWERS, {
      five_hour: { utilization: 11, resets_at: null },
      model_scoped: [
        { display_name: 'Fable', utilization: 77, resets_at: null },
        { display_name: 'Broken', utilization: 'x' },
        null,
      ],
    });
    expect((await machine.run(['--wait'])).stdout).toBe('5h 11% · 7d Fable 77%\n');
  });

  it('has the time of the read that Claude Code keeps', async () => {
    const { object, machine } = await aMachine(`keep(50_000, 11); ${ANSWERS}`);
    fs.writeFileSync(join(machine.home, '.claude.json'), '{"oauthAccount":{"accountUuid":"ada"}}');
    expect(await object()).toMatchObject({ state: 'fresh' });
    const age = Date.now() - Date.parse(machine.read('usage.json').cached_at as string);
    expect(age).toBeGreaterThanOrEqual(50_000);
    // That read was this request.
    expect(machine.read('usage.lock').requests).toHaveLength(1);
    machine.ageBy(10 * MINUTE);
    await machine.run(['--wait']);
    expect(machine.read('usage.lock').requests).toHaveLength(2);
  });

  it('is old where Claude Code was refused and repeats what it keeps: it is shown with its age, and there is a backoff', async () => {
    const { machine, object } = await aMachine(ANSWERS);
    fs.writeFileSync(
      join(machine.home, '.claude.json'),
      JSON.stringify({
        oauthAccount: { accountUuid: 'ada' },
        cachedUsageUtilization: {
          fetchedAtMs: Date.now() - 20 * MINUTE,
          accountUuid: 'ada',
          utilization: { five_hour: { utilization: 44, resets_at: null } },
        },
      }),
    );
    const { state, age_seconds: age, windows, error } = await object();
    expect([state, windows[0].used_percent, error.code]).toEqual(['stale', 44, 'rate_limited']);
    expect(age).toBeGreaterThanOrEqual(20 * 60);
    expect(machine.read('usage.lock').error).toBe('rate_limited');
  });
});

describe('a program that gives no numbers', () => {
  it.each<[string, string | null, string, string, number]>([
    ['is missing', null, 'no_credentials', 'claude was not found in PATH', 3],
    [
      'is not signed in',
      'answer({ subscription_type: null, rate_limits_available: false, rate_limits: null })',
      'no_credentials',
      'claude has no plan: it is not signed in, or with a key',
      3,
    ],
    [
      'does not know the request',
      "send({ type: 'control_response', response: { subtype: 'error', request_id: 'usage-1', error: 'Unsupported control request subtype: get_usage' } })",
      'bad_response',
      'claude does not know get_usage: it may be too old',
      4,
    ],
    [
      'does not know the options',
      'process.exit(1)',
      'bad_response',
      'claude ended without an answer (1): it may be too old',
      4,
    ],
    [
      'got no answer itself',
      'answer({ rate_limits: null })',
      'network_error',
      'claude got no answer itself',
      4,
    ],
    [
      'answers with an error',
      "answer({ rate_limits: { type: 'error', error: { type: 'rate_limit_error' } } })",
      'rate_limited',
      '',
      4,
    ],
    [
      'answers with a text',
      "answer({ rate_limits: 'none' })",
      'bad_response',
      'claude answered without limits',
      4,
    ],
    [
      'writes garbage',
      `process.stdout.write('{"type":"control_response",\\n\\u0000"control_response"\\n[]\\n${TOKEN}\\n')`,
      'bad_response',
      'claude ended without an answer (0): it may be too old',
      4,
    ],
    [
      'answers another request',
      "send({ type: 'control_response', response: { subtype: 'success', request_id: 'usage-2', response: { rate_limits: {} } } })",
      'bad_response',
      'claude ended without an answer (0): it may be too old',
      4,
    ],
    [
      'does not stop writing',
      "const more = () => process.stdout.write('x'.repeat(65536), more); more()",
      'bad_response',
      'claude does not stop writing',
      4,
    ],
  ])('because it %s has a failure that says so', async (_, behaviour, code, detail, exitCode) => {
    const { machine, starts } = await aMachine(behaviour);
    const run = await machine.run(['--json', '--wait']);
    expect(run).toMatchObject({ stderr: '', code: exitCode });
    const { error, state } = JSON.parse(run.stdout) as Record<string, any>;
    expect([state, error.code]).toEqual(['none', code]);
    expect(error.message).toContain(detail);
    expect(machine.read('usage.lock').error).toBe(code);
    // Under the backoff it is not started again.
    await machine.run(['--wait']);
    expect(starts()).toHaveLength(behaviour === null ? 0 : 1);
    const kept = filesBelow(join(machine.home, '.cache')).filter(({ bytes }) => bytes.includes(TOKEN));
    expect(kept).toEqual([]);
  });

  it('is asked to end at its deadline, and never killed: one that does not end is left to itself', async () => {
    const renewing =
      "process.on('SIGTERM', () => setTimeout(() => { note('renewed'); process.exit(); }, 1500)); process.removeAllListeners('SIGTERM')";
    const { machine, notes } = await aMachine(
      `${renewing}; process.on('SIGTERM', () => { note('asked'); setTimeout(() => { note('renewed'); process.exit(); }, 1500); }); setInterval(() => {}, 1000)`,
    );
    const run = await machine.run(['--json', '--wait']);
    expect((JSON.parse(run.stdout) as Record<string, any>).error.code).toBe('timeout');
    expect(run.ms).toBeGreaterThan(9 * SECOND);
    await until(() => notes().some(({ event }) => event === 'renewed'));
    expect(notes().map(({ event }) => event)).toEqual(['start', 'input', 'asked', 'renewed']);
  });

  it('that does not end after its answer is asked to, and its answer counts', async () => {
    const { machine, notes } = await aMachine(`${ANSWERS}; setInterval(() => {}, 1000)`);
    const run = await machine.run(['--wait']);
    expect(run.stdout).toBe(LINE);
    await until(() => notes().some(({ event }) => event === 'SIGTERM'));
  });

  it('that ends by itself after its answer gets no signal', async () => {
    const { machine, notes } = await aMachine(
      `${ANSWERS}; setTimeout(() => { note('done'); process.exit(); }, 400)`,
    );
    expect((await machine.run(['--wait'])).stdout).toBe(LINE);
    expect(notes().map(({ event }) => event)).toEqual(['start', 'input', 'done']);
  });

  it('whose account changes meanwhile has no numbers for either', async () => {
    const { object, machine } = await aMachine(`keep(0, 11, 'bob'); ${ANSWERS}`);
    fs.writeFileSync(join(machine.home, '.claude.json'), '{"oauthAccount":{"accountUuid":"ada"}}');
    const { state, error } = await object();
    expect([state, error.code]).toEqual(['none', 'bad_response']);
    expect(machine.read('usage.json').data).toBeNull();
  });

  it('is not started where requests are switched off', async () => {
    const { machine, starts } = await aMachine(ANSWERS);
    await machine.run(['--wait'], { USAGELINE_NETWORK: 'never' });
    await machine.run(['--wait'], { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' });
    expect(starts()).toEqual([]);
  });
});

it('without the key no program is started', async () => {
  const { machine, starts, endpoint } = await aMachine(ANSWERS);
  fs.rmSync(join(machine.home, '.config', 'usageline', 'config.toml'));
  machine.login();
  await machine.run(['--wait']);
  expect(starts()).toEqual([]);
  expect(endpoint.requests).toHaveLength(1);
});
