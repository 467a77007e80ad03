import type { Fetch } from '../client.ts';
import type { Provider } from '../provider.ts';
import { readCredentials } from './credentials.ts';

/**
 * Claude subscriptions, signed in to with Claude Code. What sending needs (HTTP client, schema) is loaded
 * when something is sent: a sign-in error must not pay for it.
 */
export function createClaude({ fetch }: { readonly fetch: Fetch }): Provider {
  return {
    id: 'claude',
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
            const answer = await requestUsage(fetch, token, options);
            return answer.ok ? { ok: true, value: { data: answer.value, plan, loginUntil } } : answer;
          },
        },
      };
    },
  };
}

export const claude: Provider = createClaude({
  fetch: async (url, init) => (await import('../transport.ts')).transport(url, init),
});
