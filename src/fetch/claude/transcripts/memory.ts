import type { System } from '../../../platform/system.ts';
import { openRegular } from './file.ts';
import type { TranscriptFile } from './file.ts';
import { hash } from './hash.ts';
import { Messages } from './messages.ts';
import { areSame } from './roots.ts';

/** What one scan leaves for the next: `transcripts.bin`. */
export interface Memory {
  /** Epoch ms of the scan. */
  readonly scannedAt: number;
  /** When the last 5-hour block of the messages that were dropped as too old began, epoch ms; null if none were. */
  readonly block: number | null;
  /** The transcripts of the last days, by path. */
  readonly files: ReadonlyMap<string, TranscriptFile>;
  readonly messages: Messages;
}

const SCHEMA_VERSION = 5;
/** Twice the size of a file with the largest number of messages. */
const MAX_BYTES = 64 * 1024 * 1024;
const NEWLINE = 0x0a;

/** The second line of the file. */
interface Head {
  readonly schema_version: number;
  readonly roots: readonly string[];
  readonly scanned_at: number;
  readonly block: number | null;
  readonly models: readonly string[];
  readonly files: readonly (readonly [string, TranscriptFile])[];
}

export function emptyMemory(): Memory {
  return { scannedAt: 0, block: null, files: new Map(), messages: new Messages() };
}

/** The file: a line with the hash of everything after it, a line of JSON (`Head`), and the rows of the messages as bytes. */
export function serializeMemory(
  { scannedAt, block, files, messages }: Memory,
  roots: readonly string[],
): Buffer {
  const head: Head = {
    schema_version: SCHEMA_VERSION,
    roots,
    scanned_at: scannedAt,
    block,
    models: messages.models,
    files: [...files],
  };
  const { buffer, byteOffset, byteLength } = messages.rows;
  const content = Buffer.concat([
    Buffer.from(`${JSON.stringify(head)}\n`),
    Buffer.from(buffer, byteOffset, byteLength),
  ]);
  return Buffer.concat([Buffer.from(`${hash(content)}\n`), content]);
}

/**
 * Reads the memory of these roots. Null if the file is absent, of another version or other roots, or damaged; the scan then
 * reads all transcripts from their start.
 */
export function readMemory(system: System, path: string, roots: readonly string[]): Memory | null {
  try {
    const bytes = readOwnBytes(system, path);
    return bytes && parseMemory(bytes, roots);
  } catch {
    return null;
  }
}

function parseMemory(bytes: Buffer, roots: readonly string[]): Memory | null {
  const start = bytes.indexOf(NEWLINE) + 1;
  const content = bytes.subarray(start);
  // A file with the right hash was written by this program, so its parts are not validated.
  if (bytes.toString('latin1', 0, start) !== `${hash(content)}\n`) return null;
  const end = content.indexOf(NEWLINE) + 1;
  const head = JSON.parse(content.toString('utf8', 0, end)) as Head;
  if (head.schema_version !== SCHEMA_VERSION || !areSame(head.roots, roots)) return null;
  const rows = new Uint8Array(content.subarray(end));
  return {
    scannedAt: head.scanned_at,
    block: head.block,
    files: new Map(head.files),
    messages: new Messages(head.models, new Float64Array(rows.buffer)),
  };
}

/** The bytes of the user's own file; null when it is absent, too large, or not a regular file. */
function readOwnBytes({ fs, uid }: System, path: string): Buffer | null {
  const open = openRegular(fs, path);
  if (open === null) return null;
  try {
    const isOwn = uid === null || open.stat.uid === uid;
    return isOwn && open.stat.size <= MAX_BYTES ? fs.readFileSync(open.fd) : null;
  } finally {
    fs.closeSync(open.fd);
  }
}
