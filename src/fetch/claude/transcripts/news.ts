import { sep } from 'node:path';
import type { System } from '../../../platform/system.ts';
import { readOn, unread } from './file.ts';
import type { TranscriptFile } from './file.ts';
import { CHUNK, lineBuffer } from './lines.ts';
import { parseMessages } from './message.ts';
import type { Message } from './model.ts';
import type { Folder, Found } from './scan.ts';
import { isAsRead, SETTLED } from './scan.ts';

export interface NewsRead {
  /** What is known now of the files that were read, by path. */
  readonly files: ReadonlyMap<string, TranscriptFile>;
  /** There is something to be remembered of them. */
  readonly changed: boolean;
  readonly complete: boolean;
}

/** From so many bytes on a read is long enough for memory to pile up. */
const MUCH = 16 * 1024 * 1024;

/**
 * V8 lets the space for short-lived objects grow as long as there is garbage, and a gigabyte of lines is nothing
 * else: without this it takes 140 MB with Node 20 and 180 with Node 24, with it 115 at most, in the same time.
 * Only where the flag is known to exist: an unknown one is complained about on standard error.
 */
function keepMemorySmall(): void {
  const version = Number.parseInt(process.versions.v8, 10);
  if (version < 11 || version > 13) return;
  process.getBuiltinModule('node:v8').setFlagsFromString('--semi-space-growth-factor=1');
}

/** Reads what is new in these files, the newest first: they are what the current block is made of. */
export function readNews(
  { fs, now }: System,
  news: readonly Found[],
  stop: () => boolean,
  onMessage: (message: Message) => void,
): NewsRead {
  const files = new Map<string, TranscriptFile>();
  let changed = false;
  let complete = true;
  /** Bytes. */
  let ahead = 0;
  const buffer = news.length > 0 ? lineBuffer() : null;
  if (news.reduce((bytes, { file, stat }) => bytes + stat.size - file.offset, 0) > MUCH) keepMemorySmall();
  for (const { folder, file, stat } of [...news].sort(byUrgency)) {
    // As much is always read: turns come to an end however short they are, and however many sessions are under way.
    if (ahead >= CHUNK && stop()) return { files, changed, complete: complete && isAsRead(file, stat) };
    ahead += Math.max(0, stat.size - file.offset);
    const path = folder + sep + file.name;
    const read = readOn(fs, path, file, buffer!, stop, (line) => {
      for (const message of parseMessages(line)) onMessage(message);
    });
    // Gone or not to be opened: it is tried again next time, and nobody waits for it.
    if (read === null) continue;
    files.set(path, read);
    complete &&= read.complete;
    // Once its last change is some time ago it need not be opened again, which is worth remembering.
    changed ||= !isSame(file, read) || now() - stat.mtimeMs > SETTLED;
  }
  return { files, changed, complete };
}

/** What is certainly new first, then by its time: those that were only too young to be sure of can wait. */
function byUrgency(a: Found, b: Found): number {
  return (
    Number(isAsRead(a.file, a.stat)) - Number(isAsRead(b.file, b.stat)) || b.stat.mtimeMs - a.stat.mtimeMs
  );
}

function isSame(a: TranscriptFile, b: TranscriptFile): boolean {
  return (
    a.ino === b.ino &&
    a.size === b.size &&
    a.mtimeMs === b.mtimeMs &&
    a.offset === b.offset &&
    a.print === b.print &&
    a.skipping === b.skipping &&
    a.complete === b.complete
  );
}

/**
 * The folders with what is known now of their files.
 * @param voided nothing that was known of the others is true any more
 */
export function updated(
  folders: ReadonlyMap<string, Folder>,
  files: ReadonlyMap<string, TranscriptFile>,
  voided: boolean,
): Map<string, Folder> {
  return new Map(
    [...folders].map(([path, folder]) => {
      const its = folder.files.map(
        (file) => files.get(path + sep + file.name) ?? (voided ? unread(file.name) : file),
      );
      return [path, { ...folder, files: its }];
    }),
  );
}
