/** The package brings no types. */
declare module 'proxy-from-env' {
  /** The proxy for a URL as the environment of this process says, or an empty string. */
  export function getProxyForUrl(url: string | URL): string;
}
