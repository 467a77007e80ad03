import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundle } from '../support/fetch-bundle.ts';
import { PATIENCE } from '../support/patience.ts';
import { fakeServer, nameServer, reply, tunnelTo } from '../support/fetch-servers.ts';
import { fakeSystem } from '../support/system.ts';

const program = join(fakeSystem().root, 'ask.cjs');
const caFile = fileURLToPath(new URL('../fixtures/tls/ca.pem', import.meta.url));
let inside: string[] = [];
beforeAll(async () => {
  inside = await bundle('test/fetch/programs/ask.ts', program);
});

const HANGS = 600;
/** A connection that is kept alive keeps a process for 4 s: this is less, and enough for a busy machine. */
const SOON = 3000;

/** Runs the program. `lingered`: how long it has run after its response had arrived, ms. */
async function run(url: string, { timeout = PATIENCE, server = '', env = {} } = {}) {
  const start = performance.now();
  const child = spawn(process.execPath, [program, url, String(timeout), server], {
    env: { PATH: process.env.PATH, NODE_DEBUG: 'net', ...env },
  });
  let out = '';
  let err = '';
  let answered = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
    answered = performance.now();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  const [code] = await once(child, 'close');
  const ended = performance.now();
  expect(code).toBe(0);
  expect(`${out}${err}`).not.toContain('EXAMPLE');
  return { outcome: JSON.parse(out), lived: ended - start, lingered: ended - answered, err };
}
const failed = (code: string) => ({ ok: false, failure: expect.objectContaining({ code }) });

describe('the slim module', () => {
  test('does not contain what a request does not need', () => {
    const undici = inside
      .filter((input) => input.includes('/undici/'))
      .map((input) => input.replace(/.*\/undici\//, ''));
    expect(undici).toContain('lib/dispatcher/client.js');
    expect(undici.filter((input) => /^(index|lib\/(mock|interceptor|cache|global))/.test(input))).toEqual([]);
  });
});

test('a response is read over TLS with NODE_EXTRA_CA_CERTS, without any output', async () => {
  const server = await fakeServer(reply('{"a":1}'), { tls: 'server' });
  const { outcome, err } = await run(server.url, {
    env: { NODE_EXTRA_CA_CERTS: caFile, NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_DEBUG: '' },
  });
  expect(outcome).toEqual({ ok: true, value: { a: 1 } });
  expect(err).toBe('');
});

test('a response is read through a proxy, without any output', async () => {
  const server = await fakeServer(reply('{"a":1}'), { tls: 'server' });
  const proxy = await fakeServer(
    tunnelTo(() => server.port),
    { tls: 'server' },
  );
  const { outcome, err } = await run(server.url, {
    env: { NODE_EXTRA_CA_CERTS: caFile, HTTPS_PROXY: proxy.url, NODE_DEBUG: '' },
  });
  expect(outcome).toEqual({ ok: true, value: { a: 1 } });
  expect(err).toBe('');
  expect(proxy.connections()).toBe(1);
});

test('NODE_TLS_REJECT_UNAUTHORIZED=0 does not disable the check of certificates', async () => {
  const server = await fakeServer(reply('{"a":1}'), { tls: 'server' });
  const { outcome } = await run(server.url, { env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } });
  expect(outcome).toEqual(failed('network_error'));
  expect(server.received.join('')).toBe('');
});

test('a server that keeps the connection open does not keep the process alive', async () => {
  const server = await fakeServer((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nkeep-alive: timeout=60\r\ncontent-length: 2\r\n\r\n{}');
  });
  const { outcome, lingered } = await run(server.url);
  expect(outcome).toEqual({ ok: true, value: {} });
  expect(lingered).toBeLessThan(SOON);
});

describe('the process ends at the deadline in spite of a silent', () => {
  test.each<[string, Parameters<typeof fakeServer>[0], string]>([
    ['TLS', () => {}, 'https:'],
    ['headers', () => {}, 'http:'],
    ['a body', (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{'), 'http:'],
  ])('%s', async (_, respond, scheme) => {
    const server = await fakeServer(respond);
    const { outcome, lingered, lived } = await run(server.url.replace('http:', scheme), { timeout: HANGS });
    expect(outcome).toEqual(failed('timeout'));
    expect(lingered).toBeLessThan(SOON);
    expect(lived).toBeGreaterThan(HANGS);
  });

  test('a name server', async () => {
    const { servers } = await nameServer(() => null);
    const { outcome, lingered } = await run('https://silent.example', {
      timeout: HANGS,
      server: servers[0]!,
    });
    expect(outcome).toEqual(failed('timeout'));
    expect(lingered).toBeLessThan(SOON);
  });

  test('a proxy', async () => {
    const proxy = await fakeServer(() => {});
    const { outcome, lingered } = await run('https://api.example', {
      timeout: HANGS,
      env: { HTTPS_PROXY: proxy.url },
    });
    expect(outcome).toEqual(failed('timeout'));
    expect(lingered).toBeLessThan(SOON);
  });
});
