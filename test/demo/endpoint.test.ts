import { afterEach, describe, expect, it } from 'vitest';
import { startEndpoint } from '../../src/demo/endpoint.ts';
import type { Endpoint } from '../../src/demo/endpoint.ts';

const NOW = Date.UTC(2026, 10, 20, 18, 25);

let endpoint: Endpoint;
afterEach(() => endpoint.close());

const EXAMPLE_TOKEN = 'sk-ant-oat01-EXAMPLE-NOT-A-TOKEN';

const ask = (path = '/api/oauth/usage', token = EXAMPLE_TOKEN) =>
  fetch(`${endpoint.url}${path}`, { headers: { authorization: `Bearer ${token}` } });

interface Body {
  five_hour: { utilization: number; resets_at: string };
  seven_day: { utilization: number; resets_at: string };
  limits: { kind: string; percent: number }[];
  extra_usage: { is_enabled: boolean };
}

describe('the endpoint of the demo', () => {
  it('responds with windows that reset in the future, the model tighter than the week', async () => {
    endpoint = await startEndpoint(NOW);
    const body = (await (await ask()).json()) as Body;
    expect(Date.parse(body.five_hour.resets_at)).toBeGreaterThan(NOW);
    expect(Date.parse(body.seven_day.resets_at)).toBeGreaterThan(NOW);
    const scoped = body.limits.find((limit) => limit.kind === 'weekly_scoped');
    expect(scoped?.percent).toBeGreaterThan(body.seven_day.utilization);
    expect(body.extra_usage.is_enabled).toBe(false);
  });

  it('responds with new numbers each time', async () => {
    endpoint = await startEndpoint(NOW);
    const one = (await (await ask()).json()) as Body;
    const two = (await (await ask()).json()) as Body;
    expect(two.five_hour.utilization).toBeGreaterThan(one.five_hour.utilization);
  });

  it('counts only requests for usage', async () => {
    endpoint = await startEndpoint(NOW);
    expect((await ask('/')).status).toBe(404);
    expect((await ask('/api/oauth/usage', 'another')).status).toBe(404);
    expect(endpoint.requests()).toBe(0);
    await ask();
    expect([endpoint.requests(), endpoint.responses()]).toEqual([1, 1]);
  });

  it('moves the resets closer when time passes', async () => {
    endpoint = await startEndpoint(NOW);
    const before = (await (await ask()).json()) as Body;
    endpoint.passTime(60_000);
    const after = (await (await ask()).json()) as Body;
    expect(Date.parse(before.five_hour.resets_at) - Date.parse(after.five_hour.resets_at)).toBe(60_000);
  });

  it('refuses with 429 and a Retry-After until that is switched off', async () => {
    endpoint = await startEndpoint(NOW);
    endpoint.refuse(315);
    const refused = await ask();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '315']);
    expect([endpoint.requests(), endpoint.responses()]).toEqual([1, 0]);
    endpoint.refuse(null);
    expect((await ask()).status).toBe(200);
  });

  it('holds its responses back until they are released', async () => {
    endpoint = await startEndpoint(NOW);
    const release = endpoint.hold(60_000);
    const answer = ask();
    while (endpoint.requests() === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(endpoint.responses()).toBe(0);
    release();
    expect((await answer).status).toBe(200);
  });

  it('holds them back no longer than the given time', async () => {
    endpoint = await startEndpoint(NOW);
    endpoint.hold(20);
    expect((await ask()).status).toBe(200);
  });
});
