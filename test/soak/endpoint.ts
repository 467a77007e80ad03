import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { DAY, HOUR } from '../../src/usage/time.ts';
import type { Arrival } from './invariants.ts';
import type { Login } from './stage.ts';

type Answer = (response: ServerResponse, usage: string) => void;

const text =
  (status: number, body: string, headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(body);
  };

const good: Answer = (response, usage) => text(200, usage)(response, usage);

const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024));

/**
 * How the endpoint misbehaves. Responses with a short backoff are more frequent: after a 401 there is no request
 * for minutes.
 */
const MISBEHAVIOUR: readonly (readonly [weight: number, name: string, answer: Answer])[] = [
  [3, 'slow', (response, usage) => void setTimeout(() => good(response, usage), 300 + Math.random() * 1600)],
  [2, 'silent', () => {}],
  [2, 'reset', (response) => void response.socket?.resetAndDestroy()],
  [
    2,
    'reset within the body',
    (response, usage) => {
      response.writeHead(200, { 'content-length': usage.length });
      response.write(usage.slice(0, usage.length / 2));
      setTimeout(() => response.socket?.resetAndDestroy(), 50);
    },
  ],
  [
    2,
    'cut off',
    (response, usage) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(usage.slice(0, usage.length / 2));
    },
  ],
  [2, 'a byte at a time', drip],
  [1, 'HTML', text(200, '<html>nothing here</html>')],
  [1, 'an array', text(200, '[]')],
  [1, 'windows of a wrong kind', text(200, '{"five_hour":"many","seven_day":[7],"limits":{"percent":-1}}')],
  [1, 'nested deep', text(200, `${'{"a":'.repeat(3000)}1${'}'.repeat(3000)}`)],
  [1, 'not UTF-8', (response) => void response.end(Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]))],
  [2, 'a gzip bomb', (response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb)],
  [1, '401', text(401, '{"error":{"type":"authentication_error"}}')],
  [1, '403', text(403, '{"error":{"type":"permission_error"}}')],
  [1, '429', text(429, '{}')],
  [2, '429, retry after 20 s', text(429, '{}', { 'retry-after': '20' })],
  [2, '500', text(500, 'sorry')],
  [1, '529', text(529, '{}')],
];

/** The share of requests with a good and immediate response. All others meet one kind of misbehaviour. */
const WELL = 0.4;

function drip(response: ServerResponse, usage: string): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  let at = 0;
  const timer = setInterval(() => {
    response.write(usage[at] ?? ' ');
    at += 1;
  }, 100);
  response.on('close', () => clearInterval(timer));
}

/** A usage endpoint on loopback that misbehaves in more than half of the cases. */
export class Endpoint {
  /** The requests of each login, in order. */
  readonly arrivals = new Map<Login, Arrival[]>();
  /** How often each kind of response was sent. */
  readonly answers = new Map<string, number>();
  /** Descriptions of requests that should not have come. */
  readonly wrong: string[] = [];
  /**
   * When this process last had the processor, monotonic ms: the last time and the one before it. Timers run before
   * requests that waited, so the last time can be that of the request itself.
   */
  #looks: [number, number] = [performance.now(), performance.now()];
  readonly #looking = setInterval(() => (this.#looks = [this.#looks[1], performance.now()]), 50);
  /** From now on every request gets a good response. */
  healthy = false;
  readonly #logins: readonly Login[];
  readonly #random: () => number;
  readonly #server: Server;
  readonly #elsewhere: Server;
  #misbehaviour = MISBEHAVIOUR;

  constructor(logins: readonly Login[], random: () => number) {
    this.#logins = logins;
    this.#random = random;
    for (const login of logins) this.arrivals.set(login, []);
    this.#server = createServer((request, response) => this.#answer(request, response));
    this.#elsewhere = createServer((_request, response) => {
      this.wrong.push('a redirect was followed');
      response.end('{}');
    });
  }

  async start(): Promise<void> {
    await Promise.all([listen(this.#server), listen(this.#elsewhere)]);
    const location = urlOf(this.#elsewhere);
    this.#misbehaviour = [
      ...MISBEHAVIOUR,
      [2, 'a redirect', text(307, '', { location })],
      [1, 'another redirect', text(302, '', { location: `${location}/usage` })],
    ];
  }

  get url(): string {
    return urlOf(this.#server);
  }

  get requests(): number {
    return [...this.arrivals.values()].reduce((sum, { length }) => sum + length, 0);
  }

  stop(): void {
    clearInterval(this.#looking);
    for (const server of [this.#server, this.#elsewhere]) {
      server.close();
      server.closeAllConnections();
    }
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    response.on('error', () => {});
    const token = (request.headers.authorization ?? '').replace('Bearer ', '');
    const login = this.#logins.find(({ tokens }) => tokens.includes(token));
    if (!login) {
      this.wrong.push('a request with a token of no login');
      response.writeHead(401).end();
      return;
    }
    this.arrivals.get(login)?.push({ at: performance.now(), earliest: this.#looks[0], token });
    const [name, answer] = this.#pick();
    this.answers.set(name, (this.answers.get(name) ?? 0) + 1);
    answer(response, this.#usageOf(login));
  }

  #pick(): readonly [string, Answer] {
    if (this.healthy || this.#random() < WELL) return ['well', good];
    const total = this.#misbehaviour.reduce((sum, [weight]) => sum + weight, 0);
    let at = this.#random() * total;
    for (const [weight, name, answer] of this.#misbehaviour) {
      at -= weight;
      if (at < 0) return [name, answer];
    }
    return ['well', good];
  }

  /** Several pages, so that a write can be interrupted in the middle. */
  #usageOf({ least, most }: Login): string {
    const utilization = () => least + Math.floor(this.#random() * (most - least + 1));
    const at = (ms: number) => new Date(Date.now() + ms).toISOString();
    return JSON.stringify({
      five_hour: { utilization: utilization(), resets_at: at(4 * HOUR) },
      seven_day: { utilization: utilization(), resets_at: at(4 * DAY) },
      filler: 'x'.repeat(9000),
    });
  }
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', 511, resolve);
  });
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
