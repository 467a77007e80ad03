import { SECOND } from '../usage/time.ts';
import { parsePosixZone } from './posix.ts';
import type { LocalTime, ZoneRules } from './zone.ts';

/*
 * Parses files of the time zone database (RFC 9636): a header and tables with times of 4 bytes; from version 2 on, a second
 * header and tables with times of 8 bytes, and a zone in POSIX form for the time after the last change.
 */

const MAGIC = 'TZif';
const HEADER = 44;
/**
 * Longer abbreviations are cut to this length, bytes: a damaged file can have one of a megabyte, and forty thousand changes
 * that refer to it.
 */
const MAX_NAME = 32;

interface Header {
  readonly version: number;
  readonly leaps: number;
  readonly changes: number;
  readonly types: number;
  readonly nameBytes: number;
  /** The length of all tables in bytes, if a time has `timeBytes` bytes. */
  length(timeBytes: number): number;
}

/** Parses a file to a zone; null for another format, a damaged file, or one that counts leap seconds. */
export function parseZoneFile(bytes: Buffer): ZoneRules | null {
  try {
    return parse(bytes);
  } catch {
    // A table extends beyond the end of the file.
    return null;
  }
}

function parse(bytes: Buffer): ZoneRules | null {
  const first = headerAt(bytes, 0);
  if (first === null) return null;
  const second = first.version < 2 ? null : HEADER + first.length(4);
  const start = second ?? 0;
  const timeBytes = second === null ? 4 : 8;
  const header = headerAt(bytes, start);
  if (header === null || header.leaps > 0 || header.types === 0) return null;
  const timeAt = (index: number) => {
    const at = start + HEADER + index * timeBytes;
    return SECOND * (timeBytes === 8 ? Number(bytes.readBigInt64BE(at)) : bytes.readInt32BE(at));
  };
  const times = Array.from({ length: header.changes }, (_, index) => timeAt(index));
  const indexes = start + HEADER + header.changes * timeBytes;
  const types = indexes + header.changes;
  const names = types + header.types * 6;
  const typeAt = (index: number): LocalTime => {
    if (index >= header.types) throw new RangeError();
    const at = types + index * 6;
    const name = names + bytes.readUInt8(at + 5);
    return {
      offsetMs: bytes.readInt32BE(at) * SECOND,
      name: bytes.toString('latin1', name, Math.min(bytes.indexOf(0, name), name + MAX_NAME)),
    };
  };
  const local = times.map((_, index) => typeAt(bytes.readUInt8(indexes + index)));
  const before = typeAt(0);
  const end = start + HEADER + header.length(timeBytes);
  if (end > bytes.length) return null;
  const after = second === null ? null : parsePosixZone(bytes.toString('latin1', end).trim());
  const last = times.at(-1) ?? -Infinity;
  return (at) => {
    if (after !== null && at >= last) return after(at);
    return local[times.findLastIndex((time) => time <= at)] ?? before;
  };
}

function headerAt(bytes: Buffer, at: number): Header | null {
  if (bytes.toString('latin1', at, at + MAGIC.length) !== MAGIC) return null;
  const count = (index: number) => bytes.readUInt32BE(at + 20 + 4 * index);
  const [universal, standard, leaps, changes, types, nameBytes] = [0, 1, 2, 3, 4, 5].map(count) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  // In a damaged file this can be any number: check it before an array of that length is created.
  if (changes > bytes.length) return null;
  const length = (timeBytes: number) =>
    changes * (timeBytes + 1) + types * 6 + nameBytes + leaps * (timeBytes + 4) + standard + universal;
  return {
    version: Number(String.fromCharCode(bytes[at + 4]!)) || 1,
    leaps,
    changes,
    types,
    nameBytes,
    length,
  };
}
