import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Whole processes, from outside: from before the process is started until it is gone and its output closed.
 * Output goes to a pipe, as it does in a prompt or a bar. `spawnSync`, because nothing of this process runs
 * in between then.
 */
export function run(file, args, env) {
  const start = process.hrtime.bigint();
  const { status, stdout, stderr, error } = spawnSync(file, args, {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    timeout: 30_000,
  });
  const ms = Number(process.hrtime.bigint() - start) / 1e6;
  if (error) throw error;
  return { ms, status, stdout, stderr };
}

const GNU_TIME = '/usr/bin/time';

/** Whether peak memory can be measured on this machine. */
export function canMeasureMemory() {
  const { status, stderr } = spawnSync(GNU_TIME, ['-f', '%M', 'true'], { encoding: 'utf8' });
  return status === 0 && /^\d+\n$/.test(stderr);
}

/**
 * Peak resident memory of one process, KiB, as the kernel accounts it to whoever waits for it. GNU time in
 * between: a process inherits the peak of the one it was forked from, which must not be this one; and a
 * look into /proc would have to come at the last moment, a preload would be measured along.
 */
export function peakMemory(file, args, env, scratch) {
  const measured = run(GNU_TIME, ['-f', '%M', '-o', scratch, file, ...args], env);
  const last = readFileSync(scratch, 'utf8').trim().split('\n').at(-1);
  return { ...measured, kib: Number(last) };
}
