import { isObject } from '../../usage/values.ts';
import { parseUsageData } from './data.ts';
import type { RefreshFailure } from '../../usage/failure.ts';
import { windowsOf } from './windows.ts';

/**
 * The failure that the body of a 2xx response describes: `{"type": "error", …}`, or an `error` object without any limit
 * beside it. The error's type decides on the code, as its HTTP status would. Null for usage.
 *
 * @param retryAfter the header as received
 */
export function failureInBody(
  body: Readonly<Record<string, unknown>>,
  retryAfter: string | null,
): RefreshFailure | null {
  const error = isObject(body.error) ? body.error : null;
  if (body.type !== 'error' && (error === null || reportsLimits(body))) return null;
  switch (error?.type) {
    case 'rate_limit_error':
      return { code: 'rate_limited', retryAfter };
    case 'authentication_error':
      return { code: 'unauthorized' };
    case 'permission_error':
      return { code: 'forbidden' };
    default:
      return { code: 'bad_response' };
  }
}

function reportsLimits(body: Readonly<Record<string, unknown>>): boolean {
  const data = parseUsageData(body);
  return data !== null && windowsOf(data, 0, 0).length > 0;
}
