import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { fakeServer, reply } from '../support/fetch-servers.ts';
import { fixture } from '../support/endpoint.ts';
import { Machine, runProgram, until } from '../support/program.ts';
import type { Run } from '../support/program.ts';
import { fault, goodDataKept, know, KNOWN, lockWords, PROGRAM, recordRows, runWith } from './harness.ts';
import {
  besideData,
  DEADLINE,
  describeIf,
  newDataKept,
  processesOf,
  runIn,
  slowest,
  WAIT,
} from './network-machine.ts';
import {
  answerAlias,
  answerByType,
  answerCode,
  AUTHORITY,
  nameServerOn,
  NAME_SERVERS,
  requestsTo,
} from './network-servers.ts';
import { aMachineWith, copyOfTheProgram, damageParser } from './process-copy.ts';

recordRows('defence');

const copy = copyOfTheProgram();

const FRESH = '5h 22% 4h37m · 7d 33% 4d3h';
const OFFLINE = `${KNOWN} · offline`;
const FAULT = `${KNOWN} · internal error`;
/** Every call ends, also on a busy machine. */
const WITHIN = 10_000;
const PATIENT = ['--wait', '--timeout', '10'];

/** Waits until the refresh of a prompt is over. */
const settled = (machine: Machine) => until(() => processesOf(machine).length === 0);

const NAME = 'usage.example.test';
const canHaveResolvers = `unshare --mount mount --bind /dev/null /etc/resolv.conf; node -e "require('dgram').createSocket('udp4').bind(53, '${NAME_SERVERS[0]}', function () { this.close() })"`;
const resolver = `nameserver ${NAME_SERVERS[0]}\n`;

describeIf(canHaveResolvers, 'unshare --mount and port 53', 'DNS answers without an address', () => {
  const [none, refused, empty, alias] = [answerCode(3), answerCode(5), answerCode(0), answerAlias('nowhere')];
  const answers = [
    answerByType(alias, alias),
    answerByType(none, alias),
    answerByType(refused, alias),
    answerByType(empty, alias),
    answerByType(alias, none),
    answerByType(empty, empty),
  ];
  fault(
    'defence-01',
    'an alias (CNAME) without an address, for one or both address families, combined with no such name, a refusal, no record',
    { prints: OFFLINE, within: DEADLINE },
    async () => {
      let answer = alias;
      await nameServerOn(NAME_SERVERS[0], (query) => answer(query));
      return slowest(OFFLINE, answers, async (next) => {
        answer = next;
        const machine = new Machine(`https://${NAME}`);
        return besideData(
          machine,
          'network_error',
          () => null,
          () => runIn({ resolver }, machine, WAIT),
        );
      });
    },
  );
  fault(
    'defence-02',
    'the same at a prompt: its refresh stores the reason, and the next prompt shows it',
    { prints: 'offline', within: WITHIN },
    async () => {
      let answer = alias;
      await nameServerOn(NAME_SERVERS[0], (query) => answer(query));
      return slowest('offline', answers, async (next) => {
        answer = next;
        const machine = new Machine(`https://${NAME}`);
        const first = await runIn({ resolver }, machine, []);
        expect(first).toMatchObject({ stdout: '…\n', stderr: '', code: 0 });
        await settled(machine);
        const run = await runIn({ resolver }, machine, []);
        return { run, requests: null, files: lockWords(machine) };
      });
    },
  );
});

describeIf('unshare --mount mount --bind /dev/null /etc/hosts', 'unshare --mount', 'the hosts file', () => {
  const advertisements = Array.from({ length: 60_000 }, (_, index) => `0.0.0.0 ad-${index}.example\n`).join(
    '',
  );
  const own = '127.0.0.1 elsewhere.example\n';
  const files: Record<string, Buffer> = {
    '1.5 MB, the name before them': Buffer.from(`${own}${advertisements}`),
    '1.5 MB, the name behind them': Buffer.from(`${advertisements}${own}`),
    'a comment in Latin-1': Buffer.from(`# f\u00fcr\n${own}`, 'latin1'),
    'a dot at the end of the name': Buffer.from('127.0.0.1 elsewhere.example.\n'),
  };
  fault(
    'defence-03',
    `the endpoint stands in a hosts file of ${Object.keys(files).join('; ')}`,
    { prints: /^5h 22% 4h3\dm/, within: DEADLINE },
    () =>
      slowest(/^5h 22% 4h3\dm/, Object.values(files), async (text) => {
        const server = await fakeServer(reply(JSON.stringify(fixture('2026-04-18-max.json'))), {
          tls: 'elsewhere',
        });
        const machine = new Machine(`https://elsewhere.example:${server.port}`, {
          NODE_EXTRA_CA_CERTS: AUTHORITY,
        });
        const hosts = join(machine.home, 'hosts');
        fs.writeFileSync(hosts, text);
        const script = `mount --bind '${hosts}' /etc/hosts; exec "$@"`;
        const run = await runProgram(
          'unshare',
          ['--mount', 'sh', '-ec', script, 'sh', ...PROGRAM, ...PATIENT],
          machine.env,
        );
        return { run, requests: requestsTo(server), files: newDataKept(machine) };
      }),
  );
});

describe('a Node that lacks something', () => {
  const lacking: [string, string, string][] = [
    ['defence-04', 'an address space of 1.5 GB (ulimit -v)', 'ulimit -v 1500000; exec "$@"'],
    ['defence-05', 'no WebAssembly (--jitless)', 'NODE_OPTIONS=--jitless exec "$@"'],
  ];
  for (const [id, description, script] of lacking) {
    fault(
      id,
      `${description}: a waiting call, and the refresh of a prompt`,
      // Node itself warns of the flag.
      {
        prints: FRESH,
        requests: 2,
        within: WITHIN,
        stderr: /^(Warning: disabling flag --expose_wasm .*\n)?$/,
      },
      async () => {
        const { machine, endpoint } = await aMachineWith(copy);
        const call = (args: readonly string[]) =>
          runWith(['sh', '-c', script, 'sh', ...copy, ...args], machine.env);
        expect(await call([])).toMatchObject({ stdout: '…\n', code: 0 });
        await settled(machine);
        expect((await call([])).stdout).toBe(`${FRESH}\n`);
        machine.reset();
        const run = await call(PATIENT);
        return { run, requests: endpoint.requests.length, files: newDataKept(machine) };
      },
    );
  }
  fault(
    'defence-06',
    'the HTTP parser is damaged: not reported as a network error, and no request is counted; a waiting call, and a prompt',
    { prints: FAULT, requests: 0, within: WITHIN },
    async () => {
      const damaged = copyOfTheProgram();
      const dist = join(damaged[1], '..', '..', 'dist');
      damageParser(join(dist, 'sending.cjs'));
      // The one for processors without SIMD.
      fs.writeFileSync(join(dist, 'llhttp-wasm.cjs'), 'module.exports = Buffer.alloc(2000);');
      const { machine, endpoint } = await aMachineWith(damaged);
      expect((await machine.run()).stdout).toBe('…\n');
      await settled(machine);
      const next = await machine.run();
      expect(next).toMatchObject({ stdout: 'internal error\n', stderr: '', code: 0 });
      machine.reset();
      const observed = await besideData(
        machine,
        'internal_error',
        () => endpoint.requests.length,
        () => machine.run(PATIENT),
      );
      expect(machine.read('usage.lock').requests).toEqual([]);
      return observed;
    },
  );
});

describe('a damaged installation', () => {
  fault(
    'defence-13',
    'the bundle that sends requests is missing: the refresh of a prompt stores that, and the next prompt shows it',
    { prints: 'internal error', requests: 0, within: WITHIN },
    async () => {
      const damaged = copyOfTheProgram();
      fs.rmSync(join(damaged[1], '..', '..', 'dist', 'asking.cjs'));
      const { machine, endpoint } = await aMachineWith(damaged);
      expect(await machine.run()).toMatchObject({ stdout: '…\n', stderr: '', code: 0 });
      await settled(machine);
      const run = await machine.run();
      expect(machine.read('usage.lock').requests).toEqual([]);
      return { run, requests: endpoint.requests.length, files: lockWords(machine) };
    },
  );
  fault(
    'defence-14',
    'the bundle that prints is missing: one sentence, no stack trace',
    {
      prints: '',
      exit: 1,
      within: WITHIN,
      stderr: /^usageline: this installation is damaged \(usage\.cjs\): install it again\n$/,
    },
    async () => {
      const damaged = copyOfTheProgram();
      fs.rmSync(join(damaged[1], '..', '..', 'dist', 'usage.cjs'));
      const { machine } = await aMachineWith(damaged);
      return { run: await machine.run(), requests: null, files: '–' };
    },
  );
});

describe('an exception that nothing can catch', () => {
  /** NODE_OPTIONS under which something throws, in a timer, once a socket is there. */
  const thrower = (machine: Machine): Record<string, string> => {
    const path = join(machine.home, 'thrower.cjs');
    fs.writeFileSync(
      path,
      `const net = require('node:net');
      const { connect } = net.Socket.prototype;
      net.Socket.prototype.connect = function (...parameters) {
        setTimeout(() => { throw new TypeError('secret'); }, 1);
        this.on('connect', () => { throw new TypeError('secret'); });
        return connect.apply(this, parameters);
      };`,
    );
    return { NODE_OPTIONS: `--require=${path}` };
  };
  fault(
    'defence-07',
    'an exception in a timer and in the callback of a socket during a request',
    { prints: FAULT, within: WITHIN },
    async () => {
      const { machine } = await aMachineWith(copy);
      return besideData(
        machine,
        'internal_error',
        () => null,
        () => machine.run(PATIENT, thrower(machine)),
      );
    },
  );
  fault(
    'defence-08',
    'the same in the refresh of a prompt: the next prompt and `show` report it until the backoff ends',
    { prints: 'internal error', within: WITHIN },
    async () => {
      const { machine } = await aMachineWith(copy);
      const env = thrower(machine);
      expect(await machine.run([], env)).toMatchObject({ stdout: '…\n', stderr: '', code: 0 });
      await settled(machine);
      const run = await machine.run([], env);
      expect(await machine.run(['show'], env)).toMatchObject({ code: 1, stderr: '' });
      const files = lockWords(machine);
      machine.ageBy(66_000);
      expect((await machine.run(PATIENT)).stdout).toBe(`${FRESH}\n`);
      return { run, requests: null, files };
    },
  );
});

describe('a process that cannot be started', () => {
  const { errno } = constants;
  const noFork = (machine: Machine): string => {
    const library = join(machine.home, 'no-fork.so');
    const source = new URL('no-fork.c', import.meta.url).pathname;
    const { status, stderr } = spawnSync('cc', ['-shared', '-fPIC', '-o', library, source], {
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
    return library;
  };
  const errnos = [errno.ENOMEM, errno.EPERM, errno.E2BIG, errno.EMFILE, errno.EAGAIN];
  fault(
    'defence-09',
    'the refresh of a prompt: fork fails with ENOMEM, EPERM, E2BIG, EMFILE, EAGAIN',
    { prints: KNOWN, requests: 0, within: WITHIN },
    async () => {
      const { machine, endpoint } = await aMachineWith(copy);
      const library = noFork(machine);
      return slowest(KNOWN, errnos, async (number) => {
        machine.reset();
        know(machine);
        const run = await machine.run([], { LD_PRELOAD: library, FORK_ERRNO: String(number) });
        return { run, requests: endpoint.requests.length, files: goodDataKept(machine) };
      });
    },
  );
  const after = ['statusline', '--after', 'echo other'];
  fault(
    'defence-10',
    'the command of statusline --after: the same errnos, and 22 file descriptors; the line is printed',
    { prints: KNOWN, within: WITHIN },
    async () => {
      const { machine, endpoint } = await aMachineWith(copy);
      machine.env.NO_COLOR = '1';
      const library = noFork(machine);
      const preloaded = (number: number) => (): Promise<Run> =>
        machine.run(after, { LD_PRELOAD: library, FORK_ERRNO: String(number) });
      const few = [20, 21, 22, 23].map((most) => async (): Promise<Run> => {
        const run = await runWith(
          ['sh', '-c', `ulimit -n ${most}; exec "$@"`, 'sh', ...copy, ...after],
          machine.env,
        );
        // With just enough descriptors the command has run.
        return { ...run, stdout: run.stdout.replace('other  ', '') };
      });
      return slowest(KNOWN, [...errnos.map(preloaded), ...few], async (call) => {
        machine.reset();
        know(machine);
        const run = await call();
        expect(run).toMatchObject({ stderr: '', code: 0 });
        await settled(machine);
        return { run, requests: endpoint.requests.length, files: 'whole' };
      });
    },
  );
});

describe('files of its own', () => {
  fault(
    'defence-11',
    'the last colour in a prerendered line has lost its `m`: measuring the line ends',
    { prints: /5h/, within: WITHIN },
    async () => {
      const { machine, endpoint } = await aMachineWith(copy);
      machine.env.FORCE_COLOR = '1';
      await machine.run(PATIENT);
      await machine.run();
      const ready = join(machine.cache, 'ready', 'plain-color');
      const text = fs.readFileSync(ready, 'utf8');
      expect(text).toContain('\u001B[0m');
      const { mtime } = fs.statSync(ready);
      fs.writeFileSync(ready, text.replaceAll('\u001B[0m', '\u001B[0M'));
      fs.utimesSync(ready, mtime, mtime);
      const run = await machine.run();
      // This row is about the end of the call and not about its output.
      return {
        run: { ...run, stdout: run.stdout.replaceAll(/\u001B\[[0-9;]*[mM]/g, '') },
        requests: endpoint.requests.length,
        files: 'the prepared line',
      };
    },
  );
  const input = JSON.stringify({
    session_id: 'one',
    rate_limits: { five_hour: { used_percentage: 24, resets_at: Math.floor(Date.now() / 1000) + 9000 } },
  });
  fault(
    'defence-12',
    'a status line with a new report, and an unreadable configuration path: a file, a link to itself, a FIFO',
    { prints: /^5h 24% 2h/, within: WITHIN },
    async () => {
      const kinds: ((path: string) => void)[] = [
        (path) => fs.writeFileSync(path, ''),
        (path) => fs.symlinkSync(path, path),
        (path) => fs.symlinkSync('/etc/hostname/inside', path),
        (path) => void spawnSync('mkfifo', [path]),
      ];
      return slowest(/^5h 24% 2h/, kinds, async (make) => {
        const { machine } = await aMachineWith(copy);
        make(join(machine.home, '.config'));
        const run = await runWith(['sh', '-c', 'printf %s "$INPUT" | "$@"', 'sh', ...copy, 'statusline'], {
          ...machine.env,
          INPUT: input,
          NO_COLOR: '1',
        });
        expect(run).toMatchObject({ stderr: '', code: 0 });
        await settled(machine);
        return { run, requests: null, files: '–' };
      });
    },
  );
});
