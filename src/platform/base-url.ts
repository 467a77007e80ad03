export type BaseUrlCheck =
  | { readonly ok: true; readonly baseUrl: string }
  /** `reason` names what is accepted; it never repeats the value, which may hold a password. */
  | { readonly ok: false; readonly reason: string };

const ACCEPTED = 'https://host, or http:// on a loopback address (127.0.0.1, [::1], localhost)';

/**
 * Whether the token may be sent to a base URL: `https:` anywhere, `http:` only on a literal loopback
 * address, no user info, no query, no fragment. A path prefix is kept, a slash at its end is not.
 */
export function checkBaseUrl(text: string): BaseUrlCheck {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return { ok: false, reason: `not a URL; accepted: ${ACCEPTED}` };
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return { ok: false, reason: `not a web address; accepted: ${ACCEPTED}` };
  }
  if (url.username !== '' || url.password !== '') {
    return { ok: false, reason: `no user name or password may stand in it; accepted: ${ACCEPTED}` };
  }
  // The text, not the URL: an empty query leaves no trace in `search`.
  if (/[?#]/.test(text)) {
    return { ok: false, reason: `no query or fragment may stand in it; accepted: ${ACCEPTED}` };
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    return { ok: false, reason: `the token would cross the network in clear; accepted: ${ACCEPTED}` };
  }
  return { ok: true, baseUrl: `${url.origin}${url.pathname}`.replace(/(?<!\/)\/+$/, '') };
}

/** Why a key may not be sent to the URL of one request; null if it may. The rules of base URLs, and a query is allowed. */
export function requestUrlProblem(text: string): string | null {
  if (!/^[!-~]{1,500}$/.test(text)) return `not a URL of printable ASCII; accepted: ${ACCEPTED}`;
  if (text.includes('#')) return `no fragment may stand in it; accepted: ${ACCEPTED}`;
  const check = checkBaseUrl(text.split('?', 1)[0] as string);
  return check.ok ? null : check.reason;
}

/** `hostname` as the URL parser leaves it: IPv4 in four decimal parts, IPv6 in brackets and shortest form. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}
