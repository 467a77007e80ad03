import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { MINUTE, SECOND } from '../../src/usage/time.ts';
import { anEndpoint, json } from '../support/endpoint.ts';
import { Machine } from '../support/program.ts';
import type { Run } from '../support/program.ts';
import { removeTree } from '../support/remove.ts';
import { describeWith } from '../support/tools.ts';
import { passTime } from './disk-time.ts';
import { fault, know, recordRows, runWith } from './harness.ts';
import { copyOfTheProgram } from './process-copy.ts';

recordRows('sweep');

const program = copyOfTheProgram();

/** Calls that leave no file behind. */
const QUIET_CALLS = new Set(['stat', 'read', 'scandir64']);

/** Rows that run side by side; each has a machine of its own. */
const WORKERS = 3;

interface Sweep {
  /** The error number; 0: SIGKILL. */
  readonly errno: number;
  /** Only calls that change a file. */
  readonly only?: 'changes';
}

/** A machine whose cache can be restored, with everything in it that a refresh cleans up. */
async function aPrepared(library: string) {
  const endpoint = await anEndpoint(json({ five_hour: { utilization: 22, resets_at: null } }));
  const machine = new Machine(endpoint.url);
  const runtime = join(machine.home, 'run');
  const cache = join(machine.home, '.cache');
  const original = join(machine.home, 'original');
  machine.env.XDG_RUNTIME_DIR = runtime;
  fs.mkdirSync(runtime, { mode: 0o700 });
  const wait = (env: Record<string, string> = {}) =>
    runWith([...program, '--wait', '--timeout', '10'], { ...machine.env, ...env });
  // An attempt and a record of requests, temporary files of which one has expired, and good data.
  await wait();
  passTime(machine.cache, 2 * MINUTE);
  await wait();
  fs.writeFileSync(join(machine.cache, 'usage.json.1'), '{');
  passTime(machine.cache, 61 * MINUTE);
  fs.writeFileSync(join(machine.cache, 'usage.json.2'), '{');
  know(machine);
  fs.cpSync(cache, original, { recursive: true, preserveTimestamps: true });

  /** The Nth call fails, and then the user does what a user could do next. */
  return async (call: number, { errno, only }: Sweep): Promise<{ run: Run; failed: string | null }> => {
    removeTree(cache);
    removeTree(runtime);
    fs.mkdirSync(runtime, { mode: 0o700 });
    fs.cpSync(original, cache, { recursive: true, preserveTimestamps: true });
    const log = join(machine.home, 'log');
    fs.rmSync(log, { force: true });
    const before = endpoint.requests.length;
    const requests = () => endpoint.requests.length - before;
    const run = await wait({
      LD_PRELOAD: library,
      FAULT_UNDER: cache,
      FAULT_AT: String(call),
      FAULT_ERRNO: String(errno),
      FAULT_LOG: log,
      ...(only && { FAULT_ONLY: only }),
    });
    const failed = fs.existsSync(log) ? fs.readFileSync(log, 'utf8') : null;
    const where = `call ${call}, ${failed}`;
    if (failed && errno === 0) expect(run.signal, where).toBe('SIGKILL');
    else {
      expect(run, where).toMatchObject({ code: 0, stderr: '' });
      // The response, whatever happened to the files; at worst the stored numbers.
      expect(run.stdout, where).toMatch(/^5h (22%|42% · 1\dm ago)( · cache not (writable|readable))?\n$/);
    }
    expect([22, 42], where).toContain(storedPercent(machine));

    if (failed && QUIET_CALLS.has(failed)) return { run, failed };

    // At once: no file that is left makes a call wait or send a second request.
    const next = await wait();
    expect(next, where).toMatchObject({ code: 0, stderr: '' });
    expect(next.stdout, where).toMatch(/^5h (22%|42% · 1\dm ago)\n$/);
    expect(requests(), where).toBeLessThanOrEqual(1);
    // Later: no file that is left prevents the next refresh.
    passTime(machine.cache, 200 * SECOND);
    passTime(join(runtime, 'usageline', 'claude'), 200 * SECOND);
    const asked = requests();
    const later = await wait();
    expect(later, where).toMatchObject({ code: 0, stderr: '', stdout: '5h 22%\n' });
    expect(requests(), where).toBe(asked + 1);
    expect(storedPercent(machine), where).toBe(22);
    // The young temporary file, and the one that a killed process left.
    const left = fs.readdirSync(machine.cache).filter((name) => /^usage\.(json|lock)\.\d+$/.test(name));
    expect(left, where).toContain('usage.json.2');
    expect(left.length, where).toBeLessThanOrEqual(2);
    return { run: errno === 0 ? later : run, failed };
  };
}

function storedPercent(machine: Machine): number {
  return machine.read('usage.json').data.five_hour.utilization;
}

/** Every call in turn, until a run completes without a fault. */
async function sweep(library: string, what: Sweep) {
  const calls: string[] = [];
  let next = 1;
  let done = false;
  let worst: Run | undefined;
  const worker = async () => {
    const fails = await aPrepared(library);
    while (!done) {
      const call = next;
      next += 1;
      const { run, failed } = await fails(call, what);
      if (failed === null) done = true;
      else {
        calls.push(failed);
        if (worst === undefined || run.ms > worst.ms) worst = run;
      }
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
  expect(calls.length).toBeGreaterThan(20);
  return { run: worst as Run, calls };
}

describeWith('cc', 'every call to the file system in turn', () => {
  const library = () => {
    const machine = new Machine('http://127.0.0.1:1');
    const file = join(machine.home, 'interpose.so');
    const source = new URL('interpose.c', import.meta.url).pathname;
    execFileSync('cc', [
      '-Wall',
      '-Wextra',
      '-Werror',
      '-O2',
      '-shared',
      '-fPIC',
      '-o',
      file,
      source,
      '-ldl',
    ]);
    return file;
  };
  const { EIO, ENOSPC, EACCES } = constants.errno;
  const sweeps: [string, string, Sweep][] = [
    ['sweep-01', 'each call in turn fails with EIO, once', { errno: EIO }],
    [
      'sweep-02',
      'each call that changes something fails with ENOSPC, once',
      { errno: ENOSPC, only: 'changes' },
    ],
    [
      'sweep-03',
      'each call that changes something fails with EACCES, once',
      { errno: EACCES, only: 'changes' },
    ],
    ['sweep-04', 'SIGKILL before each call that changes something', { errno: 0, only: 'changes' }],
  ];
  for (const [id, description, what] of sweeps) {
    fault(
      id,
      description,
      { prints: /^5h (22%|42% · 1\dm ago)( · cache not (writable|readable))?$/m, within: 5000 },
      async () => {
        const { run, calls } = await sweep(library(), what);
        return { run, requests: null, files: `${calls.length} calls swept; old or new data after each` };
      },
      2 * MINUTE,
    );
  }
});
