import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../src/usage/time.ts';
import { anEndpoint, fixture, json } from '../support/endpoint.ts';
import { Machine, until } from '../support/program.ts';
import { itAsOrdinaryUser } from '../support/user.ts';

const LINE = '5h 22% 4h37m · 7d 33% 4d3h\n';
const STALE = /^5h 22% .* · 12m ago\n$/;
/** A text that only a prerendered line can contain. */
const MARK = 'from the prerendered line';

/** A machine with numbers of twelve minutes ago and their prerendered line, which contains the mark. */
async function aMachineWithDueLine(texts: 'near' | 'later' = 'near') {
  const endpoint = await anEndpoint(json(fixture('2026-04-18-max.json')));
  const machine = new Machine(endpoint.url);
  expect((await machine.run(['--wait'])).stdout).toBe(LINE);
  machine.ageBy(12 * MINUTE);
  await machine.run(['ready', 'plain']);
  const near = join(machine.cache, 'ready', 'plain');
  const changed = texts === 'near' ? near : `${near}.later`;
  fs.writeFileSync(changed, fs.readFileSync(changed, 'utf8').replaceAll(/^(\d+) .*$/gm, `$1 ${MARK}`));
  if (texts === 'later') {
    // Every text of the near file has ended.
    const ended = (line: string) => line.replace(/^\d+ /, '1 ');
    const [head = '', ...rest] = fs.readFileSync(near, 'utf8').split('\n');
    fs.writeFileSync(near, [head, ...rest.map(ended)].join('\n'));
  }
  return { endpoint, machine };
}

const workers = (machine: Machine) =>
  fs.readdirSync(machine.cache).filter((name) => name.startsWith('background.'));

describe('a prerendered line of whose numbers a refresh is due', () => {
  it.each(['near', 'later'] as const)(
    'is printed from the file of the %s texts, and the worker makes the request',
    async (texts) => {
      const { endpoint, machine } = await aMachineWithDueLine(texts);
      const run = await machine.run();
      expect(run).toMatchObject({ stdout: `${MARK}\n`, stderr: '', code: 0 });
      await until(() => endpoint.requests.length === 2);
      await until(async () => (await machine.run()).stdout === LINE);
      expect(endpoint.requests).toHaveLength(2);
    },
  );

  it('starts one worker for twenty calls at once', async () => {
    const { endpoint, machine } = await aMachineWithDueLine();
    endpoint.answer = () => {};
    const runs = await Promise.all(Array.from({ length: 20 }, () => machine.run(['--timeout', '2'])));
    // The worker notes its request in usage.lock, which ends the line: later calls resolve.
    expect(runs.filter(({ stdout }) => stdout === `${MARK}\n`)).not.toEqual([]);
    for (const { stdout } of runs) if (stdout !== `${MARK}\n`) expect(stdout).toMatch(STALE);
    await until(() => endpoint.requests.length > 1);
    expect(workers(machine)).toEqual(['background.1']);
    expect(endpoint.requests).toHaveLength(2);
  });

  it.each([
    [['--wait'], LINE],
    [['--cached'], STALE],
    [['--json', '--cached'], /"used_percent": ?22/],
    [['--debug', '--no-wait'], STALE],
  ] as const)('is not printed for %j', async (args, expected) => {
    const { machine } = await aMachineWithDueLine();
    const { stdout } = await machine.run([...args]);
    expect(stdout).not.toContain(MARK);
    if (typeof expected === 'string') expect(stdout).toBe(expected);
    else expect(stdout).toMatch(expected);
  });

  it('is not printed after the credentials have changed', async () => {
    const { endpoint, machine } = await aMachineWithDueLine();
    endpoint.answer = () => {};
    machine.login({ accessToken: 'sk-ant-oat01-ANOTHER-EXAMPLE' });
    fs.utimesSync(machine.credentials, Date.now() / SECOND, Date.now() / SECOND);
    expect((await machine.run()).stdout).not.toContain(MARK);
  });

  itAsOrdinaryUser('is not printed where the cache cannot be written: the line names the cause', async () => {
    const { machine } = await aMachineWithDueLine();
    fs.chmodSync(machine.cache, 0o500);
    const { stdout } = await machine.run();
    fs.chmodSync(machine.cache, 0o700);
    expect(stdout).toMatch(/22% .* cache/);
  });
});
