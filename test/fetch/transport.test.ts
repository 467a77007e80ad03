import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { requestJson } from '../../src/fetch/client.ts';
import { createTransport } from '../../src/fetch/transport.ts';
import type { TransportSettings } from '../../src/fetch/transport.ts';
import { LATE, PATIENCE } from '../support/patience.ts';
import { ca, fakeServer, nameServer, reply } from '../support/fetch-servers.ts';
import type { FakeServer, Respond } from '../support/fetch-servers.ts';

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

/** Sends a request and checks what holds in every case: it ends in time, and the outcome contains no secret. */
async function ask(url: string, settings: TransportSettings = { ca }, timeoutMs = DEADLINE) {
  const start = performance.now();
  const outcome = await requestJson(createTransport(settings), {
    url,
    headers: { authorization: `Bearer ${TOKEN}`, 'user-agent': 'usageline/0.1.0' },
    timeoutMs,
  });
  expect(performance.now() - start).toBeLessThan(timeoutMs + LATE);
  expect(JSON.stringify(outcome)).not.toContain('EXAMPLE');
  return outcome;
}

const closed = (server: FakeServer) =>
  vi.waitFor(() => expect(server.open()).toBe(0), { timeout: SOON, interval: 5 });
const failed = (code: string, more: object = {}) => ({ ok: false, failure: { code, ...more } });
const write =
  (...parts: (string | Buffer)[]): Respond =>
  (socket) => {
    for (const part of parts) socket.write(part);
  };
const repeating = (part: string | Buffer, ms: number) => (socket: Socket) => {
  const timer = setInterval(() => socket.write(part), ms);
  socket.on('close', () => clearInterval(timer));
};
/** A TLS socket cannot be reset, but what it stands on can. */
const resetAfter =
  (text: string): Respond =>
  (socket) => {
    const raw = (socket as Socket & { _parent?: Socket })._parent ?? socket;
    socket.write(text, () => setTimeout(() => raw.resetAndDestroy(), 20));
  };
const head = 'HTTP/1.1 200 OK\r\n';

describe.each([
  ['http', {}],
  ['https', { tls: 'server' }],
] as const)('over %s', (_, kind) => {
  test('a body is sent with its length, and its answer read', async () => {
    const server = await fakeServer((socket, text) => {
      // The head can arrive before the body.
      if (text.endsWith('\r\n\r\n')) socket.once('data', () => reply('{"a":1}')(socket, text));
      else reply('{"a":1}')(socket, text);
    }, kind);
    const outcome = await requestJson(createTransport({ ca }), {
      url: `${server.url}/api?x=1`,
      headers: { 'content-type': 'application/json' },
      body: '{"name":"\u00e4"}',
      timeoutMs: DEADLINE,
    });
    expect(outcome).toEqual({ ok: true, value: { a: 1 } });
    const [received = ''] = server.received;
    expect(received).toMatch(/^POST \/api\?x=1 HTTP\/1\.1\r\n/);
    expect(received.toLowerCase()).toContain('\r\ncontent-length: 13\r\n');
    expect(received).not.toMatch(/transfer-encoding/i);
    expect(Buffer.from(received.split('\r\n\r\n')[1] ?? '', 'latin1').toString('utf8')).toBe(
      '{"name":"\u00e4"}',
    );
    await closed(server);
  });

  test('an object is read and the connection closed at once', async () => {
    const server = await fakeServer(write(`${head}content-length: 7\r\n\r\n{"a":1}`), kind);
    expect(await ask(`${server.url}/prefix/api?x=1`)).toEqual({ ok: true, value: { a: 1 } });
    await closed(server);
    expect(server.connections()).toBe(1);
  });

  test('the request has the path and the user agent, and accepts no compression', async () => {
    const server = await fakeServer(reply('{}'), kind);
    await ask(`${server.url}/prefix/api?x=1`);
    expect(server.received).toHaveLength(1);
    const lines = server.received[0]!.trim().split('\r\n');
    expect(lines[0]).toBe('GET /prefix/api?x=1 HTTP/1.1');
    expect(lines.slice(1).toSorted()).toEqual([
      `authorization: Bearer ${TOKEN}`,
      'connection: close',
      `host: 127.0.0.1:${server.port}`,
      'user-agent: usageline/0.1.0',
    ]);
  });

  test.each<[string, Respond]>([
    ['headers that never come', () => {}],
    ['headers that never end', (socket) => socket.write(`${head}x-a: 1\r\nx-`)],
    ['informational answers without end', repeating('HTTP/1.1 103 Early Hints\r\nx: y\r\n\r\n', 20)],
    ['a body that never comes', write(`${head}content-length: 7\r\n\r\n`)],
    ['a body that stops', write(`${head}content-length: 7\r\n\r\n{"a`)],
    [
      'a body of a byte at a time',
      (socket) => {
        socket.write(`${head}content-length: 1000\r\n\r\n{`);
        repeating(' ', 50)(socket);
      },
    ],
  ])('%s end at the deadline', async (_name, respond) => {
    const server = await fakeServer(respond, kind);
    expect(await ask(server.url, { ca }, HANGS)).toEqual(failed('timeout'));
    await closed(server);
    expect(server.connections()).toBe(1);
  });

  test.each<[string, Respond]>([
    ['before the answer', (socket) => socket.destroy()],
    ['politely before the answer', (socket) => socket.end()],
    ['in the headers', (socket) => socket.end(`${head}x-a`)],
    ['by a reset', resetAfter(`${head}content-length: 7\r\n\r\n{"a`)],
    [
      'by a reset when it was to be closed',
      resetAfter(`${head}connection: close\r\ncontent-length: 7\r\n\r\n{"a`),
    ],
    ['before the promised length', (socket) => socket.end(`${head}content-length: 70\r\n\r\n{"a":1}`)],
    [
      'in mid-chunk when it was to be closed',
      (socket) => socket.end(`${head}connection: close\r\ntransfer-encoding: chunked\r\n\r\n9\r\n{"a":`),
    ],
    [
      'before the promised length when it was to be closed',
      (socket) => socket.end(`${head}connection: close\r\ncontent-length: 70\r\n\r\n{"a":1}`),
    ],
    ['in mid-chunk', (socket) => socket.end(`${head}transfer-encoding: chunked\r\n\r\n9\r\n{"a":`)],
  ])('a connection lost %s is a network error', async (_name, respond) => {
    const server = await fakeServer(respond, kind);
    expect(await ask(server.url)).toEqual(failed('network_error'));
    await closed(server);
    expect(server.connections()).toBe(1);
  });

  test.each<[string, Respond]>([
    ['no HTTP', write('SSH-2.0-OpenSSH_9.2\r\n')],
    ['a wrong chunk size', write(`${head}transfer-encoding: chunked\r\n\r\nzz\r\n`)],
    ['headers of 20 KB', write(`${head}x: ${'x'.repeat(20_000)}\r\n\r\n`)],
    ['HTML', reply('<html><title>Log in to the network</title>', ['content-type: text/html'])],
    ['no content', write('HTTP/1.1 204 No Content\r\n\r\n')],
    [
      'a body that never ends',
      (socket) => {
        socket.write(`${head}\r\n{`);
        repeating(Buffer.alloc(32_768, 0x20), 1)(socket);
      },
    ],
    ['broken gzip', reply('{"a":1}', ['content-encoding: gzip'])],
    ['broken brotli', reply('{"a":1,"b":2}', ['content-encoding: br'])],
    ['cut gzip', reply(gzipSync('{"a":1}').subarray(0, 15), ['content-encoding: gzip'])],
    ['an unknown compression', reply(gzipSync('{}'), ['content-encoding: zstd'])],
    ['a gzip bomb', reply(gzipSync(Buffer.alloc(50_000_000)), ['content-encoding: gzip'])],
  ])('%s is a bad response', async (_name, respond) => {
    const server = await fakeServer(respond, kind);
    const before = process.memoryUsage().rss;
    expect(await ask(server.url)).toEqual(failed('bad_response'));
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
    await closed(server);
    expect(server.connections()).toBe(1);
  });

  test.each([[300], [301], [302], [303], [307], [308]])('%i is not followed', async (status) => {
    const elsewhere = await fakeServer(reply('{}'));
    const server = await fakeServer(reply('{}', [`location: ${elsewhere.url}/`], `${status} Moved`), kind);
    expect(await ask(server.url)).toEqual(failed('bad_response'));
    await closed(server);
    expect(elsewhere.connections()).toBe(0);
  });

  test.each([
    ['401 Unauthorized', 'unauthorized'],
    ['403 Forbidden', 'forbidden'],
    ['404 Not Found', 'bad_response'],
    ['500 Oops', 'server_error'],
    ['503 Later', 'server_error'],
  ])('%s is %s, without a wait for the body', async (status, code) => {
    const server = await fakeServer(write(`HTTP/1.1 ${status}\r\ncontent-length: 9\r\n\r\n{`), kind);
    expect(await ask(server.url)).toEqual(failed(code));
    await closed(server);
  });

  test.each([
    [['retry-after: 3037'], '3037'],
    [['Retry-After: Fri, 20 Nov 2026 19:00:00 GMT'], 'Fri, 20 Nov 2026 19:00:00 GMT'],
    [['retry-after: 1', 'retry-after: 2'], '1, 2'],
    [[], null],
  ])('429 with %j keeps the value of the header', async (headers, retryAfter) => {
    const server = await fakeServer(reply('{}', headers, '429 Too Many Requests'), kind);
    expect(await ask(server.url)).toEqual(failed('rate_limited', { retryAfter }));
  });
});

test.each([
  ['gzip', gzipSync('{"a":1}')],
  ['X-GZIP', gzipSync('{"a":1}')],
  ['deflate', deflateSync('{"a":1}')],
  ['br', brotliCompressSync('{"a":1}')],
  ['identity', Buffer.from('{"a":1}')],
])('a body in %s is read, although it was not requested', async (encoding, body) => {
  const server = await fakeServer(reply(body, [`content-encoding: ${encoding}`]));
  expect(await ask(server.url)).toEqual({ ok: true, value: { a: 1 } });
});

test('a body without a length ends with the connection', async () => {
  const server = await fakeServer((socket) => socket.end(`${head}\r\n{"a":1}`));
  expect(await ask(server.url)).toEqual({ ok: true, value: { a: 1 } });
});

test('chunks are joined', async () => {
  const server = await fakeServer(
    write(`${head}transfer-encoding: chunked\r\n\r\n3\r\n{"a\r\n4\r\n":1}\r\n0\r\n\r\n`),
  );
  expect(await ask(server.url)).toEqual({ ok: true, value: { a: 1 } });
});

describe('TLS', () => {
  test('an unknown authority is a network error with advice', async () => {
    const server = await fakeServer(reply('{}'), { tls: 'server' });
    expect(await ask(server.url, {})).toEqual(
      failed('network_error', { detail: expect.stringContaining('NODE_EXTRA_CA_CERTS') }),
    );
    await closed(server);
    expect(server.received).toEqual([]);
  });

  test('NODE_TLS_REJECT_UNAUTHORIZED=0 has no effect, and causes no warning', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const warned = vi.spyOn(process, 'emitWarning');
    const server = await fakeServer(reply('{}'), { tls: 'server' });
    expect(await ask(server.url, {})).toMatchObject(failed('network_error'));
    expect(server.received).toEqual([]);
    expect(warned).not.toHaveBeenCalled();
    warned.mockRestore();
  });

  test('a certificate for another host is a network error with that detail', async () => {
    const server = await fakeServer(reply('{}'), { tls: 'elsewhere' });
    expect(await ask(server.url)).toEqual(
      failed('network_error', { detail: expect.stringContaining('another host') }),
    );
    await closed(server);
    expect(server.received.join('')).toBe('');
    expect(server.connections()).toBe(1);
  });

  test('a silent peer ends at the deadline', async () => {
    const server = await fakeServer(() => {});
    expect(await ask(server.url.replace('http:', 'https:'), { ca }, HANGS)).toEqual(failed('timeout'));
    await closed(server);
  });

  test('a peer without TLS is a network error', async () => {
    const server = await fakeServer(() => {}, {
      onConnection: (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n{}'),
    });
    expect(await ask(server.url.replace('http:', 'https:'))).toEqual(failed('network_error'));
  });

  test('localhost is reached by name', async () => {
    const server = await fakeServer(reply('{"a":1}'), { tls: 'server' });
    expect(await ask(server.url.replace('127.0.0.1', 'localhost'))).toEqual({ ok: true, value: { a: 1 } });
  });
});

describe('connecting', () => {
  test('a closed port is a network error', async () => {
    expect(await ask('http://127.0.0.1:9')).toEqual(
      failed('network_error', { detail: 'the connection was refused' }),
    );
  });

  test('a name that does not exist is a network error', async () => {
    const { servers } = await nameServer(() => []);
    expect(await ask('http://nowhere.example', { dns: { servers, hostsFile: '/nonexistent' } })).toEqual(
      failed('network_error', { detail: 'the name of the server was not found' }),
    );
  });

  test('a name server that does not respond ends at the deadline', async () => {
    const { servers, asked } = await nameServer(() => null);
    expect(
      await ask('http://silent.example', { dns: { servers, hostsFile: '/nonexistent' } }, HANGS),
    ).toEqual(failed('timeout'));
    expect(asked.toSorted().slice(0, 2)).toEqual(['silent.example A', 'silent.example AAAA']);
  });

  test('a name is resolved with the bounded lookup', async () => {
    const server = await fakeServer(reply('{"a":1}'));
    const { servers } = await nameServer((_, type) => (type === 1 ? [Buffer.from([127, 0, 0, 1])] : []));
    const outcome = await ask(`http://api.example:${server.port}`, {
      dns: { servers, hostsFile: '/nonexistent' },
    });
    expect(outcome).toEqual({ ok: true, value: { a: 1 } });
  });

  test.runIf(process.platform === 'linux')('a SYN without a response ends at the deadline', async () => {
    expect(await ask(`http://127.0.0.1:${await deafPort()}`, { ca }, HANGS)).toEqual(failed('timeout'));
  });

  test('a signal that is aborted already keeps the request from being sent', async () => {
    const server = await fakeServer(reply('{}'));
    const signal = AbortSignal.abort();
    const transport = createTransport();
    await expect(
      transport(server.url, { method: 'GET', headers: {}, signal, redirect: 'manual' }),
    ).rejects.toThrow();
    expect(server.connections()).toBe(0);
  });
});

/** A port whose queue of connections is full and whose process is stopped: further SYNs are dropped. */
async function deafPort(): Promise<number> {
  const script = `require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () { console.log(this.address().port) })`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const port = Number(line.toString());
  child.kill('SIGSTOP');
  const fillers = Array.from({ length: 4 }, () => connect(port, '127.0.0.1').on('error', () => {}));
  onTestFinished(() => {
    for (const filler of fillers) filler.destroy();
    child.kill('SIGKILL');
  });
  await once(fillers[0]!, 'connect');
  await new Promise((resolve) => {
    setTimeout(resolve, 50);
  });
  return port;
}
