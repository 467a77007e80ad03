import { expect, it, vi } from 'vitest';
import { provider } from '../../../src/fetch/zai/index.ts';
import { fakeSystem } from '../../support/system.ts';

const { seen } = vi.hoisted(() => ({ seen: [] as string[] }));
vi.mock('../../../src/fetch/transport.ts', () => ({
  transport: async (url: string, { headers }: { headers: Record<string, string> }) => {
    seen.push(`${url} ${headers.authorization}`);
    return { status: 500, headers: { get: () => null }, body: null };
  },
}));

it.each([
  ['of z.ai to z.ai', 'ZAI_API_KEY', 'https://api.z.ai'],
  ['of BigModel to BigModel', 'BIGMODEL_API_KEY', 'https://open.bigmodel.cn'],
  ['of BigModel in its other variable to BigModel', 'ZHIPU_API_KEY', 'https://open.bigmodel.cn'],
])('sends a key %s', async (_case, variable, origin) => {
  seen.length = 0;
  const system = { ...fakeSystem(), env: { [variable]: 'EXAMPLE' } };
  const session = await (await provider.connect()).authenticate(system);
  if (!session.ok) throw new Error(session.failure.code);
  await session.value.send({ baseUrl: provider.baseUrl, timeoutMs: 20_000, userAgent: 'x' });
  expect(seen).toEqual([`${origin}/api/monitor/usage/quota/limit Bearer EXAMPLE`]);
});
