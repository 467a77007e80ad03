import { isUtf8 } from 'node:buffer';
import { isObject } from '../usage/values.ts';
import { onUncaught } from '../platform/exceptions.ts';
import type { RefreshFailure } from '../usage/failure.ts';
import { failureOf, failureOfStatus } from './errors.ts';
import type { Outcome } from './provider.ts';

/** What we need of `fetch`: the global one fits (tests run on it), and so does our own transport. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>;

export interface FetchInit {
  readonly method: 'GET';
  readonly headers: Record<string, string>;
  readonly signal: AbortSignal;
  /** Redirects would carry the token elsewhere: they are never followed. */
  readonly redirect: 'manual';
  /**
   * A transport that knows it says, before anything else, how to find out whether any of the request can have left this
   * machine. Of one that does not (the global `fetch`) a request counts as sent.
   */
  readonly tellsWhetherSent?: (isSent: () => boolean) => void;
}

export interface FetchResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: AsyncIterable<Uint8Array> | null;
}

export interface JsonRequest {
  readonly url: string;
  readonly headers: Record<string, string>;
  /** One deadline for everything, ms from now. */
  readonly timeoutMs: number;
  /** The failure that the object of a 2xx answer is itself; null when it is an answer. */
  readonly failureIn?: (
    body: Readonly<Record<string, unknown>>,
    retryAfter: string | null,
  ) => RefreshFailure | null;
}

/** The longest body we read, bytes after decompression: a live one has 3 KB, a gzip bomb has gigabytes. */
const MAX_BODY_BYTES = 64 * 1024;
/** `JSON.stringify` recurses and `JSON.parse` does not: what came in must get out again. */
const MAX_DEPTH = 32;

/** Why the signal is aborted, whatever came of the request. */
const OVER = new Error('over');

/**
 * Sends one GET request and reads a JSON object. Never throws: whatever happens is an outcome, and none
 * of the words of the server or of a foreign error are in it. What is thrown meanwhile where nothing can catch it (in a
 * callback of a socket, a timer, a name lookup) ends the request as well.
 *
 * There is one deadline, a timer of our own (`AbortSignal.timeout` ignores fake timers, and an abort
 * signal alone bounds neither DNS nor a silent TLS peer): when it ends, so does the waiting.
 * The signal is aborted in every case, at the end at the latest: that closes what is still open.
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
    method: 'GET',
    headers: request.headers,
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
    // With a reason: Node would make an exception of its own, and load what that takes.
    controller.abort(OVER);
  }
}

async function exchange(
  fetch: Fetch,
  { url, failureIn }: JsonRequest,
  init: FetchInit,
): Promise<Outcome<Record<string, unknown>>> {
  const response = await fetch(url, init);
  // The body of an error answer is not read: nothing in it is for us, and it may never end.
  const retryAfter = response.headers.get('retry-after');
  const failure = failureOfStatus(response.status, retryAfter);
  if (failure) return failed(failure);
  const bytes = response.body && (await readUpTo(response.body, MAX_BODY_BYTES));
  const value = bytes && parseObject(bytes);
  if (!value) return failed({ code: 'bad_response' });
  const inside = failureIn?.(value, retryAfter) ?? null;
  return inside ? failed(inside) : { ok: true, value };
}

/**
 * The whole body; null when it is longer than `limit`, however much longer. The iterator is not closed
 * then (`for await` would, and wait for a server that may not let go): the abort ends it.
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
    // trim() takes a byte order mark along.
    value = JSON.parse(bytes.toString('utf8').trim());
  } catch {
    return null;
  }
  if (!isObject(value)) return null;
  prune(value, MAX_DEPTH);
  return value;
}

/** Removes, in place, what is nested deeper than `levels`: nothing known is deeper than six. */
function prune(parent: object, levels: number): void {
  for (const [key, child] of Object.entries(parent)) {
    if (typeof child !== 'object' || child === null) continue;
    if (levels > 1) prune(child, levels - 1);
    // An element of a list gives way to null, so that its neighbours keep their places.
    else if (Array.isArray(parent)) parent[Number(key)] = null;
    else Reflect.deleteProperty(parent, key);
  }
}

function failed(failure: RefreshFailure): Outcome<never> {
  return { ok: false, failure };
}
