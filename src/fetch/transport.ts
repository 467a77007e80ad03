import type { Socket } from 'node:net';
import { buildConnector, Client } from 'undici';
import type { Dispatcher } from 'undici';
import { dispatchRequest } from './response.ts';
import type { Fetch } from './client.ts';
import { decoded, header } from './body.ts';
import { boundedLookup } from './dns.ts';
import type { LookupSettings } from './dns.ts';
import { proxyFor } from './proxy.ts';
import { isAnyUsed } from './sockets.ts';

export interface TransportSettings {
  readonly dns?: LookupSettings;
  /** Certificate authorities in place of Node's (PEM). NODE_EXTRA_CA_CERTS works without it. */
  readonly ca?: string;
}

/** The largest headers that are read, bytes: Node's own limit. */
const MAX_HEADER_BYTES = 16 * 1024;

/** Without undici's own timers (300 s), which would keep the process alive: the caller has a deadline. */
const client: Client.Options = {
  headersTimeout: 0,
  bodyTimeout: 0,
  maxHeaderSize: MAX_HEADER_BYTES,
  allowH2: false,
};

/**
 * A `fetch` that leaves nothing behind: one request, one connection, no keep-alive. When the signal is aborted, the name
 * lookup and all sockets end at once, in whatever state they are. The caller aborts in any case, after success as well:
 * that closes the connection.
 *
 * Sends no `accept-encoding`, since a body has 3 KB, and decompresses the body if it is compressed nevertheless.
 */
export function createTransport(settings: TransportSettings = {}): Fetch {
  return async (url, init) => {
    const sockets = new Set<Socket>();
    init.tellsWhetherSent?.(() => isAnyUsed(sockets));
    if (!hasWebAssembly()) {
      const { createPlainTransport } = await import('./plain-transport.ts');
      return createPlainTransport(settings, MAX_HEADER_BYTES)(url, init);
    }
    const { method, headers, body, signal } = init;
    const target = new URL(url);
    const proxy = proxyFor(target);
    const { lookup, cancel } = boundedLookup(settings.dns);
    // Explicit, because NODE_TLS_REJECT_UNAUTHORIZED=0 would change the default.
    const tls = { rejectUnauthorized: true, timeout: 0, ...(settings.ca ? { ca: settings.ca } : {}) };
    const connector = buildConnector({ ...tls, lookup });
    const connect: buildConnector.connector = (options, callback) => {
      // Certificates are verified in any case. With the variable set, Node would print a warning.
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      sockets.add(connector(options, callback) as unknown as Socket);
      keepParserSimple();
    };

    const dispatcher: Dispatcher = proxy
      ? (await import('./proxy-agent.ts')).throughProxy(proxy, { connect, tls, client })
      : new Client(target.origin, { ...client, connect });
    const close = () => {
      cancel();
      void dispatcher.destroy();
      // A client that is still connecting does not know its socket.
      for (const socket of sockets) socket.destroy();
    };
    if (signal.aborted) close();
    signal.addEventListener('abort', close, { once: true });

    const path = `${target.pathname}${target.search}`;
    const response = await dispatchRequest(dispatcher, {
      origin: target.origin,
      path,
      method,
      headers,
      ...(body !== undefined && { body }),
      reset: true,
    });
    return {
      status: response.status,
      headers: { get: (name) => header(response.headers, name) },
      body: decoded(response.body, header(response.headers, 'content-encoding')),
    };
  };
}

/** The production transport. */
export const transport: Fetch = createTransport();

/** Missing in Node's types. */
interface Wasm {
  readonly Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer };
}

/**
 * Whether undici can run its parser. Node has no WebAssembly with `--jitless`, and under `ulimit -v` no address space for
 * its memory.
 */
function hasWebAssembly(): boolean {
  try {
    const { Memory } = (globalThis as unknown as { WebAssembly: Wasm }).WebAssembly;
    return new Memory({ initial: 1 }).buffer.byteLength > 0;
  } catch {
    return false;
  }
}

/**
 * Keeps V8 11 from optimising the HTTP parser's WebAssembly on a thread that the exit of the process waits for (65 ms).
 * Called when everything that a connection needs is loaded: after a change of flags, Node loads its own modules three
 * times as slowly.
 */
function keepParserSimple(): void {
  if (!process.versions.v8.startsWith('11.')) return;
  process.getBuiltinModule('node:v8').setFlagsFromString('--wasm-tiering-budget=1000000000');
}
