import { dirname, sep } from 'node:path';
import type { System } from '../../../platform/system.ts';
import { isObject } from '../../../usage/data.ts';
import { readBytes } from './disk.ts';
import type { TranscriptFile } from './file.ts';
import type { Change } from './ledger.ts';
import {
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
import type { State } from './state.ts';
import { sumsIn, sumsRow } from './sums.ts';
import type { Sums } from './sums.ts';
import { count } from './tally.ts';
import type { Tally } from './tally.ts';
import type { Watch } from './watch.ts';

/*
 * `transcripts.new`: what there is to be known when little or nothing has changed, so that nobody reads, or writes
 * anew, all that is known of thousands of transcripts. It says which state it goes on from; with any other it is
 * nothing, and what it told is read again from where that state left it.
 */

/** Its first line: enough to answer when nothing has changed. */
export interface Head {
  /** Of the state that it goes on from, and the bytes of its lines. */
  readonly base: number;
  readonly lengths: readonly number[];
  /** Epoch ms of the look at the files that the state was made from. */
  readonly baseLookedAt: number;
  readonly roots: readonly string[];
  readonly real: readonly string[];
  /** Epoch ms of the last look at what is watched. */
  readonly lookedAt: number;
  /** Epoch ms of the last time that everything else was looked at, */
  readonly listedAt: number;
  /** and how far one is that goes on since: when it began, and the next line of folders. Null: none is. */
  readonly round: Round | null;
  readonly sums: Sums;
  readonly watch: Watch;
}

export interface Round {
  /** Epoch ms. */
  readonly startedAt: number;
  readonly line: number;
}

/** Its second line: what was read since the state was written. */
export interface Since {
  /** What is known of the transcripts that were read, by path. */
  readonly files: ReadonlyMap<string, TranscriptFile>;
  /** By key: each message as the state has it, and as it is now. */
  readonly changes: ReadonlyMap<number, Change>;
}

/** A journal whose first line is understood; the second is left until it is needed. */
export interface Journal {
  readonly head: Head;
  /** As it stands there. */
  readonly rest: string;
  /** Null when it is damaged. */
  since(): Since | null;
}

/** More is put into the state, where it costs less to read. */
export const MAX_CHANGES = 200;
const MAX_BYTES = 1024 * 1024;

export const NOTHING_SINCE: Since = { files: new Map(), changes: new Map() };

/** The journal for these roots; null when there is none, or anything about it is wrong. */
export function readJournal({ fs }: System, path: string, roots: readonly string[]): Journal | null {
  const bytes = readBytes(fs, path, MAX_BYTES);
  const [first, rest, end] = bytes === null ? [] : bytes.toString('utf8').split('\n');
  if (first === undefined || rest === undefined || end !== '') return null;
  const head = orNull(() => parseHead(JSON.parse(first), roots));
  return head && { head, rest, since: () => orNull(() => parseSince(JSON.parse(rest))) };
}

/** @param since as it is, or as it stands in the journal that this one follows */
export function serializeJournal(head: Head, since: Since | string): string {
  const { watch } = head;
  const first = JSON.stringify({
    base: head.base,
    lengths: head.lengths,
    base_looked_at: head.baseLookedAt,
    roots: head.roots,
    real: head.real,
    looked_at: head.lookedAt,
    listed_at: head.listedAt,
    round: head.round && [head.round.startedAt, head.round.line],
    sums: sumsRow(head.sums),
    folders: watch.folders.map(({ path, mtimeMs, line }) => [path, mtimeMs, line]),
    files: byFolder(watch.files),
  });
  return `${first}\n${typeof since === 'string' ? since : serializeSince(since)}\n`;
}

function serializeSince({ files, changes }: Since): string {
  const names = new ModelNames();
  const rows = [...changes.values()].map(({ before, after }) => [
    messageRow(after, names),
    before && messageRow(before, names),
  ]);
  const read = [...files].map(([path, file]) => ({ folder: dirname(path), file }));
  return JSON.stringify({ models: names.all, changes: rows, files: byFolder(read) });
}

type FileIn = Watch['files'][number];

/** Files with the name of each folder said once. */
function byFolder(files: readonly FileIn[]): Row[] {
  const rows = new Map<string, Row[]>();
  for (const { folder, file } of files) {
    const row = fileRow(file);
    const its = rows.get(folder);
    if (its) its.push(row);
    else rows.set(folder, [row]);
  }
  return [...rows];
}

function filesIn(rows: unknown): FileIn[] {
  return list(rows).flatMap((row) => {
    const [folder, files] = list(row);
    const path = text(folder);
    return list(files).map((file) => ({ folder: path, file: fileOf(list(file)) }));
  });
}

/** Throws for anything that is not as it was written, but for other roots. */
function parseHead(value: unknown, roots: readonly string[]): Head | null {
  if (!isObject(value) || JSON.stringify(value.roots) !== JSON.stringify(roots)) return null;
  const { round } = value;
  return {
    base: key(value.base),
    lengths: list(value.lengths).map(key),
    baseLookedAt: number(value.base_looked_at),
    roots,
    real: list(value.real).map(text),
    lookedAt: number(value.looked_at),
    listedAt: number(value.listed_at),
    round: round === null ? null : roundOf(list(round)),
    sums: sumsIn(list(value.sums)),
    watch: {
      folders: list(value.folders).map((row) => {
        const [path, mtimeMs, line] = list(row);
        return { path: text(path), mtimeMs: number(mtimeMs), line: key(line) };
      }),
      files: filesIn(value.files),
    },
  };
}

function roundOf([startedAt, line]: Row): Round {
  return { startedAt: number(startedAt), line: key(line) };
}

function parseSince(value: unknown): Since | null {
  if (!isObject(value)) return null;
  const model = modelsIn(value.models);
  const changes = list(value.changes).map((row) => changeIn(list(row), model));
  return {
    files: new Map(filesIn(value.files).map(({ folder, file }) => [folder + sep + file.name, file])),
    changes: new Map(changes.map((change) => [change.after.key, change])),
  };
}

function changeIn([after, before]: Row, model: ModelOf): Change {
  return {
    before: before === null ? null : messageOf(list(before), model),
    after: messageOf(list(after), model),
  };
}

export function countChange(tally: Tally, { before, after }: Change, now: number): void {
  if (before) count(tally, now, before, -1);
  count(tally, now, after, 1);
}

/** What is known once what was read since is added. `lookedAt` stays as it was: not all was looked at since. */
export function stateWith(state: State, journal: Journal | null): State {
  const since = journal?.head.base === state.id ? journal.since() : null;
  if (journal === null || since === null) return state;
  const { files, changes } = since;
  for (const change of changes.values()) countChange(state.tally, change, journal.head.lookedAt);
  const recent = new Map(state.recent.map((message) => [message.key, message]));
  for (const [id, { after }] of changes) recent.set(id, after);
  const folders = new Map(state.folders);
  for (const [path, file] of files) {
    const folder = folders.get(dirname(path));
    if (folder === undefined) continue;
    const others = folder.files.filter(({ name }) => name !== file.name);
    folders.set(dirname(path), { ...folder, files: [...others, file] });
  }
  return { ...state, listedAt: journal.head.listedAt, recent: [...recent.values()], folders };
}
