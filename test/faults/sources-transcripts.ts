import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { HOUR } from '../../src/usage/time.ts';
import { anEndpoint, fixture, json } from '../support/endpoint.ts';
import type { Endpoint } from '../support/endpoint.ts';
import { Machine } from '../support/program.ts';
import type { Run } from '../support/program.ts';
import { generate } from '../transcripts/generate.mjs';
import { PROGRAM, runWith } from './harness.ts';

/** Nobody is asked: what is shown is counted from transcripts. */
export const OFF = { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' };
/** Whatever was counted by now. */
export const COUNTED = /^(~5h \S+ · )?~7d \S+ · disabled\n$/;

/** A machine whose network is switched off, and the transcripts on it. */
export interface Desk {
  readonly machine: Machine;
  readonly endpoint: Endpoint;
  readonly projects: string;
  /** The line. */
  line(): Promise<Run>;
  /** Tokens of the week, once everything is read. */
  week(): Promise<number>;
  /** The same by a program that remembers nothing, and that nobody disturbs. */
  weekUndisturbed(): Promise<number>;
}

const withProgram = (args: readonly string[], env: Record<string, string>, command = PROGRAM) =>
  runWith([...command, ...args], env);

/** @param command how the program is started, where that is not as usual */
export async function aDesk(command = PROGRAM): Promise<Desk> {
  const endpoint = await anEndpoint(json(fixture('2026-04-18-max.json')));
  const machine = new Machine(endpoint.url, OFF);
  const projects = join(machine.home, '.claude', 'projects');
  const weekIn = async (cache: string, env: Record<string, string>) => {
    for (let tries = 0; tries < 30; tries += 1) {
      // A person's: looks at everything.
      expect(await withProgram(['show', '--cached'], env, command)).toMatchObject({ code: 0, stderr: '' });
      if (summaryIn(cache).complete !== true) continue;
      const { stdout } = await withProgram(['--json', '--cached'], env, command);
      return Number(JSON.parse(stdout).tokens.seven_day.total);
    }
    throw new Error('there is no end to reading');
  };
  let others = 0;
  return {
    machine,
    endpoint,
    projects,
    line: () => withProgram([], machine.env, command),
    week: () => weekIn(machine.cache, machine.env),
    weekUndisturbed() {
      const cache = join(machine.home, `undisturbed-${(others += 1)}`);
      return weekIn(join(cache, 'claude'), { ...machine.env, USAGELINE_CACHE_DIR: cache });
    },
  };
}

/** Sessions of the last days; none of them is of the week's edge, which moves while a row lasts. */
export function sessionsOf({ projects }: Pick<Desk, 'projects'>, megabytes: number, files: number): string[] {
  // No block of theirs is under way: one could end while a row lasts.
  const until = Date.now() - 6 * HOUR;
  generate(projects, { bytes: megabytes * 2 ** 20, files, folders: 4, days: 3, until });
  // A folder that was changed just now is looked at anew each time, and nothing comes to the journal.
  for (const name of ['', ...fs.readdirSync(projects, { recursive: true, encoding: 'utf8' })]) {
    const path = join(projects, name);
    if (fs.statSync(path).isDirectory()) fs.utimesSync(path, until / 1000, until / 1000);
  }
  return transcriptsBelow(projects);
}

function transcriptsBelow(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => join(folder, name));
}

/** The first line of `transcripts.json`. */
export function summaryIn(cache: string): Record<string, unknown> {
  const [first = ''] = fs.readFileSync(join(cache, 'transcripts.json'), 'utf8').split('\n', 1);
  return JSON.parse(first) as Record<string, unknown>;
}

/** Fails when a file of what is remembered is torn. */
export function expectWhole({ cache }: Machine): void {
  const linesOf = (name: string) => fs.readFileSync(join(cache, name), 'utf8').split('\n');
  const parsed = (lines: string[]) => lines.map((line) => JSON.parse(line) as { lines?: number });
  const state = linesOf('transcripts.json');
  expect(state.pop()).toBe('');
  expect(state).toHaveLength(2 + (parsed(state)[0]?.lines ?? 0));
  if (fs.existsSync(join(cache, 'transcripts.new'))) {
    const journal = linesOf('transcripts.new');
    expect(journal.pop()).toBe('');
    expect(parsed(journal)).toHaveLength(2);
  }
  const archive = join(cache, 'transcripts.bin');
  if (!fs.existsSync(archive)) return;
  const bytes = fs.readFileSync(archive);
  expect(bytes.toString('latin1', 0, 8)).toBe('usageln1');
  const { names, messages } = archiveOf(bytes);
  expect(bytes).toHaveLength(32 + padded(names) + 40 * messages + padded(2 * messages));
}

const padded = (length: number) => Math.ceil(length / 8) * 8;
const archiveOf = (bytes: Buffer) => ({ messages: bytes.readDoubleLE(16), names: bytes.readDoubleLE(24) });

/** Changes one bit of an archive: a message has a million tokens more of output. */
export function corruptCount(path: string): void {
  const bytes = fs.readFileSync(path);
  const { names, messages } = archiveOf(bytes);
  const at = 32 + padded(names) + 24 * messages + 4;
  bytes.writeUInt32LE(bytes.readUInt32LE(at) + 2 ** 20, at);
  fs.writeFileSync(path, bytes);
}

/** What is remembered, by name. */
export function remembered({ cache }: Machine): Record<string, string> {
  const names = namesIn(cache).filter((name) => /^transcripts\.(json|bin|new)$/.test(name));
  return Object.fromEntries(names.map((name) => [name, fs.readFileSync(join(cache, name), 'latin1')]));
}

/** What writers have left half done. */
export function temporaries({ cache }: Machine): string[] {
  return namesIn(cache).filter((name) => /^(transcripts\.(json|bin|new)|\.new(\.\d+)?)\.\d+$/.test(name));
}

const namesIn = (folder: string) => (fs.existsSync(folder) ? fs.readdirSync(folder) : []);

/** A shell command over and over by a process of its own, until told to end, after a whole round. */
export function overAndOver(script: string, env: Record<string, string>): () => Promise<void> {
  const child = spawn('sh', ['-c', `while IFS= read -r _; do\n${script}\necho\ndone`], {
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  // Each round is asked for by the end of the last one.
  child.stdout.on('data', () => child.stdin.writable && child.stdin.write('\n'));
  child.stdin.write('\n');
  const ended = once(child, 'close');
  const end = async () => {
    child.stdin.end();
    await ended;
  };
  onTestFinished(end);
  return end;
}
