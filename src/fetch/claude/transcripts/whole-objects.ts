/*
 * A record can lose its end, or the line end behind it: a write was cut off, or two processes appended to one file. The
 * line then holds parts of records, and whole records, one behind the other.
 */

/** Records nest fewer than twenty levels deep. */
const MAX_DEPTH = 1000;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** Start and end (exclusive) of an object, in bytes. */
export interface Extent {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds the whole JSON objects that contain the needle, on a line that is not JSON itself, in their order; of nested
 * objects the outermost that is whole. Where a byte violates the grammar, all open objects are dropped and the search
 * goes on at the next one. Every byte is read once, so the work is proportional to the length: an object that was
 * dropped is never tried again from another start, since the violation lies inside it as well.
 */
export function wholeObjects(line: Buffer, needle: Buffer): Extent[] {
  const found: Extent[] = [];
  /** Positions of the last needle before `at` and of the next one; -1 for none. */
  let [before, ahead] = [-1, line.indexOf(needle)];
  /** Starts of the open objects; -1 for an open list. */
  const open: number[] = [];
  /** The last token: its punctuation mark; `QUOTE` for a string, or an object or list that has ended; 0 for a literal. */
  let last = 0;
  let at = 0;
  while (at < line.length) {
    const byte = line[at]!;
    if (isSpace(byte)) {
      at += 1;
      continue;
    }
    if (open.length === 0) {
      if (byte === OPEN) open.push(at);
      last = byte;
      at += 1;
      continue;
    }
    const isList = open.at(-1)! < 0;
    const wantsValue = last === COLON || last === OPEN_LIST || (last === COMMA && isList);
    const wantsKey = last === OPEN || (last === COMMA && !isList);
    const hasValue = last === QUOTE || last === 0;
    let end = at + 1;
    let valid: boolean;
    if (byte === QUOTE) {
      end = endOfString(line, at);
      valid = (wantsValue || wantsKey) && mayFollowString(line[end]);
      last = QUOTE;
      // A string that was cut off ends, as it seems, with the first quotation mark of the record behind it.
      if (!valid && line[end - 2] === OPEN) end -= 2;
    } else if (byte === OPEN || byte === OPEN_LIST) {
      valid = wantsValue && open.length < MAX_DEPTH;
      last = byte;
      if (valid) open.push(byte === OPEN ? at : -1);
      else if (byte === OPEN) end = at;
    } else if (byte === CLOSE || byte === CLOSE_LIST) {
      valid = isList === (byte === CLOSE_LIST) && (hasValue || last === (isList ? OPEN_LIST : OPEN));
      last = QUOTE;
      if (valid) {
        while (ahead >= 0 && ahead < end) [before, ahead] = [ahead, line.indexOf(needle, ahead + 1)];
        const start = open.pop()!;
        if (start >= 0 && before > start) keepOutermost(found, { start, end });
      }
    } else if (byte === COLON) {
      valid = last === QUOTE && !isList;
      last = byte;
    } else if (byte === COMMA) {
      valid = hasValue;
      last = byte;
    } else {
      end = endOfLiteral(line, at);
      valid = wantsValue;
      last = 0;
    }
    if (!valid) open.length = 0;
    at = end;
  }
  return found;
}

/** Adds an object in place of those that were found inside it. */
function keepOutermost(found: Extent[], object: Extent): void {
  while (found.length > 0 && found.at(-1)!.start > object.start) found.pop();
  found.push(object);
}

/** Position behind the closing quotation mark; the end of the line when there is none. */
function endOfString(line: Buffer, start: number): number {
  for (let at = start + 1; at < line.length; at += 1) {
    if (line[at] === BACKSLASH) at += 1;
    else if (line[at] === QUOTE) return at + 1;
  }
  return line.length;
}

function mayFollowString(byte: number | undefined): boolean {
  return (
    byte === undefined ||
    byte === COMMA ||
    byte === COLON ||
    byte === CLOSE ||
    byte === CLOSE_LIST ||
    isSpace(byte)
  );
}

/** Position behind a number, `true`, `false` or `null`. Whether it is one of these is left to `JSON.parse`. */
function endOfLiteral(line: Buffer, start: number): number {
  let at = start + 1;
  while (at < line.length && !isMark(line[at]!)) at += 1;
  return at;
}

function isMark(byte: number): boolean {
  return (
    isSpace(byte) ||
    byte === QUOTE ||
    byte === COMMA ||
    byte === COLON ||
    byte === OPEN ||
    byte === CLOSE ||
    byte === OPEN_LIST ||
    byte === CLOSE_LIST
  );
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}
