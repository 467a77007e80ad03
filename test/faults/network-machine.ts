import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { filesBelow, Machine, runProgram, TOKEN } from '../support/program.ts';
import type { Run } from '../support/program.ts';
import { goodDataKept, know, lockWords, PROGRAM } from './harness.ts';
import type { Observed } from './harness.ts';

/** A waiting call, for one second at most. */
export const WAIT: readonly string[] = ['--wait', '--timeout', '1'];

/**
 * What a busy machine adds to a start of Node, ms. A start takes 25 to 40 ms on idle cores, and took 350 ms
 * under a load of nine on two cores; no promise depends on it.
 */
const START_ALLOWANCE = 200;
/** The deadline of `WAIT` and 300 ms for the start and end of Node. */
export const DEADLINE = 1000 + 300 + START_ALLOWANCE;
/** For responses without any wait. */
export const AT_ONCE = 1000;

/**
 * A failed request beside data of twelve minutes ago: the data stay, and the backoff has the reason.
 *
 * @param code the error in `usage.lock`; null where no request may be sent, so that no lock is written
 * @param requests how many reached the endpoint; null where there is none
 */
export async function besideData(
  machine: Machine,
  code: string | null,
  requests: () => number | null,
  run: () => Promise<Run> = () => machine.run(WAIT),
): Promise<Observed> {
  const before = know(machine);
  const observed = await run();
  expect(fs.readFileSync(join(machine.cache, 'usage.json'), 'utf8')).toBe(before);
  if (code !== null) expect(machine.read('usage.lock').error).toBe(code);
  return { run: observed, requests: requests(), files: filesOf(machine) };
}

/** Describes the files on disk, and checks that none contains the token. */
export function filesOf(machine: Machine): string {
  expect(tokenFiles(machine)).toEqual([]);
  return `${goodDataKept(machine)}, ${lockWords(machine)}`;
}

/** Good data arrived: the entry is new, and there is no backoff. */
export function newDataKept(machine: Machine): string {
  expect(tokenFiles(machine)).toEqual([]);
  expect(machine.read('usage.json').data.five_hour.utilization).toBe(22);
  expect(lockWords(machine)).toBe('no backoff');
  return 'new data kept, no backoff';
}

function tokenFiles(machine: Machine): string[] {
  return filesBelow(machine.cache)
    .filter(({ bytes }) => bytes.includes(TOKEN.slice(-16)))
    .map(({ path }) => path);
}

/** Several runs as one row: each must print the promised text, and the slowest stands for all of them. */
export async function slowest<T>(
  prints: string | RegExp,
  variants: readonly T[],
  happen: (variant: T) => Promise<Observed>,
): Promise<Observed> {
  let row: Observed | null = null;
  let requests = 0;
  for (const variant of variants) {
    const observed = await happen(variant);
    if (typeof prints === 'string') expect(observed.run.stdout).toBe(`${prints}\n`);
    else expect(observed.run.stdout).toMatch(prints);
    requests += observed.requests ?? 0;
    if (row === null || observed.run.ms > row.run.ms) row = observed;
  }
  if (row === null) throw new Error('no variants');
  return { ...row, requests: row.requests === null ? null : requests };
}

/** Runs the program and measures its peak memory, MiB. */
export async function withPeak(
  machine: Machine,
  args: readonly string[],
): Promise<{ run: Run; peak: number }> {
  const observer = join(machine.home, 'peak.cjs');
  const report = join(machine.home, 'peak');
  // Not the peak of resource usage, which a process inherits from the one that started it.
  fs.writeFileSync(
    observer,
    `const fs = require('node:fs');
    process.on('exit', () => fs.writeFileSync(${JSON.stringify(report)}, fs.readFileSync('/proc/self/status')));`,
  );
  const run = await machine.run(args, { NODE_OPTIONS: `--require=${observer}` });
  const [, kibibytes] = /^VmHWM:\s*(\d+) kB$/m.exec(fs.readFileSync(report, 'utf8')) ?? [];
  return { run, peak: Number(kibibytes) / 1024 };
}

/** The ids of processes whose environment has the machine's home, with those that they have started. */
export function processesOf({ home }: Machine): string[] {
  return fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return fs.readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(`HOME=${home}`);
      } catch {
        return false;
      }
    });
}

/** The namespaces in which a machine's program runs. */
export interface Namespaces {
  /** A network of its own: without any interface, or with its own loopback alone. */
  readonly network?: 'none' | 'loopback';
  /** The text of /etc/resolv.conf. */
  readonly resolver?: string;
}

/** Runs the program with another network or resolver. */
export function runIn(
  { network, resolver }: Namespaces,
  machine: Machine,
  args: readonly string[],
): Promise<Run> {
  const steps = ['exec "$@"'];
  if (network === 'loopback') steps.unshift('ip link set lo up');
  if (resolver !== undefined) {
    const file = join(machine.home, 'resolv.conf');
    fs.writeFileSync(file, resolver);
    steps.unshift(`mount --bind '${file}' /etc/resolv.conf`);
  }
  const flags = [...(network ? ['--net'] : []), ...(resolver === undefined ? [] : ['--mount'])];
  const command = [...flags, 'sh', '-ec', steps.join('; '), 'sh', ...PROGRAM, ...args];
  return runProgram('unshare', command, machine.env);
}

/**
 * Rows that need a feature of the machine, which a shell command can test. Where it fails they are skipped with
 * that reason; in CI that is a failure.
 */
export function describeIf(probe: string, needs: string, name: string, rows: () => void): void {
  const there = spawnSync('sh', ['-ec', probe], { cwd: tmpdir(), stdio: 'ignore' }).status === 0;
  if (!there && process.env.CI) throw new Error(`no ${needs} here, so "${name}" cannot be tested`);
  describe.skipIf(!there)(there ? name : `${name} (skipped: needs ${needs})`, rows);
}
