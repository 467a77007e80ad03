import { connect as connectTls } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { requestJson } from '../../src/fetch/client.ts';
import { proxyFor } from '../../src/fetch/proxy.ts';
import { createTransport } from '../../src/fetch/transport.ts';
import type { TransportSettings } from '../../src/fetch/transport.ts';
import { LATE, PATIENCE } from '../support/patience.ts';
import { ca, fakeServer, nameServer, reply, tunnelTo } from '../support/fetch-servers.ts';
import type { FakeServer } from '../support/fetch-servers.ts';

const TOKEN = 'sk-ant-oat01-EXAMPLE-NOT-A-TOKEN';
/** For what hangs; everything else has time enough on the slowest machine. */
const HANGS = 400;
const DEADLINE = PATIENCE;
/** A connection that is kept alive is closed after 4 s: this is less, and enough for a busy machine. */
const SOON = 3000;

beforeEach(() => {
  for (const name of ['https_proxy', 'http_proxy', 'all_proxy', 'no_proxy']) {
    vi.stubEnv(name, undefined);
    vi.stubEnv(name.toUpperCase(), undefined);
  }
});
afterEach(() => vi.unstubAllEnvs());

function env(variables: Record<string, string>) {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
}

const chosen = (variables: Record<string, string>, url = 'https://api.example:8443/x') => {
  env(variables);
  return proxyFor(new URL(url))?.origin ?? null;
};

describe('the proxy for https://api.example:8443', () => {
  test.each<[Record<string, string>, string | null]>([
    [{}, null],
    [{ HTTPS_PROXY: 'http://p:1' }, 'http://p:1'],
    [{ https_proxy: 'http://p:1' }, 'http://p:1'],
    [{ https_proxy: 'http://lower', HTTPS_PROXY: 'http://upper' }, 'http://lower'],
    [{ ALL_PROXY: 'http://p:1/' }, 'http://p:1'],
    [{ all_proxy: 'https://p' }, 'https://p'],
    [{ HTTPS_PROXY: 'http://p:1', ALL_PROXY: 'http://all' }, 'http://p:1'],
    [{ HTTPS_PROXY: '', ALL_PROXY: 'http://all' }, 'http://all'],
    [{ HTTP_PROXY: 'http://p:1' }, null],
    [{ HTTPS_PROXY: 'p:3128' }, 'http://p:3128'],
    [{ HTTPS_PROXY: 'http://[::1]:3128' }, 'http://[::1]:3128'],
    [{ HTTPS_PROXY: 'http://ada:hunter2@p:1/path?x' }, 'http://p:1'],
    [{ HTTPS_PROXY: 'http://p:1', NO_PROXY: '*' }, null],
    [{ HTTPS_PROXY: 'http://p:1', NO_PROXY: 'api.example' }, null],
    [{ HTTPS_PROXY: 'http://p:1', no_proxy: 'other, .example' }, null],
    [{ HTTPS_PROXY: 'http://p:1', NO_PROXY: 'api.example:8443' }, null],
    [{ HTTPS_PROXY: 'http://p:1', NO_PROXY: 'api.example:443' }, 'http://p:1'],
    [{ HTTPS_PROXY: 'http://p:1', NO_PROXY: 'other.example' }, 'http://p:1'],
    [{ HTTPS_PROXY: ':::', NO_PROXY: '*' }, null],
  ])('with %j is %s', (variables, origin) => {
    expect(chosen(variables)).toBe(origin);
  });

  test('is not used for http, whose token would cross the network unencrypted', () => {
    const variables = { HTTP_PROXY: 'http://p:1', ALL_PROXY: 'http://p:1' };
    expect(chosen(variables, 'http://127.0.0.1:8080/')).toBeNull();
  });

  test.each([
    ['http://ada:hunter2@p', 'ada:hunter2'],
    ['http://ada@p', 'ada:'],
    ['http://ada:h%40nter2@p', 'ada:h@nter2'],
  ])('receives the credentials of %s', (value, user) => {
    env({ HTTPS_PROXY: value });
    expect(proxyFor(new URL('https://x'))?.authorization).toBe(
      `Basic ${Buffer.from(user).toString('base64')}`,
    );
  });

  test('receives no credentials where the variable names no user', () => {
    env({ HTTPS_PROXY: 'http://p' });
    expect(proxyFor(new URL('https://x'))?.authorization).toBeNull();
  });
});

async function ask(url: string, settings: TransportSettings = { ca }, timeoutMs = DEADLINE) {
  const start = performance.now();
  const outcome = await requestJson(createTransport(settings), {
    url,
    headers: { authorization: `Bearer ${TOKEN}` },
    timeoutMs,
  });
  expect(performance.now() - start).toBeLessThan(timeoutMs + LATE);
  expect(JSON.stringify(outcome)).not.toMatch(/EXAMPLE|hunter2/);
  return outcome;
}

const closed = (...servers: FakeServer[]) =>
  vi.waitFor(() => expect(servers.map((server) => server.open())).toEqual(servers.map(() => 0)), {
    timeout: SOON,
    interval: 5,
  });
const failed = (code: string, more: object = {}) => ({ ok: false, failure: { code, ...more } });

describe('a value that cannot be used as a proxy', () => {
  test.each([
    [{ HTTPS_PROXY: 'http://ada:hunter2@' }, 'HTTPS_PROXY'],
    [{ https_proxy: 'http://ada:hunter2@p:port' }, 'https_proxy'],
    [{ ALL_PROXY: 'socks5://ada:hunter2@p:1080' }, 'ALL_PROXY'],
    [{ all_proxy: 'socks://hunter2' }, 'all_proxy'],
    [{ HTTPS_PROXY: 'hunter2 is no proxy' }, 'HTTPS_PROXY'],
    [{ HTTPS_PROXY: 'http://ada:hunter2%zz@p' }, 'HTTPS_PROXY'],
    [{ HTTPS_PROXY: '', ALL_PROXY: 'ftp://hunter2' }, 'ALL_PROXY'],
  ])('%j is reported by the name of its variable only, and nothing is sent', async (variables, name) => {
    const server = await fakeServer(reply('{}'), { tls: 'server' });
    env(variables);
    expect(await ask(server.url)).toEqual(
      failed('network_error', { detail: expect.stringMatching(`^${name} is not`) }),
    );
    expect(server.connections()).toBe(0);
  });
});

describe.each([
  ['http', {}],
  ['https', { tls: 'server' }],
] as const)('through an %s proxy', (_, kind) => {
  test('the request arrives, and the proxy sees nothing of it', async () => {
    const server = await fakeServer(reply('{"a":1}'), { tls: 'server' });
    const proxy = await fakeServer(
      tunnelTo(() => server.port),
      kind,
    );
    env({ HTTPS_PROXY: proxy.url.replace('://', '://ada:hunter2@') });
    const warned = vi.spyOn(process, 'emitWarning');
    expect(await ask(server.url)).toEqual({ ok: true, value: { a: 1 } });
    expect(warned).not.toHaveBeenCalled();
    warned.mockRestore();
    await closed(server, proxy);
    expect(proxy.connections()).toBe(1);
    expect(proxy.received[0]).toContain(`CONNECT 127.0.0.1:${server.port} HTTP/1.1\r\n`);
    expect(proxy.received[0]).toContain(
      `proxy-authorization: Basic ${Buffer.from('ada:hunter2').toString('base64')}`,
    );
    expect(proxy.received[0]).not.toMatch(/EXAMPLE|api\/oauth/);
    expect(server.received[0]).toContain(`authorization: Bearer ${TOKEN}\r\n`);
    expect(server.received[0]).not.toMatch(/proxy-authorization/i);
  });

  test('the proxy resolves the name of the target, and the certificate of the target is checked', async () => {
    const server = await fakeServer(reply('{}'), { tls: 'server' });
    const proxy = await fakeServer(
      tunnelTo(() => server.port),
      kind,
    );
    env({ HTTPS_PROXY: proxy.url });
    expect(await ask('https://api.elsewhere.example')).toEqual(
      failed('network_error', { detail: expect.stringContaining('another host') }),
    );
    expect(proxy.received[0]).toContain('CONNECT api.elsewhere.example:443 HTTP/1.1');
    expect(proxy.received[0]).not.toContain('proxy-authorization');
    expect(server.received.join('')).toBe('');
    await closed(server, proxy);
    expect(proxy.connections()).toBe(1);
  });

  test.each([
    ['refuses', reply('no', [], '403 Forbidden')],
    [
      'wants to know who asks',
      reply('who?', ['proxy-authenticate: Basic'], '407 Proxy Authentication Required'),
    ],
    ['cannot reach the target', reply('', [], '502 Bad Gateway')],
    ['hangs up', (socket: { end(): void }) => socket.end()],
    ['resets', (socket: { destroy(): void }) => socket.destroy()],
  ])('a proxy that %s is a network error, and is asked once', async (_name, respond) => {
    const proxy = await fakeServer(respond, kind);
    env({ HTTPS_PROXY: proxy.url });
    expect(await ask('https://api.example')).toEqual(failed('network_error'));
    await closed(proxy);
    expect(proxy.connections()).toBe(1);
  });

  test.each([
    ['tunnel', () => {}],
    ['TLS in the tunnel', (socket: { write(text: string): void }) => socket.write('HTTP/1.1 200 OK\r\n\r\n')],
  ])('a silent %s ends at the deadline', async (_name, respond) => {
    const proxy = await fakeServer(respond, kind);
    env({ HTTPS_PROXY: proxy.url });
    expect(await ask('https://api.example', { ca }, HANGS)).toEqual(failed('timeout'));
    await closed(proxy);
  });

  test('silent headers end at the deadline', async () => {
    const server = await fakeServer(() => {}, { tls: 'server' });
    const proxy = await fakeServer(
      tunnelTo(() => server.port),
      kind,
    );
    env({ HTTPS_PROXY: proxy.url });
    expect(await ask(server.url, { ca }, HANGS)).toEqual(failed('timeout'));
    await closed(server, proxy);
  });
});

test('a proxy that is down is a network error', async () => {
  env({ HTTPS_PROXY: 'http://ada:hunter2@127.0.0.1:9' });
  expect(await ask('https://api.example')).toEqual(
    failed('network_error', { detail: 'the connection was refused' }),
  );
});

test('the certificate of a proxy is checked', async () => {
  const proxy = await fakeServer(() => {}, { tls: 'elsewhere' });
  env({ HTTPS_PROXY: proxy.url });
  expect(await ask('https://api.example')).toMatchObject(failed('network_error'));
  expect(proxy.received.join('')).toBe('');
});

test('the name of the proxy is resolved with the bounded lookup', async () => {
  const server = await fakeServer(reply('{"a":1}'), { tls: 'server' });
  const proxy = await fakeServer(tunnelTo(() => server.port));
  const { servers, asked } = await nameServer((_, type) => (type === 1 ? [Buffer.from([127, 0, 0, 1])] : []));
  env({ HTTPS_PROXY: `http://proxy.example:${proxy.port}` });
  const settings = { ca, dns: { servers, hostsFile: '/nonexistent' } };
  expect(await ask(server.url, settings)).toEqual({ ok: true, value: { a: 1 } });
  expect(new Set(asked)).toEqual(new Set(['proxy.example A', 'proxy.example AAAA']));
});

test('a name server that does not respond for the proxy ends at the deadline', async () => {
  const { servers } = await nameServer(() => null);
  env({ HTTPS_PROXY: 'http://proxy.example:3128' });
  expect(await ask('https://api.example', { dns: { servers, hostsFile: '/nonexistent' } }, HANGS)).toEqual(
    failed('timeout'),
  );
});

test('an http target is reached directly', async () => {
  const server = await fakeServer(reply('{"a":1}'));
  const proxy = await fakeServer(reply('{}'));
  env({ HTTP_PROXY: proxy.url, ALL_PROXY: proxy.url });
  expect(await ask(server.url)).toEqual({ ok: true, value: { a: 1 } });
  expect(proxy.connections()).toBe(0);
});

test('the proxy of these tests sees a token that is not encrypted', async () => {
  // Otherwise the tests above would prove nothing.
  const proxy = await fakeServer(reply('{}'), { tls: 'server' });
  const socket = connectTls({ port: proxy.port, host: '127.0.0.1', ca });
  socket.end(`GET / HTTP/1.1\r\nauthorization: Bearer ${TOKEN}\r\n\r\n`);
  await vi.waitFor(() => expect(proxy.received[0]).toContain('EXAMPLE'), { timeout: PATIENCE });
  socket.destroy();
});
