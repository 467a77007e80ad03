import type { System } from '../../../platform/system.ts';
import { NEEDLE } from './message.ts';

/** The number of bytes that one call reads. */
export const CHUNK = 256 * 1024;
/** The longest line that is parsed, bytes. A longer one holds an image or a file; it is skipped, and its counts are lost. */
export const MAX_LINE = 1024 * 1024;

const NEWLINE = 0x0a;

/** How far a file has been read. */
export interface Position {
  /** Bytes from the start of the file to the first line that has to be read again. */
  readonly offset: number;
  /** `offset` is inside a line that is too long: bytes up to the next line end are skipped. */
  readonly skipping: boolean;
}

export interface LinesRead extends Position {
  /** False when reading was stopped before the end of the file. */
  readonly complete: boolean;
}

export const START: Position = { offset: 0, skipping: false };

/** A buffer for the longest line and the chunk behind it. All files of a scan can use the same one. */
export function lineBuffer(): Buffer {
  return Buffer.allocUnsafe(MAX_LINE + CHUNK);
}

/**
 * Reads a file from a position on and calls `onLine` for every line with `NEEDLE`. The unfinished line at the end of the
 * file is passed as well, and read again by the next call: the new offset is before it. At least one chunk or line is read,
 * whatever `stop` returns, so that repeated short calls reach the end.
 *
 * @param stop called after every chunk
 * @param onLine called with a view of the buffer, valid until it returns
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
  /** Bytes in the buffer that belong to an unfinished line; the first of them is at `offset`. */
  let held = 0;
  for (;;) {
    const count = fs.readSync(fd, buffer, held, CHUNK, offset + held);
    if (count === 0) {
      if (held > 0 && !skipping) passLines(buffer.subarray(0, held), onLine);
      return { offset, skipping, complete: true };
    }
    const end = held + count;
    const last = buffer.lastIndexOf(NEWLINE, end - 1);
    // The bytes held from before have no line end in them: if `last` is found, it is in the new chunk.
    if (last < 0) {
      held = end;
    } else {
      const start = skipping ? buffer.indexOf(NEWLINE) + 1 : 0;
      passLines(buffer.subarray(start, last + 1), onLine);
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
    // After a short read only the end of the file is left: no reason to stop before it.
    if (count === CHUNK && offset > from.offset && stop()) return { offset, skipping, complete: false };
  }
}

/** Searches for the needle first and then for the ends of its line, because most lines do not contain it. */
function passLines(block: Buffer, onLine: (line: Buffer) => void): void {
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
