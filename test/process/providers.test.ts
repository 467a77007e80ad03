import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { json } from '../support/endpoint.ts';
import type { Answer } from '../support/endpoint.ts';
import { filesBelow, runProgram } from '../support/program.ts';
import type { Run } from '../support/program.ts';
import { removeAtTheEnd } from '../support/remove.ts';
import { jsonSchema } from '../support/json-schema.ts';
import type { ProviderCase, UsageCase } from '../fetch/case.ts';
import { providerCases } from '../fetch/cases.ts';
import { ERROR_BODIES, FOREIGN_BODIES } from '../fetch/error-bodies.ts';
import { ownCases } from '../fetch/own/cases.ts';
import {
  bodyAnswer,
  caseEndpoint,
  hasSqlite,
  imageOf,
  setOutput,
  writeLogin,
  writeProgram,
} from '../fetch/stage.ts';
import type { CaseEndpoint } from '../fetch/stage.ts';

/*
 * Every provider through the built program, with the cases of the contract suite: `usageline --provider <id>` on an invented
 * machine, against an endpoint on loopback.
 */

const entry = new URL('../../bin/usageline.cjs', import.meta.url).pathname;

interface ProviderMachine {
  readonly home: string;
  readonly bin: string;
  readonly endpoint: CaseEndpoint;
  run(...args: string[]): Promise<Run>;
}

async function machineOf(of: ProviderCase, hasLogin = true): Promise<ProviderMachine> {
  const home = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'usageline-provider-'));
  removeAtTheEnd(home);
  const bin = join(home, '.bin');
  const [first] = of.usage;
  if (of.program && hasLogin) writeProgram(bin, of.program);
  if (of.config !== undefined) writeLogin(home, { files: { '.config/usageline/config.toml': of.config } });
  const endpoint = await caseEndpoint(bodyAnswer(first!));
  const env = {
    PATH: `${bin}:${process.env.PATH ?? ''}`,
    HOME: home,
    TZ: 'UTC',
    // This machine can be busy.
    USAGELINE_TIMEOUT: '20',
    [`USAGELINE_${of.id.toUpperCase()}_BASE_URL`]: endpoint.url,
    ...(hasLogin && writeLogin(home, of.login)),
  };
  const machine = {
    home,
    bin,
    endpoint,
    run: (...args: string[]) => runProgram(process.execPath, [entry, '--provider', of.id, ...args], env),
  };
  if (hasLogin) answerWith(machine, of, first!);
  return machine;
}

function answerWith({ endpoint, bin }: ProviderMachine, of: ProviderCase, usage: UsageCase): void {
  endpoint.answer = bodyAnswer(usage);
  if (of.program && 'body' in usage)
    setOutput(bin, typeof usage.body === 'string' ? usage.body : JSON.stringify(usage.body));
}

/** The object that the program prints. */
async function jsonOf(machine: ProviderMachine, ...args: string[]): Promise<Record<string, any>> {
  const { stdout, stderr } = await machine.run('--json', ...args);
  expect(stderr).toBe('');
  const object = JSON.parse(stdout);
  expect(jsonSchema.parse({ ...object, provider: 'claude' })).toBeDefined();
  return object;
}

const entryOf = ({ home }: ProviderMachine, { id }: ProviderCase) =>
  join(home, '.cache', 'usageline', id, 'usage.json');

const idsAndShares = (windows: readonly Record<string, unknown>[]) =>
  windows.map(({ id, used_percent: used }) => [id, used]);

/** Makes the entry ten minutes older, and forgets its request. Returns its text. */
function makeOld(machine: ProviderMachine, of: ProviderCase): string {
  const path = entryOf(machine, of);
  const entry = JSON.parse(fs.readFileSync(path, 'utf8'));
  const text = JSON.stringify({ ...entry, cached_at: new Date(Date.now() - 600_000).toISOString() });
  fs.writeFileSync(path, text);
  for (const name of fs.readdirSync(dirname(path)))
    if (name !== 'usage.json') fs.rmSync(join(dirname(path), name), { recursive: true });
  return text;
}

const statusAnswer = (status: number, headers: Record<string, string> = {}): Answer =>
  json({ error: { message: 'x' } }, status, headers);

const cases = [...providerCases, ...ownCases].filter(({ needsSqlite = false }) => !needsSqlite || hasSqlite);

describe.each(cases)('$id', (of) => {
  const secrets = [...of.secrets, ...(of.refreshTokens ?? [])];
  /** Tests of HTTP: none for a provider that runs a program. */
  const http =
    of.program === undefined
      ? it
      : (Object.assign(() => {}, { each: () => () => {} }) as unknown as typeof it);

  it.each(of.usage)('prints $name', async (usage) => {
    const machine = await machineOf(of);
    answerWith(machine, of, usage);
    const object = await jsonOf(machine, '--wait');
    expect(object).toMatchObject({
      provider: of.id,
      account: 'default',
      plan: usage.plan ?? null,
      state: 'fresh',
      source: 'endpoint',
      error: null,
    });
    expect(object.windows.map(({ id, label }: Record<string, unknown>) => [id, label])).toEqual(
      usage.windows.map(([id, label]) => [id, label]),
    );
    for (const [index, [, , used, resetsAt, seconds]] of usage.windows.entries()) {
      const {
        used_percent: percent,
        window_seconds: length,
        resets_at: reset,
        elapsed,
      } = object.windows[index];
      expect(length).toBe(seconds);
      // The clock of this test is the real one: a reset of a fixture lies in the past, and one that follows from the time of
      // the request is another one.
      if (usage.resetsFollow && resetsAt !== null) expect(Date.parse(reset)).toBeGreaterThan(Date.now());
      else expect(reset).toBe(resetsAt);
      expect(elapsed ? used : percent).toBe(used);
    }
  });

  it('asks once, and answers from the cache after that', async () => {
    const machine = await machineOf(of);
    expect(await jsonOf(machine, '--wait')).toMatchObject({ source: 'endpoint' });
    const sent = machine.endpoint.seen.map(({ method, path }) => [method, path]);
    expect(sent).toEqual(of.requests.map(({ method, path }) => [method, path]));
    expect(await jsonOf(machine, '--wait')).toMatchObject({ state: 'fresh', source: 'cache' });
    expect(machine.endpoint.seen).toHaveLength(of.requests.length);
    const { stdout, code } = await machine.run('show');
    expect(code).toBe(0);
    for (const [, label] of of.usage[0]!.windows) expect(stdout).toContain(label.slice(0, 8));
    expect((await machine.run('--wait')).stdout).toMatch(/%|no limits|credits/);
    expect(machine.endpoint.seen).toHaveLength(of.requests.length);
  });

  it('has its own directory in the cache, and leaves every other file of the home as it was', async () => {
    const machine = await machineOf(of);
    const without = ['.cache', '.bin'];
    const before = imageOf(machine.home, without);
    await jsonOf(machine, '--wait');
    expect(imageOf(machine.home, without)).toEqual(before);
    const root = join(machine.home, '.cache', 'usageline');
    expect(fs.readdirSync(root).filter((name) => name.startsWith(of.id))).toEqual([of.id]);
    expect(fs.statSync(join(root, of.id)).mode & 0o777).toBe(0o700);
    expect(fs.statSync(join(root, of.id, 'usage.json')).mode & 0o777).toBe(0o600);
  });

  it('shows its secrets in no output and no file', async () => {
    for (const answer of [null, statusAnswer(401), statusAnswer(500)]) {
      const machine = await machineOf(of);
      if (answer) machine.endpoint.answer = answer;
      const login = new Set(filesBelow(machine.home).map(({ path }) => path));
      const runs = [
        await machine.run('--json', '--wait', '--debug'),
        await machine.run('show', '--debug'),
        await machine.run('explain'),
        await machine.run('--wait'),
      ];
      const files = filesBelow(machine.home).filter(({ path }) => !login.has(path));
      const text = JSON.stringify([runs, files]);
      for (const secret of secrets) expect(text).not.toContain(secret);
    }
  });

  it('without a login says so, and sends nothing', async () => {
    const machine = await machineOf(of, false);
    const { stdout, code } = await machine.run('--json', '--wait');
    expect(JSON.parse(stdout)).toMatchObject({
      provider: of.id,
      error: { code: 'no_credentials' },
      windows: [],
    });
    expect(code).toBe(3);
    // Later calls, which look no login up, say the same.
    expect((await jsonOf(machine, '--wait')).error.message).toBe(JSON.parse(stdout).error.message);
    expect(machine.endpoint.seen).toEqual([]);
  });

  http.each([
    [401, 'unauthorized', 3],
    [403, 'forbidden', 3],
    [404, 'bad_response', 4],
    [429, 'rate_limited', 4],
    [500, 'server_error', 4],
    [302, 'bad_response', 4],
  ])('at %s reports %s, and does not ask again at once', async (status, code, exit) => {
    const machine = await machineOf(of);
    machine.endpoint.answer = statusAnswer(status, { location: machine.endpoint.url });
    const run = await machine.run('--json', '--wait');
    const { error, windows, state } = JSON.parse(run.stdout);
    expect({ error, windows, state }).toMatchObject({ error: { code }, windows: [], state: 'none' });
    expect(run.code).toBe(exit);
    const sent = machine.endpoint.seen.length;
    expect(await jsonOf(machine, '--wait')).toMatchObject({ error: { code, message: error.message } });
    expect(machine.endpoint.seen).toHaveLength(sent);
  });

  http.each(of.failures)('at $name reports the failure', async ({ status, body, headers, code }) => {
    const machine = await machineOf(of);
    machine.endpoint.answer = json(body, status, { ...headers });
    expect(await jsonOf(machine, '--wait')).toMatchObject({ error: { code }, windows: [] });
  });

  it('keeps its numbers at an error with status 200, and at an object of another shape', async () => {
    const machine = await machineOf(of);
    const { windows } = await jsonOf(machine, '--wait');
    expect(windows).not.toEqual([]);
    const foreign = of.config === undefined ? FOREIGN_BODIES.slice(1) : [];
    for (const [body, code] of [
      ...ERROR_BODIES.filter((_, index) => index % 5 === 0),
      ...foreign.map((it) => [it, 'bad_response'] as const),
    ]) {
      const before = makeOld(machine, of);
      machine.endpoint.answer = json(body);
      if (of.program) setOutput(machine.bin, JSON.stringify(body));
      const after = await jsonOf(machine, '--wait');
      expect(after, JSON.stringify(body)).toMatchObject({ state: 'stale', error: { code } });
      expect(idsAndShares(after.windows)).toEqual(idsAndShares(windows));
      expect(fs.readFileSync(entryOf(machine, of), 'utf8')).toBe(before);
    }
  });

  http('says of a web page with 403 that it refused, and never that signing in helps', async () => {
    const machine = await machineOf(of);
    machine.endpoint.answer = (_request, response) => {
      response.writeHead(403, { 'content-type': 'text/html' }).end('<html>');
    };
    const { stdout, code } = await machine.run('show');
    expect([stdout, code]).toEqual([
      expect.stringMatching(/refused the request \(403\).*web page.*Signing in again does not help/s),
      // The code of every 403.
      3,
    ]);
    expect(stdout).not.toMatch(/once to sign in|valid key/);
    expect((await machine.run('--wait')).stdout).toMatch(/refused$/m);
  });

  http('gives up when its time is over', async () => {
    const machine = await machineOf(of);
    machine.endpoint.answer = () => {};
    const { stdout, ms } = await machine.run('--json', '--wait', '--timeout', '0.5');
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'timeout' } });
    expect(ms).toBeLessThan(10_000);
  });
});
