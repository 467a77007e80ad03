import type { Fetch } from '../client.ts';
import type { Provider } from '../provider.ts';
import { storedReading } from './cached-utilization.ts';
import { readCredentials } from './credentials.ts';

/**
 * Requests with the login of Claude Code. HTTP client and schema are loaded when a request is sent: an error of the login
 * is reported without them.
 */
export function createClaude({ fetch }: { readonly fetch: Fetch }): Provider {
  return {
    id: 'claude',
    storedReading,
    async authenticate(system) {
      const credentials = await readCredentials(system);
      if (!credentials.ok) return credentials;
      const { token, plan, loginUntil } = credentials.value;
      return {
        ok: true,
        value: {
          plan,
          tokenHash(key) {
            const { createHmac } = process.getBuiltinModule('node:crypto');
            return createHmac('sha256', key).update(token).digest('hex').slice(0, 32);
          },
          async send(options) {
            const { requestUsage } = await import('./request.ts');
            const outcome = await requestUsage(fetch, token, options);
            return outcome.ok ? { ok: true, value: { data: outcome.value, plan, loginUntil } } : outcome;
          },
        },
      };
    },
  };
}

/** The provider with the real transport. */
export const claude: Provider = createClaude({
  fetch: async (url, init) => (await import('../transport.ts')).transport(url, init),
});
