import type { System } from '../system.ts';
import { openArchive } from './archive-search.ts';
import { emptyJournal, MAX_CHANGES, serializeJournal } from './journal.ts';
import type { Journal } from './journal.ts';
import { changeOf } from './ledger.ts';
import type { Change } from './ledger.ts';
import type { Message } from './model.ts';
import { readNews } from './news.ts';
import type { NewsRead } from './news.ts';
import type { Found } from './scan.ts';
import type { Recent, Summary } from './state.ts';

export interface ReadOn {
  /** The messages that the new lines change, as they are to be counted. */
  readonly changes: readonly Change[];
  /** What to write; null when there is nothing to be remembered. */
  readonly journal: string | null;
}

/** More new bytes than these are read with everything in memory. */
const MOST_BYTES = 1024 * 1024;

/**
 * Reads on in the few transcripts in which there is something new, with nothing in memory but what that takes. Null
 * when it is not to be had like that: then everything is looked at.
 *
 * @param isKept whether a message is one to be remembered
 * @param maxRecent so many may stand beside the archive before it is written anew
 */
export function readOnIn(
  system: System,
  archivePath: string,
  news: readonly Found[],
  { summary, recent, journal }: { summary: Summary; recent: Recent; journal: Journal | null },
  stop: () => boolean,
  isKept: (message: Message) => boolean,
  now: number,
  maxRecent: number,
): ReadOn | null {
  if (news.reduce((bytes, { file, stat }) => bytes + stat.size - file.offset, 0) > MOST_BYTES) return null;
  const { archive: checksum } = recent;
  const archive = checksum === null ? null : openArchive(system, archivePath, checksum);
  if (checksum !== null && archive === null) return null;
  const known = new Map(recent.recent.map((message) => [message.key, message]));
  const all = new Map(journal?.changes);
  const changes: Change[] = [];
  const meet = (message: Message) => {
    if (!isKept(message)) return;
    const { key } = message;
    const base = all.has(key) ? all.get(key)!.before : (known.get(key) ?? archive?.find(key) ?? null);
    const change = changeOf(all.get(key)?.after ?? base, message);
    if (change === null) return;
    changes.push(change);
    all.set(key, { before: base, after: change.after });
  };
  let read: NewsRead;
  try {
    read = readNews(system, news, stop, meet);
  } catch {
    return null;
  } finally {
    archive?.close();
  }
  if (!read.complete || all.size > Math.min(MAX_CHANGES, maxRecent - known.size)) return null;
  if (!read.changed && changes.length === 0) return { changes, journal: null };
  const { base, files } = journal ?? emptyJournal(summary);
  const made = { base, lookedAt: now, files: new Map([...files, ...read.files]), changes: all };
  return { changes, journal: serializeJournal(made) };
}

/** What stands beside `transcripts.json`. */
export function besideState(statePath: string, ending: 'bin' | 'new'): string {
  return statePath.replace(/(\.json)?$/, `.${ending}`);
}
