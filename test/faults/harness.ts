import type { UsageData } from '../../src/fetch/claude/wire.ts';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { parseEntry } from '../support/claude.ts';
import { isObject } from '../../src/usage/values.ts';
import { anEndpoint, fixture, json } from '../support/endpoint.ts';
import type { Answer, Endpoint } from '../support/endpoint.ts';
import { Machine, TOKEN } from '../support/program.ts';
import type { Run } from '../support/program.ts';
import { RESULTS_DIRECTORY } from './results.ts';
import type { Row } from './results.ts';

/** The observations of one fault: a row of docs/specs/faults.md. */
export interface Observed {
  readonly run: Run;
  /** Requests that reached the endpoint; null where there is no endpoint. */
  readonly requests: number | null;
  /** The files on disk afterwards, in words. */
  readonly files: string;
}

export interface Promised {
  /** The output: the exact text without its newline, or a pattern. */
  readonly prints: string | RegExp;
  /** Exit code; 0 by default. */
  readonly exit?: number;
  readonly requests?: number;
  /** Wall time, ms. */
  readonly within: number;
  /** Allows more than one line, e.g. for `show` or `--json`. */
  readonly lines?: 'any';
  /** A pattern of standard error; nothing by default. */
  readonly stderr?: RegExp;
}

const rows: Row[] = [];

/**
 * One fault: makes it happen to the built program, and compares the observations with the promise. Whatever the
 * fault, the output is one line of printable text, without a stack trace, and does not contain the token.
 *
 * @param id e.g. `network-07`; `npm run test:faults -- -t network-07` runs this row alone
 */
export function fault(
  id: string,
  description: string,
  promised: Promised,
  happen: () => Promise<Observed>,
  timeout = HANGS,
): void {
  it(
    `${id}: ${description}`,
    async () => {
      const { run, requests, files } = await happen();
      const row = {
        id,
        fault: description,
        printed: shown(run.stdout),
        exit: run.signal ?? String(run.code),
        files,
        requests: requests === null ? '–' : String(requests),
        ms: Math.round(run.ms),
        within: promised.within,
      };
      rows.push(row);
      const { prints, exit = 0, stderr, within, lines } = promised;
      if (typeof prints === 'string') expect(run.stdout.replace(/\n$/, '')).toBe(prints);
      else expect(run.stdout).toMatch(prints);
      expect(run.code, run.stderr).toBe(exit);
      if (stderr) expect(run.stderr).toMatch(stderr);
      else expect(run.stderr).toBe('');
      if (promised.requests !== undefined) expect(requests).toBe(promised.requests);
      if (lines !== 'any' && run.stdout !== '') expect(run.stdout).toMatch(/^[^\n]+\n$/);
      expect(run.stdout.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001F\u007F-\u009F\u2028-\u202E]/);
      expect(run.stdout + run.stderr).not.toContain(TOKEN.slice(-16));
      expect(run.stdout + run.stderr).not.toMatch(/\n\s+at .*:\d+/);
      if (run.ms > within) expect(run.ms).toBeLessThanOrEqual(within + (await lateness()));
    },
    timeout,
  );
}

/** A row that takes longer hangs, ms. */
const HANGS = 180_000;
/** The time of a start of Node on an idle machine, ms, and how many starts a row's work is worth. */
const IDLE_START = 60;
const STARTS = 10;

/**
 * What a busy machine adds to a row now, ms, by the time of a start of Node that does nothing. 0 on an idle
 * machine.
 */
async function lateness(): Promise<number> {
  let longest = 0;
  for (let count = 0; count < 3; count += 1) {
    const { ms } = await runWith([process.execPath, '-e', '0'], { PATH: process.env.PATH ?? '' });
    longest = Math.max(longest, ms);
  }
  return STARTS * Math.max(0, longest - IDLE_START);
}

/** Must be called once in every file of rows, with the file's name. */
export function recordRows(name: string): void {
  afterAll(() => {
    fs.mkdirSync(RESULTS_DIRECTORY, { recursive: true });
    fs.writeFileSync(join(RESULTS_DIRECTORY, `${name}.json`), JSON.stringify(rows.splice(0)));
  });
}

function shown(text: string): string {
  const line = text.replace(/\n$/, '').replaceAll('\n', ' ⏎ ');
  return line.length > 70 ? `${line.slice(0, 69)}…` : line;
}

/** The line of twelve minutes ago that every machine of these tests has in its cache. */
export const KNOWN = '5h 42% · 12m ago';
const known = (at: number) =>
  `{"schema_version":1,"cached_at":"${new Date(at).toISOString()}","data":{"five_hour":{"utilization":42,"resets_at":null}},"error":null}`;

/** Writes good data that is `age` ms old into the cache, and returns the file's text. */
export function know(machine: Machine, age = 12 * 60_000 + 1000): string {
  const text = known(Date.now() - age);
  fs.mkdirSync(machine.cache, { recursive: true, mode: 0o700 });
  fs.writeFileSync(join(machine.cache, 'usage.json'), text, { mode: 0o600 });
  return text;
}

/** The ids of all processes that run for a machine: its home is in their environment. */
export function processesOf(machine: Machine): number[] {
  return fs
    .readdirSync('/proc')
    .filter((name) => {
      try {
        return (
          /^\d+$/.test(name) &&
          fs.readFileSync(`/proc/${name}/environ`, 'utf8').includes(`HOME=${machine.home}\0`)
        );
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Checks that good data survived, and describes that for the table. */
export function goodDataKept(machine: Machine): string {
  const entry = parseEntry(fs.readFileSync(join(machine.cache, 'usage.json'), 'utf8'));
  expect((entry?.data as UsageData | undefined)?.five_hour?.utilization).toBe(42);
  return 'good data kept';
}

/** Describes `usage.lock` for the table. Fails when it is torn. */
export function lockWords(machine: Machine): string {
  const path = join(machine.cache, 'usage.lock');
  if (!fs.existsSync(path)) return 'no lock';
  const lock: unknown = JSON.parse(fs.readFileSync(path, 'utf8'));
  if (!isObject(lock)) throw new Error('the lock is no object');
  return lock.error ? `backoff: ${String(lock.error)}` : 'no backoff';
}

/** An endpoint with good responses, and a machine that uses it. */
export async function aWorkingMachine(
  answer: Answer = json(fixture('2026-04-18-max.json')),
): Promise<{ endpoint: Endpoint; machine: Machine }> {
  const endpoint = await anEndpoint(answer);
  return { endpoint, machine: new Machine(endpoint.url) };
}

/** Runs any command line, with files or numbers as its standard descriptors. */
export function runWith(
  command: readonly string[],
  env: Record<string, string>,
  stdio: ('ignore' | 'pipe' | number)[] = ['ignore', 'pipe', 'pipe'],
  started: (child: ChildProcess) => void = () => {},
): Promise<Run> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const [file = '', ...args] = command;
    const child = spawn(file, args, { env, stdio });
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve({ stdout, stderr, code, signal, ms: performance.now() - start }),
    );
    started(child);
  });
}

/** The command line of the built program. */
export const PROGRAM: readonly string[] = [
  process.execPath,
  new URL('../../bin/usageline.cjs', import.meta.url).pathname,
];
