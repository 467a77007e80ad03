import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { MINUTE, SECOND } from '../../src/usage/time.ts';
import type { Answer } from '../support/endpoint.ts';
import { until } from '../support/program.ts';
import type { Machine, Run } from '../support/program.ts';
import { passTime } from './disk-time.ts';
import { fault, goodDataKept, know, KNOWN, lockWords, processesOf, recordRows, runWith } from './harness.ts';
import type { Observed } from './harness.ts';
import { aMachineWith, copyOfTheProgram } from './process-copy.ts';

recordRows('process');

const copy = copyOfTheProgram();

const FRESH = '5h 22% 4h37m · 7d 33% 4d3h';
const WAIT = ['--wait', '--timeout', '10'];
/** Every call ends within its deadline, also on a busy machine. */
const WITHIN = 10_000;

/** A long run uses 500. */
const CROWD = Number(process.env.CROWD ?? 100);

/** How long a test waits for an event elsewhere, ms. */
const PATIENCE = 20_000;

type World = Awaited<ReturnType<typeof aMachineWith>>;

const noted = ({ endpoint }: World, run: Run, files: string): Observed => ({
  run,
  requests: endpoint.requests.length,
  files,
});

function newData(machine: Machine): string {
  expect(machine.read('usage.json').data.five_hour.utilization).toBe(22);
  return `new data, ${lockWords(machine)}`;
}

/** A machine with a fresh entry, as most prompts have it. The first request is not counted. */
async function fresh(): Promise<World> {
  const world = await aMachineWith(copy);
  await world.machine.run(WAIT);
  world.endpoint.requests.length = 0;
  return world;
}

async function knowing(): Promise<World> {
  const world = await aMachineWith(copy);
  know(world.machine);
  return world;
}

/** Runs the program from a shell script, in which "$@" is its command line. */
function shell(world: World, script: string, args: readonly string[] = [], env = {}): Promise<Run> {
  return runWith(['sh', '-c', script, 'sh', ...copy, ...args], { ...world.machine.env, ...env });
}

/** An endpoint that keeps the request without a response until `release`. */
function held(world: World): { arrived: () => boolean; release: () => void } {
  const { answer } = world.endpoint;
  const waiting: (() => void)[] = [];
  let open = false;
  world.endpoint.answer = (...exchange: Parameters<Answer>) => {
    if (open) answer(...exchange);
    else waiting.push(() => answer(...exchange));
  };
  return {
    arrived: () => world.endpoint.requests.length > 0,
    release: () => {
      open = true;
      for (const go of waiting.splice(0)) go();
    },
  };
}

/** A process of the program at some point of its life. */
function started(machine: Machine, args: readonly string[]): { child: ChildProcess; done: Promise<Run> } {
  let child: ChildProcess | undefined;
  const done = runWith([...copy, ...args], machine.env, undefined, (process) => (child = process));
  onTestFinished(() => void child?.kill('SIGKILL'));
  return { child: child as ChildProcess, done };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('crowds', () => {
  fault(
    'process-01',
    `${CROWD} processes at once on an empty cache`,
    { prints: FRESH, requests: 1, within: 60_000 },
    async () => {
      const world = await aMachineWith(copy);
      const runs = await Promise.all(
        Array.from({ length: CROWD }, () => world.machine.run(['--wait', '--timeout', '30'])),
      );
      expect(new Set(runs.map(({ stdout, stderr, code }) => `${code} ${stderr}${stdout}`)).size).toBe(1);
      const slowest = runs.reduce((a, b) => (b.ms > a.ms ? b : a));
      return noted(world, slowest, newData(world.machine));
    },
    2 * MINUTE,
  );
});

describe('standard output and its like', () => {
  const reader: [string, string, string, readonly string[]][] = [
    ['process-02', 'the reader of the line has left', '"$@" | head -n 0', []],
    ['process-03', 'the reader of the table leaves after a line', '"$@" show | head -n 1 >/dev/null', []],
    ['process-04', 'the reader of the JSON has left', '"$@" --json | true', []],
    ['process-05', 'standard output is closed', '"$@" >&-', []],
    ['process-06', 'standard output and error are closed', '"$@" >&- 2>&-', []],
  ];
  for (const [id, description, script] of reader) {
    fault(id, description, { prints: '', requests: 0, within: WITHIN }, async () => {
      const world = await fresh();
      return noted(world, await shell(world, script), newData(world.machine));
    });
  }
  fault(
    'process-07',
    'standard error is closed',
    { prints: FRESH, requests: 1, within: WITHIN },
    async () => {
      const world = await knowing();
      return noted(world, await shell(world, '"$@" 2>&-', WAIT), newData(world.machine));
    },
  );
  fault(
    'process-08',
    'all three are closed, and the entry is stale: the refresh works',
    { prints: '', requests: 1, within: WITHIN },
    async () => {
      const world = await knowing();
      const run = await shell(world, '"$@" <&- >&- 2>&-');
      await until(() => world.machine.read('usage.json').data.five_hour.utilization === 22, PATIENCE);
      return noted(world, run, newData(world.machine));
    },
  );
  const nowhere: [string, string, string, string[]][] = [
    ['process-09', 'standard output is /dev/full', '"$@" >/dev/full', []],
    ['process-10', 'standard output is /dev/full, the table', '"$@" >/dev/full', ['show']],
    ['process-11', 'standard output is /dev/full, JSON', '"$@" >/dev/full', ['--json']],
    ['process-12', 'standard output is read-only', '"$@" 1</dev/null', []],
  ];
  for (const [id, description, script, args] of nowhere) {
    fault(id, description, { prints: '', exit: 1, requests: 0, within: WITHIN }, async () => {
      const world = await fresh();
      return noted(world, await shell(world, script, args), newData(world.machine));
    });
  }
  /** A full pipe whose writers do not block. */
  const fullPipe = (machine: Machine): number => {
    const path = join(machine.home, 'pipe');
    expect(spawnSync('mkfifo', [path]).status).toBe(0);
    const fd = fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_NONBLOCK);
    onTestFinished(() => fs.closeSync(fd));
    try {
      for (;;) fs.writeSync(fd, Buffer.alloc(4096));
    } catch {
      // Full.
    }
    return fd;
  };
  const ontoThree = ['sh', '-c', 'exec "$@" >&3 3>&-', 'sh', ...copy];
  fault(
    'process-13',
    'standard output is a full non-blocking pipe without a reader',
    { prints: '', exit: 1, requests: 0, within: WITHIN },
    async () => {
      const world = await fresh();
      const fd = fullPipe(world.machine);
      const run = await runWith(ontoThree, world.machine.env, ['ignore', 'pipe', 'pipe', fd]);
      expect(run.ms).toBeGreaterThan(1900);
      return noted(world, run, newData(world.machine));
    },
  );
  fault(
    'process-14',
    'standard output is a full non-blocking pipe that is read after half a second',
    { prints: FRESH, requests: 0, within: WITHIN },
    async () => {
      const world = await fresh();
      const fd = fullPipe(world.machine);
      let read = '';
      const drain = () => {
        const buffer = Buffer.alloc(1 << 20);
        try {
          for (;;) read += buffer.toString('utf8', 0, fs.readSync(fd, buffer));
        } catch {
          // Empty.
        }
      };
      setTimeout(drain, 500);
      const run = await runWith(ontoThree, world.machine.env, ['ignore', 'pipe', 'pipe', fd]);
      drain();
      return noted(world, { ...run, stdout: read.replaceAll('\0', '') }, newData(world.machine));
    },
  );
  const inputs: [string, string, string][] = [
    ['process-15', 'standard input is closed', '"$@" <&-'],
    ['process-16', 'standard input never ends', 'yes | "$@"'],
  ];
  for (const [id, description, script] of inputs) {
    fault(id, description, { prints: FRESH, requests: 1, within: WITHIN }, async () => {
      const world = await knowing();
      return noted(world, await shell(world, script, WAIT), newData(world.machine));
    });
  }
  fault(
    'process-17',
    'standard input is a pipe that stays open and empty',
    { prints: FRESH, requests: 1, within: WITHIN },
    async () => {
      const world = await knowing();
      let child: ChildProcess | undefined;
      const stdio: ('pipe' | 'ignore')[] = ['pipe', 'pipe', 'pipe'];
      const run = await runWith([...copy, ...WAIT], world.machine.env, stdio, (own) => (child = own));
      expect(child?.stdin?.writableEnded).toBe(false);
      return noted(world, run, newData(world.machine));
    },
  );
});

describe('signals in the middle of a request', () => {
  for (const [index, signal] of (['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGKILL'] as const).entries()) {
    fault(
      `process-${18 + index}`,
      `${signal} in the middle of a request; the next call shows the stored numbers, and a call a minute later sends a request`,
      { prints: FRESH, requests: 2, within: WITHIN },
      async () => {
        const world = await knowing();
        const { arrived, release } = held(world);
        const { child, done } = started(world.machine, WAIT);
        await until(arrived, PATIENCE);
        child.kill(signal);
        expect((await done).signal).toBe(signal);
        const next = await world.machine.run(WAIT);
        expect(next).toMatchObject({ stdout: `${KNOWN}\n`, stderr: '', code: 0 });
        expect(next.ms).toBeLessThan(WITHIN);
        goodDataKept(world.machine);
        passTime(world.machine.cache, 61 * SECOND);
        release();
        const run = await world.machine.run(WAIT);
        expect(run.stdout).toBe(`${FRESH}\n`);
        return noted(world, run, newData(world.machine));
      },
    );
  }
  fault(
    'process-22',
    'SIGKILL with the mutex held and no data: five other calls wait, and end at their deadline at the latest',
    { prints: /^(no answer|paused (1m|<1m))$/m, requests: 1, within: WITHIN },
    async () => {
      const world = await aMachineWith(copy);
      const { arrived } = held(world);
      const { child, done } = started(world.machine, WAIT);
      await until(arrived, PATIENCE);
      child.kill('SIGKILL');
      await done;
      const others = await Promise.all(
        Array.from({ length: 5 }, () => world.machine.run(['--wait', '--timeout', '2'])),
      );
      for (const other of others) expect(other).toMatchObject({ code: 0, stderr: '' });
      const slowest = others.reduce((a, b) => (b.ms > a.ms ? b : a));
      return noted(world, slowest, lockWords(world.machine));
    },
  );
  fault(
    'process-23',
    'six seconds later the mutex is stale: the next call knows of the request, and sends one a minute after it',
    { prints: FRESH, requests: 2, within: WITHIN },
    async () => {
      const world = await aMachineWith(copy);
      const { arrived, release } = held(world);
      const { child, done } = started(world.machine, ['--wait', '--timeout', '5']);
      await until(arrived, PATIENCE);
      child.kill('SIGKILL');
      await done;
      passTime(world.machine.cache, 6 * SECOND);
      const next = await world.machine.run(WAIT);
      expect(next.stdout).toMatch(/^paused (1m|<1m)\n$/);
      expect(next.ms).toBeLessThan(WITHIN);
      passTime(world.machine.cache, MINUTE);
      release();
      return noted(world, await world.machine.run(WAIT), newData(world.machine));
    },
  );
  fault(
    'process-24',
    'SIGSTOP for 7 s in the middle of a request: the mutex is taken over, no second request is sent',
    { prints: /^(5h 22% 4h37m · 7d 33% 4d3h|5h 42% · 12m ago · no answer)$/m, requests: 1, within: 20_000 },
    async () => {
      const world = await knowing();
      const { arrived, release } = held(world);
      const { child, done } = started(world.machine, ['--wait', '--timeout', '4']);
      await until(arrived, PATIENCE);
      child.kill('SIGSTOP');
      const shown: string[] = [];
      for (const end = performance.now() + 7000; performance.now() < end; await pause(500)) {
        shown.push((await world.machine.run(WAIT)).stdout);
      }
      expect(new Set(shown)).toEqual(new Set([`${KNOWN}\n`]));
      release();
      child.kill('SIGCONT');
      const run = await done;
      const after = await world.machine.run(WAIT);
      expect(after.stdout.replace(/ · no answer/, '')).toBe(run.stdout.replace(/ · no answer/, ''));
      return noted(world, run, `whole: ${lockWords(world.machine)}`);
    },
  );
  fault(
    'process-25',
    'SIGSTOP for longer than its attempt counts, while another process sends a request: the newer response stays',
    { prints: /^5h (22|77)% /m, requests: 2, within: 20_000 },
    async () => {
      const world = await knowing();
      const { arrived, release } = held(world);
      const { child, done } = started(world.machine, ['--wait', '--timeout', '5']);
      await until(arrived, PATIENCE);
      child.kill('SIGSTOP');
      // More than a minute passes for all other processes.
      passTime(world.machine.cache, 61 * SECOND);
      release();
      expect((await world.machine.run(WAIT)).stdout).toBe(`${FRESH}\n`);
      const newer = world.machine.read('usage.json').cached_at;
      child.kill('SIGCONT');
      const run = await done;
      expect(world.machine.read('usage.json').cached_at).toBe(newer);
      return noted(world, run, newData(world.machine));
    },
  );
});

describe('the refresh behind a prompt', () => {
  fault(
    'process-26',
    'the refresh does not hold the standard output of the prompt',
    { prints: KNOWN, requests: 1, within: WITHIN },
    async () => {
      const world = await knowing();
      const { arrived, release } = held(world);
      // `run` resolves when the last writer has closed the pipe.
      const run = await world.machine.run();
      await until(arrived, PATIENCE);
      expect(goodDataKept(world.machine)).not.toBe('');
      release();
      await until(() => world.machine.read('usage.json').data.five_hour.utilization === 22, PATIENCE);
      return noted(world, run, newData(world.machine));
    },
  );
  fault(
    'process-27',
    'the refresh survives the shell that started it, and the end of all its processes',
    { prints: KNOWN, requests: 1, within: WITHIN },
    async () => {
      const world = await knowing();
      const { arrived, release } = held(world);
      const script = '"$@"; exec sleep 30';
      const parent = spawn('sh', ['-c', script, 'sh', ...copy], {
        env: world.machine.env,
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const start = performance.now();
      let stdout = '';
      parent.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
      await until(arrived, PATIENCE);
      process.kill(-Number(parent.pid), 'SIGKILL');
      const ms = performance.now() - start;
      await until(() => parent.signalCode !== null, PATIENCE);
      release();
      await until(() => world.machine.read('usage.json').data.five_hour.utilization === 22, PATIENCE);
      const run: Run = { stdout, stderr: '', code: 0, signal: null, ms };
      return noted(world, run, newData(world.machine));
    },
  );
  fault(
    'process-28',
    'the refresh is killed: the next prompt shows the stored numbers, and a prompt a minute later starts another one',
    { prints: KNOWN, requests: 2, within: WITHIN },
    async () => {
      const world = await knowing();
      const { arrived, release } = held(world);
      await world.machine.run();
      await until(arrived, PATIENCE);
      process.kill(childOf(world.machine), 'SIGKILL');
      expect((await world.machine.run()).stdout).toBe(`${KNOWN}\n`);
      passTime(world.machine.cache, 61 * SECOND);
      know(world.machine);
      release();
      const run = await world.machine.run();
      await until(() => world.machine.read('usage.json').data.five_hour.utilization === 22, PATIENCE);
      return noted(world, run, newData(world.machine));
    },
  );
});

/** The process id of a machine's worker. */
function childOf(machine: Machine): number {
  const found = processesOf(machine).filter((id) => {
    try {
      return fs.readFileSync(`/proc/${id}/cmdline`, 'utf8').includes('worker.cjs');
    } catch {
      return false;
    }
  });
  expect(found).toHaveLength(1);
  return found[0] as number;
}

describe('odd surroundings', () => {
  const odd: [string, string, string, Record<string, string>?][] = [
    ['process-29', '20 file descriptors (ulimit -n 20)', 'ulimit -n 20; exec "$@"'],
    [
      'process-30',
      'the working directory was removed',
      'd=$(mktemp -d) && cd "$d" && rmdir "$d" && exec "$@"',
    ],
    ['process-31', 'umask 0777', 'umask 0777; exec "$@"'],
    ['process-32', 'umask 0277', 'umask 0277; exec "$@"'],
    ['process-33', 'umask 0', 'umask 0; exec "$@"'],
    ['process-34', 'locale C', 'exec "$@"', { LC_ALL: 'C', LANG: 'C' }],
    ['process-35', 'a locale that does not exist', 'exec "$@"', { LC_ALL: 'xx_YY.KOI8-R' }],
    ['process-36', 'a time zone that does not exist', 'exec "$@"', { TZ: 'Nowhere/At_All' }],
    ['process-37', 'a nice of 19', 'exec nice -n 19 "$@"'],
    ['process-38', 'SIGPIPE, SIGHUP and SIGTERM ignored', 'trap \'\' PIPE HUP TERM; exec "$@"'],
    [
      'process-39',
      'options for Node',
      'exec "$@"',
      { NODE_OPTIONS: '--max-old-space-size=64 --no-warnings' },
    ],
    ['process-40', 'an environment of 100 KB', 'exec "$@"', { JUNK: 'x'.repeat(100_000) }],
  ];
  for (const [id, description, script, env] of odd) {
    fault(id, description, { prints: FRESH, requests: 1, within: WITHIN }, async () => {
      const world = await knowing();
      const run = await shell(world, script, WAIT, env);
      const { mode } = fs.statSync(join(world.machine.cache, 'usage.json'));
      expect(mode & 0o777).toBe(0o600);
      return noted(world, run, newData(world.machine));
    });
  }
  fault(
    'process-41',
    'umask 0777 and no cache yet: the new directories are usable, also at the next call',
    { prints: FRESH, requests: 1, within: WITHIN },
    async () => {
      const world = await aMachineWith(copy);
      await shell(world, 'umask 0777; exec "$@"', WAIT);
      return noted(world, await shell(world, 'umask 0777; exec "$@"'), newData(world.machine));
    },
  );
  fault(
    'process-42',
    'only PATH, HOME and the base URL in the environment',
    { prints: FRESH, requests: 1, within: WITHIN },
    async () => {
      const world = await knowing();
      const { PATH = '', HOME = '', USAGELINE_API_BASE_URL = '' } = world.machine.env;
      const run = await runWith([...copy, ...WAIT], { PATH, HOME, USAGELINE_API_BASE_URL });
      return noted(world, run, newData(world.machine));
    },
  );
  fault(
    'process-43',
    'NODE_OPTIONS that Node refuses: Node reports that, and no file changes',
    { prints: '', exit: 9, requests: 0, within: WITHIN, stderr: /--no-such-option is not allowed/ },
    async () => {
      const world = await knowing();
      const run = await world.machine.run(WAIT, { NODE_OPTIONS: '--no-such-option' });
      return noted(world, run, goodDataKept(world.machine));
    },
  );
  const long = 'x'.repeat(10_000);
  fault(
    'process-44',
    'an argument of 10 000 characters',
    {
      prints: '',
      exit: 2,
      requests: 0,
      within: WITHIN,
      stderr: /^usageline: [^\n]{1,20000}\nTry: usageline --help\n$/,
    },
    async () => {
      const world = await knowing();
      return noted(world, await world.machine.run([`--${long}`]), goodDataKept(world.machine));
    },
  );
  fault(
    'process-45',
    '10 000 arguments',
    {
      prints: '',
      exit: 2,
      requests: 0,
      within: WITHIN,
      stderr: /^usageline: [^\n]+\nTry: usageline --help\n$/,
    },
    async () => {
      const world = await knowing();
      const args = Array.from({ length: 10_000 }, () => 'x');
      return noted(world, await world.machine.run(args), goodDataKept(world.machine));
    },
  );
});
