import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { replaceFile } from '../../../../src/cache/write.ts';
import { readTranscripts } from '../../../../src/fetch/claude/transcripts/read.ts';
import type { TranscriptOptions, TranscriptReading } from '../../../../src/fetch/claude/transcripts/read.ts';
import { SECOND } from '../../../../src/usage/time.ts';
import { fakeSystem } from '../../../support/system.ts';
import type { FakeSystem } from '../../../support/system.ts';
import { answer } from './generate.mjs';
import type { AnswerLine } from './generate.mjs';

/** A machine with transcripts on it, whose files are as old as its clock says. */
export interface Desk {
  readonly system: FakeSystem;
  readonly projects: string;
  readonly statePath: string;
  path(name: string): string;
  /** Writes text at the end of a transcript, making it and its folders. */
  append(name: string, text: string | Uint8Array): void;
  /** Puts a transcript in a file's place: the same file (`in place`) or another one. */
  write(name: string, text: string | Uint8Array, how?: 'in place' | 'another'): void;
  remove(name: string): void;
  read(options?: Partial<TranscriptOptions>): TranscriptReading;
  /** What somebody says who remembers nothing. */
  readAfresh(roots?: readonly string[]): TranscriptReading;
}

export function desk(system = fakeSystem()): Desk {
  const projects = join(system.root, 'projects');
  fs.mkdirSync(projects);
  const statePath = join(system.root, 'transcripts.json');
  const path = (name: string) => join(projects, name);
  const touch = (file: string) => fs.utimesSync(file, system.now() / SECOND, system.now() / SECOND);
  /** The folders of a file as far as they are ours. */
  const touchFolders = (file: string) => {
    for (let folder = dirname(file); folder.startsWith(projects); folder = dirname(folder)) {
      if (fs.existsSync(folder)) touch(folder);
    }
  };
  touch(projects);
  const read: Desk['read'] = (options) =>
    readTranscripts(system, {
      roots: [projects],
      statePath,
      deadline: Infinity,
      write: (to, content) => replaceFile(system, to, content),
      ...options,
    });
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
    statePath,
    path,
    append,
    remove,
    write(name, text, how = 'in place') {
      if (how === 'another') remove(name);
      if (fs.existsSync(path(name))) fs.truncateSync(path(name));
      append(name, text);
    },
    read,
    readAfresh: (roots = [projects]) => read({ roots, statePath: null }),
  };
}

/** A line of an answer as a transcript has it, with its line end. */
export const line = (about: AnswerLine): string => `${JSON.stringify(answer(about))}\n`;

/** Total tokens of block and week; null where nothing is known. */
export function totals({ estimate }: TranscriptReading): [block: number | null, week: number] | null {
  return estimate && [estimate.fiveHour?.total ?? null, estimate.sevenDay.total];
}
