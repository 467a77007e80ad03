import type { LookupAddress } from 'node:dns';

// An `import` would copy all of their functions in the bundle.
const fs = process.getBuiltinModule('node:fs');
const { isIP } = process.getBuiltinModule('node:net');

const CHUNK_BYTES = 256 * 1024;
/** Lists against advertisements have some MB. Beyond one of these bounds the rest of the file is not read. */
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_MS = 300;

/**
 * The addresses of a name in a hosts file, in their order; none when the file cannot be read. The file is read piece by
 * piece, within a bound of time, and as bytes: a comment can be in any encoding. Its own names are taken with or without
 * a dot at their end, in any case.
 *
 * @param wanted in lower case, without a dot at its end
 */
export function hostsAddresses(path: string, wanted: string): LookupAddress[] {
  const found: LookupAddress[] = [];
  const until = milliseconds() + MAX_MS;
  const { O_RDONLY, O_NONBLOCK = 0 } = fs.constants;
  let fd: number | null = null;
  try {
    // A FIFO would wait for its writer.
    fd = fs.openSync(path, O_RDONLY | O_NONBLOCK);
    if (!fs.fstatSync(fd).isFile()) return [];
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    let begun = '';
    for (let total = 0; total < MAX_BYTES && milliseconds() < until;) {
      const count = fs.readSync(fd, chunk, 0, CHUNK_BYTES, null);
      const text = begun + chunk.toString('latin1', 0, count);
      // At the end of the file the last line need not have an end of its own.
      const end = count === 0 ? text.length : text.lastIndexOf('\n') + 1;
      addFrom(text.slice(0, end), wanted, found);
      if (count === 0) break;
      total += count;
      // The rest of a line that is longer than any is passed over, as a comment.
      begun = text.length - end > CHUNK_BYTES ? '#' : text.slice(end);
    }
  } catch {
    // What cannot be read has no more names.
  } finally {
    if (fd !== null) fs.closeSync(fd);
  }
  return found;
}

/** Monotonic. `performance` would load ten modules. */
function milliseconds(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

function addFrom(lines: string, wanted: string, found: LookupAddress[]): void {
  // Almost no file has the name: its lines need not be looked at one by one.
  if (!lines.toLowerCase().includes(wanted)) return;
  for (const line of lines.split('\n')) {
    const [address = '', ...names] = (line.split('#', 1)[0] as string).trim().split(/\s+/);
    const family = isIP(address);
    if (family !== 0 && names.some((name) => name.toLowerCase().replace(/\.$/, '') === wanted)) {
      found.push({ address, family });
    }
  }
}
