import { describe, expect, it } from 'vitest';
import { defineProvider } from '../../../src/fetch/kit/define.ts';
import type { ProviderDefinition } from '../../../src/fetch/kit/define.ts';
import type { Login } from '../../../src/fetch/kit/login.ts';
import { keyTexts } from '../../../src/fetch/kit/texts.ts';
import { json } from '../../support/endpoint.ts';
import { fakeSystem } from '../../support/system.ts';
import { caseEndpoint } from '../stage.ts';

const budget = { spacingMs: 600_000, perHour: 6 };
const STANDARD = 'https://quota.tally.test';

/** A provider that asks as a test says. */
function aProvider(ask: ProviderDefinition<Login>['ask'], more: Partial<ProviderDefinition<Login>> = {}) {
  return defineProvider<Login>({
    id: 'tally',
    texts: keyTexts({
      name: 'Tally',
      vendor: 'Tally Works',
      variable: 'TALLY_KEY',
      budget,
      mainWindows: { five_hour: '5h' },
    }),
    budget,
    baseUrl: STANDARD,
    directory: null,
    keyVariables: ['TALLY_KEY'],
    files: () => [],
    login: () => ({ ok: true, value: { token: 'tok-EXAMPLE', plan: 'team' } }),
    ask,
    windows: () => [],
    ...more,
  });
}

async function send(provider: ReturnType<typeof aProvider>, baseUrl: string, timeoutMs = 5000) {
  const clock = { ...fakeSystem(), monotonic: () => performance.now() };
  const session = await (await provider.connect()).authenticate(clock);
  if (!session.ok) throw new Error(session.failure.code);
  return session.value.send({ baseUrl, timeoutMs, userAgent: 'usageline/\u00e4test\n' });
}

describe('a question', () => {
  it('can take several requests, GET and POST, with headers of its own', async () => {
    const endpoint = await caseEndpoint(json({ a: 1 }));
    const provider = aProvider(async (login, call) => {
      const one = await call.get('/one?x=1', { headers: { authorization: `token ${login.token}` } });
      const two = await call.post(
        '/two',
        { b: [2] },
        { headers: { 'content-type': 'application/x-amz-json-1.0' } },
      );
      if (!one.ok) return one;
      if (!two.ok) return two;
      return { ok: true, value: { data: { one: one.value, two: two.value } } };
    });
    expect(await send(provider, endpoint.url)).toEqual({
      ok: true,
      value: { data: { one: { a: 1 }, two: { a: 1 } }, plan: 'team', loginUntil: null },
    });
    expect(endpoint.seen).toMatchObject([
      {
        method: 'GET',
        path: '/one?x=1',
        headers: {
          authorization: 'token tok-EXAMPLE',
          'user-agent': 'usageline/test',
          accept: 'application/json',
        },
        body: '',
      },
      {
        method: 'POST',
        path: '/two',
        headers: { authorization: 'Bearer tok-EXAMPLE', 'content-type': 'application/x-amz-json-1.0' },
        body: '{"b":[2]}',
      },
    ]);
    expect(endpoint.seen[0]?.headers).not.toHaveProperty('content-type');
  });

  it('has one deadline for all its requests', async () => {
    const endpoint = await caseEndpoint((_request, response) => {
      setTimeout(() => response.end('{}'), 120);
    });
    let answers = 0;
    const provider = aProvider(async (_login, call) => {
      for (;;) {
        const answer = await call.get('/slow');
        if (!answer.ok) return answer;
        answers += 1;
        expect(call.left()).toBeLessThan(300 - 100 * answers);
      }
    });
    const start = performance.now();
    expect(await send(provider, endpoint.url, 300)).toEqual({ ok: false, failure: { code: 'timeout' } });
    expect(answers).toBeLessThan(3);
    expect(performance.now() - start).toBeLessThan(2000);
  });

  it('whose time is over sends nothing more', async () => {
    const endpoint = await caseEndpoint(json({}));
    const provider = aProvider(async (_login, call) => {
      const answer = await call.get('/x');
      return answer.ok ? { ok: true, value: { data: answer.value } } : answer;
    });
    expect(await send(provider, endpoint.url, 0)).toEqual({ ok: false, failure: { code: 'timeout' } });
    // Longer than a request over loopback takes.
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(endpoint.seen).toEqual([]);
  });

  it('can have a shorter deadline for a request that is not needed', async () => {
    const endpoint = await caseEndpoint(({ url }, response) => {
      if (url === '/needed') response.end('{"a":1}');
    });
    const provider = aProvider(async (_login, call) => {
      const more = await call.get('/more', { timeoutMs: 50 });
      const needed = await call.get('/needed');
      return needed.ok ? { ok: true, value: { data: { needed: needed.value, more: more.ok } } } : needed;
    });
    expect(await send(provider, endpoint.url)).toMatchObject({
      value: { data: { needed: { a: 1 }, more: false } },
    });
  });

  it('goes to the server that a login names only where no base URL is configured', async () => {
    const [configured, named] = [await caseEndpoint(json({})), await caseEndpoint(json({}))];
    const provider = aProvider(async (_login, call) => {
      const answer = await call.get('/x', { origin: named.url });
      return answer.ok ? { ok: true, value: { data: answer.value } } : answer;
    });
    await send(provider, configured.url);
    expect([configured.seen.length, named.seen.length]).toEqual([1, 0]);
    await send(provider, STANDARD);
    expect([configured.seen.length, named.seen.length]).toEqual([1, 1]);
  });

  it('never goes to a server to which a token may not be sent', async () => {
    const standard = await caseEndpoint(json({}));
    const provider = aProvider(
      async (_login, call) => {
        const answer = await call.get('/x', { origin: 'http://quota.example' });
        return answer.ok ? { ok: true, value: { data: answer.value } } : answer;
      },
      { baseUrl: standard.url },
    );
    expect((await send(provider, standard.url)).ok).toBe(true);
    expect(standard.seen).toHaveLength(1);
  });

  it('can find a failure in a 200, and refuse data', async () => {
    const endpoint = await caseEndpoint(json({ code: 1004 }, 200, { 'retry-after': '9' }));
    const provider = aProvider(async (_login, call) => {
      const failureIn = (body: { code?: unknown }, retryAfter: string | null) =>
        body.code === 1004 ? ({ code: 'rate_limited', retryAfter } as const) : null;
      const answer = await call.get('/x', { failureIn });
      return answer.ok ? { ok: true, value: { data: answer.value } } : answer;
    });
    expect(await send(provider, endpoint.url)).toEqual({
      ok: false,
      failure: { code: 'rate_limited', retryAfter: '9' },
    });
    const strict = aProvider(async () => ({ ok: true, value: { data: { x: 1 } } }), { parse: () => null });
    expect(await send(strict, endpoint.url)).toEqual({ ok: false, failure: { code: 'bad_response' } });
    expect(strict.reader.parse({ x: 1 })).toBeNull();
    expect(provider.reader.parse([])).toBeNull();
  });
});

describe('texts of a key', () => {
  it('say which variable to set, and the pace', () => {
    const { texts } = aProvider(async () => ({ ok: true, value: { data: {} } }));
    expect(texts.failures.no_credentials).toMatchObject({
      happened: 'No key of Tally was found',
      advice: 'Set TALLY_KEY to a valid key.',
    });
    expect(texts.requestLimit).toBe('one in 10 minutes and 6 an hour');
  });
});
