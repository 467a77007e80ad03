import { getProxyForUrl } from 'proxy-from-env';
import { transportError } from './errors.ts';

/** The proxy that a request goes through. */
export interface Proxy {
  /** Scheme, host and port, without what the variable may hold besides: user, password, path. */
  readonly origin: string;
  /** `Proxy-Authorization`; null when the variable holds no user. */
  readonly authorization: string | null;
}

/**
 * The proxy for a URL, as HTTPS_PROXY, ALL_PROXY and NO_PROXY (both cases) of this process say; null for
 * a direct connection. Only `https:` requests go through one, in a tunnel: an `http:` one is for a
 * loopback address, and through a proxy its token would cross the network in clear.
 *
 * @throws a `transportError` that names the variable when its value is no proxy we can use. Never the value:
 *   it may hold a password
 */
export function proxyFor(target: URL): Proxy | null {
  if (target.protocol !== 'https:') return null;
  const chosen = getProxyForUrl(target.href);
  if (chosen === '') return null;
  const variable = variableOf(target.protocol.slice(0, -1));
  // Without a scheme it means http, as it does for curl and git; the package takes the target's.
  const value = process.env[variable]?.includes('://') ? chosen : chosen.replace(/^https:/, 'http:');
  const proxy = parse(value);
  if (!proxy) {
    const detail = `${variable} is not a proxy that can be used (http://host:port or https://host:port)`;
    throw transportError({ code: 'network_error', detail });
  }
  return proxy;
}

/** The variable that `getProxyForUrl` took its answer from: lower case first, as everywhere. */
function variableOf(scheme: string): string {
  const names = [`${scheme}_proxy`, 'all_proxy'].flatMap((name) => [name, name.toUpperCase()]);
  return names.find((name) => process.env[name])!;
}

function parse(value: string): Proxy | null {
  try {
    const { protocol, host, username, password } = new URL(value);
    // SOCKS: undici's support is experimental and says so on standard error.
    if (protocol !== 'http:' && protocol !== 'https:') return null;
    const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return {
      origin: `${protocol}//${host}`,
      authorization: user === ':' ? null : `Basic ${Buffer.from(user).toString('base64')}`,
    };
  } catch {
    // Both errors quote what they could not parse.
    return null;
  }
}
