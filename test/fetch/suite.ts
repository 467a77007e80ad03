import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { checkBaseUrl } from '../../src/platform/base-url.ts';
import type { Outcome, ProviderDescriptor } from '../../src/fetch/provider.ts';
import { PROVIDERS } from '../../src/fetch/providers.ts';
import type { System } from '../../src/platform/system.ts';
import type { Snapshot, SnapshotData } from '../../src/usage/snapshot.ts';
import type { Window } from '../../src/usage/model.ts';
import { isSignIn } from '../../src/usage/failure.ts';
import { isObject } from '../../src/usage/values.ts';
import { json } from '../support/endpoint.ts';
import type { Answer } from '../support/endpoint.ts';
import { fakeSystem } from '../support/system.ts';
import { providerIn } from './own/provider-in.ts';
import type { ExpectedUsage, ExpectedWindow, LoginCase, ProviderCase, UsageCase } from './case.ts';
import {
  bodyAnswer,
  caseEndpoint,
  hasSqlite,
  imageOf,
  setOutput,
  writeLogin,
  writeProgram,
} from './stage.ts';
import type { CaseEndpoint } from './stage.ts';
import { ERROR_BODIES, FOREIGN_BODIES } from './error-bodies.ts';

/*
 * The contract of every provider, docs/specs/providers.md. It is run with real requests over loopback, and with files below
 * a temporary home directory.
 */

/** Longer than any answer over loopback takes, ms. */
const PATIENCE = 20_000;
/** The deadline of tests in which no answer comes, ms. */
const SHORT = 150;

interface Stage {
  readonly provider: ProviderDescriptor;
  readonly system: System & { readonly root: string };
  readonly endpoint: CaseEndpoint;
  /** The directory of the provider's program; empty without one. */
  readonly bin: string;
}

async function load({ id, config }: ProviderCase): Promise<ProviderDescriptor> {
  const provider = config === undefined ? await PROVIDERS[id]?.() : providerIn(config);
  if (provider === undefined) throw new Error(`providers.ts has no line for ${id}`);
  return provider;
}

async function stageOf(of: ProviderCase, login: LoginCase['login'] = of.login): Promise<Stage> {
  const provider = await load(of);
  const { root } = fakeSystem();
  const bin = join(root, '.bin');
  const [first] = of.usage;
  if (of.program) writeProgram(bin, of.program);
  const stage = {
    provider,
    system: {
      ...fakeSystem({ home: () => root, cwd: () => root }),
      root,
      env: { HOME: root, PATH: `${bin}:${process.env.PATH ?? ''}`, ...writeLogin(root, login) },
    },
    endpoint: await caseEndpoint(bodyAnswer(first!)),
    bin,
  };
  if (first) answerWith(stage, of, first);
  return stage;
}

/** The next answers are those of a usage case. */
function answerWith({ endpoint, bin }: Stage, of: ProviderCase, usage: UsageCase): void {
  endpoint.answer = bodyAnswer(usage);
  if (of.program && 'body' in usage)
    setOutput(bin, typeof usage.body === 'string' ? usage.body : JSON.stringify(usage.body));
}

/** One question, as `resolve/request-once.ts` asks it. */
async function ask(stage: Stage, timeoutMs = PATIENCE): Promise<Outcome<Snapshot>> {
  const session = await (await stage.provider.connect()).authenticate(stage.system);
  if (!session.ok) return session;
  return session.value.send({ baseUrl: stage.endpoint.url, timeoutMs, userAgent: 'usageline/test' });
}

async function codeOf(stage: Stage, timeoutMs?: number): Promise<string> {
  const outcome = await ask(stage, timeoutMs);
  return outcome.ok ? 'usage' : outcome.failure.code;
}

const row = ({ id, label, usedPercent, resetsAt, windowSeconds }: Window): ExpectedWindow => [
  id,
  label,
  usedPercent,
  resetsAt === null ? null : new Date(resetsAt).toISOString(),
  windowSeconds,
];

/** What comes out of data: in the form of a case. */
function usageOf({ reader }: ProviderDescriptor, data: SnapshotData, at: number) {
  const { pools, credits } = reader.details(data, at, at);
  return {
    windows: reader.windows(data, at, at).map(row),
    extraUsage: reader.credits(data) ?? undefined,
    credits,
    pools,
  };
}

function expectUsage(
  provider: ProviderDescriptor,
  { data, plan }: Snapshot,
  at: number,
  wanted: ExpectedUsage,
): void {
  const { windows, extraUsage, credits, pools, lacking } = wanted;
  expect(usageOf(provider, data, at)).toEqual({ windows, extraUsage, credits, pools });
  expect(plan).toBe(wanted.plan ?? null);
  if (lacking) expect(provider.reader.lacking(data)).toEqual(lacking);
  // An e-mail address is not stored.
  expect(JSON.stringify(data)).not.toContain('@');
  // The same after the way through a file.
  const stored = provider.reader.parse(JSON.parse(JSON.stringify(data)));
  expect(usageOf(provider, stored!, at)).toEqual(usageOf(provider, data, at));
}

const filler = (bytes: number) => `{"x":"${'x'.repeat(bytes - 8)}"}`;
const html = '<!DOCTYPE html><html><title>Just a moment...</title></html>';
const raw =
  (bytes: Buffer | string, status = 200, headers: Record<string, string> = {}): Answer =>
  (_request, response) => {
    response.writeHead(status, headers).end(bytes);
  };

/** Answers that mean the same from every endpoint (contract §1), with the code of each. */
const FAILURES: readonly [name: string, answer: Answer, code: string][] = [
  ['an empty body', json(''), 'bad_response'],
  ['white space', json(' \n'), 'bad_response'],
  ['a list', json('[{"limits":[]}]'), 'bad_response'],
  ['null', json('null'), 'bad_response'],
  ['a text', json('"usage"'), 'bad_response'],
  ['a number', json('0'), 'bad_response'],
  ['NaN', json('NaN'), 'bad_response'],
  ['a truncated object', json('{"rate_limit":{"used":1'), 'bad_response'],
  ['two objects', json('{}{}'), 'bad_response'],
  ['HTML with status 200', raw(html, 200, { 'content-type': 'text/html' }), 'bad_response'],
  ['a body of more than 64 KiB', json(filler(65_537)), 'bad_response'],
  ['a gzip bomb', raw(gzipSync(filler(9_000_000)), 200, { 'content-encoding': 'gzip' }), 'bad_response'],
  ['a broken gzip', raw('{}', 200, { 'content-encoding': 'gzip' }), 'bad_response'],
  ['bytes that are no UTF-8', raw(Buffer.from('{"x":"\xff"}', 'latin1')), 'bad_response'],
  ['204', raw('', 204), 'bad_response'],
  ['304', raw('', 304), 'bad_response'],
  ['400', json({ error: 'x' }, 400), 'bad_response'],
  ['401', json({ error: 'x' }, 401), 'unauthorized'],
  ['402', json({ error: 'x' }, 402), 'bad_response'],
  ['403', json({ error: 'x' }, 403), 'forbidden'],
  ['403 as HTML', raw(html, 403, { 'content-type': 'text/html; charset=utf-8' }), 'forbidden'],
  ['404', json({ error: 'x' }, 404), 'bad_response'],
  ['429', json({ error: 'x' }, 429), 'rate_limited'],
  ['500', json({ error: 'x' }, 500), 'server_error'],
  ['502 as HTML', raw(html, 502, { 'content-type': 'text/html' }), 'server_error'],
  ['503', json({ error: 'x' }, 503), 'server_error'],
  ['529', json({ error: 'x' }, 529), 'server_error'],
  ['a connection that is closed', (_request, response) => response.socket?.destroy(), 'network_error'],
  [
    'a connection that is closed in the middle of the body',
    (_request, response) => {
      response.writeHead(200, { 'content-length': '999' }).write('{"rate_limit":');
      setTimeout(() => response.socket?.destroy(), 10);
    },
    'network_error',
  ],
];

/** Answers that do not come in time. */
const SLOW: readonly [name: string, answer: Answer][] = [
  ['no answer', () => {}],
  ['headers and no body', (_request, response) => response.writeHead(200).flushHeaders()],
  [
    'a body that comes byte by byte',
    (_request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
    },
  ],
];

/** The values with which a leaf of a body is replaced, one after the other; undefined: it is removed. */
const BROKEN = [undefined, null, '', 'x', 'NaN', true, [], {}, [[]], { x: 1 }, -7, 'e'.repeat(300)];

/** All places of a value, as paths, objects and lists included. */
function placesOf(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const at = [...path, key];
    return [at, ...placesOf(child, at)];
  });
}

function at(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return value;
  return at((value as Record<string, unknown>)[key], rest);
}

/** A copy with another value at one place; undefined removes the key, and makes null of an element of a list. */
function changed(value: unknown, [key, ...rest]: readonly string[], to: unknown): unknown {
  if (key === undefined) return to;
  const copy: any = Array.isArray(value) ? [...value] : { ...(value as object) };
  if (rest.length > 0) copy[key] = changed(copy[key], rest, to);
  else if (to === undefined && !Array.isArray(copy)) delete copy[key];
  else copy[key] = to ?? null;
  return copy;
}

const NOTHING = Object.assign(() => {}, { each: () => () => {} });

/** `it` where a condition holds. Else no test is made: CI takes a skipped one for an error. */
const itIf = (condition: boolean) => (condition ? it : (NOTHING as unknown as typeof it));
const describeIf = (condition: boolean) => (condition ? describe : (NOTHING as unknown as typeof describe));

/** Describes and runs the contract of one provider. */
export function contractOf(of: ProviderCase): void {
  const [first] = of.usage;
  if (first === undefined) throw new Error(`${of.id}: a case has at least one response with usage`);
  const http = itIf(of.program === undefined);
  // A login in a database cannot be read by every Node.
  const unreadable = of.needsSqlite === true && !hasSqlite;
  const secrets = [...of.secrets, ...(of.refreshTokens ?? [])];

  describe(of.id, () => {
    describeIf(!unreadable)('asks', () => {
      it('its endpoint what is documented, and nothing else', async () => {
        const stage = await stageOf(of);
        expect(await codeOf(stage)).toBe('usage');
        const { seen } = stage.endpoint;
        expect(seen.map(({ method, path }) => [method, path])).toEqual(
          of.requests.map(({ method, path }) => [method, path]),
        );
        for (const [index, { headers, body }] of of.requests.entries()) {
          expect(seen[index]?.headers).toMatchObject({ 'user-agent': 'usageline/test', ...headers });
          if (body !== undefined) expect(JSON.parse(seen[index]!.body)).toEqual(body);
        }
        const runs = of.program ? fs.readFileSync(join(stage.bin, 'runs'), 'utf8') : '';
        expect(runs).toBe(of.program ? `${of.program.args.join(' ')}\n` : '');
      });

      it('with no refresh token, under no circumstances', async () => {
        const stage = await stageOf(of);
        for (const [, answer] of FAILURES) {
          stage.endpoint.answer = answer;
          await ask(stage);
        }
        const sent = stage.endpoint.seen.map(({ text }) => text).join('\n');
        for (const refresh of of.refreshTokens ?? []) expect(sent).not.toContain(refresh);
        const paths = new Set(of.requests.map(({ path }) => path));
        expect(stage.endpoint.seen.filter(({ path }) => !paths.has(path))).toEqual([]);
      });

      it('and leaves every file of the login as it was', async () => {
        const stage = await stageOf(of);
        const before = imageOf(stage.system.root, ['.bin']);
        await ask(stage);
        stage.endpoint.answer = json({ error: 'x' }, 401);
        await ask(stage);
        stage.provider.identity(stage.system);
        expect(imageOf(stage.system.root, ['.bin'])).toEqual(before);
      });

      it('and keeps tokens out of results', async () => {
        const stage = await stageOf(of);
        const results = [await ask(stage)];
        const echo: Answer = ({ headers }, response) => {
          response.writeHead(401).end(JSON.stringify({ error: { message: headers.authorization } }));
        };
        for (const answer of [echo, ...FAILURES.map(([, it]) => it)]) {
          stage.endpoint.answer = answer;
          results.push(await ask(stage));
        }
        const text = JSON.stringify([results, stage.provider.identity(stage.system)]);
        for (const secret of secrets) expect(text).not.toContain(secret);
      });

      http('another server never, whatever a redirect says', async () => {
        const stage = await stageOf(of);
        const elsewhere = await caseEndpoint(bodyAnswer(first));
        for (const status of [301, 302, 303, 307, 308]) {
          stage.endpoint.answer = raw('', status, { location: `${elsewhere.url}/x` });
          expect(await codeOf(stage)).toBe('bad_response');
        }
        expect(elsewhere.seen).toEqual([]);
      });
    });

    describeIf(!unreadable)('reads', () => {
      it.each(of.usage)('$name', async (usage) => {
        const stage = await stageOf(of);
        answerWith(stage, of, usage);
        const outcome = await ask(stage);
        if (!outcome.ok) throw new Error(`failed: ${outcome.failure.code}`);
        expectUsage(stage.provider, outcome.value, stage.system.now(), usage);
      });

      it('an object without limits as usage without windows, or as its documented failure', async () => {
        const stage = await stageOf(of);
        stage.endpoint.answer = json({});
        if (of.program) setOutput(stage.bin, '{}');
        const outcome = await ask(stage);
        expect(outcome.ok ? 'usage' : outcome.failure.code).toBe(of.emptyObject ?? 'usage');
        if (outcome.ok) expect(usageOf(stage.provider, outcome.value.data, 0).windows).toEqual([]);
      });

      it('a body nested a thousand levels deep without a fault', async () => {
        const stage = await stageOf(of);
        const deep = (body: unknown) =>
          isObject(body)
            ? JSON.stringify({ ...body, x: 'DEEP' }).replace('"DEEP"', '['.repeat(9000) + ']'.repeat(9000))
            : body;
        const body =
          'bodies' in first
            ? {
                bodies: Object.fromEntries(
                  Object.entries(first.bodies).map(([path, it]) => [path, deep(it)]),
                ),
              }
            : { body: deep(first.body) };
        answerWith(stage, of, { ...first, ...body });
        expect(await codeOf(stage)).toBe('usage');
      });

      it.each(of.usage)(
        'broken parts of $name as absent, and good ones beside them as they are',
        async (usage) => {
          const { provider, data } = await dataOf(of, usage);
          const whole = new Map(provider.reader.windows(data, 0, 0).map((window) => [window.id, window]));
          for (const place of placesOf(data)) {
            for (const broken of BROKEN) {
              const name = `${place.join('.')} = ${JSON.stringify(broken)}`;
              const windows = readBroken(provider, changed(data, place, broken), name);
              const isZero = of.absentIsZero?.some((field) => place.join('.').startsWith(field));
              for (const { id, usedPercent } of windows) {
                if (usedPercent === 0 && !isZero)
                  expect(whole.get(id)?.usedPercent, `${name}: ${id} is 0`).toBe(0);
              }
            }
          }
        },
      );

      it.each(of.usage)('numbers of $name that are written as texts', async (usage) => {
        const { provider, data } = await dataOf(of, usage);
        for (const place of placesOf(data)) {
          const value = at(data, place);
          if (typeof value !== 'number') continue;
          const name = `${place.join('.')} = "${value}"`;
          const text = changed(data, place, String(value)) as SnapshotData;
          expect(usageOf(provider, text, 0), name).toEqual(usageOf(provider, data, 0));
        }
      });
    });

    describeIf(!unreadable)('fails', () => {
      http.each(FAILURES)('at %s', async (_name, answer, code) => {
        const stage = await stageOf(of);
        stage.endpoint.answer = answer;
        expect(await codeOf(stage)).toBe(code);
      });

      it.each(ERROR_BODIES)('at %j with status 200 as %s', async (body, code) => {
        const stage = await stageOf(of);
        stage.endpoint.answer = json(body);
        if (of.program) setOutput(stage.bin, JSON.stringify(body));
        expect(await codeOf(stage)).toBe(code);
      });

      // Of a provider of the user's own, an object without any of its paths can be a plan without limits.
      itIf(of.config === undefined).each(FOREIGN_BODIES)(
        'at an object of another shape: %j',
        async (body) => {
          const stage = await stageOf(of);
          stage.endpoint.answer = json(body);
          if (of.program) setOutput(stage.bin, JSON.stringify(body));
          expect(await codeOf(stage)).toBe('bad_response');
        },
      );

      http.each(SLOW)('in time at %s', async (_name, answer) => {
        const stage = await stageOf(of);
        stage.endpoint.answer = answer;
        const start = performance.now();
        expect(await codeOf(stage, SHORT)).toBe('timeout');
        // One deadline for all requests of a question together.
        expect(performance.now() - start).toBeLessThan(SHORT * 10);
      });

      http('without a server', async () => {
        const stage = await stageOf(of);
        const session = await (await stage.provider.connect()).authenticate(stage.system);
        if (!session.ok) throw new Error(session.failure.code);
        const options = { baseUrl: 'http://127.0.0.1:1', timeoutMs: PATIENCE, userAgent: 'x' };
        expect(await session.value.send(options)).toMatchObject({ failure: { code: 'network_error' } });
      });

      http('at a web page with a detail that says so', async () => {
        const stage = await stageOf(of);
        stage.endpoint.answer = raw(html, 403, { 'content-type': 'text/html' });
        const outcome = await ask(stage);
        expect(outcome).toMatchObject({ failure: { code: 'forbidden', detail: /web page/ } });
      });

      http.each(['120', 'Fri, 20 Nov 2026 18:30:00 GMT', 'soon', '-5'])(
        'at 429 with Retry-After: %s as it came',
        async (retryAfter) => {
          const stage = await stageOf(of);
          stage.endpoint.answer = json({}, 429, { 'retry-after': retryAfter });
          expect(await ask(stage)).toEqual({ ok: false, failure: { code: 'rate_limited', retryAfter } });
        },
      );

      http.each(of.failures)('at $name', async ({ status, body, headers, code }) => {
        const stage = await stageOf(of);
        stage.endpoint.answer = json(body, status, { ...headers });
        expect(await codeOf(stage)).toBe(code);
      });

      itIf(of.program !== undefined)('at every way in which its program can fail', async () => {
        const stage = await stageOf(of);
        const { bin } = stage;
        for (const output of ['', '[]', 'null', '{"x":', html, filler(2_000_000)]) {
          setOutput(bin, output);
          expect(await codeOf(stage), output.slice(0, 20)).toBe('bad_response');
        }
        for (const { status, body, code } of of.failures) {
          setOutput(bin, typeof body === 'string' ? body : JSON.stringify(body), status);
          expect(await codeOf(stage)).toBe(code);
        }
        fs.writeFileSync(join(bin, 'sleep'), '');
        const start = performance.now();
        expect(await codeOf(stage, SHORT)).toBe('timeout');
        expect(performance.now() - start).toBeLessThan(SHORT * 10);
        fs.rmSync(join(bin, of.program!.name));
        const outcome = await ask(stage);
        expect(!outcome.ok && isSignIn(outcome.failure.code)).toBe(true);
      });
    });

    describe('finds its login', () => {
      it('nowhere on a new machine, and says so', async () => {
        const stage = await stageOf(of, {});
        if (of.program) fs.rmSync(join(stage.bin, of.program.name));
        const { provider, system } = stage;
        expect(await codeOf(stage)).toBe('no_credentials');
        expect(provider.hasStoredLogin(system, provider.fingerprint(system, null))).toBe(false);
        expect(provider.identity(system)).toEqual({ kind: 'none' });
        expect(stage.endpoint.seen).toEqual([]);
      });

      it('by `stat` alone, and knows its account', async () => {
        const { provider, system } = await stageOf(of);
        expect(provider.hasStoredLogin(system, provider.fingerprint(system, null))).toBe(true);
        const identity = provider.identity(system);
        if (of.identity === null || unreadable) return expect(identity.kind).toBe('none');
        const { accountId, organizationId = null } = of.identity;
        expect(identity).toMatchObject({ kind: 'known', organizationId });
        if (identity.kind !== 'known') return undefined;
        expect(identity.accountId).toMatch(accountId);
        if (typeof accountId === 'string') expect(identity.accountId).toBe(accountId);
        // An e-mail address is not to be shown.
        return expect(JSON.stringify(identity)).not.toContain('@');
      });

      itIf(unreadable)('in a database that this Node cannot read, and says what it takes', async () => {
        const outcome = await ask(await stageOf(of));
        expect(outcome).toMatchObject({
          failure: { code: 'credentials_unreadable', detail: /SQLite.*Node/ },
        });
      });

      itIf(!unreadable).each(of.logins)('$name', async (login) => {
        const stage = await stageOf(of, login.login);
        const outcome = await ask(stage);
        expect(outcome.ok ? undefined : outcome.failure.code).toBe(login.code);
        if (login.detail !== undefined && !outcome.ok) expect(outcome.failure.detail).toContain(login.detail);
        if (login.headers) expect(stage.endpoint.seen[0]?.headers).toMatchObject(login.headers);
        // A login that cannot be used is not sent.
        if (login.code !== undefined) expect(stage.endpoint.seen).toEqual([]);
        if (login.accountId === undefined) return;
        const identity = stage.provider.identity(stage.system);
        expect(identity.kind === 'known' ? identity.accountId : null).toBe(login.accountId);
      });

      const paths = Object.keys(of.login.files ?? {});
      const inFile = itIf(paths.length > 0 && !of.needsSqlite && of.program === undefined);

      inFile.each([
        ['empty', ''],
        ['white space', ' \n'],
        ['a list', '[]'],
        ['null', 'null'],
        ['an object of another program', '{"x":{}}'],
        ['cut off', '{"tokens":{"access_'],
        ['not UTF-8', Buffer.from('{"x":"\xff"}', 'latin1')],
      ])('damaged: a file that is %s', async (_name, content) => {
        const stage = await stageOf(of);
        for (const name of paths) fs.writeFileSync(join(stage.system.root, name), content);
        const outcome = await ask({ ...stage, system: withoutKeys(stage) });
        expect(outcome.ok).toBe(false);
        expect(['credentials_invalid', 'no_credentials']).toContain(outcome.ok || outcome.failure.code);
        expect(stage.endpoint.seen).toEqual([]);
      });

      inFile.each<[string, (path: string) => void]>([
        ['a directory', (path) => fs.mkdirSync(path)],
        ['a pipe', (path) => execFileSync('mkfifo', [path])],
        ['a device', (path) => fs.symlinkSync('/dev/zero', path)],
        ['2 MiB large', (path) => fs.writeFileSync(path, ' '.repeat(2 ** 21))],
      ])('unreadable, without hanging: %s', async (_name, make) => {
        const stage = await stageOf(of);
        for (const name of paths) {
          fs.rmSync(join(stage.system.root, name));
          make(join(stage.system.root, name));
        }
        expect(await codeOf({ ...stage, system: withoutKeys(stage) })).toBe('credentials_unreadable');
        expect(stage.endpoint.seen).toEqual([]);
      });

      inFile('through a link, and notices that it was replaced', async () => {
        const { provider, system } = await stageOf(of);
        const before = provider.fingerprint(system, null);
        const [name = ''] = paths;
        const path = join(system.root, name);
        fs.renameSync(path, `${path}.real`);
        fs.symlinkSync(`${path}.real`, path);
        expect(provider.fingerprint(system, null)).toBe(before);
        fs.appendFileSync(`${path}.real`, ' ');
        expect(provider.fingerprint(system, null)).not.toBe(before);
      });

      const variables = Object.keys(of.login.env ?? {}).filter((name) =>
        of.secrets.includes(of.login.env![name]!),
      );
      itIf(variables.length > 0)('in a variable, and notices another key there', async () => {
        const stage = await stageOf(of);
        const { provider, system } = stage;
        const before = provider.fingerprint(system, null);
        const [name = ''] = variables;
        const other = { ...system, env: { ...system.env, [name]: 'another-EXAMPLE-KEY' } };
        expect(provider.fingerprint(other, null)).not.toBe(before);
        expect(provider.identity(other)).not.toEqual(provider.identity(system));
        for (const secret of of.secrets) expect(before).not.toContain(secret);
        const spaced = { ...system, env: { ...system.env, [name]: ` ${system.env[name]}\n` } };
        expect(await codeOf({ ...stage, system: spaced })).toBe('usage');
        for (const key of ['a\nb', 'schl\u00fcssel']) {
          const broken = { ...system, env: { ...system.env, [name]: key } };
          expect(await ask({ ...stage, system: broken })).toEqual({
            ok: false,
            failure: { code: 'credentials_invalid', detail: name },
          });
        }
      });
    });

    describe('describes itself', () => {
      it('with an id, names in printable ASCII, a budget, and a base URL to which a token may go', async () => {
        const provider = await load(of);
        const { id, texts, budget, baseUrl, baseUrlVariable } = provider;
        expect(id).toBe(of.id);
        expect(id).toMatch(/^[a-z0-9]+$/);
        expect(baseUrlVariable).toBe(`USAGELINE_${id.toUpperCase()}_BASE_URL`);
        expect(checkBaseUrl(baseUrl)).toEqual({ ok: true, baseUrl });
        expect(JSON.stringify(texts)).toMatch(/^[\x20-\x7e]+$/);
        expect(texts.mainWindows).not.toEqual({});
        expect(budget.spacingMs).toBeGreaterThanOrEqual(60_000);
        expect(budget.perHour).toBeLessThanOrEqual(24);
      });

      it('with every variable that it reads, and no other', async () => {
        const { provider, system } = await stageOf(of);
        const read = new Set<string>();
        const seeing = (env: System['env']): System => ({
          ...system,
          env: new Proxy(env, {
            get(target, name) {
              read.add(String(name));
              return target[String(name)];
            },
          }),
        });
        for (const env of [{}, system.env]) {
          const machine = seeing(env);
          provider.account(machine);
          provider.accountKey(machine);
          provider.credentialFiles(machine);
          provider.fingerprint(machine, null);
          provider.identity(machine);
          await (await provider.connect()).authenticate(machine);
        }
        const listed = [
          ...provider.variables,
          ...(provider.directoryVariable ? [provider.directoryVariable] : []),
        ];
        expect([...read].toSorted()).toEqual(listed.toSorted());
      });

      it('with two files at most that shells compare, in absolute paths', async () => {
        const { provider, system } = await stageOf(of);
        const files = provider.credentialFiles(system);
        expect(files.length).toBeLessThanOrEqual(2);
        for (const path of files) expect(path.startsWith(`${system.root}/`)).toBe(true);
        const homeless = { ...system, home: () => null, env: {} };
        expect(provider.credentialFiles(homeless)).toEqual([]);
        expect((await (await provider.connect()).authenticate(homeless)).ok).toBe(false);
      });

      it('with an account for each directory of a login, in any spelling', async () => {
        const { provider, system } = await stageOf(of);
        expect(provider.account(system).directory).toMatch(new RegExp(`^${of.id}(-[0-9a-f]{8})?$`));
        const { directoryVariable: variable } = provider;
        if (variable === null) return;
        const inDirectory = (value: string) => ({ ...system, env: { ...system.env, [variable]: value } });
        const accountIn = (value: string) => provider.account(inDirectory(value));
        fs.mkdirSync(join(system.root, 'other'));
        fs.symlinkSync(join(system.root, 'other'), join(system.root, 'link'));
        const other = accountIn(join(system.root, 'other'));
        expect(other.directory).toMatch(new RegExp(`^${of.id}-[0-9a-f]{8}$`));
        for (const spelling of ['other', './other/', `${system.root}//other/../other`, `${system.root}/link`])
          expect(accountIn(spelling)).toEqual(other);
        expect(accountIn(join(system.root, 'third'))).not.toEqual(other);
        expect(provider.accountKey(inDirectory(''))).toBeNull();
        expect(accountIn('')).toEqual({ name: 'default', directory: of.id });
        // The standard directory by its name is the default account.
        // A database is not among the files that shells compare.
        const [named = ''] = Object.keys(of.login.files ?? {});
        const [file = join(system.root, named)] = provider.credentialFiles(inDirectory(''));
        const above = [dirname(file), dirname(dirname(file))];
        const standard = above.find((path) => accountIn(path).name === 'default');
        expect(standard).toBeDefined();
        expect(accountIn(`${standard}/`)).toEqual({ name: 'default', directory: of.id });
      });

      itIf(!unreadable)('with a hash of its token that needs the key', async () => {
        const stage = await stageOf(of);
        const session = await (await stage.provider.connect()).authenticate(stage.system);
        if (!session.ok) throw new Error(session.failure.code);
        const [one, two] = ['k1', 'k2'].map((key) => session.value.tokenHash(key));
        expect(one).toMatch(/^[0-9a-f]{32}$/);
        expect(one).not.toBe(two);
        expect(session.value.tokenHash('k1')).toBe(one);
      });
    });
  });
}

/** The data that are stored of a usage case. */
async function dataOf(of: ProviderCase, usage: UsageCase) {
  const stage = await stageOf(of);
  answerWith(stage, of, usage);
  const outcome = await ask(stage);
  if (!outcome.ok) throw new Error(`failed: ${outcome.failure.code}`);
  return { provider: stage.provider, data: outcome.value.data };
}

/** The windows of broken data. Whatever is broken, numbers are finite and not negative, and nothing throws. */
function readBroken({ reader }: ProviderDescriptor, value: unknown, name: string): readonly Window[] {
  const data = reader.parse(value);
  expect(data === null || isObject(data), name).toBe(true);
  if (data === null) return [];
  const windows = reader.windows(data, 0, 0);
  for (const { usedPercent, resetsAt, label } of windows) {
    if (usedPercent !== null) expect(usedPercent, name).toBeGreaterThanOrEqual(0);
    expect(usedPercent === null || Number.isFinite(usedPercent), name).toBe(true);
    expect(resetsAt === null || (resetsAt > 9e11 && resetsAt < 5e12), `${name}: ${resetsAt}`).toBe(true);
    expect(label, name).toMatch(/^[A-Za-z0-9 ._+:/()-]{1,40}$/);
  }
  const extra = reader.credits(data);
  for (const amount of [extra?.used, extra?.limit, extra?.usedPercent])
    if (amount != null) expect(amount, name).toBeGreaterThanOrEqual(0);
  for (const { used, limit, remaining } of reader.details(data, 0, 0).pools ?? [])
    for (const amount of [used, limit, remaining])
      if (amount !== null) expect(Number.isFinite(amount), name).toBe(true);
  reader.resets(data);
  reader.lacking(data);
  return windows;
}

/** The machine of a stage without keys in variables, so that only files are a login. */
function withoutKeys({ provider, system }: Stage): Stage['system'] {
  const env = { ...system.env };
  for (const name of provider.variables) delete env[name];
  return { ...system, env };
}
