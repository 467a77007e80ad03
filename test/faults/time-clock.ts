import fs from 'node:fs';
import { join } from 'node:path';
import { clockMovedBy, faketimeLibrary } from '../support/clock.ts';
import type { Machine, Run } from '../support/program.ts';
import { SECOND } from '../../src/usage/time.ts';
import { PROGRAM, runWith } from './harness.ts';

/** Runs the program at another time: its clock starts at `moment` (epoch ms). File times stay real. */
export function runAt(
  machine: Machine,
  moment: number,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Run> {
  return runWith([...PROGRAM, ...args], { ...machine.env, ...clockMovedBy(offsetTo(moment)), ...env });
}

/** The value of libfaketime for a clock with this offset. */
export function offsetTo(moment: number): string {
  // This clock can be moved itself; the offset of another process is one from the real clock.
  const own = process.env.TESTS_DATE ? Number.parseFloat(process.env.FAKETIME ?? '0') : 0;
  const seconds = (moment - Date.now()) / SECOND + own;
  return `${seconds < 0 ? '' : '+'}${seconds.toFixed(3)}`;
}

/** The environment in which the wall clock can be moved while the program runs; its timers are not affected. */
export function movableClock(machine: Machine): { env: Record<string, string>; move(ms: number): void } {
  const file = join(machine.home, 'clock');
  const move = (ms: number) => fs.writeFileSync(file, offsetTo(Date.now() + ms));
  move(0);
  const env = {
    LD_PRELOAD: faketimeLibrary(),
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
  return { env, move };
}

/** What happens while the program is stopped. */
export interface Suspension {
  readonly args: readonly string[];
  /** Resolves when the program has to be stopped. */
  readonly reached: () => Promise<void>;
  /** How long it stays stopped, ms. */
  readonly ms: number;
  readonly meanwhile?: () => void;
}

/** Runs the program with a pause in the middle; `awake` is its run time after the pause, ms. */
export async function runSuspended(
  machine: Machine,
  { args, reached, ms, meanwhile }: Suspension,
): Promise<{ run: Run; awake: number }> {
  let pid = 0;
  const running = runWith([...PROGRAM, ...args], machine.env, undefined, (child) => {
    pid = child.pid ?? 0;
  });
  await reached();
  process.kill(pid, 'SIGSTOP');
  meanwhile?.();
  await new Promise((resolve) => setTimeout(resolve, ms));
  const resumed = performance.now();
  process.kill(pid, 'SIGCONT');
  const run = await running;
  return { run, awake: performance.now() - resumed };
}

/** Writes a file of the cache as another process would. */
export function put(machine: Machine, name: string, content: unknown): void {
  fs.mkdirSync(machine.cache, { recursive: true, mode: 0o700 });
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  fs.writeFileSync(join(machine.cache, name), text, { mode: 0o600 });
}

/** `usage.json` with good data of `at` (epoch ms). */
export function putEntry(machine: Machine, at: number, data: Record<string, unknown> = {}): void {
  put(machine, 'usage.json', {
    schema_version: 1,
    cached_at: new Date(at).toISOString(),
    data: { five_hour: { utilization: 42, resets_at: null }, ...data },
    error: null,
  });
}

/** `usage.lock` of `at` (epoch ms) after a 429, with a backoff of an hour by default. */
export function putLock(machine: Machine, at: number, changes: Record<string, unknown> = {}): void {
  const written = Math.floor(at / SECOND);
  put(machine, 'usage.lock', {
    blocked_until: written + 3600,
    error: 'rate_limited',
    failures: 1,
    written_at: written,
    requests: [],
    ...changes,
  });
}
