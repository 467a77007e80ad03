import type { RefreshFailure } from '../../usage/failure.ts';
import { isObject } from '../../usage/values.ts';
import type { Body } from '../kit/call.ts';
import { numberOf } from '../kit/fields.ts';
import { failureOfStatus } from '../errors.ts';

/**
 * The failure that the object of a 2xx response describes, if none of the configured paths leads anywhere in it: an `error`,
 * or `success: false`. A status in it counts as that of the response.
 */
export function failureInBody(body: Body, retryAfter: string | null): RefreshFailure | null {
  const { error, success, type } = body;
  const isError = isObject(error) || (typeof error === 'string' && error !== '') || error === true;
  if (!isError && success !== false && type !== 'error') return null;
  const inside = isObject(error) ? error : body;
  const status = [inside.status, inside.code, body.status, body.code].map(numberOf).find(isStatus);
  return status === undefined ? { code: 'bad_response' } : failureOfStatus(status, retryAfter);
}

function isStatus(value: number | null): value is number {
  return value !== null && Number.isInteger(value) && value >= 400 && value < 600;
}
