import fs from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { provider } from '../../../src/fetch/copilot/index.ts';
import { fakeSystem } from '../../support/system.ts';

const { seen } = vi.hoisted(() => ({ seen: [] as string[] }));
vi.mock('../../../src/fetch/transport.ts', () => ({
  transport: async (url: string, { headers }: { headers: Record<string, string> }) => {
    seen.push(`${url} ${headers.authorization}`);
    return { status: 500, headers: { get: () => null }, body: null };
  },
}));

it.each([
  ['the public GitHub', 'github.com', 'https://api.github.com'],
  ['an enterprise in the cloud', 'corp.ghe.com', 'https://api.corp.ghe.com'],
  ['no other host', 'github.example.com', null],
  ['no host with a path in its name', 'evil.example/x.ghe.com', null],
])('sends a token of %s to the API of its host', async (_case, host, origin) => {
  seen.length = 0;
  const base = fakeSystem();
  const system = { ...base, home: () => base.root, env: {} };
  const directory = join(base.root, '.config/github-copilot');
  fs.mkdirSync(directory, { recursive: true });
  fs.writeFileSync(join(directory, 'apps.json'), JSON.stringify({ [host]: { oauth_token: 'EXAMPLE' } }));
  const session = await (await provider.connect()).authenticate(system);
  if (session.ok) await session.value.send({ baseUrl: provider.baseUrl, timeoutMs: 20_000, userAgent: 'x' });
  expect(seen).toEqual(origin === null ? [] : [`${origin}/copilot_internal/user token EXAMPLE`]);
});
