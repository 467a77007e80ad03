import type { LookupAddress } from 'node:dns';

// With an `import`, the bundle would copy all functions of the modules at every start.
const fs = process.getBuiltinModule('node:fs');
const { isIP } = process.getBuiltinModule('node:net');

const CHUNK_BYTES = 256 * 1024;
/** Lists that block advertisements have some MB. Beyond one of these bounds the rest of the file is not read. */
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_MS = 300;

/**
 * The addresses of a name in a hosts file, in their order; none if the file cannot be read. The file is read in chunks,
 * for a limited time, and as bytes: a comment can have any encoding. Case and a final dot of its names do not matter.
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
      // The last line of the file need not end with a newline.
      const end = count === 0 ? text.length : text.lastIndexOf('\n') + 1;
      addFrom(text.slice(0, end), wanted, found);
      if (count === 0) break;
      total += count;
      // The rest of a line that is too long to be valid is skipped like a comment.
      begun = text.length - end > CHUNK_BYTES ? '#' : text.slice(end);
    }
  } catch {
    // The names found so far count.
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
  // Few files contain the name: then the lines need not be parsed.
  if (!lines.toLowerCase().includes(wanted)) return;
  for (const line of lines.split('\n')) {
    const [address = '', ...names] = (line.split('#', 1)[0] as string).trim().split(/\s+/);
    const family = isIP(address);
    if (family !== 0 && names.some((name) => name.toLowerCase().replace(/\.$/, '') === wanted)) {
      found.push({ address, family });
    }
  }
}
