import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { SecondExample } from '../fetch/provider.ts';
import { example } from '../fetch/registry.ts';

const LOOPBACK = '127.0.0.1';

/** A usage endpoint for the demo. */
export interface Endpoint {
  /** The value for `USAGELINE_API_BASE_URL`. */
  readonly url: string;
  /** The number of requests for usage so far; other requests are not counted. */
  requests(): number;
  /** The number of responses with usage so far. */
  responses(): number;
  /** Moves the endpoint's time forward, ms: its windows come closer to their resets. */
  passTime(ms: number): void;
  /** Makes it refuse requests with 429 and this `Retry-After`, s; null makes it respond with usage again. */
  refuse(retryAfter: number | null): void;
  /** Holds all responses back until the returned function is called, for `ms` at most. */
  hold(ms: number): () => void;
  close(): Promise<void>;
}

/**
 * Starts the endpoint on a port that the system chooses. Rejects with Node's error if no port is available or the port
 * cannot be reached: in some sandboxes the loopback interface is down.
 *
 * @param now epoch ms
 * @param second another account, which is asked at the same address; null: none
 * @param host another address than loopback, for tests of the failure
 */
export async function startEndpoint(
  now: number,
  second: SecondExample | null = null,
  host: string = LOOPBACK,
): Promise<Endpoint> {
  let start = now;
  let requests = 0;
  let answered = 0;
  let retryAfter: number | null = null;
  /** The responses that are held back; null while none are. */
  let held: (() => void)[] | null = null;

  const server = createServer(({ url, headers }, response) => {
    const isSecond = second?.isUsageRequest(url ?? '', headers.authorization) ?? false;
    if (!isSecond && !example.isUsageRequest(url ?? '', headers.authorization)) {
      response.writeHead(404).end();
      return;
    }
    requests += 1;
    const answer = () => {
      const json = { 'content-type': 'application/json' };
      if (retryAfter !== null) {
        response.writeHead(429, { ...json, 'retry-after': String(retryAfter) });
        response.end(JSON.stringify(example.refusal));
        return;
      }
      const body = isSecond ? second?.body(start) : example.body(start, answered);
      response.writeHead(200, json).end(JSON.stringify(body));
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
    await checkReachable(port, host);
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

/** Rejects if no connection to the port can be made. */
function checkReachable(port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host, () => {
      socket.destroy();
      resolve();
    });
    socket.on('error', reject);
  });
}
