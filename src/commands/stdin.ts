import { reportFormat } from '../fetch/registry.ts';
import { errno } from '../platform/errno.ts';
import { isTerminal } from '../platform/stdio.ts';
import type { System } from '../platform/system.ts';

/*
 * Standard input of `usageline statusline`, the only command that reads it. It may be endless, silent, huge or closed.
 * `process.stdin` would take an eighth of a Node start, so it is read without a stream where a read cannot block.
 */

const STDIN = 0;

/** The largest input, bytes. A session's object has a few KB. */
export const MAX_INPUT_BYTES = 1024 * 1024;
/** How long to wait for a complete object, ms. */
export const INPUT_PATIENCE_MS = 200;

const CHUNK_BYTES = 64 * 1024;

/** The bytes that have arrived. */
export class Input {
  #bytes: Buffer = Buffer.alloc(0);

  /** @returns whether to read on: false for too many bytes, or if they do not begin like an object */
  add(chunk: Buffer): boolean {
    this.#bytes = this.#bytes.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#bytes, chunk]);
    return this.#bytes.length <= MAX_INPUT_BYTES && this.#beginsLikeAnObject();
  }

  /** Whether a complete object has arrived. Its sender may leave the pipe open. */
  get complete(): boolean {
    let last = this.#bytes.length - 1;
    while (last >= 0 && (this.#bytes[last] as number) <= 0x20) last -= 1;
    if (this.#bytes[last] !== 0x7d) return false;
    return reportFormat?.isComplete(this.text) ?? true;
  }

  /** All bytes; none if they were too many. */
  get bytes(): Buffer {
    return this.#bytes.length > MAX_INPUT_BYTES ? Buffer.alloc(0) : this.#bytes;
  }

  get text(): string {
    const { bytes } = this;
    const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
    return bytes.toString('utf8', marked ? 3 : 0);
  }

  #beginsLikeAnObject(): boolean {
    for (const byte of this.#bytes.subarray(0, 1024)) {
      if (byte > 0x20) return byte === 0x7b || byte === 0xef;
    }
    return true;
  }
}

/** Reads standard input; null if only a stream can read it without blocking. */
export function readStdinNow(system: System): Input | null {
  const { fs, platform } = system;
  const input = new Input();
  try {
    const stat = fs.fstatSync(STDIN);
    if (stat.isFile()) return readAll(system, STDIN, input);
    if (stat.isCharacterDevice() || stat.isDirectory()) {
      // At a terminal the user wants to see the line. Other devices, such as /dev/null, send no object.
      return isTerminal(system, STDIN) || platform !== 'win32' ? input : null;
    }
    if (platform !== 'linux' || !stat.isFIFO()) return null;
    // Opens the pipe again: O_NONBLOCK on the inherited descriptor would apply to its other readers as well.
    const fd = fs.openSync('/proc/self/fd/0', fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    return readAll(system, fd, input);
  } catch (error) {
    return errno(error) === 'EBADF' ? input : null;
  }
}

function readAll({ fs, monotonic }: System, fd: number, input: Input): Input {
  const until = monotonic() + INPUT_PATIENCE_MS;
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let pause = 1; ;) {
    try {
      const count = fs.readSync(fd, chunk, 0, CHUNK_BYTES, null);
      if (count === 0 || !input.add(chunk.subarray(0, count))) return input;
      if (monotonic() >= until) return input;
    } catch (error) {
      if (errno(error) !== 'EAGAIN') return input;
      if (input.complete || monotonic() >= until) return input;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause);
      pause = Math.min(pause * 2, 10);
    }
  }
}
