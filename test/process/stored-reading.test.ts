import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';
import { anEndpoint, json } from '../support/endpoint.ts';
import { Machine, until } from '../support/program.ts';

/* What Claude Code has read of the endpoint itself, `cachedUsageUtilization` of .claude.json, through the built program. */

const NUMBERS = {
  five_hour: { utilization: 22, resets_at: null },
  seven_day: { utilization: 33, resets_at: null },
};
const READ = {
  five_hour: { utilization: 44, resets_at: null },
  seven_day: { utilization: 55, resets_at: null },
};

/** A machine on which Claude Code has read usage so long ago. */
async function aMachine(age: number, more: Record<string, unknown> = {}, filler = '') {
  const endpoint = await anEndpoint(json(NUMBERS));
  const machine = new Machine(endpoint.url);
  const path = join(machine.home, '.claude.json');
  const write = (ageNow: number) =>
    fs.writeFileSync(
      path,
      JSON.stringify({
        ...(filler && { history: filler }),
        oauthAccount: { accountUuid: 'ada', organizationRateLimitTier: 'default_claude_max_20x' },
        cachedUsageUtilization: {
          fetchedAtMs: Date.now() - ageNow,
          accountUuid: 'ada',
          utilization: READ,
          ...more,
        },
      }),
    );
  write(age);
  return { endpoint, machine, path, write };
}

describe('what Claude Code has read itself', () => {
  it('is shown while it is fresh, without a request and without a look at the credentials', async () => {
    const { endpoint, machine } = await aMachine(MINUTE);
    fs.writeFileSync(machine.credentials, 'no login that can be read');
    expect((await machine.run(['--wait'])).stdout).toBe('5h 44% · 7d 55%\n');
    const object = JSON.parse((await machine.run(['--json'])).stdout) as Record<string, any>;
    expect(object).toMatchObject({ state: 'fresh', plan: 'max_20x', error: null });
    expect(object.age_seconds).toBeGreaterThanOrEqual(60);
    expect(object.windows[0]).toMatchObject({ used_percent: 44, source: 'endpoint' });
    expect(endpoint.requests).toHaveLength(0);
    expect(machine.read('usage.lock').requests).toHaveLength(1);
  });

  it('gives way to the answer once it is not fresh', async () => {
    const { endpoint, machine } = await aMachine(10 * MINUTE);
    expect((await machine.run(['--wait'])).stdout).toBe('5h 22% · 7d 33%\n');
    expect(endpoint.requests).toHaveLength(1);
    expect(machine.read('usage.lock').requests).toHaveLength(2);
  });

  it('stands with its age where the endpoint fails', async () => {
    const { endpoint, machine } = await aMachine(10 * MINUTE);
    endpoint.answer = json({}, 500);
    expect((await machine.run(['--wait'])).stdout).toBe('5h 44% · 7d 55% · 10m ago · server error\n');
  });

  it.each<[string, number, Record<string, unknown>]>([
    ['of more than an hour ago', HOUR + SECOND, {}],
    ['of another account', MINUTE, { accountUuid: 'bob' }],
    ['from the future', -MINUTE, {}],
  ])('is not shown %s', async (_, age, more) => {
    const { endpoint, machine } = await aMachine(age, more);
    endpoint.answer = json({}, 500);
    expect((await machine.run(['--wait'])).stdout).toBe('server error\n');
    expect(endpoint.requests).toHaveLength(1);
  });

  it('is taken by the worker, and never by the prompt itself', async () => {
    const { endpoint, machine } = await aMachine(MINUTE);
    expect((await machine.run()).stdout).toBe('…\n');
    await until(async () => (await machine.run()).stdout === '5h 44% · 7d 55%\n');
    expect(endpoint.requests).toHaveLength(0);
  });

  it('is found in a file of 60 MB', async () => {
    const { endpoint, machine } = await aMachine(MINUTE, {}, 'x'.repeat(60 * 1024 * 1024));
    expect((await machine.run(['--wait'])).stdout).toBe('5h 44% · 7d 55%\n');
    expect(endpoint.requests).toHaveLength(0);
  });
});
