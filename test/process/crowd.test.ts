import { describe, expect, it } from 'vitest';
import { HOUR, SECOND } from '../../src/usage/time.ts';
import { anEndpoint, fixture, json } from '../support/endpoint.ts';
import { Machine, until } from '../support/program.ts';

/** `CROWD=500 npx vitest run --project program test/process/crowd.test.ts` starts more processes, with more time. */
const CROWD = Number(process.env.CROWD || 200);
/** Of one process. `--timeout` accepts 300 at most. */
const SECONDS_TO_WAIT = Math.min(300, Math.max(150, CROWD));
const LONGEST_MS = 2 * SECONDS_TO_WAIT * SECOND;
const crowd = Array.from({ length: CROWD });

async function slowEndpoint() {
  const answer = json(fixture('2026-04-18-max.json'));
  const endpoint = await anEndpoint(answer);
  return { endpoint, machine: new Machine(endpoint.url) };
}

describe(`${CROWD} processes at once`, { timeout: LONGEST_MS }, () => {
  it('send one request with an empty cache, and all of them print data', async () => {
    const { endpoint, machine } = await slowEndpoint();
    const runs = await Promise.all(
      crowd.map(() => machine.run(['--wait', '--timeout', `${SECONDS_TO_WAIT}`])),
    );
    expect(endpoint.requests).toHaveLength(1);
    // Minutes can pass until the last of them has printed, on a machine with other work.
    const data = /^0 5h 22% 4h[23]\dm · 7d 33% 4d[23]h\n$/;
    const lines = runs.map(({ stdout, stderr, code }) => `${code} ${stderr}${stdout}`);
    expect(lines.filter((line) => !data.test(line))).toEqual([]);
  });

  it('send one request for an expired entry, and none of them waits for it', async () => {
    const { endpoint, machine } = await slowEndpoint();
    await machine.run(['--wait']);
    machine.ageBy(HOUR);
    endpoint.answer = json(fixture('2026-07-03-limits.json'));
    const runs = await Promise.all(crowd.map(() => machine.run()));
    // A process that starts after the response shows it. (On a machine this busy all can start before it.)
    const stale = /^5h 22% 4h[23]\dm · 7d 33% 4d[23]h · 1h ago( · no answer)?\n$/;
    const renewed = /^5h 11% 4h[23]\dm · 7d 9% 4d[23]h\n$/;
    const lines = runs.map(({ stdout }) => stdout);
    expect(lines.filter((line) => !stale.test(line) && !renewed.test(line))).toEqual([]);
    expect(lines.filter((line) => stale.test(line)).length).toBeGreaterThan(0);
    await until(() => endpoint.requests.length === 2);
    await until(
      () =>
        machine.read('usage.json').data.five_hour.utilization === 11 || 'error' in machine.read('usage.lock'),
    );
    expect(endpoint.requests).toHaveLength(2);
  });
});
