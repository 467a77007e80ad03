import fs from 'node:fs';
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect } from 'vitest';
import { anEndpoint, fixture, json } from '../support/endpoint.ts';
import type { Answer } from '../support/endpoint.ts';
import { fakeServer, reply, tunnelTo } from '../support/fetch-servers.ts';
import type { Respond, ServerSettings } from '../support/fetch-servers.ts';
import { Machine, TOKEN, until } from '../support/program.ts';
import { authorityOfExpired, expired, selfSigned } from './network-certificates.ts';
import { aWorkingMachine, fault, know, KNOWN, recordRows } from './harness.ts';
import type { Observed } from './harness.ts';
import {
  AT_ONCE,
  besideData,
  DEADLINE,
  describeIf,
  filesOf,
  newDataKept,
  processesOf,
  runIn,
  slowest,
  WAIT,
  withPeak,
} from './network-machine.ts';
import type { Namespaces } from './network-machine.ts';
import {
  answerAddress,
  answerCode,
  AUTHORITY,
  deafPort,
  drip,
  nameServerOn,
  NAME_SERVERS,
  pour,
  requestsTo,
  silentTcpOn,
  tlsServer,
} from './network-servers.ts';

recordRows('network');

const OFFLINE = `${KNOWN} · offline`;
const NO_ANSWER = `${KNOWN} · no answer`;
const BAD_ANSWER = `${KNOWN} · bad answer`;
const FRESH = /^5h 22% 4h3\dm/;

const body = JSON.stringify(fixture('2026-04-18-max.json'));
const silence: Respond = () => {};
const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${OK}transfer-encoding: chunked\r\n\r\n`;

/** Promises a row about a server that speaks raw bytes. */
function serverFault(
  id: string,
  description: string,
  promised: { readonly prints: string; readonly within?: number },
  respond: Respond,
): void {
  const { prints, within = DEADLINE } = promised;
  const code = { [OFFLINE]: 'network_error', [NO_ANSWER]: 'timeout', [BAD_ANSWER]: 'bad_response' }[prints];
  fault(id, description, { prints, requests: 1, within }, async () => {
    const server = await fakeServer(respond);
    return besideData(new Machine(server.url), code ?? '', () => requestsTo(server));
  });
}

describe('no way to the endpoint', () => {
  fault('network-01', 'connection refused', { prints: OFFLINE, requests: 0, within: AT_ONCE }, async () =>
    besideData(new Machine(`http://127.0.0.1:${await deafPort()}`), 'network_error', () => 0),
  );

  describeIf('unshare --net true', 'unshare --net', 'namespaces', () => {
    fault(
      'network-02',
      'no network interface is up, not even loopback: an address, and a name',
      { prints: OFFLINE, requests: 0, within: AT_ONCE },
      async () => {
        const { endpoint, machine } = await aWorkingMachine();
        const run = () => runIn({ network: 'none' }, machine, WAIT);
        return slowest(OFFLINE, [endpoint.url, 'https://usage.example.test'], async (url) => {
          machine.reset();
          machine.env.USAGELINE_API_BASE_URL = url;
          return besideData(machine, 'network_error', () => endpoint.requests.length, run);
        });
      },
    );
  });

  describeIf('unshare --net ip link set lo up', 'unshare --net and ip', 'loopback alone', () => {
    fault(
      'network-03',
      'no route to anywhere but loopback',
      { prints: OFFLINE, within: AT_ONCE },
      async () => {
        const machine = new Machine('https://192.0.2.1');
        const run = () => runIn({ network: 'loopback' }, machine, WAIT);
        return besideData(machine, 'network_error', () => null, run);
      },
    );
  });
});

// On port 53 of unused loopback addresses, and in a mount namespace with its own resolv.conf.
const canHaveResolvers = `unshare --mount mount --bind /dev/null /etc/resolv.conf; node -e "require('dgram').createSocket('udp4').bind(53, '${NAME_SERVERS[0]}', function () { this.close() })"`;
const resolverOf = (...addresses: string[]) => addresses.map((it) => `nameserver ${it}\n`).join('');

describeIf(canHaveResolvers, 'unshare --mount and port 53', 'name servers', () => {
  const NAME = 'usage.example.test';
  const dns = (
    id: string,
    description: string,
    prints: string,
    code: string,
    happen: () => Promise<() => number>,
    resolver = resolverOf(NAME_SERVERS[0]),
  ) =>
    fault(id, description, { prints, within: DEADLINE }, async () => {
      const queries = await happen();
      const machine = new Machine(`https://${NAME}`);
      const run = () => runIn({ resolver }, machine, WAIT);
      const observed = await besideData(machine, code, () => null, run);
      expect(queries()).toBeGreaterThan(0);
      return observed;
    });

  dns('network-04', 'a name server that never answers', NO_ANSWER, 'timeout', () =>
    nameServerOn(NAME_SERVERS[0], () => null),
  );

  dns(
    'network-05',
    'three name servers that never answer',
    NO_ANSWER,
    'timeout',
    async () => {
      const counts = await Promise.all(NAME_SERVERS.map((address) => nameServerOn(address, () => null)));
      return () => counts.reduce((sum, count) => sum + count(), 0);
    },
    resolverOf(...NAME_SERVERS),
  );

  dns('network-06', 'the name does not exist', OFFLINE, 'network_error', () =>
    nameServerOn(NAME_SERVERS[0], answerCode(3)),
  );

  dns('network-07', 'the name server fails (SERVFAIL)', OFFLINE, 'network_error', () =>
    nameServerOn(NAME_SERVERS[0], answerCode(2)),
  );

  dns('network-08', 'the name server answers garbage', OFFLINE, 'network_error', () =>
    nameServerOn(NAME_SERVERS[0], () => Buffer.from('220 mail.example.test ESMTP')),
  );

  dns('network-09', 'the name server wants TCP and is silent there', NO_ANSWER, 'timeout', async () => {
    await silentTcpOn(NAME_SERVERS[0]);
    return nameServerOn(NAME_SERVERS[0], answerCode(0, { truncated: true }));
  });

  fault(
    'network-10',
    'DNS points to a server with the certificate of another host, under a trusted authority',
    { prints: OFFLINE, requests: 0, within: AT_ONCE },
    async () => {
      await nameServerOn(NAME_SERVERS[0], answerAddress('127.0.0.1'));
      return slowest(OFFLINE, ['server', 'elsewhere'] as const, async (tls) => {
        const server = await fakeServer(reply(body), { tls });
        const machine = new Machine(`https://${NAME}:${server.port}`, { NODE_EXTRA_CA_CERTS: AUTHORITY });
        const run = () => runIn({ resolver: resolverOf(NAME_SERVERS[0]) }, machine, WAIT);
        const observed = await besideData(machine, 'network_error', () => requestsTo(server), run);
        expect(server.connections()).toBe(1);
        return observed;
      });
    },
  );

  fault(
    'network-11',
    'one dead name server before one that answers, and the right certificate: works',
    { prints: FRESH, requests: 1, within: DEADLINE },
    async () => {
      await nameServerOn(NAME_SERVERS[0], () => null);
      await nameServerOn(NAME_SERVERS[1], answerAddress('127.0.0.1'));
      const server = await fakeServer(reply(body), { tls: 'elsewhere' });
      const machine = new Machine(`https://elsewhere.example:${server.port}`, {
        NODE_EXTRA_CA_CERTS: AUTHORITY,
      });
      const resolver = resolverOf(NAME_SERVERS[0], NAME_SERVERS[1]);
      const run = await runIn({ resolver }, machine, WAIT);
      return { run, requests: requestsTo(server), files: newDataKept(machine) };
    },
  );

  fault(
    'network-12',
    'without waiting: a resolver that never answers, with data and without',
    { prints: new RegExp(`^(${KNOWN}|…)$`, 'm'), within: AT_ONCE },
    async () => {
      await nameServerOn(NAME_SERVERS[0], () => null);
      const there: Namespaces = { resolver: resolverOf(NAME_SERVERS[0]) };
      const machine = new Machine(`https://${NAME}`);
      const first = await runIn(there, machine, ['--no-wait', '--timeout', '1']);
      expect(first).toMatchObject({ stdout: '…\n', stderr: '', code: 0 });
      expect(first.ms).toBeLessThanOrEqual(AT_ONCE);
      await until(() => processesOf(machine).length === 0);
      machine.reset();
      know(machine);
      const run = await runIn(there, machine, ['--no-wait', '--timeout', '1']);
      expect(run.stdout).toBe(`${KNOWN}\n`);
      await until(() => processesOf(machine).length === 0);
      return { run, requests: null, files: filesOf(machine) };
    },
  );
});

describe('a connection and no whole answer', () => {
  serverFault('network-13', 'accepted, then silence', { prints: NO_ANSWER }, silence);

  serverFault('network-14', 'headers, then silence', { prints: NO_ANSWER }, (socket) => {
    socket.write(`${OK}content-length: 500\r\n\r\n`);
  });

  serverFault('network-15', 'a byte of the body now and then', { prints: NO_ANSWER }, (socket) => {
    socket.write(`${OK}content-length: 500\r\n\r\n`);
    drip(socket, '{', 250);
  });

  serverFault('network-16', 'a byte of the headers now and then', { prints: NO_ANSWER }, (socket) => {
    socket.write(`${OK}x-slow: `);
    drip(socket, 'x', 100);
  });

  serverFault('network-17', 'endless interim answers (103), at leisure', { prints: NO_ANSWER }, (socket) =>
    drip(socket, 'HTTP/1.1 103 Early Hints\r\nlink: <a>\r\n\r\n', 50),
  );

  serverFault(
    'network-18',
    'endless interim answers (102), as fast as they go',
    { prints: NO_ANSWER },
    (socket) => pour(socket, 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(2000)),
  );

  fault(
    'network-19',
    'interim responses and then a good one: works',
    { prints: FRESH, requests: 1, within: AT_ONCE },
    () =>
      works((socket, head) => {
        socket.write('HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: <a>\r\n\r\n');
        reply(body)(socket, head);
      }),
  );

  serverFault('network-20', 'reset in mid-headers', { prints: OFFLINE, within: AT_ONCE }, (socket) =>
    socket.write(`${OK}content-le`, () => socket.resetAndDestroy()),
  );

  serverFault('network-21', 'reset in mid-body', { prints: OFFLINE, within: AT_ONCE }, (socket) => {
    socket.write(`${OK}content-length: 500\r\n\r\n{"five_hour":`);
    setTimeout(() => socket.resetAndDestroy(), 50);
  });

  serverFault('network-22', 'closed in mid-headers', { prints: OFFLINE, within: AT_ONCE }, (socket) =>
    socket.end(`${OK}content-le`),
  );

  serverFault(
    'network-23',
    'content-length too long for the body',
    { prints: OFFLINE, within: AT_ONCE },
    (socket) => socket.end(`${OK}content-length: 5000\r\n\r\n${body}`),
  );

  serverFault(
    'network-24',
    'content-length too short for the body',
    { prints: BAD_ANSWER, within: AT_ONCE },
    (socket) => socket.end(`${OK}content-length: 50\r\n\r\n${body}`),
  );

  fault(
    'network-25',
    'a complete response with garbage after it: works',
    { prints: FRESH, requests: 1, within: AT_ONCE },
    () => works((socket) => socket.end(`${OK}content-length: ${body.length}\r\n\r\n${body}\0\xff garbage`)),
  );

  serverFault('network-26', 'chunks that are none', { prints: BAD_ANSWER, within: AT_ONCE }, (socket) =>
    socket.end(`${CHUNKED}zz\r\n${body}\r\n0\r\n\r\n`),
  );

  serverFault('network-27', 'closed without the last chunk', { prints: OFFLINE, within: AT_ONCE }, (socket) =>
    socket.end(`${CHUNKED}${body.length.toString(16)}\r\n${body}\r\n`),
  );

  serverFault(
    'network-28',
    'two lengths that contradict each other: as good as a lost connection',
    { prints: OFFLINE, within: AT_ONCE },
    (socket) => socket.end(`${OK}content-length: ${body.length}\r\ncontent-length: 7\r\n\r\n${body}`),
  );
});

/** A good response after all: new data, no backoff. */
async function works(respond: Respond, settings: ServerSettings = {}): Promise<Observed> {
  const server = await fakeServer(respond, settings);
  const machine = new Machine(server.url, settings.tls ? { NODE_EXTRA_CA_CERTS: AUTHORITY } : {});
  know(machine);
  const run = await machine.run(WAIT);
  return { run, requests: requestsTo(server), files: newDataKept(machine) };
}

describe('an answer of the wrong kind', () => {
  fault(
    'network-29',
    'HTML with status 200, as captive portals send it',
    { prints: BAD_ANSWER, requests: 1, within: AT_ONCE },
    async () => {
      const html: Answer = (_request, response) =>
        response
          .writeHead(200, { 'content-type': 'text/html' })
          .end('<!doctype html><title>Sign in to Wi-Fi</title>');
      const { endpoint, machine } = await aWorkingMachine(html);
      return besideData(machine, 'bad_response', () => endpoint.requests.length);
    },
  );

  fault('network-30', '204, no content', { prints: BAD_ANSWER, requests: 1, within: AT_ONCE }, async () => {
    const { endpoint, machine } = await aWorkingMachine((_request, response) =>
      response.writeHead(204).end(),
    );
    return besideData(machine, 'bad_response', () => endpoint.requests.length);
  });

  fault(
    'network-31',
    'redirects (301, 302, 303, 307, 308) to another server, which sees no connection',
    { prints: BAD_ANSWER, requests: 5, within: AT_ONCE },
    async () => {
      const other = await fakeServer(reply(body));
      return slowest(BAD_ANSWER, [301, 302, 303, 307, 308], async (status) => {
        const location = `${other.url}/api/oauth/usage`;
        const { endpoint, machine } = await aWorkingMachine(json('{}', status, { location }));
        const observed = await besideData(machine, 'bad_response', () => endpoint.requests.length);
        expect(other.connections()).toBe(0);
        return observed;
      });
    },
  );

  fault(
    'network-32',
    'a sample of all statuses from 400 to 499, each with its own meaning',
    {
      prints: /^5h 42% · 12m ago · (bad answer|sign in|rate limited (4|5)m)$/m,
      requests: 18,
      within: AT_ONCE,
    },
    () =>
      statuses([400, 401, 403, 404, 407, 408, 413, 421, 425, 426, 429, 431, 444, 451, 460, 477, 498, 499]),
  );

  fault(
    'network-33',
    'a sample of all statuses from 500 to 599',
    { prints: `${KNOWN} · server error`, requests: 15, within: AT_ONCE },
    () => statuses([500, 501, 502, 503, 504, 507, 511, 520, 521, 522, 524, 529, 555, 598, 599]),
  );
});

const MEANINGS: Record<number, [code: string, line: string]> = {
  401: ['unauthorized', 'sign in'],
  403: ['forbidden', 'sign in'],
  429: ['rate_limited', 'rate limited'],
};

/** Every status with a body that would be good in a 200. */
function statuses(all: readonly number[]): Promise<Observed> {
  return slowest(new RegExp(`^${KNOWN} · `), all, async (status) => {
    const other: [string, string] =
      status < 500 ? ['bad_response', 'bad answer'] : ['server_error', 'server error'];
    const [code, line] = MEANINGS[status] ?? other;
    const { endpoint, machine } = await aWorkingMachine(json(body, status));
    const observed = await besideData(machine, code, () => endpoint.requests.length);
    expect(observed.run.stdout).toContain(`${KNOWN} · ${line}`);
    return observed;
  });
}

/** Peak memory above that of a good response, MiB. */
const MEMORY_ALLOWANCE = 80;

describe('too much of an answer', () => {
  const compressed = (encoding: string, bytes: Buffer) => reply(bytes, [`content-encoding: ${encoding}`]);
  const bomb = Buffer.alloc(100 * 1024 * 1024, ' ');

  /** A row whose peak memory stays near that of a good response. */
  const big = (
    id: string,
    description: string,
    promised: { readonly prints: string; readonly within: number },
    respond: () => Respond,
  ) =>
    fault(id, description, { ...promised, requests: 1 }, async () => {
      const [good, server] = [await fakeServer(reply(body)), await fakeServer(respond())];
      const { peak: usual } = await withPeak(new Machine(good.url), WAIT);
      const machine = new Machine(server.url);
      know(machine);
      const { run, peak } = await withPeak(machine, WAIT);
      expect(peak).toBeLessThan(usual + MEMORY_ALLOWANCE);
      return {
        run,
        requests: requestsTo(server),
        files: `${filesOf(machine)}, ${Math.round(peak)} MiB at most`,
      };
    });

  big('network-34', 'gzip bomb: 2 GiB of blanks in 2 MiB', { prints: BAD_ANSWER, within: AT_ONCE }, () => {
    const part = gzipSync(bomb, { level: 9 });
    return compressed('gzip', Buffer.concat(Array.from({ length: 20 }, () => part)));
  });

  big('network-35', 'deflate bomb: 100 MiB', { prints: BAD_ANSWER, within: AT_ONCE }, () =>
    compressed('deflate', deflateSync(bomb)),
  );

  big('network-36', 'brotli bomb: 100 MiB', { prints: BAD_ANSWER, within: AT_ONCE }, () =>
    compressed('br', brotliCompressSync(bomb, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })),
  );

  big(
    'network-37',
    'endless gzip that decompresses to nothing',
    { prints: NO_ANSWER, within: DEADLINE },
    () => {
      const nothing = Buffer.concat(Array.from({ length: 1000 }, () => gzipSync('')));
      return (socket) => {
        socket.write(`${OK}content-encoding: gzip\r\n\r\n`);
        pour(socket, nothing);
      };
    },
  );

  big('network-38', 'a body of 100 MiB', { prints: BAD_ANSWER, within: AT_ONCE }, () => (socket) => {
    socket.write(`${OK}content-length: ${bomb.length}\r\n\r\n`);
    pour(socket, bomb.subarray(0, 1024 * 1024), bomb.length);
  });

  big('network-39', 'a body that does not end', { prints: BAD_ANSWER, within: AT_ONCE }, () => (socket) => {
    socket.write(`${OK}\r\n`);
    pour(socket, bomb.subarray(0, 64 * 1024));
  });

  big('network-40', 'headers of more than 16 KiB', { prints: BAD_ANSWER, within: AT_ONCE }, () =>
    reply(body, [`x-long: ${'x'.repeat(20 * 1024)}`]),
  );

  big('network-41', 'headers that do not end', { prints: BAD_ANSWER, within: AT_ONCE }, () => (socket) => {
    socket.write(OK);
    pour(socket, 'x-more: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n'.repeat(100));
  });
});

describe('TLS', () => {
  /** Base URL of a TLS server on loopback, by address. */
  const at = (port: number) => `https://127.0.0.1:${port}`;

  fault(
    'network-42',
    'a certificate that is self-signed, of an unknown authority, or for another host',
    { prints: OFFLINE, requests: 0, within: AT_ONCE },
    async () => {
      const own = await tlsServer(selfSigned);
      const unknown = await fakeServer(reply(body), { tls: 'server' });
      const elsewhere = await fakeServer(reply(body), { tls: 'elsewhere' });
      const total = () => own.requests() + requestsTo(unknown) + requestsTo(elsewhere);
      const variants: [number, Record<string, string>][] = [
        [own.port, {}],
        [unknown.port, {}],
        [elsewhere.port, { NODE_EXTRA_CA_CERTS: AUTHORITY }],
      ];
      return slowest(OFFLINE, variants, ([port, env]) =>
        besideData(new Machine(at(port), env), 'network_error', total),
      );
    },
  );

  fault(
    'network-43',
    'an expired certificate under a trusted authority; `show` names it',
    {
      prints: /the certificate has expired, or the clock is\s+wrong/,
      lines: 'any',
      requests: 0,
      within: AT_ONCE,
    },
    async () => {
      const server = await tlsServer(expired);
      const machine = new Machine(at(server.port));
      const file = `${machine.home}/authority.pem`;
      fs.writeFileSync(file, authorityOfExpired);
      machine.env.NODE_EXTRA_CA_CERTS = file;
      const run = () => machine.run(['show', '--timeout', '1']);
      return besideData(machine, 'network_error', server.requests, run);
    },
  );

  fault(
    'network-44',
    'NODE_TLS_REJECT_UNAUTHORIZED=0 does not make a bad certificate good',
    { prints: OFFLINE, requests: 0, within: AT_ONCE },
    async () => {
      const server = await fakeServer(reply(body), { tls: 'server' });
      const machine = new Machine(at(server.port), { NODE_TLS_REJECT_UNAUTHORIZED: '0' });
      return besideData(machine, 'network_error', () => requestsTo(server));
    },
  );

  fault(
    'network-45',
    'TLS handshake without a response',
    { prints: NO_ANSWER, requests: 0, within: DEADLINE },
    async () => {
      const server = await fakeServer(silence);
      const machine = new Machine(at(server.port));
      const observed = await besideData(machine, 'timeout', () => requestsTo(server));
      expect(server.connections()).toBe(1);
      return observed;
    },
  );

  fault(
    'network-46',
    'TLS handshake at one byte now and then',
    { prints: NO_ANSWER, requests: 0, within: DEADLINE },
    async () => {
      const server = await fakeServer(silence, {
        // The beginning of a TLS record of 16 KiB.
        onConnection: (socket) => {
          socket.write(Buffer.from([22, 3, 3, 64, 0]));
          drip(socket, '\x02', 100);
        },
      });
      return besideData(new Machine(at(server.port)), 'timeout', () => requestsTo(server));
    },
  );

  fault(
    'network-47',
    'plain HTTP where TLS is expected: no request is sent',
    { prints: OFFLINE, requests: 0, within: AT_ONCE },
    async () => {
      const server = await fakeServer(silence, {
        onConnection: (socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
      });
      return besideData(new Machine(at(server.port)), 'network_error', () => requestsTo(server));
    },
  );

  fault(
    'network-48',
    'an authority of your own in NODE_EXTRA_CA_CERTS: works',
    { prints: FRESH, requests: 1, within: AT_ONCE },
    () => works(reply(body), { tls: 'server' }),
  );

  fault(
    'network-49',
    'reset after the TLS handshake',
    { prints: OFFLINE, requests: 1, within: AT_ONCE },
    async () => {
      const server = await fakeServer((socket) => socket.destroy(), { tls: 'server' });
      const machine = new Machine(server.url, { NODE_EXTRA_CA_CERTS: AUTHORITY });
      return besideData(machine, 'network_error', () => requestsTo(server));
    },
  );
});

describe('proxies', () => {
  const PASSWORD = 'hunter2-EXAMPLE';

  /** A machine with a good endpoint behind a proxy; no request may bypass the proxy. */
  async function behind(proxy: string) {
    const target = await fakeServer(reply(body), { tls: 'server' });
    const env = { NODE_EXTRA_CA_CERTS: AUTHORITY, HTTPS_PROXY: proxy };
    return { target, machine: new Machine(target.url, env) };
  }

  const proxyFault = (
    id: string,
    description: string,
    prints: string,
    code: string,
    respond: Respond,
    settings: ServerSettings = {},
  ) =>
    fault(
      id,
      description,
      { prints, requests: 0, within: prints === NO_ANSWER ? DEADLINE : AT_ONCE },
      async () => {
        const proxy = await fakeServer(respond, settings);
        const { target, machine } = await behind(proxy.url);
        const observed = await besideData(machine, code, () => requestsTo(target));
        expect(target.connections()).toBe(0);
        expect(proxy.connections()).toBe(1);
        expect(proxy.received.join('')).not.toContain(TOKEN);
        return observed;
      },
    );

  fault(
    'network-50',
    'a proxy that is down: no request bypasses it',
    { prints: OFFLINE, requests: 0, within: AT_ONCE },
    async () => {
      const { target, machine } = await behind(`http://127.0.0.1:${await deafPort()}`);
      const observed = await besideData(machine, 'network_error', () => requestsTo(target));
      expect(target.connections()).toBe(0);
      return observed;
    },
  );

  proxyFault('network-51', 'a proxy that is silent', NO_ANSWER, 'timeout', silence);
  proxyFault('network-52', 'a proxy that wants a password (407)', OFFLINE, 'network_error', (socket) =>
    socket.end('HTTP/1.1 407 No\r\nproxy-authenticate: Basic realm="x"\r\ncontent-length: 0\r\n\r\n'),
  );
  proxyFault(
    'network-53',
    'a proxy that cannot reach the endpoint (502)',
    OFFLINE,
    'network_error',
    (socket) => socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 3\r\n\r\nno\n'),
  );
  proxyFault('network-54', 'a proxy that hangs up', OFFLINE, 'network_error', (socket) => socket.destroy());
  proxyFault('network-55', 'a tunnel that is silent', NO_ANSWER, 'timeout', (socket) =>
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n'),
  );
  proxyFault('network-56', 'a tunnel that ends in HTML', OFFLINE, 'network_error', (socket) =>
    socket.end('HTTP/1.1 200 OK\r\n\r\n<html>Sign in</html>'),
  );

  fault(
    'network-57',
    'a proxy value with a password that does not parse: the variable is named, its value is not printed',
    { prints: /HTTPS_PROXY is not a proxy that can be used/, lines: 'any', requests: 0, within: AT_ONCE },
    async () => {
      const { target, machine } = await behind(`http://ada:${PASSWORD}@127.0.0.1:99999`);
      const run = await besideData(
        machine,
        'network_error',
        () => requestsTo(target),
        () => machine.run(['--json', '--timeout', '1']),
      );
      const debug = await new Machine(target.url, machine.env).run(['show', '--debug', '--timeout', '1']);
      for (const { stdout, stderr } of [run.run, debug]) expect(stdout + stderr).not.toContain(PASSWORD);
      expect(fs.readFileSync(`${machine.cache}/usage.lock`, 'utf8')).not.toContain(PASSWORD);
      expect(target.connections()).toBe(0);
      return run;
    },
  );

  fault(
    'network-58',
    'a SOCKS proxy, which is not supported, is named by its variable',
    { prints: /ALL_PROXY is not a proxy\s+that can be used/, lines: 'any', requests: 0, within: AT_ONCE },
    async () => {
      const target = await fakeServer(reply(body), { tls: 'server' });
      const machine = new Machine(target.url, { ALL_PROXY: `socks5://ada:${PASSWORD}@127.0.0.1:9` });
      const run = () => machine.run(['show', '--timeout', '1']);
      const observed = await besideData(machine, 'network_error', () => requestsTo(target), run);
      expect(observed.run.stdout).not.toContain(PASSWORD);
      expect(target.connections()).toBe(0);
      return observed;
    },
  );

  fault(
    'network-59',
    'a proxy that works, over HTTP and over TLS: it sees the name and its own password, never the token',
    { prints: FRESH, requests: 2, within: AT_ONCE },
    () =>
      slowest(FRESH, [undefined, 'server'] as const, async (tls) => {
        const target = await fakeServer(reply(body), { tls: 'server' });
        const proxy = await fakeServer(
          tunnelTo(() => target.port),
          tls ? { tls } : {},
        );
        const machine = new Machine(target.url, {
          NODE_EXTRA_CA_CERTS: AUTHORITY,
          https_proxy: proxy.url.replace('://', `://ada:${PASSWORD}@`),
        });
        const run = await machine.run(WAIT);
        const [observed = ''] = proxy.received;
        expect(observed).toContain(`CONNECT 127.0.0.1:${target.port} HTTP/1.1`);
        expect(observed).toContain(Buffer.from(`ada:${PASSWORD}`).toString('base64'));
        expect(observed).not.toMatch(/\r\nauthorization|oauth|sk-ant/i);
        return { run, requests: requestsTo(target), files: newDataKept(machine) };
      }),
  );

  fault(
    'network-60',
    'a request to loopback bypasses every proxy, which would see the token in clear text',
    { prints: FRESH, requests: 1, within: AT_ONCE },
    async () => {
      const proxy = await fakeServer(reply(body));
      const { endpoint, machine } = await aWorkingMachine();
      const names = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'];
      const run = await machine.run(WAIT, Object.fromEntries(names.map((name) => [name, proxy.url])));
      expect(proxy.connections()).toBe(0);
      return { run, requests: endpoint.requests.length, files: newDataKept(machine) };
    },
  );
});

describe('calls that do not wait', () => {
  fault(
    'network-61',
    'without waiting, a silent server: data at once; the worker ends by itself, and no process is left',
    { prints: KNOWN, requests: 1, within: AT_ONCE },
    async () => {
      const server = await fakeServer(silence);
      const machine = new Machine(server.url);
      know(machine);
      const run = await machine.run(['--timeout', '1']);
      await until(() => server.connections() === 1);
      expect(processesOf(machine)).toHaveLength(1);
      await until(() => processesOf(machine).length === 0, DEADLINE);
      expect(machine.read('usage.lock').error).toBe('timeout');
      return { run, requests: requestsTo(server), files: filesOf(machine) };
    },
  );

  fault(
    'network-62',
    'without waiting and without data, a silent server: `…` at once, and the reason at the next call',
    { prints: '…', requests: 1, within: AT_ONCE },
    async () => {
      const server = await fakeServer(silence);
      const machine = new Machine(server.url);
      const run = await machine.run(['--no-wait', '--timeout', '1']);
      await until(() => server.connections() === 1);
      await until(() => processesOf(machine).length === 0, DEADLINE);
      expect((await machine.run(['--no-wait'])).stdout).toBe('no answer\n');
      return { run, requests: requestsTo(server), files: 'backoff: timeout' };
    },
  );

  fault(
    'network-63',
    'ten calls one after the other against a silent server: one request',
    { prints: NO_ANSWER, requests: 1, within: DEADLINE },
    async () => {
      const server = await fakeServer(silence);
      const machine = new Machine(server.url);
      const calls = Array.from({ length: 10 }, (_, call) => call);
      know(machine);
      return slowest(NO_ANSWER, calls, async () => {
        const run = await machine.run(WAIT);
        return { run, requests: requestsTo(server), files: filesOf(machine) };
      }).then((row) => ({ ...row, requests: requestsTo(server) }));
    },
  );

  fault(
    'network-64',
    'the endpoint recovers: the output shows nothing of the failures',
    { prints: FRESH, requests: 2, within: AT_ONCE },
    async () => {
      const endpoint = await anEndpoint(json('', 502));
      const machine = new Machine(endpoint.url);
      know(machine);
      expect((await machine.run(WAIT)).stdout).toBe(`${KNOWN} · server error\n`);
      endpoint.answer = json(body);
      machine.ageBy(70_000);
      const run = await machine.run(WAIT);
      return { run, requests: endpoint.requests.length, files: newDataKept(machine) };
    },
  );
});
