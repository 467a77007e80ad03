import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { decoded, header } from './body.ts';
import type { Fetch } from './client.ts';
import { boundedLookup } from './dns.ts';
import { proxyFor } from './proxy.ts';
import type { Proxy } from './proxy.ts';
import { isAnyUsed } from './sockets.ts';
import type { TransportSettings } from './transport.ts';

/**
 * The transport with Node's own HTTP client, for a Node without WebAssembly, which undici needs: `--jitless`, or a limit
 * on the address space (`ulimit -v`). It behaves like the other transport and takes three times as long to load.
 */
export function createPlainTransport(settings: TransportSettings, maxHeaderSize: number): Fetch {
  const http = process.getBuiltinModule('node:http');
  const net = process.getBuiltinModule('node:net');
  const tls = process.getBuiltinModule('node:tls');
  const trust = { rejectUnauthorized: true, ...(settings.ca ? { ca: settings.ca } : {}) };

  return async (url, { method, headers, body, signal, tellsWhetherSent }) => {
    const target = new URL(url);
    const proxy = proxyFor(target);
    const { lookup, cancel } = boundedLookup(settings.dns);
    const sockets: Socket[] = [];
    tellsWhetherSent?.(() => isAnyUsed(sockets));
    const opened = (socket: Socket) => {
      // TLS inside a tunnel is closed before the tunnel.
      sockets.unshift(socket);
      return socket;
    };
    const close = () => {
      cancel();
      for (const socket of sockets) socket.destroy();
    };
    signal.throwIfAborted();
    signal.addEventListener('abort', close, { once: true });
    // Certificates are verified in any case. With the variable set, Node would print a warning.
    delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;

    // The server name selects the certificate. An address is not allowed as one.
    const secured = (host: string, options: object) =>
      opened(
        tls.connect({ ...trust, ...options, host, ...(net.isIP(host) === 0 ? { servername: host } : {}) }),
      );
    const connectTo = ({ protocol, hostname, port }: URL) => {
      const host = unbracketed(hostname);
      const secure = protocol === 'https:';
      const where = { host, port: Number(port) || (secure ? 443 : 80), lookup };
      return secure ? secured(host, where) : opened(net.connect(where));
    };
    const socket = proxy
      ? secured(unbracketed(target.hostname), { socket: await tunnelTo(target, proxy) })
      : connectTo(target);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const options = {
        method,
        path: `${target.pathname}${target.search}`,
        headers: { ...headers, host: target.host, connection: 'close' },
        maxHeaderSize,
        createConnection: () => socket,
      };
      const request = http.request(options, resolve).on('error', reject);
      request.once('response', (message) => {
        // The request gets the parser's error; the body alone would report a lost connection.
        request.on('error', (error) => message.destroy(error));
        // An error event without a listener would end the process.
        message.on('error', () => {});
      });
      request.end(body);
    });
    return {
      status: response.statusCode ?? 0,
      headers: { get: (name) => header(response.headersDistinct, name) },
      body: decoded(response, header(response.headers, 'content-encoding')),
    };

    function tunnelTo({ hostname, port }: URL, { origin, authorization }: Proxy): Promise<Socket> {
      const path = `${hostname}:${port || 443}`;
      return new Promise((resolve, reject) => {
        const options = {
          method: 'CONNECT',
          path,
          headers: { host: path, ...(authorization && { 'proxy-authorization': authorization }) },
          maxHeaderSize,
          createConnection: () => connectTo(new URL(origin)),
        };
        http
          .request(options)
          .on('connect', ({ statusCode }, connection) => {
            if (statusCode === 200) resolve(connection);
            else reject(Object.assign(new Error('no tunnel'), { code: 'ECONNREFUSED_BY_PROXY' }));
          })
          .on('error', reject)
          .end();
      });
    }
  };
}

/** `[::1]` → `::1` */
function unbracketed(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}
