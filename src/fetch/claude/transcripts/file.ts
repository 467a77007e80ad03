import type { Stats } from 'node:fs';
import type { System } from '../../../platform/system.ts';
import { hash } from './hash.ts';
import { readLines, START } from './lines.ts';
import type { LinesRead } from './lines.ts';

/** How far a transcript has been read, and its fingerprint at that time. */
export interface TranscriptFile extends LinesRead {
  /** Its fingerprint when it was opened last. */
  readonly ino: number;
  readonly size: number;
  readonly mtimeMs: number;
  /** Hash of bytes from the start of the file and from before `offset`: shows whether it was only appended to. */
  readonly sample: number;
}

/** Whether a file has the fingerprint that it had when it was read to its end. */
export function isUnchanged(file: TranscriptFile, { ino, size, mtimeMs }: Stats): boolean {
  return file.complete && file.ino === ino && file.size === size && file.mtimeMs === mtimeMs;
}

/**
 * Reads what was appended to a transcript since the last scan. Starts at its beginning when it is new, another file under
 * the same name, shorter, or has other bytes than before. Lines that are read twice count once.
 *
 * @param previous how far the last scan has read it
 * @param stop called after every chunk
 * @returns how far it has been read now; null when it cannot be read
 */
export function readFile(
  fs: System['fs'],
  path: string,
  previous: TranscriptFile | undefined,
  buffer: Buffer,
  stop: () => boolean,
  onLine: (line: Buffer) => void,
): TranscriptFile | null {
  const open = openRegular(fs, path);
  if (open === null) return null;
  const { fd, stat } = open;
  try {
    const { ino, size, mtimeMs } = stat;
    const isSame =
      previous?.ino === ino &&
      size >= previous.offset &&
      sampleOf(fs, fd, previous.offset) === previous.sample;
    const read = readLines(fs, fd, isSame ? previous : START, buffer, stop, onLine);
    return { ...read, ino, size, mtimeMs, sample: sampleOf(fs, fd, read.offset) };
  } catch {
    return null;
  } finally {
    fs.closeSync(fd);
  }
}

/**
 * Opens a regular file for reading: follows no link, and does not wait for the writer of a FIFO. Null for anything
 * else. The caller closes it.
 */
export function openRegular(fs: System['fs'], path: string): { fd: number; stat: Stats } | null {
  const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = fs.constants;
  let fd: number;
  try {
    fd = fs.openSync(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
  } catch {
    return null;
  }
  try {
    const stat = fs.fstatSync(fd);
    if (stat.isFile()) return { fd, stat };
  } catch {
    // Handled as any other kind of file.
  }
  fs.closeSync(fd);
  return null;
}

/** The length of a sample, bytes: the ids of a line, by which lines differ, are that close to its start or end. */
const SAMPLE = 128;

function sampleOf(fs: System['fs'], fd: number, offset: number): number {
  const length = Math.min(SAMPLE, offset);
  const bytes = Buffer.alloc(2 * length);
  fs.readSync(fd, bytes, 0, length, 0);
  fs.readSync(fd, bytes, length, length, offset - length);
  return hash(bytes);
}
