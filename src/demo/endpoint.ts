import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { exampleBody, EXAMPLE_TOKEN } from './sample.ts';

const LOOPBACK = '127.0.0.1';

/** The demo's own usage endpoint. */
export interface Endpoint {
  /** For `USAGELINE_API_BASE_URL`. */
  readonly url: string;
  /** Requests for usage that have arrived so far; whatever else knocks at the port is not counted. */
  requests(): number;
  /** How many of them have been answered with usage. */
  responses(): number;
  /** Makes it later by so much: the windows it speaks of come closer to their reset, ms. */
  passTime(ms: number): void;
  /** From now on: answers, or refuses with 429 and this `Retry-After`, s. */
  refuse(retryAfter: number | null): void;
  /** Answers nobody until the function it returns is called, or `ms` from now. */
  hold(ms: number): () => void;
  close(): Promise<void>;
}

/**
 * Opens it on a loopback port that the system chooses. Rejects with Node's error when there is none to be had,
 * or none that can be reached: in some sandboxes loopback is there and down.
 *
 * @param now epoch ms
 * @param host another address than loopback, to see it fail
 */
export async function startEndpoint(now: number, host: string = LOOPBACK): Promise<Endpoint> {
  let start = now;
  let requests = 0;
  let answered = 0;
  let retryAfter: number | null = null;
  /** Answers that are held back; null when none is to be. */
  let held: (() => void)[] | null = null;

  const server = createServer(({ url, headers }, response) => {
    if (url !== '/api/oauth/usage' || headers.authorization !== `Bearer ${EXAMPLE_TOKEN}`) {
      response.writeHead(404).end();
      return;
    }
    requests += 1;
    const answer = () => {
      const json = { 'content-type': 'application/json' };
      if (retryAfter !== null) {
        response.writeHead(429, { ...json, 'retry-after': String(retryAfter) });
        response.end('{"type":"error","error":{"type":"rate_limit_error"}}');
        return;
      }
      response.writeHead(200, json).end(JSON.stringify(exampleBody(start, answered)));
      answered += 1;
    };
    if (held === null) answer();
    else held.push(answer);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  try {
    await knock(port, host);
  } catch (error) {
    await close();
    throw error;
  }

  return {
    url: `http://${host}:${port}`,
    requests: () => requests,
    responses: () => answered,
    passTime: (ms) => {
      start -= ms;
    },
    refuse: (seconds) => {
      retryAfter = seconds;
    },
    hold: (ms) => {
      held = [];
      const release = () => {
        const answers = held ?? [];
        held = null;
        for (const answer of answers) answer();
      };
      setTimeout(release, ms).unref();
      return release;
    },
    close,
  };
}

function knock(port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host, () => {
      socket.destroy();
      resolve();
    });
    socket.on('error', reject);
  });
}
