import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { dispatchRequest } from '../../src/fetch/response.ts';
import { fakeServer, reply } from '../support/fetch-servers.ts';

const require = createRequire(import.meta.url);
const pathOf = (name: string) => fileURLToPath(new URL(`../../src/fetch/${name}.cjs`, import.meta.url));
const slim = require(pathOf('undici-slim')) as typeof import('undici');
const proxy = require(pathOf('undici-proxy')) as typeof import('undici');

/** The files of undici that a script has loaded in the end. */
function loaded(script: string): string[] {
  const code = `${script}; console.log(JSON.stringify(Object.keys(require.cache)))`;
  const files = JSON.parse(execFileSync(process.execPath, ['-e', code], { encoding: 'utf8' })) as string[];
  return files.filter((file) => file.includes('/undici/')).map((file) => file.replace(/.*\/undici\//, ''));
}

test('the version of undici is the one whose inner files are used', () => {
  const { devDependencies } = require('../../package.json') as { devDependencies: Record<string, string> };
  const { version } = require('undici/package.json') as { version: string };
  expect(version).toBe('7.30.2');
  expect(devDependencies.undici).toBe(version);
});

test('the client sends a request', async () => {
  const server = await fakeServer(reply('{"a":1}'));
  const client = new slim.Client(server.url);
  const { status, body } = await dispatchRequest(client, { path: '/x', method: 'GET' });
  const chunks = [];
  for await (const chunk of body) chunks.push(chunk);
  expect([status, Buffer.concat(chunks).toString()]).toEqual([200, '{"a":1}']);
  await client.destroy();
  expect(typeof slim.buildConnector({})).toBe('function');
});

test('the proxy agent opens a tunnel', async () => {
  const server = await fakeServer(reply('', [], '403 Forbidden'));
  const agent = new proxy.ProxyAgent({ uri: server.url });
  const request = { origin: 'https://x.example', path: '/', method: 'GET' } as const;
  await expect(dispatchRequest(agent, request)).rejects.toThrow();
  expect(server.received[0]).toMatch(/^CONNECT x\.example:443 /);
  await agent.destroy();
});

test('it loads no web fetch, body streams, mocks, interceptors, caches or proxies', () => {
  const files = loaded(`require(${JSON.stringify(pathOf('undici-slim'))})`);
  expect(files).toContain('lib/dispatcher/client.js');
  expect(
    files.filter((file) => /index\.js|lib\/(api|web|mock|interceptor|cache|global)|proxy|pool/.test(file)),
  ).toEqual([]);
});

test('the proxy agent loads only pools and agents in addition', () => {
  const files = loaded(`require(${JSON.stringify(pathOf('undici-proxy'))})`);
  expect(files).toContain('lib/dispatcher/proxy-agent.js');
  expect(files.filter((file) => /\/index\.js|lib\/(web|mock|interceptor|cache|global)/.test(file))).toEqual(
    [],
  );
});

describe('as it is built', () => {
  const dist = (name: string) => fileURLToPath(new URL(`../../dist/${name}`, import.meta.url));

  test('it loads none of Node’s modules that only https, name lookup or proxies need', () => {
    const code = `require(${JSON.stringify(dist('sending.cjs'))}); console.log(process.moduleLoadList.join())`;
    const list = execFileSync(process.execPath, ['-e', code], { encoding: 'utf8' }).trim().split(',');
    expect(list).toContain('NativeModule net');
    const dear = ['http', 'https', 'http2', 'tls', 'dns', 'zlib', 'worker_threads'];
    expect(dear.filter((name) => list.includes(`NativeModule ${name}`))).toEqual([]);
  });

  test('it contains both parsers of the package', () => {
    const parser = (name: string) => require(`undici/lib/llhttp/${name}`) as Buffer;
    // Long texts continue over lines that end with a backslash.
    const bundle = readFileSync(dist('sending.cjs'), 'latin1').replaceAll('\\\n', '');
    expect(bundle.includes(parser('llhttp_simd-wasm.js').toString('base64'))).toBe(true);
    expect(require(dist('llhttp-wasm.cjs'))).toEqual(parser('llhttp-wasm.js'));
  });

  test('a processor without SIMD gets the other parser', async () => {
    const server = await fakeServer(reply('{"a":1}'));
    const script = `
      const { transport } = require(${JSON.stringify(dist('sending.cjs'))});
      const signal = new AbortController().signal;
      transport('${server.url}/x', { method: 'GET', headers: {}, signal }).then(({ status }) => {
        console.log(status, Object.keys(require.cache).some((file) => file.endsWith('llhttp-wasm.cjs')));
        process.exit();
      });`;
    const env = { UNDICI_NO_WASM_SIMD: '1' };
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { env });
    expect(stdout).toBe('200 true\n');
  });
});
