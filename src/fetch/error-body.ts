import type { RefreshFailure } from '../usage/failure.ts';
import { isObject } from '../usage/values.ts';
import { failureOfStatus } from './errors.ts';
import { numberOf } from './kit/fields.ts';

type Body = Readonly<Record<string, unknown>>;

/** What the types, codes and words of errors mean: in lower case, with `_` between words. */
const NAMES: ReadonlyMap<string, RefreshFailure['code']> = new Map([
  ['rate_limit_error', 'rate_limited'],
  ['rate_limit_exceeded', 'rate_limited'],
  ['rate_limited', 'rate_limited'],
  ['too_many_requests', 'rate_limited'],
  ['authentication_error', 'unauthorized'],
  ['unauthorized', 'unauthorized'],
  ['unauthenticated', 'unauthorized'],
  ['token_expired', 'unauthorized'],
  ['token_invalidated', 'unauthorized'],
  ['invalid_token', 'unauthorized'],
  ['invalid_api_key', 'unauthorized'],
  ['permission_error', 'forbidden'],
  ['permission_denied', 'forbidden'],
  ['forbidden', 'forbidden'],
]);

/**
 * The failure that the object of a 2xx response describes: `"type": "error"`, an `error` (an object, a text or true),
 * `"success": false`, or a text as `detail`. A known type or code in it decides on the failure, as an HTTP status does, which
 * can be in it as well; without them it is `bad_response`. Null where the object describes none. The caller looks for usage
 * first: beside numbers, these fields can mean something else.
 *
 * @param retryAfter the header as received
 */
export function failureInBody(body: Body, retryAfter: string | null): RefreshFailure | null {
  const { error, success, type, detail } = body;
  const isError = isObject(error) || isText(error) || error === true;
  if (!isError && success !== false && type !== 'error' && !isText(detail)) return null;
  const inside = isObject(error) ? error : body;
  const named = [inside.type, inside.code, inside.status, error, body.code, detail].map(meaningOf);
  const code = named.find((it) => it !== undefined);
  if (code !== undefined) return code === 'rate_limited' ? { code, retryAfter } : { code };
  const status = [inside.status, inside.code, body.status, body.code].map(numberOf).find(isStatus);
  return status === undefined ? { code: 'bad_response' } : failureOfStatus(status, retryAfter);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

function meaningOf(name: unknown): RefreshFailure['code'] | undefined {
  if (typeof name !== 'string' || name.length > 64) return undefined;
  return NAMES.get(name.trim().toLowerCase().replaceAll(' ', '_').replaceAll('-', '_'));
}

function isStatus(value: number | null): value is number {
  return value !== null && Number.isInteger(value) && value >= 400 && value < 600;
}
