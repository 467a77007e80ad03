import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { claude, createClaude } from '../../../src/fetch/claude/connect.ts';
import type { Fetch } from '../../../src/fetch/client.ts';
import { credentialsText, put } from '../../support/fetch-credentials.ts';
import { fakeServer, reply } from '../../support/fetch-servers.ts';
import { fakeSystem } from '../../support/system.ts';

const options = { baseUrl: 'https://api.anthropic.com', timeoutMs: 4000, userAgent: 'usageline/0.1.0' };
const body = async function* body() {
  yield Buffer.from('{"five_hour":{"utilization":22,"resets_at":null},"odd":1}');
};
const signedIn = (login: Record<string, unknown> = {}) => {
  const system = fakeSystem();
  put(join(system.root, '.claude', '.credentials.json'), credentialsText(login));
  return system;
};

test('a session sends its token once and reads the usage', async () => {
  const fetch = vi.fn<Fetch>(async () => ({ status: 200, headers: { get: () => null }, body: body() }));
  const login = { refreshTokenExpiresAt: 4_102_444_900_000 };
  const session = await createClaude({ fetch }).authenticate(signedIn(login));
  expect(fetch).not.toHaveBeenCalled();
  if (!session.ok) throw new Error('not signed in');
  expect(JSON.stringify(session)).not.toContain('EXAMPLE');
  expect(session.value.plan).toBe('max_20x');
  expect(await session.value.send(options)).toEqual({
    ok: true,
    value: {
      plan: 'max_20x',
      loginUntil: login.refreshTokenExpiresAt,
      data: { five_hour: { utilization: 22, resets_at: null }, unknown_buckets: { odd: 1 } },
    },
  });
  expect(fetch).toHaveBeenCalledTimes(1);
  const [url, init] = fetch.mock.calls[0]!;
  expect(url).toBe('https://api.anthropic.com/api/oauth/usage');
  expect(init.headers.authorization).toBe('Bearer sk-ant-oat01-EXAMPLE-NOT-A-TOKEN');
});

test('a failure of the request is the failure of the session', async () => {
  const provider = createClaude({
    fetch: () => Promise.reject(Object.assign(new Error('no'), { code: 'ECONNRESET' })),
  });
  const session = await provider.authenticate(signedIn());
  expect(session.ok && (await session.value.send(options))).toEqual({
    ok: false,
    failure: { code: 'network_error' },
  });
});

test('without credentials there is no session', async () => {
  const fetch = vi.fn<Fetch>();
  expect(await createClaude({ fetch }).authenticate(fakeSystem())).toEqual({
    ok: false,
    failure: { code: 'no_credentials' },
  });
  expect(fetch).not.toHaveBeenCalled();
});

test('the default provider uses a real connection', async () => {
  const server = await fakeServer(reply('{"seven_day":null}'));
  const session = await claude.authenticate(signedIn());
  expect(claude.id).toBe('claude');
  expect(session.ok && (await session.value.send({ ...options, baseUrl: server.url }))).toEqual({
    ok: true,
    value: { plan: 'max_20x', loginUntil: null, data: { seven_day: null } },
  });
  expect(server.received[0]).toMatch(/^GET \/api\/oauth\/usage HTTP\/1\.1\r\n/);
});
