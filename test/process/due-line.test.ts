import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../src/usage/time.ts';
import { anEndpoint, fixture, json } from '../support/endpoint.ts';
import { Machine, runProgram, until } from '../support/program.ts';
import { describeWith } from '../support/tools.ts';
import { itAsOrdinaryUser } from '../support/user.ts';

const program = new URL('../../bin/usageline.cjs', import.meta.url).pathname;
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
  if (texts === 'later') endNearTexts(machine);
  return { endpoint, machine };
}

/** A line of a prerendered file whose text has ended two seconds after 1970 began. */
const ended = (line: string) => line.replace(/^\d+ /, '2 ');

/** Makes every text of the near file end in the past. A time of the refresh that was later ends with them. */
function endNearTexts(machine: Machine): void {
  const near = join(machine.cache, 'ready', 'plain');
  const [head = '', ...rest] = fs.readFileSync(near, 'utf8').split('\n');
  const [, , refresh = ''] = head.split(' ');
  const isEnd = rest.some((line) => line.startsWith(`${refresh} `));
  const changed = head.replace(` 1 ${refresh} `, isEnd ? ' 1 2 ' : ' 1 1 ');
  fs.writeFileSync(near, [changed, ...rest.map(ended)].join('\n'));
}

const workers = (machine: Machine) =>
  fs.readdirSync(machine.cache).filter((name) => name.startsWith('background.'));

describe('a prerendered line whose refresh is due', () => {
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

  it('is resolved where requests are switched off: no worker is started', async () => {
    const { endpoint, machine } = await aMachineWithDueLine();
    fs.mkdirSync(join(machine.home, '.config/usageline'), { recursive: true });
    fs.writeFileSync(join(machine.home, '.config/usageline/config.toml'), 'network = "never"\n');
    await machine.run();
    endNearTexts(machine);
    expect((await machine.run()).stdout).toMatch(/^5h 22% .* · 12m ago · disabled\n$/);
    expect(workers(machine)).toEqual([]);
    expect(endpoint.requests).toHaveLength(1);
  });

  it('is resolved where the near file has ended and the numbers are fresh: no worker is started', async () => {
    const endpoint = await anEndpoint(json(fixture('2026-04-18-max.json')));
    const machine = new Machine(endpoint.url);
    await machine.run(['--wait']);
    await machine.run(['ready', 'plain']);
    const near = join(machine.cache, 'ready', 'plain');
    const [head = '', ...rest] = fs.readFileSync(near, 'utf8').split('\n');
    // As for numbers that stay fresh for longer than the file reaches.
    fs.writeFileSync(near, [head.replace(/ 1 \d+ /, ' 1 2 '), ...rest.map(ended)].join('\n'));
    expect((await machine.run()).stdout).toBe(LINE);
    expect(workers(machine)).toEqual([]);
  });

  describeWith('script', 'at a terminal', () => {
    it('is not printed: with --no-wait the line fits the width', async () => {
      const { machine } = await aMachineWithDueLine();
      const command = `stty cols 24; ${process.execPath} ${program} --no-wait`;
      const run = await runProgram('script', ['-qec', command, '/dev/null'], {
        ...machine.env,
        TERM: 'dumb',
      });
      expect(run.stdout).not.toContain(MARK);
      expect(run.stdout.trim()).toMatch(/^5h 22% .*12m ago$/);
      expect(run.stdout.trim().length).toBeLessThanOrEqual(40);
    });
  });

  itAsOrdinaryUser('is not printed where the cache cannot be written: the line names the cause', async () => {
    const { machine } = await aMachineWithDueLine();
    fs.chmodSync(machine.cache, 0o500);
    const { stdout } = await machine.run();
    fs.chmodSync(machine.cache, 0o700);
    expect(stdout).toMatch(/22% .* cache/);
  });
});
