import { describe, expect, it } from 'vitest';
import { anEndpoint, fixture, json } from '../support/endpoint.ts';
import type { Answer } from '../support/endpoint.ts';
import { MINUTE } from '../../src/usage/time.ts';
import { Machine } from '../support/program.ts';

const numbers = json(fixture('2026-07-03-limits.json'));

async function aMachine(answer: Answer = numbers) {
  const endpoint = await anEndpoint(answer);
  return { endpoint, machine: new Machine(endpoint.url) };
}

describe('usageline check', () => {
  it.each([
    [[], 'OK', 0],
    [['-w', '5'], 'WARNING', 1],
    [['--warning=5', '--critical', '8.5'], 'CRITICAL', 2],
    [['-w', '100', '-c', '100', '-t', '1'], 'OK', 0],
  ])('the limits in %j give %s', async (args, verdict, code) => {
    const { machine } = await aMachine();
    const run = await machine.run(['check', ...args]);
    expect(run).toMatchObject({ stderr: '', code });
    expect(run.stdout).toMatch(
      new RegExp(`^CLAUDE ${verdict} - 5h 11%.*, 7d 9%.* \\| 'five_hour'=11%;\\d+;`),
    );
  });

  it.each([
    ['refuses', json({}, 401), 'Anthropic did not accept the login (401)'],
    ['fails', json({}, 500), "Anthropic's server failed"],
    ['never responds', () => {}, 'No answer came in time'],
  ] as [string, Answer, string][])('is UNKNOWN when the endpoint %s', async (_, answer, text) => {
    const { machine } = await aMachine(answer);
    const run = await machine.run(['check', '--timeout', '0.3']);
    expect(run).toMatchObject({ stderr: '', code: 3 });
    expect(run.stdout.startsWith(`CLAUDE UNKNOWN - ${text}`)).toBe(true);
  });

  it.each([
    [['--window', '5h'], "CLAUDE OK - 5h 11% | 'five_hour'=11%;80;95;0;100", 0],
    [['-w', '5h'], "CLAUDE OK - 5h 11% | 'five_hour'=11%;80;95;0;100", 0],
    [
      ['-w', '5', '-w', '7D Fable'],
      /^CLAUDE WARNING - 7d Fable 5% resets in .* \| 'weekly_scoped:fable'=5%;5;95;/,
      1,
    ],
    [['-w', '7d opus', '-w', '5'], 'CLAUDE OK - 7d opus: no such limit', 0],
    [['--window', '5hh'], "CLAUDE UNKNOWN - no limit is called '5hh'; there are: 5h, 7d, 7d Fable", 3],
  ] as [string[], string | RegExp, number][])('%j checks one limit', async (args, text, code) => {
    const { machine } = await aMachine();
    const run = await machine.run(['check', ...args]);
    expect(run).toMatchObject({ stderr: '', code });
    if (typeof text === 'string') expect(run.stdout).toBe(`${text}\n`);
    else expect(run.stdout).toMatch(text);
  });

  it.each(['ultra-assumed-absent.json', 'ultra-assumed-null.json'])(
    'is OK with a limit that the plan lacks: %s',
    async (name) => {
      const { endpoint, machine } = await aMachine();
      await machine.run(['refresh']);
      machine.ageBy(12 * MINUTE);
      endpoint.answer = json(fixture(name));
      for (const args of [
        ['-w', '5h'],
        ['--window', 'five_hour', '-w', '0', '-c', '0'],
      ])
        expect(await machine.run(['check', ...args])).toMatchObject({
          stdout: 'CLAUDE OK - 5h: no such limit\n',
          stderr: '',
          code: 0,
        });
    },
  );

  it('uses stored numbers when it cannot send a request, and shows that', async () => {
    const { endpoint, machine } = await aMachine();
    await machine.run(['refresh']);
    machine.ageBy(12 * MINUTE);
    endpoint.answer = json({}, 500);
    const run = await machine.run(['check', '-w', '5']);
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(/ \(read 12m ago, server error\) \| /);
  });

  it.each([
    [['-w', 'many'], "--warning is 'many'; accepted: a number from 0 to 100, or the name of a limit"],
    [['-w', '-1'], "--warning is '-1'; accepted: a number from 0 to 100, or the name of a limit"],
    [['--window', ''], "--window is ''; accepted: the name of a limit, such as 5h"],
    [['-c', '101'], "--critical is '101'; accepted: a number from 0 to 100"],
    [['-w', '90', '-c', '80'], '--warning is 90, above --critical 80; accepted: at most --critical'],
    [['-t', '0'], "--timeout is '0'; accepted: a number of seconds from 0.1 to 300"],
    [
      ['--json'],
      "unknown option '--json'; accepted: --warning, --critical, --window, --timeout, --debug, --account, --provider, --all, --help; --json is an option of 'usageline', 'usageline show', 'usageline accounts', 'usageline cache stats', 'usageline cache verify'",
    ],
    [['again'], "'check' takes no argument, but there is 'again'"],
  ])('is UNKNOWN with %j, and names the mistake', async (args, message) => {
    const { endpoint, machine } = await aMachine();
    const run = await machine.run(['check', ...args]);
    expect(run).toMatchObject({ stdout: `CLAUDE UNKNOWN - ${message}\n`, stderr: '', code: 3 });
    expect(endpoint.requests).toHaveLength(0);
  });

  it('is UNKNOWN when the base URL is refused', async () => {
    const { machine } = await aMachine();
    const run = await machine.run(['check'], { USAGELINE_API_BASE_URL: 'http://example.com' });
    expect(run.code).toBe(3);
    expect(run.stdout).toMatch(/^CLAUDE UNKNOWN - USAGELINE_API_BASE_URL is refused: /);
  });

  it('sends one request for any number of checks', async () => {
    const { endpoint, machine } = await aMachine();
    for (let run = 0; run < 3; run += 1) expect((await machine.run(['check'])).code).toBe(0);
    expect(endpoint.requests).toHaveLength(1);
  });
});
