import { errno } from '../../platform/errno.ts';
import type { System } from '../../platform/system.ts';

/** The result of a search for one object in a JSON file. */
export type Search =
  /** Its text. */
  | { readonly kind: 'found'; readonly text: string }
  /** The file does not exist, or it is whole and contains no object of that name. */
  | { readonly kind: 'absent' }
  /** The file is broken before the object, or cannot be read, or takes too long. */
  | { readonly kind: 'unknown'; readonly reason: string };

export interface Bounds {
  readonly bytes: number;
  readonly ms: number;
}

/** Files of 240 MB were seen. A file of the largest size takes about a second. */
export const BOUNDS: Bounds = { bytes: 512 * 1024 * 1024, ms: 3000 };

const CHUNK_BYTES = 256 * 1024;
/** The largest object: Claude Code writes none that is larger. */
const MAX_OBJECT_BYTES = 64 * 1024;
/** The longest name, with its escapes: a longer one is not the name that is searched. */
const MAX_NAME_BYTES = 256;
const MAX_DEPTH = 512;

/**
 * Finds the value of one key of the outermost object in a JSON file, if that value is an object. The file can be larger
 * than memory: it is read in chunks, and no further than the object. Keys of inner objects do not count. Of two equal keys
 * the first one counts.
 */
export function findTopLevel(
  { fs, monotonic }: Pick<System, 'fs' | 'monotonic'>,
  path: string,
  key: string,
  bounds: Bounds = BOUNDS,
): Search {
  const { O_RDONLY, O_NONBLOCK = 0 } = fs.constants;
  let fd: number;
  try {
    fd = fs.openSync(path, O_RDONLY | O_NONBLOCK);
  } catch (error) {
    const reason = errno(error);
    return reason === 'ENOENT' || reason === 'ENOTDIR' ? ABSENT : unknown(reason);
  }
  try {
    if (!fs.fstatSync(fd).isFile()) return unknown('not_a_file');
    const scanner = new Scanner(key);
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const endsAt = monotonic() + bounds.ms;
    for (let total = 0; ;) {
      const count = fs.readSync(fd, chunk, 0, CHUNK_BYTES, null);
      if (count === 0) return scanner.end();
      const found = scanner.take(chunk, count);
      if (found !== null) return found;
      total += count;
      if (total >= bounds.bytes) return unknown('too_large');
      if (monotonic() > endsAt) return unknown('too_slow');
    }
  } catch (error) {
    return unknown(errno(error));
  } finally {
    fs.closeSync(fd);
  }
}

const ABSENT = { kind: 'absent' } as const;

function unknown(reason: string): Search {
  return { kind: 'unknown', reason };
}

/** Classes of bytes outside of strings; 0: not valid in JSON. */
const PLAIN = 1;
const QUOTE = 2;
const OPEN = 3;
const CLOSE = 4;
const COMMA = 5;
const COLON = 6;

const CLASSES = new Uint8Array(256);
// White space, numbers, and the letters of true, false and null.
for (const char of ' \t\r\n0123456789+-.Etruefalsn') CLASSES[char.charCodeAt(0)] = PLAIN;
CLASSES[0x22] = QUOTE;
for (const char of '{[') CLASSES[char.charCodeAt(0)] = OPEN;
for (const char of '}]') CLASSES[char.charCodeAt(0)] = CLOSE;
CLASSES[0x2c] = COMMA;
CLASSES[0x3a] = COLON;

const MARK = [0xef, 0xbb, 0xbf];

/**
 * Follows strings and nesting, and nothing else of JSON's grammar. It stops at bytes that are not valid outside of strings:
 * in a file that two processes have written at once, apparent structure can be the inside of a string.
 */
class Scanner {
  readonly #key: string;
  /** The brackets that are open; the outermost at 1. */
  readonly #open = new Uint8Array(MAX_DEPTH + 1);
  #depth = 0;
  #started = 0;
  #inString = false;
  #escaped = false;
  /** The next string of the outermost object is a key. */
  #keyComes = false;
  /** The current string is a key. */
  #inKey = false;
  /** The next value is the one to find. */
  #wanted = false;
  /** Pieces of what is kept: a key of the outermost object, or the object that was found. */
  #kept: Buffer[] = [];
  #keptBytes = 0;
  #keeping = false;

  constructor(key: string) {
    this.#key = key;
  }

  /** Reads the next chunk. Null: the search goes on. */
  take(bytes: Buffer, length: number): Search | null {
    let at = this.#depth === 0 ? this.#start(bytes, length) : 0;
    if (at < 0) return unknown('not_an_object');
    let from = 0;
    while (at < length) {
      if (this.#inString) {
        at = this.#string(bytes, at, length);
        if (at < 0) return unknown('broken');
        if (this.#inString) break;
        if (this.#inKey) {
          this.#inKey = false;
          this.#keep(bytes, from, at);
          const name = this.#name();
          this.#forget();
          if (name === null) return unknown('broken');
          this.#wanted = name === this.#key;
        }
        continue;
      }
      const byte = bytes[at] as number;
      switch (CLASSES[byte]) {
        case PLAIN:
          break;
        case QUOTE:
          this.#inString = true;
          if (this.#keyComes) {
            this.#keyComes = false;
            this.#inKey = true;
            this.#keeping = true;
            from = at;
          }
          break;
        case OPEN:
          if (this.#depth === MAX_DEPTH) return unknown('too_deep');
          if (this.#keyComes) return unknown('broken');
          this.#depth += 1;
          this.#open[this.#depth] = byte;
          if (this.#depth === 2 && this.#wanted) {
            if (byte !== 0x7b) return ABSENT;
            this.#keeping = true;
            from = at;
          }
          break;
        case CLOSE:
          // `{` and `}` are two apart, as `[` and `]` are.
          if (this.#open[this.#depth] !== byte - 2) return unknown('broken');
          this.#depth -= 1;
          if (this.#depth === 0) return ABSENT;
          if (this.#depth === 1 && this.#keeping) {
            this.#keep(bytes, from, at + 1);
            return this.#keptBytes > MAX_OBJECT_BYTES
              ? unknown('too_large')
              : { kind: 'found', text: Buffer.concat(this.#kept).toString('utf8') };
          }
          break;
        case COMMA:
          if (this.#depth === 1) {
            // The value has ended, and it was no object.
            if (this.#wanted) return ABSENT;
            this.#keyComes = true;
          }
          break;
        case COLON:
          break;
        default:
          return unknown('broken');
      }
      at += 1;
    }
    if (!this.#keeping) return null;
    this.#keep(bytes, from, length);
    return !this.#inKey && this.#keptBytes > MAX_OBJECT_BYTES ? unknown('too_large') : null;
  }

  /** The result at the end of the file, where the outermost object has not ended. An empty file has none. */
  end(): Search {
    return this.#started === 0 ? ABSENT : unknown('cut_off');
  }

  /** The position behind the outermost object's `{`; below 0: there is none. */
  #start(bytes: Buffer, length: number): number {
    for (let at = 0; at < length; at += 1) {
      const byte = bytes[at] as number;
      if (byte === 0x7b) {
        this.#started += 1;
        this.#depth = 1;
        this.#open[1] = byte;
        this.#keyComes = true;
        return at + 1;
      }
      const blank = byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
      if (!blank && !(this.#started < 3 && byte === MARK[this.#started])) return -1;
      if (!blank) this.#started += 1;
    }
    return length;
  }

  /** The position behind the current string; `length` where it goes on; below 0: not a valid string. */
  #string(bytes: Buffer, from: number, length: number): number {
    let at = from;
    if (this.#escaped) {
      this.#escaped = false;
      at += 1;
    }
    for (; at < length; at += 1) {
      const byte = bytes[at] as number;
      if (byte === 0x22) {
        this.#inString = false;
        return at + 1;
      }
      if (byte === 0x5c) {
        at += 1;
        if (at === length) this.#escaped = true;
      } else if (byte < 0x20) {
        return -1;
      }
    }
    return length;
  }

  #keep(bytes: Buffer, from: number, to: number): void {
    this.#keptBytes += to - from;
    // Beyond the largest object only the length counts.
    if (this.#keptBytes <= MAX_OBJECT_BYTES) this.#kept.push(Buffer.from(bytes.subarray(from, to)));
  }

  #forget(): void {
    this.#kept = [];
    this.#keptBytes = 0;
    this.#keeping = false;
  }

  /** The key that was kept; null where it is broken. Empty for a key that is too long. */
  #name(): string | null {
    if (this.#keptBytes === 0 || this.#keptBytes > MAX_NAME_BYTES) return '';
    const text = Buffer.concat(this.#kept).toString('utf8');
    if (!text.includes('\\')) return text.slice(1, -1);
    try {
      return JSON.parse(text) as string;
    } catch {
      return null;
    }
  }
}
