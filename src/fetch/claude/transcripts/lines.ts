import type { System } from '../../../platform/system.ts';
import { NEEDLE } from './message.ts';

/** Read at a time, bytes. */
export const CHUNK = 256 * 1024;
/** A longer line is passed over: it holds an image or a file, and its counts are lost. */
export const MAX_LINE = 1024 * 1024;

const NEWLINE = 0x0a;

/** How far a file has been read. */
export interface Position {
  /** Bytes from the start: everything before it is done with. */
  readonly offset: number;
  /** `offset` is inside a line that is too long: what comes before the next line end is passed over. */
  readonly skipping: boolean;
}

export interface LinesRead extends Position {
  /** False when it was stopped before the end of the file. */
  readonly complete: boolean;
}

/** Room for one line and what is read behind it; made once for all files of a run. */
export function lineBuffer(): Buffer {
  return Buffer.allocUnsafe(MAX_LINE + CHUNK);
}

/**
 * Hands over every line from a position on that can count, and the unfinished one at the end of the file, which
 * stays before the offset and is met again. It gets ahead by a chunk or a line at least, whatever `stop`
 * says, so that any number of short turns comes to an end.
 *
 * @param stop asked after every chunk
 * @param onLine is handed a view of the buffer, valid until it returns
 */
export function readLines(
  fs: System['fs'],
  fd: number,
  from: Position,
  buffer: Buffer,
  stop: () => boolean,
  onLine: (line: Buffer) => void,
): LinesRead {
  let { offset, skipping } = from;
  /** Bytes in the buffer that belong to a line which has no end yet; the first of them is at `offset`. */
  let held = 0;
  for (;;) {
    const count = fs.readSync(fd, buffer, held, CHUNK, offset + held);
    if (count === 0) {
      if (held > 0 && !skipping) linesWithNeedle(buffer.subarray(0, held), onLine);
      return { offset, skipping, complete: true };
    }
    const end = held + count;
    const last = buffer.lastIndexOf(NEWLINE, end - 1);
    // What was held has no line end: one before `held` cannot be found.
    if (last < 0) {
      held = end;
    } else {
      const start = skipping ? buffer.indexOf(NEWLINE) + 1 : 0;
      linesWithNeedle(buffer.subarray(start, last + 1), onLine);
      skipping = false;
      offset += last + 1;
      buffer.copyWithin(0, last + 1, end);
      held = end - last - 1;
    }
    if (skipping || held > MAX_LINE) {
      skipping = true;
      offset += held;
      held = 0;
    }
    // A short read is the last one but for an empty one: no use in coming back for that.
    if (count === CHUNK && offset > from.offset && stop()) return { offset, skipping, complete: false };
  }
}

/** Finds the needle first and the line around it then: most lines are never looked at one by one. */
function linesWithNeedle(block: Buffer, onLine: (line: Buffer) => void): void {
  for (let at = 0; ;) {
    const found = block.indexOf(NEEDLE, at);
    if (found < 0) return;
    const start = block.lastIndexOf(NEWLINE, found) + 1;
    const newline = block.indexOf(NEWLINE, found);
    const end = newline < 0 ? block.length : newline;
    if (end - start <= MAX_LINE) onLine(block.subarray(start, end));
    at = end + 1;
  }
}
