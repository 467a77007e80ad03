import type { System } from '../../../platform/system.ts';
import { openRegular } from './disk.ts';
import { hash } from './key.ts';
import { readLines } from './lines.ts';
import type { LinesRead, Position } from './lines.ts';

/** What is known of one transcript. */
export interface TranscriptFile extends LinesRead {
  readonly name: string;
  readonly ino: number;
  /** As it was when it was last opened; -1: never. */
  readonly size: number;
  readonly mtimeMs: number;
  /** Hash of bytes at the start of the file and before `offset`: whether it is still the file that was read. */
  readonly print: number;
}

/** A transcript that has not been read yet. */
export function unread(name: string): TranscriptFile {
  return { name, ino: 0, size: -1, mtimeMs: 0, print: 0, offset: 0, skipping: false, complete: false };
}

/**
 * Reads on in a transcript where it was left, or from its start when it is not what was read before: another
 * file under the name, a shorter one, other bytes. What is met twice counts once, so starting over costs time only.
 * @returns what is known of it now; null when it cannot be read
 */
export function readOn(
  fs: System['fs'],
  path: string,
  known: TranscriptFile,
  buffer: Buffer,
  stop: () => boolean,
  onLine: (line: Buffer) => void,
): TranscriptFile | null {
  const open = openRegular(fs, path);
  if (open === null) return null;
  const { fd, stat } = open;
  try {
    const same =
      known.ino === stat.ino && stat.size >= known.offset && print(fs, fd, known.offset) === known.print;
    const from: Position = same ? known : { offset: 0, skipping: false };
    const read = readLines(fs, fd, from, buffer, stop, onLine);
    const { name } = known;
    const { ino, size, mtimeMs } = stat;
    return { name, ino, size, mtimeMs, print: print(fs, fd, read.offset), ...read };
  } catch {
    return null;
  } finally {
    fs.closeSync(fd);
  }
}

/** Every line differs from every other in its ids: so much of the first and of the last one tells files apart. */
const SAMPLE = 128;

function print(fs: System['fs'], fd: number, offset: number): number {
  const length = Math.min(SAMPLE, offset);
  const bytes = Buffer.alloc(2 * length);
  fs.readSync(fd, bytes, 0, length, 0);
  fs.readSync(fd, bytes, length, length, offset - length);
  return hash(bytes);
}
