/** The package brings no types. */
declare module 'proxy-from-env' {
  /** The proxy for a URL by the environment of this process, or an empty string. */
  export function getProxyForUrl(url: string | URL): string;
}
