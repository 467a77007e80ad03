import { dirname, sep } from 'node:path';
import type { System } from '../system.ts';
import { isObject } from '../usage/data.ts';
import { readBytes } from './disk.ts';
import type { TranscriptFile } from './file.ts';
import type { Change } from './ledger.ts';
import { fileOf, fileRow, key, list, messageOf, messageRow, ModelNames, modelsIn } from './rows.ts';
import { number, orNull, text } from './rows.ts';
import type { ModelOf, Row } from './rows.ts';
import type { State, Summary } from './state.ts';
import { count } from './tally.ts';

/*
 * `transcripts.new`: what was read since the state was written, so that a line at the end of one transcript does not
 * have all that is known of thousands written anew. It says which state it goes on from; with any other it is nothing,
 * and what it told is read again from where that state left it.
 */

export interface Journal {
  /** Of the state that it goes on from. */
  readonly base: number;
  /** Epoch ms of the look at the watched files that it was made from. */
  readonly lookedAt: number;
  /** What is known of the transcripts that were read since, by path. */
  readonly files: ReadonlyMap<string, TranscriptFile>;
  /** By key: each message as the state has it, and as it is now. */
  readonly changes: ReadonlyMap<number, Change>;
}

/** More is put into the state, where it costs less to read. */
export const MAX_CHANGES = 200;
const MAX_BYTES = 1024 * 1024;

export function emptyJournal({ id, lookedAt }: Summary): Journal {
  return { base: id, lookedAt, files: new Map(), changes: new Map() };
}

/** The journal of a state; null when there is none, or anything about it is wrong. */
export function readJournal({ fs }: System, path: string, base: number): Journal | null {
  const bytes = readBytes(fs, path, MAX_BYTES);
  return bytes && orNull(() => parseJournal(JSON.parse(bytes.toString('utf8')), base));
}

export function serializeJournal({ base, lookedAt, files, changes }: Journal): string {
  const names = new ModelNames();
  const rows = [...changes.values()].map(({ before, after }) => [
    messageRow(after, names),
    before && messageRow(before, names),
  ]);
  const read = [...files].map(([path, file]) => [dirname(path), fileRow(file)]);
  return `${JSON.stringify({ base, looked_at: lookedAt, models: names.all, changes: rows, files: read })}\n`;
}

function parseJournal(value: unknown, base: number): Journal | null {
  if (!isObject(value) || value.base !== base) return null;
  const model = modelsIn(value.models);
  const files = list(value.files).map((row) => pathAndFile(list(row)));
  const changes = list(value.changes).map((row) => changeIn(list(row), model));
  return {
    base: key(value.base),
    lookedAt: number(value.looked_at),
    files: new Map(files),
    changes: new Map(changes.map((change) => [change.after.key, change])),
  };
}

function pathAndFile([folder, row]: Row): [string, TranscriptFile] {
  const file = fileOf(list(row));
  return [text(folder) + sep + file.name, file];
}

function changeIn([after, before]: Row, model: ModelOf): Change {
  return {
    before: before === null ? null : messageOf(list(before), model),
    after: messageOf(list(after), model),
  };
}

/** What a summary says once what was read since is added. Its sums are changed in place. */
export function summaryWith(summary: Summary, { lookedAt, files, changes }: Journal): Summary {
  for (const change of changes.values()) countChange(summary, change, lookedAt);
  const entries = summary.watch.entries.map((entry) => {
    const file = files.get(entry.path);
    return file ? { ...entry, file, mtimeMs: file.mtimeMs } : entry;
  });
  return { ...summary, lookedAt, watch: { ...summary.watch, entries } };
}

export function countChange({ tally }: Pick<Summary, 'tally'>, { before, after }: Change, now: number): void {
  if (before) count(tally, now, before, -1);
  count(tally, now, after, 1);
}

/** The same for all that is known. When all was looked at stays as it was: not all was since. */
export function stateWith(state: State, journal: Journal | null): State {
  if (journal === null || journal.base !== state.id) return state;
  const { tally, watch } = summaryWith(state, journal);
  const recent = new Map(state.recent.map((message) => [message.key, message]));
  for (const [id, { after }] of journal.changes) recent.set(id, after);
  const folders = [...state.folders].map(([path, folder]) => {
    const files = folder.files.map((file) => journal.files.get(path + sep + file.name) ?? file);
    return [path, { ...folder, files }] as const;
  });
  return { ...state, tally, watch, recent: [...recent.values()], folders: new Map(folders) };
}
