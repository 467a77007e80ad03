import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';
import { anEndpoint, fixture, json } from '../support/endpoint.ts';
import { jsonSchema } from '../support/json-schema.ts';
import { Machine, until } from '../support/program.ts';

/** A refresh that waits until the test responds. */
const UNHURRIED = { USAGELINE_TIMEOUT: '60' };
const usual = '5h 22% 4h37m · 7d 33% 4d3h\n';

async function aMachine(body: unknown = fixture('2026-04-18-max.json'), env: Record<string, string> = {}) {
  const endpoint = await anEndpoint(json(body));
  return { endpoint, machine: new Machine(endpoint.url, env) };
}

describe('usageline', () => {
  it.each([
    ['2026-04-18-max.json', '5h 22% 4h37m · 7d 33% 4d3h'],
    ['2026-07-03-limits.json', '5h 11% 4h37m · 7d 9% 4d3h'],
    ['2026-08-05-max.json', '5h 5% 4h37m · 7d 60% 4d3h, empty in 1d18h · 7d Fable 82% 4d3h, empty in 15h'],
    ['enterprise-null-five-hour.json', 'extra 12.50 USD'],
    ['2026-10-06-pool.json', '5h 27% 4h37m · 7d 60% 4d3h, empty in 1d18h'],
    ['ultra-assumed-absent.json', '7d 60% 4d3h, empty in 1d18h'],
    ['ultra-assumed-null.json', '7d 60% 4d3h, empty in 1d18h'],
    ['extra-usage-eur.json', '5h 13% 4h37m · 7d 30% 4d3h · extra 7.63/20.00 EUR'],
  ])('shows %s', async (name, line) => {
    const { machine } = await aMachine(fixture(name));
    expect(await machine.run(['--wait'])).toMatchObject({ stdout: `${line}\n`, stderr: '', code: 0 });
  });

  it('sends the request that the specs promise', async () => {
    const { endpoint, machine } = await aMachine();
    await machine.run(['--wait']);
    const { method, url, headers } = endpoint.requests[0]!;
    expect(`${method} ${url}`).toBe('GET /api/oauth/usage');
    expect(headers).toMatchObject({
      authorization: 'Bearer sk-ant-oat01-EXAMPLE-NOT-A-TOKEN',
      'anthropic-beta': 'oauth-2025-04-20',
      accept: 'application/json',
      'user-agent': expect.stringMatching(/^usageline\/\d+\.\d+\.\d+$/),
    });
  });

  it('is printed from disk for three minutes', async () => {
    const { endpoint, machine } = await aMachine();
    await machine.run(['--wait']);
    for (const args of [[], ['--wait'], ['--no-wait'], ['--cached'], ['--color', 'never'], ['--timeout=1']]) {
      expect(await machine.run(args)).toMatchObject({ stdout: usual, stderr: '', code: 0 });
    }
    machine.ageBy(150 * SECOND);
    expect((await machine.run()).stdout).toBe('5h 22% 4h37m · 7d 33% 4d3h\n');
    expect(endpoint.requests).toHaveLength(1);
  });

  it('does not wait on a pipe, not even the first time, and shows the response soon after', async () => {
    const { endpoint, machine } = await aMachine();
    let answers = (): void => {};
    endpoint.answer = (request, response) => {
      answers = () => json(fixture('2026-04-18-max.json'))(request, response);
    };
    expect(await machine.run([], UNHURRIED)).toMatchObject({ stdout: '…\n', stderr: '', code: 0 });
    await until(() => endpoint.requests.length === 1);
    expect((await machine.run([], UNHURRIED)).stdout).toBe('…\n');
    answers();
    await until(() => fs.existsSync(join(machine.cache, 'usage.json')));
    expect((await machine.run()).stdout).toBe(usual);
    expect(endpoint.requests).toHaveLength(1);
  });

  it('shows old numbers with their age, and new numbers at the next call', async () => {
    const { endpoint, machine } = await aMachine();
    await machine.run(['--wait']);
    machine.ageBy(12 * MINUTE);
    endpoint.answer = json(fixture('2026-07-03-limits.json'));
    expect((await machine.run()).stdout).toBe('5h 22% 4h37m · 7d 33% 4d3h · 12m ago\n');
    await until(() => machine.read('usage.json').data.five_hour.utilization === 11);
    expect((await machine.run()).stdout).toBe('5h 11% 4h37m · 7d 9% 4d3h\n');
    expect(endpoint.requests).toHaveLength(2);
  });

  it('never shows the percentage of a window that has been reset', async () => {
    const { machine } = await aMachine();
    await machine.run(['--wait']);
    machine.ageBy(HOUR);
    const path = join(machine.cache, 'usage.json');
    const file = machine.read('usage.json');
    file.data.five_hour.resets_at = new Date(Date.now() - MINUTE).toISOString();
    fs.writeFileSync(path, JSON.stringify(file));
    expect((await machine.run(['--cached'])).stdout).toBe('5h reset · 7d 33% 4d3h · 1h ago\n');
  });

  it('shows that the endpoint reports no limits, and does not send a request at every call', async () => {
    const { endpoint, machine } = await aMachine({ five_hour: null, omelette: {} });
    expect((await machine.run(['--wait'])).stdout).toBe('no limits reported\n');
    expect((await machine.run(['--wait'])).stdout).toBe('no limits reported\n');
    expect(endpoint.requests).toHaveLength(1);
  });

  it('shows no hostile part of a name', async () => {
    const { machine } = await aMachine({
      limits: [
        {
          kind: 'weekly_scoped',
          percent: 90,
          resets_at: null,
          scope: { model: { display_name: '$(reboot)`id`\u001B[31m#[fg=red]%F{red}\u202E\nFable' } },
        },
      ],
    });
    expect((await machine.run(['--wait'])).stdout).toBe('7d (reboot)id31mfgredFredFable 90%\n');
  });

  it.each([
    [{}, false],
    [{ FORCE_COLOR: '1' }, true],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false],
    [{ CLICOLOR_FORCE: '1' }, true],
  ])('with %o in the environment: colour %s', async (env, colour) => {
    const { machine } = await aMachine();
    await machine.run(['--wait']);
    expect((await machine.run([], env as Record<string, string>)).stdout.includes('\u001B[')).toBe(colour);
    expect((await machine.run(['--color', 'never'], env as Record<string, string>)).stdout).toBe(usual);
    expect((await machine.run(['--color=always'], env as Record<string, string>)).stdout).toBe(
      '5h \u001B[33m22%\u001B[0m 4h37m · 7d \u001B[36m33%\u001B[0m 4d3h\n',
    );
  });
});

describe('usageline --json', () => {
  it('is one object of the published shape, with and without a request', async () => {
    const { machine } = await aMachine(fixture('2026-08-05-max.json'));
    const outputs = [await machine.run(['--json']), await machine.run(['--json'])].map((run) => {
      expect(run).toMatchObject({ stderr: '', code: 0 });
      return jsonSchema.parse(JSON.parse(run.stdout));
    });
    expect(outputs.map(({ state, source, plan }) => `${state} ${source} ${plan}`)).toEqual([
      'fresh endpoint max_20x',
      'fresh cache max_20x',
    ]);
    expect(outputs[1]!.windows.map(({ id, used_percent: used }) => `${id} ${used}`)).toEqual([
      'five_hour 5',
      'seven_day 60',
      'weekly_scoped:fable 82',
    ]);
  });

  it('reports a failure as data', async () => {
    const { endpoint, machine } = await aMachine();
    endpoint.answer = json({}, 429, { 'retry-after': '600' });
    const run = await machine.run(['--json']);
    expect(run).toMatchObject({ stderr: '', code: 4 });
    const { state, error } = jsonSchema.parse(JSON.parse(run.stdout));
    expect(state).toBe('none');
    expect(error?.code).toBe('rate_limited');
    expect(Date.parse(error?.retry_at ?? '') - Date.now()).toBeGreaterThan(590 * SECOND);
  });

  it('has data that is too old for the line as last known', async () => {
    const { machine } = await aMachine();
    await machine.run(['--wait']);
    machine.ageBy(25 * HOUR);
    const run = await machine.run(['--json', '--cached']);
    expect(run.code).toBe(4);
    const object = jsonSchema.parse(JSON.parse(run.stdout));
    expect(object).toMatchObject({ state: 'last_known', error: { code: 'no_data' } });
    expect(object.windows.map(({ used_percent: used }) => used)).toEqual([22, 33, 0]);
    expect((await machine.run(['--cached'])).stdout).toBe('no data\n');
  });
});

describe('wrong usage', () => {
  it.each([
    [['--bogus'], "unknown option '--bogus'"],
    [['bogus'], /unknown command 'bogus'; accepted: show, refresh, .*, demo, help\n/],
    [['shwo'], /unknown command 'shwo'; accepted: show, .*; did you mean 'show'\?\n/],
    [['show', '--bogus'], "unknown option '--bogus'"],
    [['show', 'extra'], "'show' takes no argument, but there is 'extra'"],
    [['cache', 'path', 'extra'], "'cache path' takes no argument, but there is 'extra'"],
    [['--color', 'blue'], /--color is 'blue'; accepted: auto, always, never\n/],
    [['--timeout', 'soon'], "--timeout is 'soon'; accepted: a number of seconds from 0.1 to 300"],
    [['--timeout', 'NaN'], "--timeout is 'NaN'"],
    [['--timeout', '0'], "--timeout is '0'"],
    [['--timeout', '301'], "--timeout is '301'"],
    [['--timeout'], '--timeout needs a value; accepted: a number of seconds from 0.1 to 300'],
    [['--json=1'], "--json takes no value, but there is '1'"],
    [['--wait', '--cached'], /--(wait|cached) cannot be used with --(wait|cached); accepted: one of them/],
    [['--no-wait', '--cached'], 'cannot be used with'],
    [['--wait', '--no-wait'], 'cannot be used with'],
    [['--cached', 'show', '--wait'], 'cannot be used with'],
    [
      ['--wait', 'refresh'],
      "unknown option '--wait'; accepted: --force, --quiet, --timeout, --debug, --account, --provider, --all, --help",
    ],
    [['cache', 'bogus'], "unknown command 'bogus'; accepted: path, clear"],
    [['cache'], "'cache' needs a command; accepted: path, clear"],
    [['--format', 'x'], /--format is 'x': no placeholder in it; accepted: default, .* or a template/],
  ] as [string[], string | RegExp][])('%j is named, with the accepted values', async (args, message) => {
    const { machine, endpoint } = await aMachine();
    const run = await machine.run(args);
    expect(run).toMatchObject({ stdout: '', code: 2 });
    expect(run.stderr).toMatch(message instanceof RegExp ? message : new RegExp(escape(message)));
    expect(run.stderr).toMatch(/^usageline: .*\nTry: usageline( [a-z]+)* --help\n$/);
    expect(endpoint.requests).toEqual([]);
  });

  it.each([
    'http://example.com',
    'http://127.0.0.1.example.com',
    'http://10.0.0.1',
    'ftp://example.com',
    'https://user:secret@example.com',
    'https://example.com?x=1',
    'nonsense',
  ])('the base URL %s is refused', async (url) => {
    const { machine } = await aMachine();
    const run = await machine.run([], { USAGELINE_API_BASE_URL: url });
    expect(run).toMatchObject({ stdout: '', code: 2 });
    expect(run.stderr).toMatch(/^usageline: USAGELINE_API_BASE_URL is refused: .*accepted: https/);
    expect(run.stderr).not.toContain('secret');
    const asJson = await machine.run(['--json'], { USAGELINE_API_BASE_URL: url });
    expect(asJson).toMatchObject({ stderr: '', code: 2 });
    expect(jsonSchema.parse(JSON.parse(asJson.stdout)).error?.code).toBe('wrong_usage');
  });

  it('is part of the object where --json is given', async () => {
    const { machine } = await aMachine();
    const run = await machine.run(['--json', '--bogus']);
    expect(run).toMatchObject({ stderr: '', code: 2 });
    expect(JSON.parse(run.stdout)).toMatchObject({
      state: 'none',
      error: {
        code: 'wrong_usage',
        message: expect.stringContaining("unknown option '--bogus'; accepted: "),
        retry_at: null,
      },
    });
  });
});

describe('the commands', () => {
  it('show prints a table', async () => {
    const { machine } = await aMachine(fixture('2026-08-05-max.json'));
    const { stdout, code, stderr } = await machine.run(['show'], { COLUMNS: '60' });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Claude · Ultra\n/);
    expect(stdout).toMatch(/\n7d Fable .* 82% +resets in 4d3h +empty in/);
    expect(stdout).toMatch(
      /\nCurrent: read <1m ago, (\w{3} )?\d\d:\d\d, from the endpoint\.\n┸ marks even use by now\.\n$/,
    );
    for (const line of stdout.split('\n')) expect([...line].length).toBeLessThanOrEqual(60);
  });

  it('show accepts its options before and after its name', async () => {
    const { machine } = await aMachine();
    await machine.run(['--wait']);
    // The mark of even use moves with the time.
    const show = async (...args: string[]) => (await machine.run(args)).stdout.replace(/[┻┹┸━╾─]+/g, '━');
    const plain = await show('show');
    const coloured = await show('show', '--color', 'always');
    expect(coloured).toContain('\u001B[');
    expect(await show('--color', 'always', 'show')).toBe(coloured);
    // In an early version the default of the line won over the option of show.
    expect(await show('--cached', 'show', '--color=always')).toBe(coloured);
    expect(await show('--color', 'always', 'show', '--color', 'never')).toBe(plain);
    expect(JSON.parse((await machine.run(['--json', 'show'])).stdout).state).toBe('fresh');
  });

  it('show without a login names what to do, and exits with 3', async () => {
    const { machine } = await aMachine();
    fs.unlinkSync(machine.credentials);
    const run = await machine.run(['show']);
    expect(run).toMatchObject({ stderr: '', code: 3 });
    expect(run.stdout).toContain('Run `claude` once');
  });

  it('refresh sends a request unless the entry is fresh', async () => {
    const { endpoint, machine } = await aMachine();
    expect(await machine.run(['refresh'])).toMatchObject({ stdout: usual, stderr: '', code: 0 });
    expect(await machine.run(['refresh'])).toMatchObject({ stdout: usual, stderr: '', code: 0 });
    expect(endpoint.requests).toHaveLength(1);
    machine.ageBy(4 * MINUTE);
    expect((await machine.run(['refresh'])).code).toBe(0);
    expect(endpoint.requests).toHaveLength(2);
  });

  it('refresh --force sends a request although the entry is fresh, but not within a minute', async () => {
    const { endpoint, machine } = await aMachine();
    await machine.run(['refresh']);
    const soon = await machine.run(['refresh', '--force']);
    expect(soon).toMatchObject({ stdout: usual, code: 0 });
    expect(soon.stderr).toMatch(/^usageline: .*one a minute.*Next try in <1m\.\n$/);
    expect(endpoint.requests).toHaveLength(1);
    machine.ageBy(MINUTE + SECOND);
    expect(await machine.run(['refresh', '--force'])).toMatchObject({ stderr: '', code: 0 });
    expect(endpoint.requests).toHaveLength(2);
  });

  it('refresh --force respects a backoff', async () => {
    const { endpoint, machine } = await aMachine();
    endpoint.answer = json({}, 429);
    expect((await machine.run(['refresh'])).code).toBe(4);
    machine.ageBy(2 * MINUTE);
    expect((await machine.run(['refresh', '--force'])).code).toBe(4);
    expect(endpoint.requests).toHaveLength(1);
  });

  it.each([
    ['a success', 200, 0, ''],
    ['a temporary failure', 429, 4, ''],
    ['a server that is down', 500, 4, ''],
  ])('refresh --quiet prints nothing about %s', async (_case, status, code, stderr) => {
    const { endpoint, machine } = await aMachine();
    endpoint.answer = json(fixture('2026-04-18-max.json'), status);
    expect(await machine.run(['refresh', '--quiet'])).toMatchObject({ stdout: '', stderr, code });
  });

  it('refresh --quiet prints a failure that the user has to act on', async () => {
    const { endpoint, machine } = await aMachine();
    endpoint.answer = json({}, 401);
    const run = await machine.run(['refresh', '--quiet']);
    expect(run).toMatchObject({ stdout: '', code: 3 });
    expect(run.stderr).toMatch(/^usageline: .*Run `claude` once.*\n$/);
  });

  it('cache path prints the directory, and cache clear removes the numbers and keeps the request budget', async () => {
    const { endpoint, machine } = await aMachine();
    const root = join(machine.home, '.cache', 'usageline');
    expect(await machine.run(['cache', 'path'])).toMatchObject({ stdout: `${root}\n`, code: 0 });
    expect((await machine.run(['cache', 'clear'])).stdout).toMatch(/^nothing to remove/);
    await machine.run(['--wait']);
    expect((await machine.run(['cache', 'clear'])).stdout).toMatch(
      new RegExp(
        `^removed ${join(machine.cache, 'usage.json')}\nNew numbers come with the next request, in <1m at the earliest \\(\\d\\d:\\d\\d\\)\\.\n$`,
      ),
    );
    expect(await machine.run(['--wait'])).toMatchObject({ stdout: 'paused <1m\n', code: 0 });
    expect(endpoint.requests).toHaveLength(1);
  });

  it('--version and --help', async () => {
    const { machine } = await aMachine();
    const { version } = JSON.parse(fs.readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(await machine.run(['--version'])).toMatchObject({ stdout: `${version}\n`, stderr: '', code: 0 });
    const help = await machine.run(['--help']);
    expect(help).toMatchObject({ stderr: '', code: 0 });
    for (const word of ['show', 'refresh', 'explain', 'cache', 'demo', '--json', '--wait', 'Examples:']) {
      expect(help.stdout).toContain(word);
    }
    for (const command of ['show', 'refresh', 'explain', 'cache', 'demo']) {
      const text = await machine.run([command, '--help']);
      expect(text).toMatchObject({ stderr: '', code: 0 });
      expect(text.stdout).toContain(`usageline ${command}`);
    }
  });

  it('--debug prints every decision on standard error, and never the token', async () => {
    const { machine } = await aMachine();
    const run = await machine.run(['--wait', '--debug']);
    expect(run.stdout).toBe(usual);
    expect(run.stderr).toMatch(/row 5: refresh, none/);
    expect(run.stderr).toMatch(/budget: granted/);
    expect(run.stderr).toMatch(/response: usage/);
    expect((await machine.run(['--debug'])).stderr).toMatch(/row 1: serve, fresh/);
  });
});

describe('usageline explain', () => {
  const rowOf = ({ stdout }: { stdout: string }, label: string) =>
    new RegExp(`^${label} +(.*)$`, 'm').exec(stdout)?.[1] ?? 'nothing';

  it('shows which row applies and why, sends no request and writes nothing', async () => {
    const { endpoint, machine } = await aMachine();
    const first = await machine.run(['explain']);
    expect(first).toMatchObject({ stderr: '', code: 0 });
    expect(rowOf(first, 'Decision')).toBe(
      'row 4: there are no numbers to show, and the worker sends a request',
    );
    expect(rowOf(first, 'Next request')).toBe('at the next call that may make a request');
    expect(rowOf(first, 'Budget')).toBe('0 of 24 requests in the last hour; one may be sent');
    expect(fs.existsSync(join(machine.home, '.cache'))).toBe(false);
    expect(endpoint.requests).toEqual([]);
  });

  it('shows what is fresh, for how long, and when the next request is allowed', async () => {
    const { machine } = await aMachine();
    await machine.run(['--wait']);
    const run = await machine.run(['explain']);
    expect(rowOf(run, 'Decision')).toMatch(/^row 1: the numbers are fresh/);
    expect(rowOf(run, 'Entry')).toMatch(/^read <1m ago, fresh for 2m more, until (\w{3} )?\d\d:\d\d$/);
    expect(rowOf(run, 'Credentials')).toBe('as they were when the entry was read');
    expect(rowOf(run, 'Budget')).toMatch(
      /^1 of 24 requests in the last hour; the next may be sent in <1m, at /,
    );
    expect(rowOf(run, 'Next request')).toMatch(/^not before (\w{3} )?\d\d:\d\d, in 2m$/);
  });

  it('shows a backoff, and a backoff that no longer counts', async () => {
    const { endpoint, machine } = await aMachine();
    endpoint.answer = json({}, 401);
    await machine.run(['--wait']);
    const blocked = await machine.run(['explain', '--wait']);
    expect(rowOf(blocked, 'Decision')).toMatch(/^row 2: a backoff is in force: no request/);
    expect(rowOf(blocked, 'Backoff')).toMatch(
      /^unauthorized: [45]m more, until (\w{3} )?\d\d:\d\d, or until the credentials change$/,
    );
    machine.login({ accessToken: 'sk-ant-oat01-NEW' });
    const renewed = await machine.run(['explain', '--wait']);
    expect(rowOf(renewed, 'Decision')).toMatch(/^row 5: it sends a request/);
    expect(rowOf(renewed, 'Backoff')).toBe('unauthorized: void, because the credentials have changed since');
  });

  it('shows a lapsed token without a count, which would grow every few minutes of a night', async () => {
    const { machine } = await aMachine();
    machine.login({ expiresAt: Date.now() - MINUTE });
    for (const _ of [1, 2]) {
      await machine.run(['--wait']);
      machine.ageBy(6 * MINUTE);
    }
    await machine.run(['--wait']);
    expect(machine.read('usage.lock')).toMatchObject({ error: 'token_lapsed', failures: 3 });
    expect(rowOf(await machine.run(['explain']), 'Backoff')).toMatch(
      /^token_lapsed: [45]m more, until (\w{3} )?\d\d:\d\d, or until the credentials change$/,
    );
  });

  it.each([
    [13 * MINUTE, 'read 13m ago, stale'],
    [25 * HOUR, 'read 1d ago, too old for the line: only as last known'],
    [
      -HOUR,
      'read <1m ago, read at a time in the future, so the clock was set back: not on the line, only as last known in show',
    ],
  ])('shows what an entry of %i ms ago lacks', async (ms, text) => {
    const { machine } = await aMachine();
    await machine.run(['--wait']);
    machine.ageBy(ms);
    expect(rowOf(await machine.run(['explain', '--cached']), 'Entry')).toBe(text);
  });

  it('shows that requests are disabled, and names a value that is not understood', async () => {
    const { machine } = await aMachine();
    const env = { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', USAGELINE_LOG: 'all' };
    const run = await machine.run(['explain'], env);
    expect(rowOf(run, 'Decision')).toBe('row 3: requests are switched off: there are no numbers to show');
    expect(rowOf(run, 'Next request')).toMatch(/^never: /);
    expect(run.stderr).toBe('usageline: USAGELINE_LOG is "all"; accepted: debug\n');
  });

  it('USAGELINE_LOG=debug prints every decision with its reason, also with a prerendered line', async () => {
    const { machine } = await aMachine();
    const env = { USAGELINE_LOG: 'debug' };
    expect((await machine.run(['--wait'], env)).stderr).toMatch(/row 5: refresh, none, no entry/);
    expect((await machine.run([], env)).stderr).toMatch(/row 1: serve, fresh/);
    machine.ageBy(HOUR);
    expect((await machine.run(['--cached'], env)).stderr).toMatch(/row 3: serve, stale, aged/);
  });
});

describe('accounts', () => {
  it('are separate: CLAUDE_CONFIG_DIR has a directory of its own', async () => {
    const { endpoint, machine } = await aMachine();
    await machine.run(['--wait']);
    const other = join(machine.home, 'work');
    fs.mkdirSync(other);
    fs.copyFileSync(machine.credentials, join(other, '.credentials.json'));
    endpoint.answer = json(fixture('2026-07-03-limits.json'));
    const env = { CLAUDE_CONFIG_DIR: other };
    expect((await machine.run(['--wait'], env)).stdout).toBe('5h 11% 4h37m · 7d 9% 4d3h\n');
    expect((await machine.run()).stdout).toBe(usual);
    expect((await machine.run([], env)).stdout).toBe('5h 11% 4h37m · 7d 9% 4d3h\n');
    const names = fs.readdirSync(join(machine.home, '.cache', 'usageline'));
    expect(names.sort()).toEqual([
      'CACHEDIR.TAG',
      'accounts',
      'claude',
      expect.stringMatching(/^claude-[0-9a-f]{8}$/),
    ]);
    const { account } = JSON.parse((await machine.run(['--json'], env)).stdout);
    expect(account).toBe('work');
  });

  it('the old numbers are gone at once when another account signs in', async () => {
    const { endpoint, machine } = await aMachine();
    const profile = join(machine.home, '.claude.json');
    fs.writeFileSync(profile, '{"oauthAccount":{"accountUuid":"ada"}}');
    await machine.run(['--wait']);
    fs.writeFileSync(profile, '{"oauthAccount":{"accountUuid":"grace"}}');
    machine.login({ accessToken: 'sk-ant-oat01-SOMEBODY-ELSE' });
    endpoint.answer = json({}, 500);
    expect((await machine.run(['--cached'])).stdout).toBe('no data\n');
    expect((await machine.run(['--wait'])).stdout).toBe('server error\n');
  });
});

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
