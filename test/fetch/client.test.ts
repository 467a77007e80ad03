import { gzipSync } from 'node:zlib';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { requestJson } from '../../src/fetch/client.ts';
import type { Fetch, FetchResponse } from '../../src/fetch/client.ts';
import { LATE, PATIENCE } from '../support/patience.ts';

const url = 'https://api.example.com/thing';
const request = { url, headers: { authorization: 'Bearer secret-token' }, timeoutMs: 1000 };

const server = setupServer();
const unhandled = vi.fn<() => void>();
beforeAll(() => {
  server.events.on('request:unhandled', unhandled);
  server.listen({ onUnhandledRequest: 'error' });
});
beforeEach(() => unhandled.mockClear());
afterEach(() => {
  server.resetHandlers();
  expect(unhandled).not.toHaveBeenCalled();
});
afterAll(() => server.close());

const ask = () => requestJson(globalThis.fetch, request);
const answer = (
  body: ConstructorParameters<typeof HttpResponse>[0],
  init?: { status?: number; headers?: Record<string, string> },
) => server.use(http.get(url, () => new HttpResponse(body, init)));
const failed = (code: string, more: object = {}) => ({ ok: false, failure: { code, ...more } });

const padded = (bytes: number) => `{}${' '.repeat(bytes - 2)}`;
const wrapped = (code: string) =>
  Object.assign(new TypeError('fetch failed: secret-token'), { cause: { code } });
const parser = (data: string) => Object.assign(new Error('secret-token'), { name: 'HTTPParserError', data });
const plain = (code: string) => Object.assign(new Error('secret-token'), { code });
/** What Node makes of a host with several addresses, none of which can be connected to. */
const several = (code: string, syscall: string) =>
  Object.assign(new AggregateError([Object.assign(plain(code), { syscall })]), { code });
const rejecting =
  (error: unknown): Fetch =>
  async () => {
    throw error;
  };
const throwing = (error: unknown) => {
  throw error;
};
const response = (body: FetchResponse['body']): FetchResponse => ({
  status: 200,
  headers: { get: () => null },
  body,
});

describe('a status', () => {
  test.each([
    [204, 'bad_response'],
    [205, 'bad_response'],
    [300, 'bad_response'],
    [301, 'bad_response'],
    [302, 'bad_response'],
    [303, 'bad_response'],
    [304, 'bad_response'],
    [307, 'bad_response'],
    [308, 'bad_response'],
    [400, 'bad_response'],
    [401, 'unauthorized'],
    [402, 'bad_response'],
    [403, 'forbidden'],
    [404, 'bad_response'],
    [408, 'bad_response'],
    [418, 'bad_response'],
    [451, 'bad_response'],
    [500, 'server_error'],
    [502, 'server_error'],
    [503, 'server_error'],
    [529, 'server_error'],
    [599, 'server_error'],
  ])('of %i is %s', async (status, code) => {
    // With a body that would do, where one is allowed.
    answer([204, 205, 304].includes(status) ? null : '{}', {
      status,
      headers: { location: 'https://elsewhere.example/', 'retry-after': '9' },
    });
    expect(await ask()).toEqual(failed(code));
  });

  test.each([['0'], ['3037'], ['-1'], ['soon'], ['Fri, 20 Nov 2026 19:00:00 GMT']])(
    'of 429 keeps Retry-After: %s as it came',
    async (retryAfter) => {
      answer('{}', { status: 429, headers: { 'retry-after': retryAfter } });
      expect(await ask()).toEqual(failed('rate_limited', { retryAfter }));
    },
  );

  test('of 429 without Retry-After has null in its place', async () => {
    answer('{}', { status: 429 });
    expect(await ask()).toEqual(failed('rate_limited', { retryAfter: null }));
  });
});

describe('a 2xx body', () => {
  test.each([
    ['an object', '{"a":1}', 200, { a: 1 }],
    ['an empty object', '{}', 200, {}],
    ['an object with status 201', '{"a":1}', 201, { a: 1 }],
    ['an object after a byte order mark', '\uFEFF {"a":1}\n', 200, { a: 1 }],
  ])('that is %s is read', async (_, body, status, value) => {
    answer(body, { status });
    expect(await ask()).toEqual({ ok: true, value });
  });

  test.each([
    ['empty', ''],
    ['HTML', '<!doctype html><title>Sign in</title>'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a string', '"text"'],
    ['cut off', '{"five_hour":{"utiliz'],
    ['not UTF-8', Buffer.from('7b2261223a22ff227d', 'hex')],
    ['UTF-16', Buffer.from('\uFEFF{}', 'utf16le')],
  ])('that is %s is a bad response', async (_, body) => {
    answer(body);
    expect(await ask()).toEqual(failed('bad_response'));
  });

  test('of 64 KiB is read', async () => {
    answer(padded(65_536));
    expect(await ask()).toEqual({ ok: true, value: {} });
  });
  test('of 64 KiB and a byte is a bad response', async () => {
    answer(padded(65_537));
    expect(await ask()).toEqual(failed('bad_response'));
  });
  test('is measured after decompression', async () => {
    answer(gzipSync(padded(65_537)), { headers: { 'content-encoding': 'gzip' } });
    expect(await ask()).toEqual(failed('bad_response'));
  });
  test('with a broken compression is a bad response', async () => {
    answer('no gzip', { headers: { 'content-encoding': 'gzip' } });
    expect(await ask()).toEqual(failed('bad_response'));
  });

  test.each([
    ['objects', '{"a":'.repeat(6000), '}'.repeat(6000)],
    ['lists', `{"a":${'['.repeat(30_000)}`, `${']'.repeat(30_000)}}`],
  ])('of %s nested absurdly deep can be written again', async (_, open, close) => {
    answer(`${open.slice(0, -1)}${open.endsWith(':') ? ':1' : '['}${close}`);
    const read = await ask();
    expect(read.ok).toBe(true);
    expect(() => JSON.stringify(read)).not.toThrow();
  });

  test('keeps values that are nested as deep as in real responses', async () => {
    const nested = `${'{"a":'.repeat(30)}{"b":[null,1]}${'}'.repeat(30)}`;
    answer(nested);
    expect(JSON.stringify(await ask())).toContain('{"b":[null,1]}');
  });

  test('loses only values that are nested too deep', async () => {
    const deep = `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`;
    answer(`{"before":1,"deep":${deep},"list":[${deep},2],"after":[2]}`);
    const read = await ask();
    expect(read).toMatchObject({ value: { before: 1, after: [2] } });
    expect(read.ok && (read.value.list as unknown[])[1]).toBe(2);
  });
});

describe('an error during the request', () => {
  test.each([
    [plain('ECONNRESET'), 'network_error'],
    [wrapped('ECONNRESET'), 'network_error'],
    [plain('UND_ERR_SOCKET'), 'network_error'],
    [plain('UND_ERR_RES_CONTENT_LENGTH_MISMATCH'), 'network_error'],
    [parser(''), 'network_error'],
    [parser('SSH-2.0 secret-token'), 'bad_response'],
    [Object.assign(new TypeError('fetch failed'), { cause: parser('SSH-2.0 secret-token') }), 'bad_response'],
    [plain('UND_ERR_HEADERS_OVERFLOW'), 'bad_response'],
    [plain('Z_DATA_ERROR'), 'bad_response'],
    [plain('EAI_AGAIN'), 'network_error'],
    [plain('ESERVFAIL'), 'network_error'],
    [plain('ERR_SSL_WRONG_VERSION_NUMBER'), 'network_error'],
    [plain('UNABLE_TO_GET_CRL'), 'network_error'],
    [Object.assign(plain('EACCES'), { syscall: 'connect' }), 'network_error'],
    [several('EPERM', 'connect'), 'network_error'],
  ])('%o is %s, without its message', async (error, code) => {
    const outcome = await requestJson(rejecting(error), request);
    expect(outcome).toEqual(failed(code));
  });

  test.each([
    [new Error('secret-token')],
    [new TypeError('secret-token')],
    [Object.assign(new Error('secret-token'), { code: 7, detail: 'secret-token' })],
    [plain('EACCES')],
    [plain('ERR_INVALID_ARG_TYPE')],
    [plain('UND_ERR_INVALID_ARG')],
    [Object.assign(plain('EMFILE'), { syscall: 'connect' })],
    [several('EMFILE', 'connect')],
    [several('EPERM', 'open')],
    ['secret-token'],
    [null],
    [undefined],
  ])('%o is not a network error, and its message is not shown', async (error) => {
    const outcome = await requestJson(rejecting(error), request);
    expect(outcome).toEqual(failed('internal_error', { detail: expect.stringMatching(/./) }));
    expect(JSON.stringify(outcome)).not.toContain('secret');
  });

  test('an internal error has its kind and its place as detail', async () => {
    const outcome = await requestJson(rejecting(new RangeError('secret-token')), request);
    expect(outcome).toEqual(
      failed('internal_error', {
        detail: expect.stringMatching(/^RangeError at \S* ?client\.test\.ts:\d+:\d+$/),
      }),
    );
    const emfile = await requestJson(rejecting(plain('EMFILE')), request);
    expect(emfile).toEqual(failed('internal_error', { detail: 'too many open files' }));
  });

  test.each<[string, () => void]>([
    ['a timer', () => setTimeout(() => throwing(new TypeError('secret-token')), 1)],
    ['the next turn', () => setImmediate(() => throwing(new TypeError('secret-token')))],
    ['a rejection without a handler', () => void Promise.reject(new TypeError('secret-token'))],
  ])('an exception in %s ends the request at once', async (_, happen) => {
    const start = performance.now();
    const listeners = process.listenerCount('uncaughtException');
    const outcome = await requestJson(
      () => {
        happen();
        return new Promise(() => {});
      },
      { ...request, timeoutMs: PATIENCE },
    );
    expect(outcome).toEqual(failed('internal_error', { detail: expect.stringContaining('TypeError') }));
    expect(performance.now() - start).toBeLessThan(LATE);
    expect(process.listenerCount('uncaughtException')).toBe(listeners);
  });

  test.each([
    [true, {}],
    [false, { unsent: true }],
  ])('an internal error records whether the request was sent: %s', async (sent, more) => {
    const faulty: Fetch = async (_url, { tellsWhetherSent }) => {
      tellsWhetherSent?.(() => sent);
      throw new TypeError('secret-token');
    };
    expect(await requestJson(faulty, request)).toEqual(
      failed('internal_error', { detail: expect.stringContaining('TypeError'), ...more }),
    );
    const refused: Fetch = async (_url, { tellsWhetherSent }) => {
      tellsWhetherSent?.(() => sent);
      throw plain('ECONNRESET');
    };
    expect(await requestJson(refused, request)).toEqual(failed('network_error'));
  });

  test.each([
    ['ENOTFOUND', 'not found'],
    ['ECONNREFUSED', 'refused'],
    ['CERT_HAS_EXPIRED', 'clock'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'another host'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'NODE_EXTRA_CA_CERTS'],
  ])('%s has a detail that says what to do', async (code, words) => {
    const outcome = await requestJson(rejecting(plain(code)), request);
    expect(outcome).toEqual(failed('network_error', { detail: expect.stringContaining(words) }));
  });

  test('an exception that fetch throws synchronously is a failure, too', async () => {
    const thrower = (() => {
      throw new TypeError('secret-token is no header');
    }) as Fetch;
    expect(await requestJson(thrower, request)).toMatchObject(failed('internal_error'));
  });
});

describe('the deadline', () => {
  const never = new Promise<never>(() => {});

  test.each<[string, Fetch]>([
    ['the answer', () => never],
    ['the body', () => Promise.resolve(response({ [Symbol.asyncIterator]: () => ({ next: () => never }) }))],
  ])('ends a wait for %s and aborts', async (_, fetch) => {
    vi.useFakeTimers();
    try {
      let signal: AbortSignal | undefined;
      const pending = requestJson((to, init) => {
        signal = init.signal;
        return fetch(to, init);
      }, request);
      await vi.advanceTimersByTimeAsync(999);
      expect(signal?.aborted).toBe(false);
      await vi.advanceTimersByTimeAsync(1);
      expect(await pending).toEqual(failed('timeout'));
      expect(signal?.aborted).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });

  test('leaves no timer behind, and aborts after success as well', async () => {
    vi.useFakeTimers();
    try {
      let signal: AbortSignal | undefined;
      await requestJson(async (_, init) => {
        signal = init.signal;
        return response(null);
      }, request);
      expect(vi.getTimerCount()).toBe(0);
      expect(signal?.aborted).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });

  test('does not read the body of an error', async () => {
    const next = vi.fn<() => Promise<never>>(() => never);
    const body = { [Symbol.asyncIterator]: () => ({ next }) };
    await requestJson(async () => ({ ...response(body), status: 500 }), request);
    expect(next).not.toHaveBeenCalled();
  });

  test('does not follow redirects', async () => {
    const fetch = vi.fn<Fetch>(async () => response(null));
    await requestJson(fetch, request);
    expect(fetch).toHaveBeenCalledWith(url, expect.objectContaining({ method: 'GET', redirect: 'manual' }));
  });
});

test('a failure of this program is recognized by another copy of the module, as in the built program', async () => {
  vi.resetModules();
  const copy = await import('../../src/fetch/errors.ts');
  const error = copy.transportError({ code: 'network_error', detail: 'HTTPS_PROXY' });
  vi.resetModules();
  const { failureOf } = await import('../../src/fetch/errors.ts');
  expect(failureOf(error)).toEqual({ code: 'network_error', detail: 'HTTPS_PROXY' });
});
