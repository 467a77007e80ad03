import type { System } from '../../../platform/system.ts';
import type { ScanLimits } from '../../provider.ts';
import { DAY, SECOND } from '../../../usage/time.ts';
import { blockAfter, useOfWeek, WEEK } from './estimate.ts';
import { isUnchanged, readFile } from './file.ts';
import type { TranscriptFile } from './file.ts';
import { findTranscripts } from './find.ts';
import type { Found } from './find.ts';
import { CHUNK, lineBuffer } from './lines.ts';
import { emptyMemory, readMemory, serializeMemory } from './memory.ts';
import { parseMessages } from './message.ts';
import type { Messages } from './messages.ts';
import { serializePrepared } from './prepared.ts';
import type { Prepared } from './prepared.ts';
import { realRoots } from './roots.ts';

export interface ScanOptions extends ScanLimits {
  /** The directories of transcripts, see `transcriptRoots`. */
  readonly roots: readonly string[];
}

export interface Scan extends Prepared {
  /** An errno name when the result could not be stored, so that the next scan does the same work again; else null. */
  readonly failure: string | null;
}

/** How long messages are kept, ms: a day longer than they count, for lines of one message that are far apart. */
const KEPT = WEEK + DAY;
/** Messages dated further ahead, ms, are never counted: no clock is that wrong. */
const MAX_AHEAD = DAY;
/** A file that was changed less than this before the last scan, ms, is read again: its mtime may hide a later change. */
const SETTLED = 2 * SECOND;

/**
 * Counts the tokens in local transcripts. Lists all files and reads what was written since the last scan, the newest file
 * first. Messages that were counted stay counted when their transcript is removed.
 */
export function scanTranscripts(system: System, options: ScanOptions): Scan {
  const { roots, directory, deadline, write } = options;
  const now = system.now();
  const memoryPath = directory && `${directory}/transcripts.bin`;
  const previous = memoryPath === null ? null : readMemory(system, memoryPath, roots);
  const { messages, files: before, block: blockBefore, scannedAt } = previous ?? emptyMemory();

  const expired = messages.expire(now - KEPT);
  const block = blockAfter(blockBefore, expired);
  const { transcripts, listed } = findTranscripts(system, realRoots(system, roots), now - KEPT);
  const isNew = ({ path, stat }: Found) => {
    const file = before.get(path);
    return file === undefined || !isUnchanged(file, stat) || stat.mtimeMs >= scannedAt - SETTLED;
  };
  const stop = () => system.monotonic() >= deadline;
  const read = readNew(system, transcripts.filter(isNew), before, messages, stop);

  const isKnown = listed || messages.size > 0;
  const use = isKnown ? useOfWeek(messages, block, now) : null;
  const prepared: Prepared = { scannedAt: now, complete: read.complete, use };
  if (directory === null || memoryPath === null || (!isKnown && previous === null)) {
    return { ...prepared, failure: null };
  }
  let failure: string | null = null;
  if (read.files.size > 0 || expired.length > 0) {
    const files = new Map<string, TranscriptFile>();
    for (const { path } of transcripts) {
      const file = read.files.get(path) ?? before.get(path);
      if (file !== undefined) files.set(path, file);
    }
    failure = write(memoryPath, serializeMemory({ scannedAt: now, block, files, messages }, roots));
  }
  failure ??= write(`${directory}/transcripts.json`, serializePrepared(prepared, roots));
  return { ...prepared, failure };
}

interface Read {
  /** The files that were read, by path. */
  readonly files: ReadonlyMap<string, TranscriptFile>;
  readonly complete: boolean;
}

/** Reads the new parts of these files, and adds their messages. */
function readNew(
  { fs, now }: System,
  news: readonly Found[],
  before: ReadonlyMap<string, TranscriptFile>,
  messages: Messages,
  stop: () => boolean,
): Read {
  const files = new Map<string, TranscriptFile>();
  let complete = true;
  /** Bytes. */
  let size = 0;
  const time = now();
  const buffer = lineBuffer();
  for (const { path, stat } of [...news].sort((a, b) => b.stat.mtimeMs - a.stat.mtimeMs)) {
    // One chunk is always read: any number of short scans reaches the end, however many sessions are active.
    if (size >= CHUNK && stop()) return { files, complete: false };
    const previous = before.get(path);
    size += Math.max(0, stat.size - (previous?.offset ?? 0));
    const read = readFile(fs, path, previous, buffer, stop, (line) => {
      for (const message of parseMessages(line)) {
        const isKept = message.lastAt >= time - KEPT && message.lastAt <= time + MAX_AHEAD;
        if (isKept) messages.add(message);
      }
    });
    // A file that is gone or may not be read does not hold up the others.
    if (read === null) continue;
    files.set(path, read);
    complete &&= read.complete;
  }
  return { files, complete };
}
