import { requestJson } from '../../../src/fetch/client.ts';
import { transport } from '../../../src/fetch/transport.ts';
import type { Provider } from '../../../src/fetch/provider.ts';
import { readLogin } from './login.ts';
import { reader } from './reader.ts';

export const tally: Provider = {
  id: 'tally',
  async authenticate(system) {
    const login = readLogin(system);
    if (login === null) return { ok: false, failure: { code: 'no_credentials' } };
    const plan = login.plan ?? null;
    return {
      ok: true,
      value: {
        plan,
        tokenHash(key) {
          const { createHmac } = process.getBuiltinModule('node:crypto');
          return createHmac('sha256', key).update(login.key).digest('hex').slice(0, 32);
        },
        async send({ baseUrl, timeoutMs, userAgent }) {
          const response = await requestJson(transport, {
            url: `${baseUrl}/v2/quota`,
            headers: { 'x-tally-key': login.key, 'user-agent': userAgent },
            timeoutMs,
            failureIn: () => null,
          });
          if (!response.ok) return response;
          const data = reader.parse(response.value);
          if (data === null) return { ok: false, failure: { code: 'bad_response' } };
          return { ok: true, value: { data, plan } };
        },
      },
    };
  },
};
