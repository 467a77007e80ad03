import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { createServer as createTcpServer, connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { onTestFinished } from 'vitest';

const fixture = (name: string) => readFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url), 'utf8');

/** The authority of the `tls` servers, for a client that has to trust them. */
export const ca = fixture('ca.pem');

export interface FakeServer {
  readonly port: number;
  /** Base URL, with 127.0.0.1 as host. */
  readonly url: string;
  /** The decrypted bytes that have arrived, per connection. */
  readonly received: string[];
  /** The number of connections that were opened. */
  readonly connections: () => number;
  /** The number of connections that are still open. */
  readonly open: () => number;
}

/** What a server does when the head of a request has arrived. */
export type Respond = (socket: Socket, head: string) => void;

export interface ServerSettings {
  readonly tls?: 'server' | 'elsewhere';
  /** What it does before any byte has arrived. */
  readonly onConnection?: (socket: Socket) => void;
}

/** A server on loopback that writes bytes instead of HTTP messages, for protocol errors. Closed after the test. */
export async function fakeServer(
  respond: Respond,
  { tls, onConnection }: ServerSettings = {},
): Promise<FakeServer> {
  const received: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const raw = (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  };
  const serve = (socket: Socket) => {
    socket.on('error', () => {});
    onConnection?.(socket);
    const index = received.push('') - 1;
    socket.on('data', (chunk) => {
      const before = received[index]!;
      received[index] = before + chunk.toString('latin1');
      if (!before.includes('\r\n\r\n') && received[index].includes('\r\n\r\n')) {
        respond(socket, received[index]);
      }
    });
  };
  const server = tls
    ? createTlsServer({ key: fixture('server.key'), cert: fixture(`${tls}.pem`) }, serve).on(
        'connection',
        raw,
      )
    : createTcpServer((socket) => {
        raw(socket);
        serve(socket);
      });
  if (tls) server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    received,
    connections: () => connections,
    open: () => sockets.size,
  };
}

/** Writes a complete response. */
export function reply(body: string | Buffer, head: readonly string[] = [], status = '200 OK'): Respond {
  return (socket) => {
    socket.write(
      `HTTP/1.1 ${[status, ...head, `content-length: ${Buffer.byteLength(body)}`].join('\r\n')}\r\n\r\n`,
    );
    socket.end(body);
  };
}

/** A proxy that opens every tunnel to `target`, whichever host is requested. */
export function tunnelTo(target: () => number): Respond {
  return (socket) => {
    const upstream = connect(target(), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(socket);
      socket.pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    upstream.on('close', () => socket.destroy());
    socket.on('close', () => upstream.destroy());
  };
}

/**
 * A name server on loopback. `answers` gives the addresses of a name (type 1 is A, 28 AAAA): null is silence, an
 * empty list means that the name does not exist.
 */
export async function nameServer(
  answers: (name: string, type: number) => readonly Buffer[] | AddresslessAnswer | null,
) {
  const asked: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => {
    const { name, end, type } = question(query);
    asked.push(`${name} ${type === 28 ? 'AAAA' : 'A'}`);
    const found = answers(name, type);
    if (found === null) return;
    const { code, records } =
      typeof found === 'string' ? WITHOUT_ADDRESS[found] : addressRecords(found, type);
    const head = Buffer.from(query.subarray(0, 12));
    head.writeUInt16BE(0x8180 | code, 2);
    head.writeUInt16BE(records.length, 6);
    head.writeUInt32BE(0, 8);
    socket.send(Buffer.concat([head, query.subarray(12, end), ...records]), from.port, from.address);
  });
  await new Promise<void>((resolve) => {
    socket.bind(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    socket.close();
  });
  return { servers: [`127.0.0.1:${socket.address().port}`], asked };
}

/** A DNS answer without an address: no such name, no record, a refusal, an alias (CNAME) that leads nowhere. */
export type AddresslessAnswer = keyof typeof WITHOUT_ADDRESS;

const ALIAS = Buffer.from('\xc0\x0c\0\x05\0\x01\0\0\0\x3c\0\x09\x07nowhere\0', 'latin1');
const WITHOUT_ADDRESS = {
  none: { code: 3, records: [] as Buffer[] },
  empty: { code: 0, records: [] as Buffer[] },
  refused: { code: 5, records: [] as Buffer[] },
  alias: { code: 0, records: [ALIAS] },
};

function addressRecords(addresses: readonly Buffer[], type: number): { code: number; records: Buffer[] } {
  const records = addresses.map((address) =>
    Buffer.concat([Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, address.length]), address]),
  );
  return { code: records.length > 0 ? 0 : 3, records };
}

function question(query: Buffer) {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at]!; length !== 0; length = query[at]!) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}
