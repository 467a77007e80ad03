import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { caseEndpoint, writeLogin } from '../fetch/stage.ts';
import type { CaseEndpoint } from '../fetch/stage.ts';
import { json } from '../support/endpoint.ts';
import { filesBelow, runProgram, until } from '../support/program.ts';
import { removeAtTheEnd } from '../support/remove.ts';

/*
 * A provider of the user's own through the built program: the configuration, `usageline provider`, and its account among others.
 */

const entry = new URL('../../bin/usageline.cjs', import.meta.url).pathname;
const KEY = 'own-EXAMPLE-KEY';

const BODY = {
  plan: 'Pro Plus',
  limits: [
    { type: 'session', percent: 12.5, resets_at: '2100-01-01T00:00:00Z' },
    { type: 'weekly', left: 750, max: 1000 },
  ],
  spending: { cents: 1234, cap_cents: 5000 },
  account: { mail: 'ada@example.com', note: 'geheim' },
};

const WINDOWS = `
[[provider.window]]
name = "5h"
used_percent = "limits[type=session].percent"
reset = "limits[type=session].resets_at"
reset_unit = "iso"

[[provider.window]]
name = "7d"
left = "limits[type=weekly].left"
limit = "limits[type=weekly].max"

[[provider.window]]
name = "monthly"
part = "spend"
used = "spending.cents"
limit = "spending.cap_cents"
currency = "USD"
minor_units = 2
`;

interface OwnMachine {
  readonly home: string;
  readonly endpoint: CaseEndpoint;
  /** How often the command that prints the key was run. */
  runs(): number;
  configure(text: string): void;
  run(...args: string[]): ReturnType<typeof runProgram>;
}

/** A machine with the provider `myai`, whose key a command prints. */
async function aMachine(windows = WINDOWS): Promise<OwnMachine> {
  const home = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'usageline-own-'));
  removeAtTheEnd(home);
  const endpoint = await caseEndpoint(json(BODY));
  const runs = join(home, 'runs');
  fs.writeFileSync(join(home, 'key'), `#!/bin/sh\necho x >> '${runs}'\necho ${KEY}\n`, { mode: 0o755 });
  const configure = (text: string) => {
    writeLogin(home, { files: { '.config/usageline/config.toml': text } });
  };
  configure(
    `[[provider]]\nid = "myai"\nname = "My AI"\nurl = "${endpoint.url}/api/usage?secret=geheim"\n` +
      `header = "X-Api-Key: {key}"\nkey_command = ["~/key"]\nplan = "plan"\n${windows}`,
  );
  return {
    home,
    endpoint,
    configure,
    runs: () => (fs.existsSync(runs) ? fs.readFileSync(runs, 'utf8').length / 2 : 0),
    run: (...args) =>
      runProgram(process.execPath, [entry, ...args], { PATH: process.env.PATH ?? '', HOME: home, TZ: 'UTC' }),
  };
}

describe('usageline provider test', () => {
  it('asks once, and says of each path what it finds and what that means', async () => {
    const { run, endpoint } = await aMachine();
    const { stdout, stderr, code } = await run('provider', 'test', 'myai');
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toContain(`GET ${endpoint.url}/api/usage\n`);
    expect(stdout).toContain('response  an object with plan, limits, spending, account\n');
    expect(stdout).toMatch(/used_percent {2}limits\[type=session\]\.percent -> 12\.5\n/);
    expect(stdout).toMatch(/means +5h: 13% used, resets in \d+d/);
    expect(stdout).toMatch(
      /left +limits\[type=weekly\]\.left -> 750\n +limit +limits\[type=weekly\]\.max -> 1000\n/,
    );
    expect(stdout).toMatch(/means +mo spend: 25% used, 12\.34 of 50\.00 USD, no reset\n/);
    expect(stdout).toMatch(/plan +plan -> pro_plus\n/);
    expect(stdout).toMatch(/^line {2}5h 13% .*7d 25%/m);
    expect(endpoint.seen).toHaveLength(1);
    expect(endpoint.seen[0]?.headers).toMatchObject({ 'x-api-key': KEY });
    expect(endpoint.seen[0]?.headers).not.toHaveProperty('authorization');
    // Neither the key, nor the query, nor other texts of the response.
    expect(stdout).not.toMatch(/EXAMPLE|geheim|ada@/);
    // What it has learnt is in the cache.
    expect(JSON.parse((await run('--provider', 'myai', '--json')).stdout)).toMatchObject({
      provider: 'myai',
      plan: 'pro_plus',
      state: 'fresh',
      source: 'cache',
    });
  });

  it('runs the command of the key again after it failed, for which other calls wait a minute', async () => {
    const { home, run, endpoint } = await aMachine();
    const script = fs.readFileSync(join(home, 'key'), 'utf8');
    fs.writeFileSync(join(home, 'key'), '#!/bin/sh\nexit 7\n');
    const { error } = JSON.parse((await run('--provider', 'myai', '--json', '--wait')).stdout);
    expect(error).toMatchObject({ code: 'keychain_error', message: expect.stringContaining('exit code 7') });
    expect(Date.parse(error.retry_at) - Date.now()).toBeLessThan(67_000);
    fs.writeFileSync(join(home, 'key'), '#!/bin/sh\nexit 8\n');
    const again = await run('provider', 'test', 'myai');
    expect([again.code, again.stdout]).toEqual([3, expect.stringContaining('exit code 8')]);
    fs.writeFileSync(join(home, 'key'), script);
    expect((await run('--provider', 'myai', '--wait')).stdout).not.toContain('%');
    expect(endpoint.seen).toHaveLength(0);
    expect(await run('provider', 'test', 'myai')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('7d 25%'),
    });
    expect(endpoint.seen).toHaveLength(1);
    expect((await run('--provider', 'myai', '--wait')).stdout).toContain('7d 25%');
  });

  it('stays within the budget: a second request in the same minute is refused', async () => {
    const { run, endpoint } = await aMachine();
    await run('provider', 'test', 'myai');
    const { stdout, code } = await run('provider', 'test', 'myai');
    expect(endpoint.seen).toHaveLength(1);
    expect(code).toBe(4);
    expect(stdout).toMatch(/No more requests for now.*The next request is possible in/s);
  });

  it('says what is there where a path finds nothing, and exits with 2', async () => {
    const { run } = await aMachine(`
[[provider.window]]
name = "5h"
used_percent = "limits[type=session].percnt"
reset = "limits[0].resets_at"
reset_unit = "seconds"
`);
    const { stdout, code } = await run('provider', 'test', 'myai');
    expect(code).toBe(2);
    expect(stdout).toContain(
      '-> not there: limits[type=session] has type, percent, resets_at; did you mean percent?\n',
    );
    expect(stdout).toContain('-> "2100-01-01T00:00:00Z", which is no seconds\n');
    expect(stdout).toContain('no window, since no number is known\n');
  });

  it('reads a response from a file, without a request and without the key', async () => {
    const { home, run, endpoint, runs } = await aMachine();
    const path = join(home, 'response.json');
    fs.writeFileSync(path, JSON.stringify({ ...BODY, limits: [] }));
    const { stdout, code } = await run('provider', 'test', 'myai', '--body', path);
    expect(code).toBe(2);
    expect(stdout).toContain('not there: limits has 0 elements, none with type=session');
    expect([endpoint.seen.length, runs()]).toEqual([0, 0]);
    for (const [text, problem] of [
      ['[]', 'no JSON object'],
      [null, 'there is no such file'],
    ] as const) {
      if (text === null) fs.rmSync(path);
      else fs.writeFileSync(path, text);
      const wrong = await run('provider', 'test', 'myai', '--body', path);
      expect([wrong.code, wrong.stdout]).toEqual([2, '']);
      expect(wrong.stderr).toContain(problem);
    }
  });

  it.each([
    [401, 3, 'did not accept the key (401)'],
    [404, 4, 'could not be understood'],
    [500, 4, 'server failed'],
  ])('at %s exits with %s and says why', async (status, exit, text) => {
    const { run, endpoint } = await aMachine();
    endpoint.answer = json({ error: { message: 'geheim' } }, status);
    const { stdout, code } = await run('provider', 'test', 'myai');
    expect(code).toBe(exit);
    expect(stdout).toContain(text);
    expect(stdout).not.toContain('geheim');
  });

  it.each<[name: string, status: number, type: string | null, body: string, text: string]>([
    ['a redirect', 302, 'text/html', '<html>', '302: redirects are not followed'],
    ['a page', 200, 'text/html; charset=utf-8', '<html>geheim', '200, text/html, no JSON'],
    ['a list', 200, 'application/json', '[1]', '200, application/json, a list of 1, not an object'],
    ['a text', 200, 'text/plain', '"geheim"', '200, text/plain, a text of 6 characters, not an object'],
    ['no body', 204, null, '', '204, no content type, an empty body'],
    ['too much', 200, 'application/json', ' '.repeat(65_537), '200, application/json, more than 64 KiB'],
    ['a page that is not there', 404, 'text/html', '<html>', '404, text/html'],
    ['a type with other characters', 404, 'geheim?/$x', '', '404, a strange content type'],
  ])('says of %s what came, and does not refer to itself', async (_name, status, type, body, text) => {
    const { run, endpoint } = await aMachine();
    endpoint.answer = (_request, response) => {
      response.writeHead(status, type === null ? {} : { 'content-type': type }).end(body);
    };
    const { stdout, code } = await run('provider', 'test', 'myai');
    expect(code).toBe(4);
    expect(stdout).toContain(`\nresponse  ${text}\n`);
    expect(stdout).not.toMatch(/provider test|geheim/);
  });

  it.each([
    [{ error: { type: 'authentication_error' } }, 3, /did not accept the key \(401\)/],
    [{ detail: 'x' }, 4, /could not be understood/],
  ])('says of %j that it is a failure, from the endpoint and from a file', async (body, exit, text) => {
    const { home, run, endpoint } = await aMachine();
    endpoint.answer = json(body);
    const sent = await run('provider', 'test', 'myai');
    expect([sent.code, sent.stdout]).toEqual([exit, expect.stringMatching(text)]);
    const path = join(home, 'response.json');
    fs.writeFileSync(path, JSON.stringify(body));
    const read = await run('provider', 'test', 'myai', '--body', path);
    expect([read.code, read.stdout]).toEqual([2, expect.stringMatching(/counts as a failure: .*/)]);
    expect(read.stdout).toMatch(text);
    expect(sent.stdout + read.stdout).not.toContain('provider test');
  });

  it('does not refer to itself where the command of the key fails', async () => {
    const { home, run } = await aMachine();
    fs.writeFileSync(join(home, 'key'), '#!/bin/sh\nexit 7\n');
    const { stdout } = await run('provider', 'test', 'myai');
    expect(stdout).toMatch(/exit code 7.*Check key_command/);
    expect(stdout).not.toContain('provider test');
    expect((await run('show', '--provider', 'myai')).stdout).toMatch(/usageline provider\s+test myai/);
  });

  it.each([
    ['mya', "the provider is 'mya'; accepted: myai; did you mean 'myai'?"],
    ['codex', "the provider is 'codex', which is built in; accepted: myai"],
  ])('of %s exits with 2 and says what there is', async (id, message) => {
    const { run } = await aMachine();
    expect(await run('provider', 'test', id)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: `usageline: ${message}\n`,
    });
  });
});

it('a prompt never runs the command of a key: the worker does, once', async () => {
  const { run, runs, endpoint } = await aMachine();
  const { stdout } = await run();
  expect(stdout).not.toContain('%');
  await until(() => endpoint.seen.length === 1);
  await until(async () => (await run()).stdout.includes('7d 25%'));
  for (const args of [
    [],
    ['--all'],
    ['show', '--cached'],
    ['accounts'],
    ['provider', 'list'],
    ['config', 'check'],
    ['explain'],
  ])
    await run(...args);
  expect(runs()).toBe(1);
  expect(endpoint.seen).toHaveLength(1);
});

it('is an account among others, and [[account]] can give it a name and a label', async () => {
  const { home, run, configure } = await aMachine();
  const path = join(home, '.config/usageline/config.toml');
  configure(
    `${fs.readFileSync(path, 'utf8')}\n[[account]]\nname = "office"\nprovider = "myai"\nlabel = "Office"\n`,
  );
  expect((await run('--account', 'office', '--wait', '--format', 'compact')).stdout).toMatch(/7d 25%/);
  expect((await run('accounts')).stdout).toMatch(/^office +My AI +Pro plus +current, .* key_command$/m);
  expect((await run('provider', 'list')).stdout).toMatch(
    /^myai +My AI +found +http:\/\/127.0.0.1:\d+\/api\/usage$/m,
  );
});

it('shows key, query and header in no output and no file', async () => {
  const { home, run } = await aMachine();
  const before = new Set(filesBelow(home).map(({ path }) => path));
  const runs = [
    await run('--json', '--wait', '--debug', '--provider', 'myai'),
    await run('provider', 'test', 'myai', '--debug'),
    await run('show', '--all', '--debug'),
    await run('config', 'show'),
    await run('config', 'get', 'provider'),
    await run('accounts', '--json'),
    await run('explain'),
  ];
  const files = filesBelow(home).filter(({ path }) => !before.has(path) && !path.endsWith('/runs'));
  expect(files.length).toBeGreaterThan(0);
  expect(JSON.stringify([runs, files])).not.toMatch(/EXAMPLE|geheim|ada@|X-Api-Key/i);
  expect(runs[4]?.stdout).toBe('["myai"]\n');
});

it('a window has the usual name of its length, and is found by the name that was written as well', async () => {
  const { run, configure, home } = await aMachine();
  const config = fs.readFileSync(join(home, '.config/usageline/config.toml'), 'utf8');
  const [provider = ''] = config.split('[[provider.window]]');
  const window = (name: string, more = '') =>
    `[[provider.window]]\nname = "${name}"\nused_percent = "limits[type=session].percent"\n${more}`;
  configure(provider + window('30d') + window('30d', 'part = "Big"\n') + window('24h') + window('3h'));
  expect((await run('refresh', '--provider', 'myai')).stderr).toBe('');
  const { windows: found } = JSON.parse((await run('--provider', 'myai', '--json')).stdout);
  expect(found.map(({ id, label }: any) => [id, label])).toEqual([
    ['monthly', 'mo'],
    ['3h', '3h'],
    ['1d', '1d'],
    ['monthly:big', 'mo Big'],
  ]);
  const names = {
    '30d': 'mo',
    mo: 'mo',
    '720h': 'mo',
    '24h': '1d',
    '1d': '1d',
    '3h': '3h',
    '30d big': 'mo Big',
  };
  for (const [name, label] of Object.entries({ ...names, '30d:big': 'mo Big' })) {
    const check = await run('check', '--provider', 'myai', '--window', name);
    expect(check).toMatchObject({ code: 0, stdout: expect.stringMatching(`^MYAI OK - ${label} 13% `) });
    const line = await run('--provider', 'myai', '--format', `{${name}.label} {${name}.percent}`);
    expect(line.stdout).toBe(`${label} 13%\n`);
  }
  const unknown = await run('check', '--provider', 'myai', '--window', '6h');
  expect(unknown.stdout).toContain("UNKNOWN - no limit is called '6h'; there are: mo, 3h, 1d, mo Big");
  configure(`hide = ["30d"]\n${provider}${window('30d')}${window('3h')}`);
  await run('refresh', '--provider', 'myai');
  expect((await run('--provider', 'myai', '--cached')).stdout).toMatch(/^3h 13%/);
});

it.each<[what: string, text: string, mistake: RegExp]>([
  [
    'a provider with the id of another one',
    '[[provider]]\nid = "codex"\nurl = "https://x.example"\n[[provider.window]]\nname = "5h"\nused_percent = "a"\n',
    /config\.toml:2: provider\.id is "codex", which is built in; accepted: any but claude, codex/,
  ],
  [
    'an account of a provider that is not there',
    '[[account]]\nname = "x"\nprovider = "codx"\n',
    /config\.toml:3: account\.provider of the account "x" is "codx"; accepted: claude, codex.*; did you mean "codex"\?/,
  ],
  [
    'a URL in clear',
    '[[provider]]\nid = "x"\nurl = "http://x.example"\n',
    /config\.toml:3: provider\.url of the provider "x" is refused/,
  ],
])('config check names %s', async (_what, text, mistake) => {
  const { run, configure } = await aMachine();
  configure(text);
  const { code, stderr } = await run('config', 'check');
  expect(code).toBe(2);
  expect(stderr).toMatch(mistake);
});
