import { describeFault } from '../platform/exceptions.ts';
import type { RefreshFailure } from '../usage/failure.ts';

/**
 * Marks errors of this program, whose detail may be shown, among all that `fetch` can throw. Not a class: transport and
 * client are in different bundles, and each bundle would have a class of its own.
 */
const FAILURE = Symbol.for('usageline.failure');

/** An error that stands for a failure, for code inside `fetch`, which can only throw. */
export function transportError(failure: RefreshFailure): Error {
  return Object.assign(new Error(failure.code), { [FAILURE]: failure });
}

/**
 * The failure of an HTTP status; null for 2xx, where the body decides.
 *
 * @param retryAfter the header as received; kept for 429 only
 */
export function failureOfStatus(status: number, retryAfter: string | null): RefreshFailure | null {
  if (status >= 200 && status < 300) return null;
  if (status === 401) return { code: 'unauthorized' };
  if (status === 403) return { code: 'forbidden' };
  if (status === 429) return { code: 'rate_limited', retryAfter };
  if (status >= 500 && status < 600) return { code: 'server_error' };
  return { code: 'bad_response' };
}

/** Codes for a broken compression, headers that are too long, or a response that is not HTTP. */
const UNREADABLE = /^(Z_|ERR__ERROR_|ERR_BROTLI_|UND_ERR_HEADERS_OVERFLOW$|HPE_(?!INVALID_EOF_STATE$))/;

/** Errnos of sockets that no other system call has. */
const SOCKET =
  /^(EADDRINUSE|EADDRNOTAVAIL|EAFNOSUPPORT|ECONN(ABORTED|REFUSED(_BY_PROXY)?|RESET)|EHOST(DOWN|UNREACH)|ENET(DOWN|RESET|UNREACH)|ENOTCONN|EPIPE|EPROTO|EPROTONOSUPPORT|ETIMEDOUT)$/;
/** Codes of `node:dns` and of getaddrinfo. */
const DNS =
  /^E(AI_[A-Z]+|BAD(FAMILY|FLAGS|HINTS|NAME|QUERY|RESP|STR)|CANCELLED|DESTRUCTION|FILE|FORMERR|NODATA|NONAME|NOTFOUND|NOTIMP|NOTINITIALIZED|OF|REFUSED|SERVFAIL|TIMEOUT)$/;
/** Codes of Node's TLS, and OpenSSL's names for what is wrong with a certificate. */
const TLS =
  /^((ERR_(TLS|SSL|OSSL)|UNABLE_TO|CERT|CRL|ERROR_IN_C(ERT|RL))_[A-Z0-9_]+|SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|INVALID_(CA|PURPOSE)|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH|UNSPECIFIED)$/;
/** Codes of the HTTP clients for a connection that was closed. */
const CONNECTION =
  /^(UND_ERR_(ABORT(ED)?|BODY_TIMEOUT|CLOSED|CONNECT_TIMEOUT|DESTROYED|HEADERS_TIMEOUT|INFO|PRX_TLS|RES_CONTENT_LENGTH_MISMATCH|SOCKET)|HPE_INVALID_EOF_STATE|ERR_SOCKET_[A-Z_]+|ERR_STREAM_(DESTROYED|PREMATURE_CLOSE)|ABORT_ERR)$/;
/** Codes for a resource of this machine that is used up: no connection could be opened, which is no network error. */
const EXHAUSTED: ReadonlyMap<string, string> = new Map([
  ['EMFILE', 'too many open files'],
  ['ENFILE', 'too many open files on this machine'],
  ['ENOMEM', 'no memory'],
  ['ENOBUFS', 'no memory for a connection'],
]);

const certificate = 'the certificate is not trusted (NODE_EXTRA_CA_CERTS names an authority of your own)';

/** Details for the codes that a user can do something about. */
const details: ReadonlyMap<string, string> = new Map([
  ['ENOTFOUND', 'the name of the server was not found'],
  ['ECONNREFUSED', 'the connection was refused'],
  ['CERT_HAS_EXPIRED', 'the certificate has expired, or the clock is wrong'],
  ['CERT_NOT_YET_VALID', 'the certificate is not valid yet, or the clock is wrong'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'the certificate is for another host'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', certificate],
  ['SELF_SIGNED_CERT_IN_CHAIN', certificate],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', certificate],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', certificate],
]);

/**
 * The failure of an error that `fetch` or the body has thrown. Uses its codes only: messages quote headers and URLs, also
 * the token.
 */
export function failureOf(error: unknown): RefreshFailure {
  const cause = causeOf(error);
  if (cause[FAILURE]) return cause[FAILURE];
  const code = typeof cause.code === 'string' ? cause.code : '';
  if (UNREADABLE.test(code) || isNoHttp(cause)) return { code: 'bad_response' };
  if (!isNetworkError(cause, code))
    return { code: 'internal_error', detail: EXHAUSTED.get(code) ?? describeFault(cause) };
  const detail = details.get(code);
  return detail === undefined ? { code: 'network_error' } : { code: 'network_error', detail };
}

/** Whether an error is one of a socket, of TLS or of name lookup. Anything else is an internal error. */
function isNetworkError({ name, data, syscall, errors }: Foreign, code: string): boolean {
  if (EXHAUSTED.has(code)) return false;
  // A firewall can refuse a connection with errnos that files have as well (EACCES, EPERM).
  if (syscall === 'connect') return true;
  // For a host with several addresses Node throws an error with a list of errors; its code is that of the first one.
  if (Array.isArray(errors) && (Object(errors[0]) as Foreign).syscall === 'connect') return true;
  if (name === 'HTTPParserError' && data === '') return true;
  return [SOCKET, DNS, TLS, CONNECTION].some((known) => known.test(code));
}

/** Properties of errors of Node and of undici; their values are not trusted. */
type Foreign = {
  readonly [property in 'name' | 'code' | 'data' | 'cause' | 'syscall' | 'errors']?: unknown;
} & {
  readonly [FAILURE]?: RefreshFailure;
};

/** The error itself, or its cause: the global `fetch` wraps errors in a TypeError without a code. */
function causeOf(error: unknown): Foreign {
  const { code, cause } = Object(error) as Foreign;
  return Object(code === undefined && cause ? cause : error) as Foreign;
}

/**
 * Whether the peer has sent something other than HTTP. The parser also fails when the connection ends in the middle of a
 * response; then `data` is empty, and it is a lost connection.
 */
function isNoHttp({ name, data }: Foreign): boolean {
  return name === 'HTTPParserError' && data !== '';
}
