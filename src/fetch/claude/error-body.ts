import { isObject } from '../../usage/values.ts';
import { parseUsageData } from './data.ts';
import type { RefreshFailure } from '../../usage/failure.ts';
import { windowsOf } from './windows.ts';

/**
 * The failure that the body of a 2xx answer is: `{"type": "error", …}`, or an `error` object where no limit is
 * reported beside it. The code comes from the error's type, as if its own HTTP status had been sent. Null for an
 * answer.
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
