import type { System } from '../system.ts';
import { isObject } from '../usage/data.ts';
import { readBytes, readStart } from './disk.ts';
import { hash } from './key.ts';
import type { Message } from './model.ts';
import { countsOf, countsRow, fileOf, fileRow, key, list, messageOf, messageRow } from './rows.ts';
import { ModelNames, modelsIn, number, orNull, text } from './rows.ts';
import type { ModelOf, Row } from './rows.ts';
import type { Folder } from './scan.ts';
import type { Bucket, Tally } from './tally.ts';
import type { Watch, Watched } from './watch.ts';

const SCHEMA_VERSION = 2;
/** Room for the files of a very busy week; what is larger is not ours. */
const MAX_BYTES = 32 * 1024 * 1024;
/** What the first two lines have room in, as a rule; nothing else is read of the file where nothing else is needed. */
const START_BYTES = 256 * 1024;

/** The first line of `transcripts.json`: enough to answer when nothing has changed. */
export interface Summary {
  /** Stands for the first two lines: the journal says by it what it goes on from. */
  readonly id: number;
  /** The folders it is about, as they were asked for. */
  readonly roots: readonly string[];
  /** Where they really are. */
  readonly real: readonly string[];
  /** Epoch ms of the look at the files that it was made from. */
  readonly lookedAt: number;
  /** Epoch ms of the last time every folder was listed. */
  readonly listedAt: number;
  readonly complete: boolean;
  readonly tally: Tally;
  readonly watch: Watch;
}

/** The second line: what it takes to count a message that is met. */
export interface Recent {
  /** Checksum of the archive that `recent` goes with; null: there is none. */
  readonly archive: number | null;
  readonly recent: readonly Message[];
}

/** All three lines of it. */
export interface State extends Summary, Recent {
  readonly folders: ReadonlyMap<string, Folder>;
}

/** A state file whose first line is understood; the others are left until they are needed. */
export interface StateFile {
  readonly summary: Summary;
  /** Null when the second line is damaged. */
  recent(): Recent | null;
  /** Everything, read anew; null when any of it is damaged. */
  whole(): State | null;
}

/** The state for these roots; null when there is none, or anything about it is wrong: it is then made anew. */
export function readState({ fs }: System, path: string, roots: readonly string[]): StateFile | null {
  const [first, second] = linesOf(readStart(fs, path, START_BYTES));
  const whole = () => orNull(() => parseAll(linesOf(readBytes(fs, path, MAX_BYTES)), roots));
  if (first === undefined || second === undefined) {
    const state = whole();
    return state && { summary: state, recent: () => state, whole: () => state };
  }
  const summary = orNull(() => parseSummary(JSON.parse(first), roots));
  return summary && { summary, recent: () => orNull(() => parseRecent(JSON.parse(second))), whole };
}

/** The complete lines of a file. */
function linesOf(bytes: Buffer | null): string[] {
  return bytes === null ? [] : bytes.toString('utf8').split('\n').slice(0, -1);
}

function parseAll([first, second, third]: string[], roots: readonly string[]): State | null {
  const summary = parseSummary(JSON.parse(first as string), roots);
  const recent = parseRecent(JSON.parse(second as string));
  const rest: unknown = JSON.parse(third as string);
  if (summary === null || recent === null || !isObject(rest)) return null;
  return { ...summary, ...recent, folders: new Map(list(rest.folders).map((row) => folderOf(list(row)))) };
}

export function serializeState(state: Omit<State, 'id'>): string {
  const [inBuckets, inRecent] = [new ModelNames(), new ModelNames()];
  const buckets = Array.from(state.tally.buckets.values(), (b) => [
    b.at,
    inBuckets.indexOf(b.model),
    ...countsRow(b),
  ]);
  const recent = state.recent.map((message) => messageRow(message, inRecent));
  const { watch } = state;
  const summary = JSON.stringify({
    roots: state.roots,
    real: state.real,
    looked_at: state.lookedAt,
    listed_at: state.listedAt,
    complete: state.complete,
    exact_from: state.tally.exactFrom,
    block: state.tally.block,
    models: inBuckets.all,
    buckets,
    watch: watch.entries.map(({ path, mtimeMs, file }) => [path, mtimeMs, file && fileRow(file)]),
    watches_all: watch.all,
  });
  const second = JSON.stringify({ archive: state.archive, models: inRecent.all, recent });
  const folders = [...state.folders].map(([path, { mtimeMs, folders: names, files }]) => [
    path,
    mtimeMs,
    names,
    files.map(fileRow),
  ]);
  const id = hash(summary + second);
  const first = `{"schema_version":${SCHEMA_VERSION},"id":${id},${summary.slice(1)}`;
  return `${first}\n${second}\n${JSON.stringify({ folders })}\n`;
}

/** Throws for anything that is not as it was written. */
function parseSummary(line: unknown, roots: readonly string[]): Summary | null {
  if (!isObject(line) || line.schema_version !== SCHEMA_VERSION) return null;
  if (JSON.stringify(line.roots) !== JSON.stringify(roots)) return null;
  const model = modelsIn(line.models);
  const buckets = list(line.buckets).map((row) => bucketOf(list(row), model));
  return {
    id: key(line.id),
    roots,
    real: list(line.real).map(text),
    lookedAt: number(line.looked_at),
    listedAt: number(line.listed_at),
    complete: line.complete === true,
    tally: {
      exactFrom: number(line.exact_from),
      block: line.block === null ? null : number(line.block),
      buckets: new Map(buckets.map((bucket) => [`${bucket.at} ${bucket.model}`, bucket])),
    },
    watch: { entries: list(line.watch).map((row) => watchedOf(list(row))), all: line.watches_all === true },
  };
}

function parseRecent(line: unknown): Recent | null {
  if (!isObject(line)) return null;
  const model = modelsIn(line.models);
  return {
    archive: line.archive === null ? null : key(line.archive),
    recent: list(line.recent).map((row) => messageOf(list(row), model)),
  };
}

function watchedOf([path, mtimeMs, file]: Row): Watched {
  return { path: text(path), mtimeMs: number(mtimeMs), file: file === null ? null : fileOf(list(file)) };
}

function bucketOf([at, index, ...counts]: Row, model: ModelOf): Bucket {
  return { at: number(at), model: model(index), ...countsOf(counts, Number.MAX_SAFE_INTEGER) };
}

function folderOf([path, mtimeMs, folders, files]: Row): [string, Folder] {
  return [
    text(path),
    {
      mtimeMs: number(mtimeMs),
      folders: list(folders).map(text),
      files: list(files).map((row) => fileOf(list(row))),
    },
  ];
}
