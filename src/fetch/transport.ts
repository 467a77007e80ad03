import type { Socket } from 'node:net';
import { buildConnector, Client } from 'undici';
import type { Dispatcher } from 'undici';
import { answerTo } from './response.ts';
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

/** The longest headers we read, bytes: Node's own limit. */
const MAX_HEADER_BYTES = 16 * 1024;

/** The caller has the one deadline: undici's own timers (300 s) would only keep the process alive. */
const client: Client.Options = {
  headersTimeout: 0,
  bodyTimeout: 0,
  maxHeaderSize: MAX_HEADER_BYTES,
  allowH2: false,
};

/**
 * A `fetch` that leaves nothing behind. One request, one connection, no keep-alive; when the signal is
 * aborted the name lookup and every socket end at once, whatever state they are in. The caller aborts in
 * any case, after success too: that is what closes the connection.
 *
 * It asks for no compression, since a body has 3 KB, and undoes it where it comes all the same.
 */
export function createTransport(settings: TransportSettings = {}): Fetch {
  return async (url, init) => {
    const sockets = new Set<Socket>();
    init.tellsWhetherSent?.(() => isAnyUsed(sockets));
    if (!hasWebAssembly()) {
      const { createPlainTransport } = await import('./plain-transport.ts');
      return createPlainTransport(settings, MAX_HEADER_BYTES)(url, init);
    }
    const { method, headers, signal } = init;
    const target = new URL(url);
    const proxy = proxyFor(target);
    const { lookup, cancel } = boundedLookup(settings.dns);
    // Said explicitly, because NODE_TLS_REJECT_UNAUTHORIZED=0 would be the default otherwise.
    const tls = { rejectUnauthorized: true, timeout: 0, ...(settings.ca ? { ca: settings.ca } : {}) };
    const connector = buildConnector({ ...tls, lookup });
    const connect: buildConnector.connector = (options, callback) => {
      // Certificates are verified all the same; Node would only warn of the variable on standard error.
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
    const answer = await answerTo(dispatcher, { origin: target.origin, path, method, headers, reset: true });
    return {
      status: answer.status,
      headers: { get: (name) => header(answer.headers, name) },
      body: decoded(answer.body, header(answer.headers, 'content-encoding')),
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
 * V8 11 optimises the HTTP parser's WebAssembly on a thread that the exit of the process waits for: 65 ms. Said
 * once all that a connection needs is loaded: with a flag changed, Node's own modules take three times as long.
 */
function keepParserSimple(): void {
  if (!process.versions.v8.startsWith('11.')) return;
  process.getBuiltinModule('node:v8').setFlagsFromString('--wasm-tiering-budget=1000000000');
}
