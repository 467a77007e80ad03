import type { System } from '../../../platform/system.ts';
import { isObject } from '../../../usage/data.ts';
import { openRegular, readAt, readBytes } from './disk.ts';
import { hash } from './key.ts';
import type { Message } from './model.ts';
import {
  countsOf,
  countsRow,
  fileOf,
  fileRow,
  key,
  list,
  messageOf,
  messageRow,
  ModelNames,
  modelsIn,
  number,
  orNull,
  text,
} from './rows.ts';
import type { ModelOf, Row } from './rows.ts';
import type { Folder } from './scan.ts';
import type { Bucket, Tally } from './tally.ts';

const SCHEMA_VERSION = 4;
/** Room for the files of a very busy week; what is larger is not ours. */
const MAX_BYTES = 32 * 1024 * 1024;

/** The first line of `transcripts.json`. */
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
}

/** The second line: what it takes to count a message that is met. */
export interface Recent {
  /** Checksum of the archive that `recent` goes with; null: there is none. */
  readonly archive: number | null;
  readonly recent: readonly Message[];
}

/** The same where only some of it is wanted. */
export interface RecentSearch {
  readonly archive: number | null;
  /** How many messages there are. */
  readonly size: number;
  find(id: number): Message | null;
}

/** All lines of it: on the third and on each that follows are some of the folders. */
export interface State extends Summary, Recent {
  readonly folders: ReadonlyMap<string, Folder>;
}

/** A state as it is written. */
export interface Written {
  readonly id: number;
  readonly text: string;
  /** Bytes of each line, its end included. */
  readonly lengths: readonly number[];
}

/** A state file of which single lines are read where they stand, for who has not the time to read it all. */
export interface OpenState {
  /** Both throw for what is not as it was written. */
  recent(): RecentSearch;
  /** The folders on a line, counted from 0. */
  folders(line: number): Map<string, Folder>;
  close(): void;
}

/** Everything; null when there is no state for these roots, or anything about it is wrong: it is then made anew. */
export function readState({ fs }: System, path: string, roots: readonly string[]): State | null {
  const bytes = readBytes(fs, path, MAX_BYTES);
  return bytes && orNull(() => parseState(bytes.toString('utf8').split('\n'), roots));
}

/**
 * Opens the state with an id; null when there is no such. It stays the one that was opened, whoever replaces it.
 * @param lengths what was said of its lines when it was written
 */
export function openState(
  { fs }: System,
  path: string,
  id: number,
  lengths: readonly number[],
): OpenState | null {
  const open = openRegular(fs, path);
  if (open === null) return null;
  const { fd, stat } = open;
  const close = () => fs.closeSync(fd);
  const begin = openingOf(id);
  const is =
    stat.size === lengths.reduce((sum, length) => sum + length, 0) &&
    orNull(() => readAt(fs, fd, begin.length, 0)?.toString('latin1') ?? null) === begin;
  if (!is) {
    close();
    return null;
  }
  const line = (index: number): unknown => {
    const before = lengths.slice(0, index).reduce((sum, length) => sum + length, 0);
    const bytes = readAt(fs, fd, number(lengths[index]), before);
    if (bytes === null) throw new TypeError();
    return JSON.parse(bytes.toString('utf8'));
  };
  return { recent: () => searchRecent(line(1)), folders: (index) => parseFolders(line(2 + index)), close };
}

/** Throws for anything that is not as it was written, but for an object of another version or other roots. */
function parseState(lines: string[], roots: readonly string[]): State | null {
  const first: unknown = JSON.parse(lines[0]!);
  const summary = parseSummary(first, roots);
  // Behind the last line end is nothing.
  if (summary === null || lines.length !== 3 + number((first as { lines?: unknown }).lines)) return null;
  const folders = new Map<string, Folder>();
  for (const line of lines.slice(2, -1)) {
    for (const [path, folder] of parseFolders(JSON.parse(line))) folders.set(path, folder);
  }
  return { ...summary, ...parseRecent(JSON.parse(lines[1]!)), folders };
}

/** @param folders line by line */
export function serializeState(
  state: Omit<State, 'id' | 'folders'>,
  folders: readonly ReadonlyMap<string, Folder>[],
): Written {
  const [inBuckets, inRecent] = [new ModelNames(), new ModelNames()];
  const buckets = Array.from(state.tally.buckets.values(), (b) => [
    b.at,
    inBuckets.indexOf(b.model),
    ...countsRow(b),
  ]);
  const recent = state.recent.map((message) => messageRow(message, inRecent));
  const summary = JSON.stringify({
    roots: state.roots,
    real: state.real,
    looked_at: state.lookedAt,
    listed_at: state.listedAt,
    complete: state.complete,
    exact_from: state.tally.exactFrom,
    block: state.tally.block,
    lines: folders.length,
    models: inBuckets.all,
    buckets,
  });
  const second = JSON.stringify({ archive: state.archive, models: inRecent.all, recent });
  const id = hash(summary + second);
  const lines = [`${openingOf(id)}${summary.slice(1)}`, second, ...folders.map(serializeFolders)];
  const ended = lines.map((line) => `${line}\n`);
  return { id, text: ended.join(''), lengths: ended.map((line) => Buffer.byteLength(line)) };
}

/** How the state with an id begins. */
function openingOf(id: number): string {
  return `{"schema_version":${SCHEMA_VERSION},"id":${id},`;
}

function serializeFolders(folders: ReadonlyMap<string, Folder>): string {
  const rows = [...folders].map(([path, { mtimeMs, folders: names, files }]) => [
    path,
    mtimeMs,
    names,
    files.map(fileRow),
  ]);
  return JSON.stringify({ folders: rows });
}

function parseFolders(line: unknown): Map<string, Folder> {
  if (!isObject(line)) throw new TypeError();
  return new Map(list(line.folders).map((row) => folderOf(list(row))));
}

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
  };
}

function searchRecent(line: unknown): RecentSearch {
  if (!isObject(line)) throw new TypeError();
  const model = modelsIn(line.models);
  const rows = list(line.recent).map(list);
  const find = (id: number) => {
    const row = rows.find(([its]) => its === id);
    return row === undefined ? null : messageOf(row, model);
  };
  return { archive: line.archive === null ? null : key(line.archive), size: rows.length, find };
}

function parseRecent(line: unknown): Recent {
  if (!isObject(line)) throw new TypeError();
  const model = modelsIn(line.models);
  return {
    archive: line.archive === null ? null : key(line.archive),
    recent: list(line.recent).map((row) => messageOf(list(row), model)),
  };
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
