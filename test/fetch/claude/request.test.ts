import { readFileSync } from 'node:fs';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { requestUsage } from '../../../src/fetch/claude/request.ts';

const options = { baseUrl: 'https://api.anthropic.com', timeoutMs: 1000, userAgent: 'usageline/0.1.0' };
const endpoint = 'https://api.anthropic.com/api/oauth/usage';
const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../fixtures/claude/${name}`, import.meta.url), 'utf8'));

const server = setupServer();
const unhandled = vi.fn<() => void>();
beforeAll(() => {
  server.events.on('request:unhandled', unhandled);
  server.listen({ onUnhandledRequest: 'error' });
});
afterEach(() => {
  server.resetHandlers();
  expect(unhandled).not.toHaveBeenCalled();
});
afterAll(() => server.close());

const ask = (more: object = {}) => requestUsage(globalThis.fetch, 'the-token', { ...options, ...more });

test('the request is the one that Claude Code makes', async () => {
  let seen: Request | undefined;
  server.use(
    http.get(endpoint, ({ request }) => {
      seen = request;
      return HttpResponse.json({});
    }),
  );
  expect(await ask()).toEqual({ ok: true, value: {} });
  expect(seen?.method).toBe('GET');
  expect(Object.fromEntries(seen!.headers)).toMatchObject({
    authorization: 'Bearer the-token',
    'anthropic-beta': 'oauth-2025-04-20',
    accept: 'application/json',
    'user-agent': 'usageline/0.1.0',
  });
});

test('characters of a user agent that no header can contain are removed', async () => {
  let agent: string | null = null;
  server.use(
    http.get(endpoint, ({ request }) => {
      agent = request.headers.get('user-agent');
      return HttpResponse.json({});
    }),
  );
  expect(await ask({ userAgent: 'mine\r\nx-evil: 1 ✓' })).toMatchObject({ ok: true });
  expect(agent).toBe('minex-evil: 1');
});

test('a path prefix of the base URL is kept', async () => {
  server.use(http.get('http://127.0.0.1:9/prefix/api/oauth/usage', () => HttpResponse.json({})));
  expect(await ask({ baseUrl: 'http://127.0.0.1:9/prefix' })).toMatchObject({ ok: true });
});

test.each([
  ['2026-04-18-max.json'],
  ['2026-07-03-limits.json'],
  ['2026-08-05-max.json'],
  ['enterprise-null-five-hour.json'],
  ['extra-usage-eur.json'],
])('%s is read, with unknown keys under `unknown_buckets`', async (name) => {
  const body = fixture(name);
  server.use(http.get(endpoint, () => HttpResponse.json(body)));
  const answer = await ask();
  expect(answer.ok).toBe(true);
  const { unknown_buckets: unknown = {}, ...known } = answer.ok ? answer.value : {};
  expect({ ...known, ...unknown }).toEqual(body);
});

test('a rate limit in a 200 keeps its Retry-After', async () => {
  const body = fixture('error-429.json');
  server.use(http.get(endpoint, () => HttpResponse.json(body, { headers: { 'retry-after': '300' } })));
  expect(await ask()).toEqual({ ok: false, failure: { code: 'rate_limited', retryAfter: '300' } });
});

test.each([
  ['error-403-scope.json', 403, { code: 'forbidden' }],
  ['error-429.json', 429, { code: 'rate_limited', retryAfter: '0' }],
])('%s is a failure without the text of the server', async (name, status, failure) => {
  server.use(
    http.get(endpoint, () => HttpResponse.json(fixture(name), { status, headers: { 'retry-after': '0' } })),
  );
  expect(await ask()).toEqual({ ok: false, failure });
});

test('deep nesting in a known bucket does not keep the response from being stored', async () => {
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  const body = `{"five_hour":{"utilization":5,"resets_at":null,"odd":${deep}},"seven_day":{"utilization":6,"resets_at":null}}`;
  server.use(http.get(endpoint, () => new HttpResponse(body)));
  const answer = await ask();
  expect(answer).toMatchObject({ value: { five_hour: { utilization: 5 }, seven_day: { utilization: 6 } } });
  expect(() => JSON.stringify(answer)).not.toThrow();
});
