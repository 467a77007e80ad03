import { getProxyForUrl } from 'proxy-from-env';
import { transportError } from './errors.ts';

/** The proxy that a request goes through. */
export interface Proxy {
  /** Scheme, host and port. The variable can also contain a user, a password and a path. */
  readonly origin: string;
  /** The header `Proxy-Authorization`; null where the variable names no user. */
  readonly authorization: string | null;
}

/**
 * The proxy for a URL, from HTTPS_PROXY, ALL_PROXY and NO_PROXY (in both cases) of this process; null for a direct
 * connection. Only `https:` requests use one, with a tunnel: an `http:` request is for a loopback address, and through a
 * proxy its token would cross the network unencrypted.
 *
 * @throws a `transportError` that names the variable if its value cannot be used. It never contains the value, which can
 *   contain a password
 */
export function proxyFor(target: URL): Proxy | null {
  if (target.protocol !== 'https:') return null;
  const chosen = getProxyForUrl(target.href);
  if (chosen === '') return null;
  const variable = variableOf(target.protocol.slice(0, -1));
  // A value without a scheme means http, as for curl and git; the package uses the target's scheme.
  const value = process.env[variable]?.includes('://') ? chosen : chosen.replace(/^https:/, 'http:');
  const proxy = parse(value);
  if (!proxy) {
    const detail = `${variable} is not a proxy that can be used (http://host:port or https://host:port)`;
    throw transportError({ code: 'network_error', detail });
  }
  return proxy;
}

/** The variable that `getProxyForUrl` has used: lower case comes first. */
function variableOf(scheme: string): string {
  const names = [`${scheme}_proxy`, 'all_proxy'].flatMap((name) => [name, name.toUpperCase()]);
  return names.find((name) => process.env[name])!;
}

function parse(value: string): Proxy | null {
  try {
    const { protocol, host, username, password } = new URL(value);
    // Not SOCKS: undici's support is experimental, and it prints a warning.
    if (protocol !== 'http:' && protocol !== 'https:') return null;
    const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return {
      origin: `${protocol}//${host}`,
      authorization: user === ':' ? null : `Basic ${Buffer.from(user).toString('base64')}`,
    };
  } catch {
    // Both errors quote the value.
    return null;
  }
}
