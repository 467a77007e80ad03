import type { System } from '../../../platform/system.ts';
import { isObject } from '../../../usage/values.ts';
import { readBytes } from './disk.ts';
import type { Message } from './model.ts';

/**
 * Messages in columns, sorted by key: what is remembered of a week in the form it has on disk, which can be
 * searched as it is. A hundred thousand of them are five megabytes and take no time to load.
 */
export interface Archive {
  readonly models: readonly string[];
  readonly keys: Float64Array;
  readonly firstAt: Float64Array;
  readonly lastAt: Float64Array;
  /** Four for each message: input, output, cache creation, cache read. */
  readonly counts: Uint32Array;
  /** Index into `models`. */
  readonly modelOf: Uint16Array;
}

/** A file of ours that is larger is none. */
const MAX_BYTES = 512 * 1024 * 1024;
/** `usageln1` as the first eight bytes; the digit is the version of the form. */
const MAGIC = Buffer.from('usageln1').readDoubleLE();
/** Magic, checksum, number of messages, length of the names. */
export const HEADER = 4 * 8;
/** No more names of models than these are told apart. */
export const MAX_MODELS = 256;

export function emptyArchive(): Archive {
  return allocated([], 0);
}

export function allocated(models: readonly string[], size: number): Archive {
  return {
    models,
    keys: new Float64Array(size),
    firstAt: new Float64Array(size),
    lastAt: new Float64Array(size),
    counts: new Uint32Array(4 * size),
    modelOf: new Uint16Array(size),
  };
}

export function messageAt(archive: Archive, index: number): Message {
  const { keys, firstAt, lastAt, counts, modelOf, models } = archive;
  const at = 4 * index;
  return {
    key: keys[index]!,
    firstAt: firstAt[index]!,
    lastAt: lastAt[index]!,
    model: models[modelOf[index]!]!,
    counts: {
      input: counts[at]!,
      output: counts[at + 1]!,
      cacheCreation: counts[at + 2]!,
      cacheRead: counts[at + 3]!,
    },
  };
}

/** Where the message with a key is; -1 when it is not there. */
export function indexOf({ keys }: Archive, key: number): number {
  let low = 0;
  let high = keys.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = keys[middle]!;
    if (found === key) return middle;
    if (found < key) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** The bytes of an archive file, with the checksum that tells it from every other. */
export function encodeArchive(
  archive: Archive,
  roots: readonly string[],
): { bytes: Buffer; checksum: number } {
  const names = Buffer.from(JSON.stringify({ roots, models: archive.models }));
  const padded = padding(names.length);
  const columns = columnsOf(archive).map((column) =>
    Buffer.from(column.buffer, column.byteOffset, column.byteLength),
  );
  const end = Buffer.alloc(padding(archive.modelOf.byteLength) - archive.modelOf.byteLength);
  const bytes = Buffer.concat([
    Buffer.alloc(HEADER),
    names,
    Buffer.alloc(padded - names.length),
    ...columns,
    end,
  ]);
  bytes.writeDoubleLE(MAGIC, 0);
  bytes.writeDoubleLE(archive.keys.length, 16);
  bytes.writeDoubleLE(names.length, 24);
  const sum = checksum(bytes);
  bytes.writeDoubleLE(sum, 8);
  return { bytes, checksum: sum };
}

/** An archive file of these roots; null for one that is absent, damaged, or of other roots. */
export function readArchive(
  { fs }: System,
  path: string,
  roots: readonly string[],
): { archive: Archive; checksum: number } | null {
  const bytes = readBytes(fs, path, MAX_BYTES);
  if (bytes === null || bytes.length < HEADER || bytes.length % 8 !== 0) return null;
  const [sum, size, length] = [8, 16, 24].map((at) => bytes.readDoubleLE(at)) as [number, number, number];
  if (!isArchive(bytes, bytes.length) || sum !== checksum(bytes)) return null;
  let at = HEADER + padding(length);
  const models = modelsOf(bytes.toString('utf8', HEADER, HEADER + length), roots);
  if (models === null) return null;
  const next = (width: number) => {
    at += width * size;
    return bytes.byteOffset + at - width * size;
  };
  const archive: Archive = {
    models,
    keys: new Float64Array(bytes.buffer, next(8), size),
    firstAt: new Float64Array(bytes.buffer, next(8), size),
    lastAt: new Float64Array(bytes.buffer, next(8), size),
    counts: new Uint32Array(bytes.buffer, next(16), 4 * size),
    modelOf: new Uint16Array(bytes.buffer, next(2), size),
  };
  return archive.modelOf.every((index) => index < models.length) ? { archive, checksum: sum } : null;
}

/** Whether a file of so many bytes can be an archive, by its header. */
export function isArchive(header: Buffer, bytes: number): boolean {
  const [magic, size, length] = [0, 16, 24].map((at) => header.readDoubleLE(at)) as [number, number, number];
  if (magic !== MAGIC || !isCount(size) || !isCount(length)) return false;
  return bytes === HEADER + padding(length) + 40 * size + padding(2 * size);
}

function columnsOf({ keys, firstAt, lastAt, counts, modelOf }: Archive) {
  return [keys, firstAt, lastAt, counts, modelOf];
}

function modelsOf(text: string, roots: readonly string[]): string[] | null {
  let names: unknown;
  try {
    names = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(names) || JSON.stringify(names.roots) !== JSON.stringify(roots)) return null;
  const { models } = names;
  if (!Array.isArray(models) || models.length > MAX_MODELS) return null;
  return models.every((name) => typeof name === 'string') ? (models as string[]) : null;
}

/** Over everything but the checksum's own place, eight bytes at the second word. */
function checksum(bytes: Buffer): number {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  for (let index = 4; index < words.length; index += 1) {
    a = Math.imul(a ^ words[index]!, 0x01000193);
    a ^= a >>> 15;
    b = Math.imul(b + words[index]!, 0x85ebca6b);
    b ^= b >>> 13;
  }
  return (a & 0x1fffff) * 2 ** 32 + (b >>> 0);
}

export function padding(length: number): number {
  return Math.ceil(length / 8) * 8;
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < MAX_BYTES;
}
