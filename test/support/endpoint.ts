import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export interface Endpoint {
  readonly url: string;
  /** All requests that have arrived, with their headers. */
  readonly requests: IncomingMessage[];
  answer: Answer;
}

const closers: (() => void)[] = [];
afterAll(() => {
  for (const close of closers.splice(0)) close();
});

/**
 * Closes something when the tests of the file are over. (`onTestFinished` is not for tests that run
 * concurrently: after an `await` it takes any of them for the one that called.)
 */
export function closeAtTheEnd(close: () => void): void {
  closers.push(close);
}

/** A usage endpoint on loopback. */
export async function anEndpoint(answer: Answer): Promise<Endpoint> {
  const endpoint = { requests: [] as IncomingMessage[], answer };
  const server = createServer((request, response) => {
    endpoint.requests.push(request);
    endpoint.answer(request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', 511, resolve);
  });
  closeAtTheEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return Object.assign(endpoint, { url: `http://127.0.0.1:${port}` });
}

export const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}): Answer =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };

/**
 * How long the countdowns of a fixture stay the same after it was read, ms: a busy machine needs most of the
 * minute.
 */
const LASTS = 50 * SECOND;

/** A real response body, with its resets moved into the future. */
export function fixture(name: string, now = Date.now()): Record<string, unknown> {
  const body = JSON.parse(readFileSync(new URL(`../fixtures/claude/${name}`, import.meta.url), 'utf8'));
  const five = now + 4 * HOUR + 37 * MINUTE + LASTS;
  const seven = now + 4 * DAY + 3 * HOUR + LASTS;
  for (const [key, value] of Object.entries<{ resets_at?: string } | null>(body)) {
    if (value?.resets_at) value.resets_at = timestamp(key === 'five_hour' ? five : seven);
  }
  for (const limit of body.limits ?? []) limit.resets_at = timestamp(limit.kind === 'session' ? five : seven);
  return body;
}

/** The endpoint's time format: microseconds, and an offset instead of Z. */
function timestamp(at: number): string {
  return new Date(at).toISOString().replace('Z', '533+00:00');
}
