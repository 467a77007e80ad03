import type { RefreshFailure } from '../../usage/failure.ts';
import { failureInBody as failureInAny } from '../error-body.ts';
import { parseUsageData } from './data.ts';
import { windowsOf } from './windows.ts';

/**
 * The failure that the body of a 2xx response describes: `{"type": "error", …}`, or another sign of an error without any limit
 * beside it. The error's type decides on the code, as its HTTP status would. Null for usage.
 *
 * @param retryAfter the header as received
 */
export function failureInBody(
  body: Readonly<Record<string, unknown>>,
  retryAfter: string | null,
): RefreshFailure | null {
  return body.type !== 'error' && reportsLimits(body) ? null : failureInAny(body, retryAfter);
}

function reportsLimits(body: Readonly<Record<string, unknown>>): boolean {
  const data = parseUsageData(body);
  return data !== null && windowsOf(data, 0, 0).length > 0;
}
