import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';
import { fixture, json } from '../support/endpoint.ts';
import type { Endpoint } from '../support/endpoint.ts';
import { TOKEN } from '../support/program.ts';
import type { Machine, Run } from '../support/program.ts';
import { describeWith } from '../support/tools.ts';
import { describeAsRoot } from './disk-mounts.ts';
import { aWorkingMachine, fault, lockWords, recordRows } from './harness.ts';
import { runAt } from './time-clock.ts';

recordRows('login');

const FRESH = '5h 22% 4h37m · 7d 33% 4d3h';

/** Makes `count` calls, and changes the login file before each. */
async function askedAfterEach(
  machine: Machine,
  count: number,
  change: (call: number) => void,
  args: readonly string[] = ['--wait'],
): Promise<Run[]> {
  const runs: Run[] = [];
  for (let call = 0; call < count; call += 1) {
    change(call);
    runs.push(await machine.run(args));
  }
  return runs;
}

const lastOf = (runs: readonly Run[]) => runs.at(-1) as Run;
const linesOf = (runs: readonly Run[]) => new Set(runs.map(({ stdout }) => stdout.trimEnd()));

/** Gives the login file another mtime; the content stays. */
function touch(machine: Machine, call: number): void {
  const seconds = Date.now() / SECOND - 3600 + call;
  fs.utimesSync(machine.credentials, seconds, seconds);
}

/** Replaces the login file by a copy: only the inode differs. */
function replace({ credentials }: Machine): void {
  const { atimeMs, mtimeMs } = fs.statSync(credentials);
  fs.copyFileSync(credentials, `${credentials}.copy`);
  fs.utimesSync(`${credentials}.copy`, atimeMs / SECOND, mtimeMs / SECOND);
  fs.renameSync(`${credentials}.copy`, credentials);
}

describe('the login file changes, the token in it does not', () => {
  fault(
    'login-01',
    'touched before each of 40 waiting calls: one request, and the numbers stay fresh',
    { prints: FRESH, requests: 1, within: 2000 },
    async () => {
      const { endpoint, machine } = await aWorkingMachine();
      const runs = await askedAfterEach(machine, 40, (call) => touch(machine, call));
      expect(linesOf(runs)).toEqual(new Set([FRESH]));
      return { run: lastOf(runs), requests: endpoint.requests.length, files: lockWords(machine) };
    },
  );

  fault(
    'login-02',
    'replaced by a copy before each of 12 calls of `refresh`: one request',
    { prints: FRESH, requests: 1, within: 2000 },
    async () => {
      const { endpoint, machine } = await aWorkingMachine();
      await askedAfterEach(machine, 12, () => replace(machine), ['refresh']);
      return {
        run: await machine.run(['--wait']),
        requests: endpoint.requests.length,
        files: lockWords(machine),
      };
    },
  );

  fault(
    'login-03',
    'touched before each of 12 calls, and the endpoint refuses the token (401): one request, the backoff stays',
    { prints: 'sign in', exit: 0, requests: 1, within: 2000 },
    async () => {
      const { endpoint, machine } = await aWorkingMachine(json({}, 401));
      const runs = await askedAfterEach(machine, 12, (call) => touch(machine, call));
      expect(linesOf(runs)).toEqual(new Set(['sign in']));
      return { run: lastOf(runs), requests: endpoint.requests.length, files: lockWords(machine) };
    },
  );

  fault(
    'login-04',
    'another token before each of 12 calls: one request at once, then one in five minutes',
    { prints: /^5h 22% /, requests: 2, within: 2000 },
    async () => {
      const { endpoint, machine } = await aWorkingMachine();
      const runs = await askedAfterEach(machine, 12, (call) =>
        machine.login({ accessToken: `${TOKEN}${call}` }),
      );
      return { run: lastOf(runs), requests: endpoint.requests.length, files: lockWords(machine) };
    },
  );
});

/** A file system whose inodes are numbered in the order in which files are looked up after each mount. */
function withoutStableInodes(path: string): { mountAnew(lookedUpBefore: number): void } {
  const branch = `${path}-branch`;
  fs.renameSync(path, branch);
  fs.mkdirSync(path);
  const unmount = () => spawnSync('umount', ['-l', path]);
  onTestFinished(() => void unmount());
  return {
    mountAnew(lookedUpBefore) {
      unmount();
      execFileSync('unionfs-fuse', [`${branch}=RW`, path]);
      for (let file = 0; file < lookedUpBefore; file += 1) {
        fs.writeFileSync(join(branch, `other-${file}`), '');
        fs.statSync(join(path, `other-${file}`));
      }
    },
  };
}

describeWith('unionfs-fuse', 'FUSE', () => {
  describeAsRoot('a file system without stable inodes', () => {
    fault(
      'login-05',
      'the login is on a file system with unstable inode numbers (FUSE), mounted again before each of 6 calls of `refresh`: one request',
      { prints: FRESH, requests: 1, within: 2000 },
      async () => {
        const { endpoint, machine } = await aWorkingMachine();
        const { mountAnew } = withoutStableInodes(join(machine.home, '.claude'));
        const inodes = new Set<number>();
        await askedAfterEach(
          machine,
          6,
          (call) => {
            mountAnew(call);
            inodes.add(fs.statSync(machine.credentials).ino);
          },
          ['refresh'],
        );
        expect(inodes.size).toBe(6);
        const run = await machine.run(['--wait']);
        return { run, requests: endpoint.requests.length, files: lockWords(machine) };
      },
    );
  });
});

const [ADA, GRACE] = ['aaaaaaaa-0000-4000-8000-000000000001', 'bbbbbbbb-0000-4000-8000-000000000002'];

/** A `.claude.json` of the given size, with the account at its end. */
function accountFile(machine: Machine, accountUuid: string, megabytes: number): string {
  const path = join(machine.home, '.claude.json');
  const history = Array.from({ length: Math.round(megabytes * 10) }, () => 'say "hi" '.repeat(10_000));
  fs.writeFileSync(path, JSON.stringify({ projects: { '/p': { history } }, oauthAccount: { accountUuid } }));
  return path;
}

interface World {
  readonly endpoint: Endpoint;
  readonly machine: Machine;
}

/** A machine with numbers of one account after a login with another token, and an endpoint that is down since. */
async function afterAnotherLogin(megabytes: number): Promise<World> {
  const world = await aWorkingMachine();
  const { endpoint, machine } = world;
  accountFile(machine, ADA, megabytes);
  expect((await machine.run(['--wait'])).stdout.trimEnd()).toBe(FRESH);
  endpoint.answer = json({}, 503);
  machine.login({ accessToken: `${TOKEN}-other` });
  return world;
}

/** Runs a call and measures its peak memory, MB. */
async function measured(machine: Machine, args: readonly string[]): Promise<{ run: Run; megabytes: number }> {
  const report = join(machine.home, 'memory');
  const preload = join(machine.home, 'memory.cjs');
  const write = `require('node:fs').writeFileSync(${JSON.stringify(report)}, String(process.resourceUsage().maxRSS))`;
  fs.writeFileSync(preload, `process.on('exit', () => { ${write} });`);
  const run = await machine.run(args, { NODE_OPTIONS: `--require ${preload}` });
  return { run, megabytes: Number(fs.readFileSync(report, 'utf8')) / 1024 };
}

describe('.claude.json is large, and another account signs in', () => {
  for (const [id, megabytes] of [
    ['login-06', 1.1],
    ['login-07', 30],
    ['login-08', 80],
  ] as const) {
    fault(
      id,
      `a file of ${megabytes} MB that names the other account: no number of the first account is shown`,
      { prints: 'no data', requests: 1, within: 2000 },
      async () => {
        const { endpoint, machine } = await afterAnotherLogin(megabytes);
        accountFile(machine, GRACE, megabytes);
        const idle = await measured(machine, ['--version']);
        const { run, megabytes: taken } = await measured(machine, ['--cached']);
        // The file is read in chunks.
        expect(taken - idle.megabytes).toBeLessThan(30);
        return { run, requests: endpoint.requests.length, files: 'those of the first account' };
      },
    );
  }

  fault(
    'login-09',
    'a file of 80 MB that is cut off, then no file: the numbers are last known, and not on the line',
    { prints: 'no data', requests: 1, within: 2000 },
    async () => {
      const { endpoint, machine } = await afterAnotherLogin(80);
      const path = join(machine.home, '.claude.json');
      const state = async () =>
        (JSON.parse((await machine.run(['--json', '--cached'])).stdout) as { state: string }).state;
      fs.truncateSync(path, fs.statSync(path).size - 100);
      expect(await state()).toBe('last_known');
      expect((await machine.run(['--cached'])).stdout).toBe('no data\n');
      fs.rmSync(path);
      expect(await state()).toBe('last_known');
      const run = await machine.run(['--cached']);
      return { run, requests: endpoint.requests.length, files: 'those of the first account' };
    },
  );
});

/** The number of requests an hour that the endpoint was observed to allow. */
const ENDPOINT_ALLOWS = 28;

/**
 * An hour on one home: two machines call in turn, one call in 30 s.
 *
 * @param ahead how far their clocks are ahead of the true time, ms
 * @returns the times of requests, epoch ms by the true clock, and the last output of the first machine
 */
async function anHourApart({ endpoint, machine }: World, ahead: readonly [number, number]) {
  const start = Date.now();
  let now = start;
  const sent: number[] = [];
  endpoint.answer = (request, response) => {
    sent.push(now);
    json(fixture('2026-04-18-max.json', now))(request, response);
  };
  for (let turn = 0; now < start + HOUR; turn += 1, now += MINUTE / 2)
    await runAt(machine, now + (turn % 2 === 0 ? ahead[0] : ahead[1]), ['refresh']);
  return { sent, run: await runAt(machine, now + ahead[0], ['--wait']) };
}

describeWith('faketime', 'two machines, one home', () => {
  for (const [id, seconds] of [
    ['login-10', 3],
    ['login-11', 10],
    ['login-12', 60],
    ['login-13', 120],
    ['login-14', 300],
  ] as const) {
    fault(
      id,
      `clocks ${seconds} s apart, one call in 30 s for an hour: within the budget, and requests 60 s apart`,
      { prints: /^5h 22% /, within: 3000 },
      async () => {
        const world = await aWorkingMachine();
        const { sent, run } = await anHourApart(world, [seconds * SECOND, 0]);
        expect(sent.length).toBeGreaterThanOrEqual(6);
        expect(sent.length).toBeLessThanOrEqual(ENDPOINT_ALLOWS);
        // The clock that is ahead cannot know of the other one before the second request.
        const gaps = sent.slice(2).map((at, index) => at - (sent[index + 1] as number));
        expect(Math.min(...gaps)).toBeGreaterThanOrEqual(MINUTE);
        return { run, requests: sent.length, files: lockWords(world.machine) };
      },
    );
  }
});
