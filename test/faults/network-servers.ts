import { createSocket } from 'node:dgram';
import fs from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { onTestFinished } from 'vitest';
import type { FakeServer } from '../support/fetch-servers.ts';

/** The authority of `fakeServer`'s certificates, for NODE_EXTRA_CA_CERTS. */
export const AUTHORITY = new URL('../fixtures/tls/ca.pem', import.meta.url).pathname;

/** Requests that arrived completely, whatever happened to their connections. */
export function requestsTo({ received }: FakeServer): number {
  return received.filter((text) => text.startsWith('GET ') && text.includes('\r\n\r\n')).length;
}

/** Writes the same bytes as fast as they are read, at most `bytes` of them, and then ends. */
export function pour(socket: Socket, chunk: string | Buffer, bytes = Number.POSITIVE_INFINITY): void {
  let left = bytes;
  const more = () => {
    while (left > 0) {
      if (socket.destroyed) return;
      left -= chunk.length;
      if (!socket.write(chunk)) {
        socket.once('drain', more);
        return;
      }
    }
    socket.end();
  };
  more();
}

/** Writes a piece now and then until the other side closes the connection. */
export function drip(socket: Socket, piece: string, every: number): void {
  const timer = setInterval(() => socket.write(piece), every);
  socket.on('close', () => clearInterval(timer));
}

/** A TLS server with a certificate of the test's own; it never responds. */
export async function tlsServer(certificate: string): Promise<{ port: number; requests: () => number }> {
  const key = fs.readFileSync(new URL('../fixtures/tls/server.key', import.meta.url), 'utf8');
  let requests = 0;
  const server = createTlsServer({ key, cert: certificate }, (socket) => {
    socket.on('error', () => {});
    socket.on('data', () => {
      requests += 1;
    });
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, requests: () => requests };
}

/** A port of loopback where nothing listens. */
export async function deafPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

/** Loopback addresses for name servers: resolv.conf knows no port but 53. */
export const NAME_SERVERS = ['127.53.0.1', '127.53.0.2', '127.53.0.3'] as const;

/** The response of a name server to a query; null is silence. */
export type NameAnswer = (query: Buffer) => Buffer | null;

/** A name server on port 53. Returns the number of queries it received. */
export async function nameServerOn(address: string, answer: NameAnswer): Promise<() => number> {
  let queries = 0;
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => {
    queries += 1;
    const reply = answer(query);
    if (reply) socket.send(reply, from.port, from.address);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(53, address, resolve);
  });
  onTestFinished(() => {
    socket.close();
  });
  return () => queries;
}

const RESPONSE = 0x8180;

/** A response without records: the name does not exist (3), the server failed (2), retry over TCP (truncated). */
export function answerCode(code: number, { truncated = false } = {}): NameAnswer {
  return (query) => reply(query, RESPONSE | code | (truncated ? 0x0200 : 0), []);
}

/** The name is this IPv4 address; it has no IPv6 one. */
export function answerAddress(address: string): NameAnswer {
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...address.split('.').map(Number)]);
  return (query) => reply(query, RESPONSE, query.readUInt16BE(endOfName(query)) === 1 ? [record] : []);
}

/** The name is an alias (CNAME) of a name that does not exist. One label. */
export function answerAlias(label: string): NameAnswer {
  const name = Buffer.from([label.length, ...Buffer.from(label), 0]);
  const record = Buffer.from([0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, name.length, ...name]);
  return (query) => reply(query, RESPONSE, [record]);
}

/** One response for IPv4 addresses, and one for IPv6 addresses. */
export function answerByType(four: NameAnswer, six: NameAnswer): NameAnswer {
  return (query) => (query.readUInt16BE(endOfName(query)) === 1 ? four : six)(query);
}

function reply(query: Buffer, flags: number, records: readonly Buffer[]): Buffer {
  const head = Buffer.from(query.subarray(0, 12));
  head.writeUInt16BE(flags, 2);
  head.writeUInt16BE(records.length, 6);
  head.writeUInt32BE(0, 8);
  return Buffer.concat([head, query.subarray(12, endOfName(query) + 4), ...records]);
}

/** The offset of the query's type, after the name, which ends with an empty label. */
function endOfName(query: Buffer): number {
  return query.indexOf(0, 12) + 1;
}

/** Accepts connections on TCP port 53 and never responds. */
export async function silentTcpOn(address: string): Promise<void> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(53, address, resolve);
  });
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
}
