import { isIP } from 'node:net';
import { Client, ProxyAgent } from 'undici';
import type { buildConnector, Dispatcher } from 'undici';
import type { Proxy } from './proxy.ts';

type Connect = buildConnector.connector;

/** How a transport makes its connections. */
export interface Connections {
  /** Opens a connection and remembers its socket, so that the deadline can end it. */
  readonly connect: Connect;
  /** TLS with the target, inside the tunnel. */
  readonly tls: buildConnector.BuildOptions;
  /** Options of every client: no timer of its own, no HTTP/2. */
  readonly client: Client.Options;
}

/**
 * A dispatcher that asks the proxy for a tunnel (CONNECT) and speaks TLS with the target inside it: the
 * proxy sees the target's name and nothing of the request. A module of its own, loaded only when a proxy
 * is set.
 */
export function throughProxy(proxy: Proxy, { connect, tls, client }: Connections): Dispatcher {
  return new ProxyAgent({
    uri: proxy.origin,
    ...(proxy.authorization === null ? {} : { token: proxy.authorization }),
    proxyTunnel: true,
    requestTls: tls,
    // With the default factory, the connection to the proxy would be made without our lookup.
    clientFactory: (origin) => new Client(origin, { ...client, connect: withoutAddressAsName(connect) }),
    factory: (origin, options) => {
      const { connect: tunnel } = options as { connect: Connect };
      return new Client(origin, { ...client, connect: onlyOnce(tunnel) });
    },
  });
}

/** The agent gives the proxy's host as TLS server name, an address too, which Node warns about. */
function withoutAddressAsName(connect: Connect): Connect {
  return (options, callback) => {
    const { servername, ...rest } = options;
    return connect(servername && isIP(servername) === 0 ? options : rest, callback);
  };
}

/**
 * undici tries again, at once and for ever, when connecting ends with one of its own socket errors: it
 * takes them for a connection that was closed while idle. A proxy that hangs up must be asked only once.
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
