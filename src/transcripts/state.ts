import type { System } from '../system.ts';
import { isObject } from '../usage/data.ts';
import { readBytes } from './disk.ts';
import type { TranscriptFile } from './file.ts';
import { isHash } from './key.ts';
import { MAX_COUNT } from './message.ts';
import type { Message, TokenCounts } from './model.ts';
import type { Folder } from './scan.ts';
import type { Bucket, Tally } from './tally.ts';
import type { Watch, Watched } from './watch.ts';

const SCHEMA_VERSION = 1;
/** Room for the files of a very busy week; what is larger is not ours. */
const MAX_BYTES = 32 * 1024 * 1024;

/** The first line of `transcripts.json`: enough to answer when nothing has changed. */
export interface Summary {
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

/** Both lines of it. */
export interface State extends Summary {
  /** Checksum of the archive that `recent` goes with; null: there is none. */
  readonly archive: number | null;
  readonly recent: readonly Message[];
  readonly folders: ReadonlyMap<string, Folder>;
}

/** A state file whose first line is understood; the second is so much longer that it is left until it is needed. */
export interface StateFile {
  readonly summary: Summary;
  /** Null when the second line is damaged. */
  rest(): State | null;
}

/** The state for these roots; null when there is none, or anything about it is wrong: it is then made anew. */
export function readState({ fs }: System, path: string, roots: readonly string[]): StateFile | null {
  const bytes = readBytes(fs, path, MAX_BYTES);
  const end = bytes?.indexOf(NEWLINE) ?? -1;
  if (bytes === null || end < 0) return null;
  return orNull(() => {
    const line = JSON.parse(bytes.toString('utf8', 0, end));
    const summary = parseSummary(line, roots);
    if (summary === null) return null;
    const rest = () => orNull(() => parseRest(JSON.parse(bytes.toString('utf8', end + 1)), summary));
    return { summary, rest };
  });
}

const NEWLINE = 0x0a;

function orNull<T>(parse: () => T | null): T | null {
  try {
    return parse();
  } catch {
    return null;
  }
}

/** Rows instead of objects: thousands of files are read from it while a prompt waits. */
export function serializeState(state: State): string {
  const models = new Map<string, number>();
  const indexOf = (model: string) => {
    if (!models.has(model)) models.set(model, models.size);
    return models.get(model)!;
  };
  const buckets = Array.from(state.tally.buckets.values(), (b) => counted([b.at, indexOf(b.model)], b));
  const bucketModels = [...models.keys()];
  const recent = state.recent.map(({ key: id, firstAt, lastAt, model, counts }) =>
    counted([id, firstAt, lastAt, indexOf(model)], counts),
  );
  const { watch } = state;
  const summary = {
    schema_version: SCHEMA_VERSION,
    roots: state.roots,
    real: state.real,
    looked_at: state.lookedAt,
    listed_at: state.listedAt,
    complete: state.complete,
    exact_from: state.tally.exactFrom,
    block: state.tally.block,
    models: bucketModels,
    buckets,
    watch: watch.entries.map(({ path, mtimeMs, size, ino }) => [path, mtimeMs, size, ino]),
    watches_all: watch.all,
  };
  const rest = {
    archive: state.archive,
    models: [...models.keys()],
    recent,
    folders: [...state.folders].map(([path, { mtimeMs, folders, files }]) => [
      path,
      mtimeMs,
      folders,
      files.map(fileRow),
    ]),
  };
  return `${JSON.stringify(summary)}\n${JSON.stringify(rest)}\n`;
}

function counted(row: number[], { input, output, cacheCreation, cacheRead }: TokenCounts): number[] {
  row.push(input, output, cacheCreation, cacheRead);
  return row;
}

function fileRow(file: TranscriptFile): unknown[] {
  const { name, ino, size, mtimeMs, offset, print, skipping, complete } = file;
  return [name, ino, size, mtimeMs, offset, print, (skipping ? 1 : 0) + (complete ? 2 : 0)];
}

/** Throws for anything that is not as it was written. */
function parseSummary(line: unknown, roots: readonly string[]): Summary | null {
  if (!isObject(line) || line.schema_version !== SCHEMA_VERSION) return null;
  if (JSON.stringify(line.roots) !== JSON.stringify(roots)) return null;
  const model = modelIn(line.models);
  const buckets = list(line.buckets).map((row) => bucketOf(list(row), model));
  return {
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

function parseRest(line: unknown, summary: Summary): State | null {
  if (!isObject(line)) return null;
  const model = modelIn(line.models);
  return {
    ...summary,
    archive: line.archive === null ? null : key(line.archive),
    recent: list(line.recent).map((row) => messageOf(list(row), model)),
    folders: new Map(list(line.folders).map((row) => folderOf(list(row)))),
  };
}

function modelIn(value: unknown): (index: unknown) => string {
  const models = list(value).map(text);
  return (index) => text(models[number(index)]);
}

type Row = readonly unknown[];

function watchedOf([path, mtimeMs, size, ino]: Row): Watched {
  return { path: text(path), mtimeMs: number(mtimeMs), size: number(size), ino: number(ino) };
}

function bucketOf([at, index, ...counts]: Row, model: (value: unknown) => string): Bucket {
  return { at: number(at), model: model(index), ...countsOf(counts, Number.MAX_SAFE_INTEGER) };
}

function messageOf([id, firstAt, lastAt, index, ...counts]: Row, model: (value: unknown) => string): Message {
  return {
    key: key(id),
    firstAt: number(firstAt),
    lastAt: number(lastAt),
    model: model(index),
    counts: countsOf(counts, MAX_COUNT),
  };
}

function countsOf(row: Row, most: number): TokenCounts {
  const [input, output, cacheCreation, cacheRead] = row.map((value) => {
    if (!isHash(value) || value > most) throw new TypeError();
    return value;
  });
  return {
    input: number(input),
    output: number(output),
    cacheCreation: number(cacheCreation),
    cacheRead: number(cacheRead),
  };
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

function fileOf([name, ino, size, mtimeMs, offset, print, flags]: Row): TranscriptFile {
  const from = number(offset);
  if (from < 0 || !Number.isInteger(from)) throw new TypeError();
  return {
    name: text(name),
    ino: number(ino),
    size: number(size),
    mtimeMs: number(mtimeMs),
    offset: from,
    print: key(print),
    skipping: (number(flags) & 1) !== 0,
    complete: (number(flags) & 2) !== 0,
  };
}

function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new TypeError();
  return value;
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError();
  return value;
}

function number(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new TypeError();
  return value;
}

function key(value: unknown): number {
  if (!isHash(value)) throw new TypeError();
  return value;
}
