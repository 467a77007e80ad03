import { parseResponse } from './data.ts';
import type { UsageData } from './wire.ts';
import { requestJson } from '../client.ts';
import type { Fetch } from '../client.ts';
import type { Outcome, SendOptions } from '../provider.ts';
import { failureInBody } from './error-body.ts';

/** The header without which the endpoint refuses OAuth tokens, as Claude Code sends it. */
const BETA = 'oauth-2025-04-20';

/**
 * Sends one request for usage (`GET /api/oauth/usage`). Never throws. A 2xx object is valid even if it contains no limit,
 * unless it is an error itself.
 *
 * @param token checked to be header-safe
 */
export async function requestUsage(
  fetch: Fetch,
  token: string,
  { baseUrl, timeoutMs, userAgent }: SendOptions,
): Promise<Outcome<UsageData>> {
  const response = await requestJson(fetch, {
    url: `${baseUrl}/api/oauth/usage`,
    headers: {
      authorization: `Bearer ${token}`,
      'anthropic-beta': BETA,
      accept: 'application/json',
      // From the configuration: characters that no header can contain must not make the request fail.
      'user-agent': userAgent.replace(/[^\x20-\x7e]/g, ''),
    },
    timeoutMs,
    failureIn: failureInBody,
  });
  if (!response.ok) return response;
  return { ok: true, value: parseResponse(response.value) };
}
