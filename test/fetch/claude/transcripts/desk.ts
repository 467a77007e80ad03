import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { replaceDurably } from '../../../../src/cache/replace-durably.ts';
import { estimateAt } from '../../../../src/fetch/claude/transcripts/estimate.ts';
import type { Estimate } from '../../../../src/fetch/claude/transcripts/estimate.ts';
import { parsePrepared } from '../../../../src/fetch/claude/transcripts/prepared.ts';
import { scanTranscripts } from '../../../../src/fetch/claude/transcripts/scan.ts';
import type { ScanOptions } from '../../../../src/fetch/claude/transcripts/scan.ts';
import { SECOND } from '../../../../src/usage/time.ts';
import { fakeSystem } from '../../../support/system.ts';
import type { FakeSystem } from '../../../support/system.ts';
import { answer } from './generate.mjs';
import type { AnswerLine } from './generate.mjs';

/** What a scan finds. */
export interface Reading {
  readonly estimate: Estimate | null;
  readonly complete: boolean;
  readonly failure: string | null;
}

/** A machine with transcripts, whose files are as old as its clock says. */
export interface Desk {
  readonly system: FakeSystem;
  readonly projects: string;
  /** What one scan leaves for the next, and the prepared estimate. */
  readonly memory: string;
  readonly prepared: string;
  path(name: string): string;
  /** Appends to a transcript; creates it and its folders. */
  append(name: string, text: string | Uint8Array): void;
  /** Replaces a transcript: the same file (`in place`) or another one under its name. */
  write(name: string, text: string | Uint8Array, how?: 'in place' | 'another'): void;
  remove(name: string): void;
  scan(options?: Partial<ScanOptions>): Reading;
  /** A scan without memory. */
  scanAfresh(roots?: readonly string[]): Reading;
  /** The estimate that a prompt reads; null when none is prepared. */
  readPrepared(): Estimate | null;
}

export function desk(system = fakeSystem()): Desk {
  const projects = join(system.root, 'projects');
  fs.mkdirSync(projects);
  const path = (name: string) => join(projects, name);
  const touch = (file: string) => fs.utimesSync(file, system.now() / SECOND, system.now() / SECOND);
  /** The folders of a file, up to the root. */
  const touchFolders = (file: string) => {
    for (let folder = dirname(file); folder.startsWith(projects); folder = dirname(folder)) {
      if (fs.existsSync(folder)) touch(folder);
    }
  };
  touch(projects);
  const scan: Desk['scan'] = (options) => {
    const { use, complete, failure } = scanTranscripts(system, {
      roots: [projects],
      directory: system.root,
      deadline: Infinity,
      write: (to, content) => replaceDurably(system, to, content),
      ...options,
    });
    return { estimate: use && estimateAt(use, system.now()), complete, failure };
  };
  const prepared = join(system.root, 'transcripts.json');
  const append: Desk['append'] = (name, text) => {
    const file = path(name);
    const isNew = !fs.existsSync(file);
    fs.mkdirSync(dirname(file), { recursive: true });
    fs.appendFileSync(file, text);
    touch(file);
    if (isNew) touchFolders(file);
  };
  const remove: Desk['remove'] = (name) => {
    fs.rmSync(path(name), { force: true });
    touchFolders(path(name));
  };
  return {
    system,
    projects,
    memory: join(system.root, 'transcripts.bin'),
    prepared,
    path,
    append,
    remove,
    write(name, text, how = 'in place') {
      if (how === 'another') remove(name);
      if (fs.existsSync(path(name))) fs.truncateSync(path(name));
      append(name, text);
    },
    scan,
    scanAfresh: (roots = [projects]) => scan({ roots, directory: null }),
    readPrepared() {
      const use = parsePrepared(fs.readFileSync(prepared, 'utf8'), [projects])?.use;
      return use ? estimateAt(use, system.now()) : null;
    },
  };
}

/** A line of a response as in a transcript, with its line end. */
export const line = (about: AnswerLine): string => `${JSON.stringify(answer(about))}\n`;

/** Total tokens of block and week; null where nothing is known. */
export function totals({ estimate }: Pick<Reading, 'estimate'>): [block: number | null, week: number] | null {
  return estimate && [estimate.fiveHour?.total ?? null, estimate.sevenDay.total];
}
