import { isIP } from 'node:net';
import { Client, ProxyAgent } from 'undici';
import type { buildConnector, Dispatcher } from 'undici';
import type { Proxy } from './proxy.ts';

type Connect = buildConnector.connector;

/** How a transport makes its connections. */
export interface Connections {
  /** Opens a connection and records its socket, so that the deadline can end it. */
  readonly connect: Connect;
  /** TLS with the target, inside the tunnel. */
  readonly tls: buildConnector.BuildOptions;
  /** Options of every client: no timer of its own, no HTTP/2. */
  readonly client: Client.Options;
}

/**
 * A dispatcher that opens a tunnel through the proxy (CONNECT) and TLS with the target inside it: the proxy sees the
 * target's name and nothing of the request. A file of its own, which is loaded only where a proxy is set.
 */
export function throughProxy(proxy: Proxy, { connect, tls, client }: Connections): Dispatcher {
  return new ProxyAgent({
    uri: proxy.origin,
    ...(proxy.authorization === null ? {} : { token: proxy.authorization }),
    proxyTunnel: true,
    requestTls: tls,
    // The default factory would connect to the proxy without the bounded lookup.
    clientFactory: (origin) => new Client(origin, { ...client, connect: withoutAddressAsName(connect) }),
    factory: (origin, options) => {
      const { connect: tunnel } = options as { connect: Connect };
      return new Client(origin, { ...client, connect: onlyOnce(tunnel) });
    },
  });
}

/** Omits the TLS server name where it is an address: the agent sets it to the proxy's host, and Node warns. */
function withoutAddressAsName(connect: Connect): Connect {
  return (options, callback) => {
    const { servername, ...rest } = options;
    return connect(servername && isIP(servername) === 0 ? options : rest, callback);
  };
}

/**
 * Replaces undici's own socket errors: after one of them undici connects again, at once and without end, as if an idle
 * connection had been closed. A proxy that hangs up is to be asked only once.
 */
function onlyOnce(connect: Connect): Connect {
  return (options, callback) =>
    connect(options, (...result) => {
      const { code = '' } = (result[0] ?? {}) as NodeJS.ErrnoException;
      const again = code === 'UND_ERR_SOCKET' || code === 'UND_ERR_INFO';
      if (again) callback(Object.assign(new Error('no tunnel'), { code: 'ECONNRESET' }), null);
      else callback(...result);
    });
}
