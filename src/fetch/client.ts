import { isUtf8 } from 'node:buffer';
import { isObject } from '../usage/values.ts';
import { onUncaught } from '../platform/exceptions.ts';
import { WEB_PAGE } from '../usage/failure.ts';
import type { RefreshFailure } from '../usage/failure.ts';
import { failureOf, failureOfStatus } from './errors.ts';
import type { Outcome } from './provider.ts';

/** The part of `fetch` that is used. The global one fits, which tests use, and so does `transport.ts`. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>;

export interface FetchInit {
  readonly method: 'GET' | 'POST';
  readonly headers: Record<string, string>;
  /** Only with POST. */
  readonly body?: string;
  readonly signal: AbortSignal;
  /** Redirects are never followed: they would send the token to another server. */
  readonly redirect: 'manual';
  /**
   * Receives a function that returns whether any of the request can have left this machine. The transport calls it before
   * anything else. With a transport that does not (the global `fetch`), a request counts as sent.
   */
  readonly tellsWhetherSent?: (isSent: () => boolean) => void;
}

export interface FetchResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: AsyncIterable<Uint8Array> | null;
}

/** A response as it came, for people who try a description of a provider. Not to be stored or shown as it is. */
export interface Arrival {
  readonly status: number;
  /** The header as received. */
  readonly contentType: string | null;
  /** The body of a 2xx response; null where it is too large, and for any other status, whose body is not read. */
  readonly bytes: Buffer | null;
}

export interface JsonRequest {
  readonly url: string;
  readonly headers: Record<string, string>;
  /** The body of a POST; absent: the request is a GET. */
  readonly body?: string;
  /** One deadline for everything, ms from now. */
  readonly timeoutMs: number;
  /** The failure that the object of a 2xx response describes; null where it is usage. */
  readonly failureIn?: (
    body: Readonly<Record<string, unknown>>,
    retryAfter: string | null,
  ) => RefreshFailure | null;
  /** Receives what came, in whatever shape. Not called where no whole response came. */
  readonly onArrival?: (arrival: Arrival) => void;
}

/** The largest body that is read, bytes after decompression. A real one has 3 KB, a gzip bomb has gigabytes. */
const MAX_BODY_BYTES = 64 * 1024;
/** Deeper values are removed: `JSON.stringify`, which stores the response, is recursive, and `JSON.parse` is not. */
const MAX_DEPTH = 32;

/** The reason with which the signal is always aborted. */
const OVER = new Error('over');

/**
 * Sends one request and reads a JSON object. Never throws: every error becomes a failure, which contains no text of the
 * server or of an exception. An exception that no caller can catch (in a callback of a socket, a timer, a name lookup) ends
 * the request as well.
 *
 * A timer is the one deadline: `AbortSignal.timeout` ignores fake timers, and an abort signal alone ends neither DNS nor a
 * silent TLS peer. At the end the signal is always aborted, which closes everything that is still open.
 */
export async function requestJson(
  fetch: Fetch,
  request: JsonRequest,
): Promise<Outcome<Record<string, unknown>>> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let stopListening: (() => void) | undefined;
  const deadline = new Promise<Outcome<never>>((resolve) => {
    timer = setTimeout(() => resolve(failed({ code: 'timeout' })), request.timeoutMs);
  });
  let isSent: (() => boolean) | undefined;
  const ended = (error: unknown) => {
    const failure = failureOf(error);
    return failed(
      failure.code === 'internal_error' && isSent?.() === false ? { ...failure, unsent: true } : failure,
    );
  };
  const uncaught = new Promise<Outcome<never>>((resolve) => {
    stopListening = onUncaught((error) => resolve(ended(error)));
  });
  const init: FetchInit = {
    method: request.body === undefined ? 'GET' : 'POST',
    headers: request.headers,
    ...(request.body !== undefined && { body: request.body }),
    signal: controller.signal,
    redirect: 'manual',
    tellsWhetherSent: (ask) => {
      isSent = ask;
    },
  };
  try {
    return await Promise.race([exchange(fetch, request, init).catch(ended), deadline, uncaught]);
  } finally {
    clearTimeout(timer);
    stopListening?.();
    // With a reason: without one Node would load what its own exception needs.
    controller.abort(OVER);
  }
}

async function exchange(
  fetch: Fetch,
  { url, failureIn, onArrival }: JsonRequest,
  init: FetchInit,
): Promise<Outcome<Record<string, unknown>>> {
  const response = await fetch(url, init);
  // The body of an error response is not used, and can be endless.
  const retryAfter = response.headers.get('retry-after');
  const failure = failureOfStatus(response.status, retryAfter);
  const { status } = response;
  const arrived = (bytes: Buffer | null) =>
    onArrival?.({ status, contentType: response.headers.get('content-type'), bytes });
  if (failure) arrived(null);
  if (failure?.code === 'forbidden' && isWebPage(response)) return failed({ ...failure, detail: WEB_PAGE });
  if (failure) return failed(failure);
  const bytes = response.body && (await readUpTo(response.body, MAX_BODY_BYTES));
  arrived(bytes);
  const value = bytes && parseObject(bytes);
  if (!value) return failed({ code: 'bad_response' });
  const inside = failureIn?.(value, retryAfter) ?? null;
  return inside ? failed(inside) : { ok: true, value };
}

function isWebPage({ headers }: FetchResponse): boolean {
  return headers.get('content-type')?.trim().toLowerCase().startsWith('text/html') ?? false;
}

/**
 * The whole body; null if it is longer than `limit`, bytes. Then the iterator is not closed, as `for await` would do: that
 * can wait for the server. The abort ends it.
 */
async function readUpTo(body: AsyncIterable<Uint8Array>, limit: number): Promise<Buffer | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const iterator = body[Symbol.asyncIterator]();
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
    length += next.value.byteLength;
    if (length > limit) return null;
    chunks.push(next.value);
  }
  return Buffer.concat(chunks, length);
}

function parseObject(bytes: Buffer): Record<string, unknown> | null {
  if (!isUtf8(bytes)) return null;
  let value: unknown;
  try {
    // trim() also removes a byte order mark.
    value = JSON.parse(bytes.toString('utf8').trim());
  } catch {
    return null;
  }
  if (!isObject(value)) return null;
  prune(value, MAX_DEPTH);
  return value;
}

/** Removes, in place, values nested deeper than `levels`. Known parts have six levels at most. */
function prune(parent: object, levels: number): void {
  for (const [key, child] of Object.entries(parent)) {
    if (typeof child !== 'object' || child === null) continue;
    if (levels > 1) prune(child, levels - 1);
    // A list keeps its length, so that the other elements keep their positions.
    else if (Array.isArray(parent)) parent[Number(key)] = null;
    else Reflect.deleteProperty(parent, key);
  }
}

function failed(failure: RefreshFailure): Outcome<never> {
  return { ok: false, failure };
}
