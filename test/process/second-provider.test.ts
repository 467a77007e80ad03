import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ProviderParts } from '../../src/fetch/provider.ts';
import * as first from '../../src/fetch/registry.ts';
import { HOUR, DAY, MINUTE, SECOND } from '../../src/usage/time.ts';
import { anEndpoint, json } from '../support/endpoint.ts';
import type { Endpoint } from '../support/endpoint.ts';
import { runProgram, until } from '../support/program.ts';
import { removeAtTheEnd } from '../support/remove.ts';
import * as second from '../support/second-provider/index.ts';

/*
 * A provider is one folder and one line: this test copies the checkout, removes the folder of its provider, puts the one
 * of test/support/second-provider/ in its place, changes the line of the registry, and builds. What other code assumes of
 * the first provider fails here, at the latest where the program shows it.
 */

const root = new URL('../../', import.meta.url).pathname;
const KEY = 'tally-EXAMPLE-NOT-A-KEY';

it('is complete, as the first one is', () => {
  const both: ProviderParts[] = [first, second];
  expect(Object.keys(second).toSorted()).toEqual(Object.keys(first).toSorted());
  expect(new Set(both.map(({ provider }) => provider.id)).size).toBe(2);
});

let checkout: string;
beforeAll(() => {
  checkout = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'usageline-second-'));
  removeAtTheEnd(checkout);
  for (const name of ['bin', 'build', 'package.json', 'shell', 'src']) {
    fs.cpSync(join(root, name), join(checkout, name), { recursive: true });
  }
  fs.symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'));
  fs.rmSync(join(checkout, 'src/fetch/claude'), { recursive: true });
  const folder = join(checkout, 'src/fetch/tally');
  fs.cpSync(join(root, 'test/support/second-provider'), folder, { recursive: true });
  for (const name of fs.readdirSync(folder)) {
    const path = join(folder, name);
    fs.writeFileSync(path, fs.readFileSync(path, 'utf8').replaceAll('../../../src/', '../../'));
  }
  const registry = join(checkout, 'src/fetch/registry.ts');
  fs.writeFileSync(registry, fs.readFileSync(registry, 'utf8').replace("'./claude/", "'./tally/"));
  execFileSync(process.execPath, [join(checkout, 'build/build.mjs')], { stdio: 'inherit' });
}, 600_000);

/** A response of the second provider's endpoint: 24 % of an hour, 61 % of a month. */
const quotas = (hour = 12) => ({
  quotas: [
    {
      kind: 'hour',
      used: hour,
      of: 50,
      until: Math.round((Date.now() + 21 * MINUTE + 50 * SECOND) / SECOND),
    },
    { kind: 'month', used: 610, of: 1000, until: Math.round((Date.now() + 9 * DAY + HOUR / 2) / SECOND) },
  ],
});
const LINE = '1h 24% 21m · 30d 61% 9d';

let home: string;
let endpoint: Endpoint;
let env: Record<string, string>;
const cache = () => join(home, '.cache/usageline/tally');
const run = (...args: string[]) =>
  runProgram(process.execPath, [join(checkout, 'dist/hot.cjs'), ...args], env);
const signIn = () => {
  fs.mkdirSync(join(home, '.tally'), { recursive: true });
  fs.writeFileSync(join(home, '.tally/token.json'), JSON.stringify({ key: KEY, user: 'ada', plan: 't2' }));
};
/** Makes the entry older. */
const age = (ms: number) => {
  const path = join(cache(), 'usage.json');
  const entry = JSON.parse(fs.readFileSync(path, 'utf8'));
  entry.cached_at = new Date(Date.parse(entry.cached_at) - ms).toISOString();
  fs.writeFileSync(path, JSON.stringify(entry));
  for (const name of fs.readdirSync(cache())) {
    if (/^(attempt|ready)/.test(name)) fs.rmSync(join(cache(), name), { recursive: true });
  }
  const lock = join(cache(), 'usage.lock');
  if (fs.existsSync(lock)) fs.rmSync(lock);
};

beforeEach(async () => {
  home = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'usageline-tally-'));
  removeAtTheEnd(home);
  endpoint = await anEndpoint(json(quotas()));
  env = { PATH: process.env.PATH ?? '', HOME: home, TZ: 'UTC', USAGELINE_API_BASE_URL: endpoint.url };
  signIn();
});

describe('the program with another provider', () => {
  it('asks its endpoint with its header, and keeps the data as they are', async () => {
    expect(await run('--wait')).toMatchObject({ stdout: `${LINE}\n`, stderr: '', code: 0 });
    const [request] = endpoint.requests;
    expect([request?.url, request?.headers['x-tally-key']]).toEqual(['/v2/quota', KEY]);
    const entry = JSON.parse(fs.readFileSync(join(cache(), 'usage.json'), 'utf8'));
    expect(entry).toMatchObject({
      data: { quotas: [{ used: 12 }, { used: 610 }] },
      plan: 't2',
      account_id: 'ada',
    });
    expect(fs.readdirSync(join(home, '.cache/usageline')).toSorted()).toEqual(['CACHEDIR.TAG', 'tally']);
  });

  it('prints the prerendered line from disk', async () => {
    await run('--wait');
    await run();
    const path = join(cache(), 'ready/plain');
    const { atimeMs, mtimeMs } = fs.statSync(path);
    fs.writeFileSync(path, fs.readFileSync(path, 'utf8').replaceAll('24%', '25%'));
    fs.utimesSync(path, atimeMs / SECOND, mtimeMs / SECOND);
    expect((await run()).stdout).toBe(`${LINE.replace('24', '25')}\n`);
    expect(endpoint.requests).toHaveLength(1);
  });

  it('shows stale numbers with their age, while a worker renews them', async () => {
    await run('--wait');
    age(4 * MINUTE);
    endpoint.answer = json(quotas(20));
    expect((await run()).stdout).toMatch(/^1h 24% \S+ · 30d 61% \S+ · 4m ago\n$/);
    await until(async () => (await run('--cached')).stdout.startsWith('1h 40%'));
    expect(endpoint.requests).toHaveLength(2);
  });

  it('shows a table under its name and the name of the plan', async () => {
    const { stdout, code } = await run('show');
    expect(stdout).toMatch(/^Tally · Team\n\n1h .*24%.*\n30d .*61%/);
    expect(stdout).toContain('from the endpoint');
    expect(code).toBe(0);
  });

  it('prints JSON with its id and its windows', async () => {
    const { provider, windows } = JSON.parse((await run('--json', '--wait')).stdout);
    expect(provider).toBe('tally');
    expect(windows.map(({ id, used_percent: used }: Record<string, unknown>) => [id, used])).toEqual([
      ['hourly', 24],
      ['monthly', 61],
    ]);
    expect(JSON.parse((await run('--json', '--nonsense')).stdout)).toMatchObject({ provider: 'tally' });
  });

  it('checks its limits, all of them or the one that is named', async () => {
    expect(await run('check')).toMatchObject({
      stdout: "TALLY OK - 1h 24%, 30d 61% | 'hourly'=24%;80;95;0;100 'monthly'=61%;80;95;0;100\n",
      code: 0,
    });
    expect((await run('check', '--window', 'monthly', '-w', '60')).stdout).toMatch(
      /^TALLY WARNING - 30d 61%/,
    );
    expect((await run('check', '--nonsense')).stdout).toMatch(/^TALLY UNKNOWN - /);
  });

  it('prints its line for a client without reports', async () => {
    await run('--wait');
    env.NO_COLOR = '1';
    expect((await run('statusline')).stdout).toBe(`${LINE}\n`);
  });

  it('says how to sign in to it', async () => {
    fs.rmSync(join(home, '.tally'), { recursive: true });
    expect((await run('--wait')).stdout).toBe('sign in\n');
    const { stdout, code } = await run('show');
    expect(stdout).toContain('No login of tallyman was found. Run `tally login` once to sign in.');
    expect(code).toBe(3);
    expect(endpoint.requests).toEqual([]);
    signIn();
    expect((await run('--wait')).stdout).toBe(`${LINE}\n`);
  });

  it('names its operator when it cannot be reached, and its own advice where it has one', async () => {
    env.USAGELINE_API_BASE_URL = 'http://127.0.0.1:9';
    expect((await run('--wait')).stdout).toBe('offline\n');
    expect((await run('show')).stdout).toContain(
      'Tally Works could not be reached (the connection was refused).',
    );
    env.USAGELINE_API_BASE_URL = endpoint.url;
    fs.rmSync(join(home, '.cache'), { recursive: true });
    endpoint.answer = json({}, 403);
    expect((await run('refresh')).stderr).toContain(
      'Tally Works does not let this login read usage (403). Ask the owner of the team.',
    );
  });

  it('keeps to its budget', async () => {
    await run('--wait');
    const budget = /^Budget +(.*)$/m.exec((await run('explain')).stdout)?.[1];
    expect(budget).toMatch(/^1 of 90 requests in the last hour; the next may be sent in (30|2\ds|<1m)/);
  });

  it('keeps each login apart, by the variable that names its directory', async () => {
    await run('--wait');
    env.TALLY_HOME = join(home, 'work');
    fs.mkdirSync(env.TALLY_HOME);
    fs.writeFileSync(
      join(env.TALLY_HOME, 'token.json'),
      JSON.stringify({ key: 'another-EXAMPLE', user: 'ada' }),
    );
    endpoint.answer = json(quotas(30));
    expect((await run('--wait')).stdout).toMatch(/^1h 60%/);
    expect(endpoint.requests.at(-1)?.headers['x-tally-key']).toBe('another-EXAMPLE');
    expect((await run()).stdout).toMatch(/^1h 60%/);
    delete env.TALLY_HOME;
    expect((await run()).stdout).toBe(`${LINE}\n`);
  });

  it('names no other provider in its help texts', async () => {
    const commands = ['statusline', 'refresh', 'check', 'show', 'explain', 'cache', 'config'];
    const texts = await Promise.all(
      [[], ...commands.map((name) => [name])].map((args) => run(...args, '--help')),
    );
    for (const { stdout } of texts)
      expect(stdout.replaceAll(/^.*CLAUDE_CODE_DISABLE.*$/gm, '')).not.toMatch(/claude|anthropic/i);
  });
});

describe('the shell files with another provider', () => {
  const shell = (script: string) => runProgram('bash', ['--norc', '--noprofile', '-c', script], env);

  it('show its line in the prompt of bash, and notice another login', async () => {
    await run('--wait');
    const hook = `eval "$('${process.execPath}' '${join(checkout, 'dist/hot.cjs')}' init bash)"`;
    const show = '_usageline_precmd; printf "%s\\n" "$USAGELINE"';
    expect((await shell(`${hook}; ${show}; ${show}`)).stdout).toBe(`${LINE}\n${LINE}\n`);
    const directory = join(home, 'work');
    fs.mkdirSync(directory);
    fs.writeFileSync(join(directory, 'token.json'), JSON.stringify({ key: 'another-EXAMPLE', user: 'ada' }));
    endpoint.answer = json(quotas(30));
    await runProgram(process.execPath, [join(checkout, 'dist/hot.cjs'), '--wait'], {
      ...env,
      TALLY_HOME: directory,
    });
    const { stdout } = await shell(`${hook}; ${show}; export TALLY_HOME='${directory}'; ${show}`);
    expect(stdout).toMatch(/^1h 24%.*\n1h 60%.*\n$/);
    expect(endpoint.requests).toHaveLength(2);
  });

  it('print its line from the launcher, without the program', async () => {
    await run('--wait');
    await run();
    const launcher = join(checkout, 'bin/usageline-prompt');
    // No program in PATH: what the launcher cannot answer by itself fails.
    env.PATH = '/usr/bin:/bin';
    await until(() => fs.existsSync(join(cache(), 'ready/plain.1')));
    expect(await runProgram('sh', [launcher], env)).toMatchObject({ stdout: `${LINE}\n`, code: 0 });
  });
});
