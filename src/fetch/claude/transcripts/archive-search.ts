import type { System } from '../../../platform/system.ts';
import { isObject } from '../../../usage/values.ts';
import { HEADER, isArchive, padding } from './archive.ts';
import { openRegular, readAt } from './disk.ts';
import type { Message } from './model.ts';
import { list, orNull, text } from './rows.ts';

/** An archive file in which single messages are looked up where they are, for who has not the time to load it. */
export interface ArchiveSearch {
  /** Throws for a file that is not what it says it is. */
  find(key: number): Message | null;
  close(): void;
}

/**
 * Opens the archive with a checksum; null when there is no such. The checksum is the one it was written with: a file
 * whose bytes have gone bad since is noticed when it is loaded, which is within a minute.
 */
export function openArchive({ fs }: System, path: string, checksum: number): ArchiveSearch | null {
  const open = openRegular(fs, path);
  if (open === null) return null;
  const { fd } = open;
  const close = () => fs.closeSync(fd);
  const at = (size: number, position: number): Buffer => {
    const bytes = readAt(fs, fd, size, position);
    if (bytes === null) throw new RangeError();
    return bytes;
  };
  const layout = orNull(() => {
    const header = at(HEADER, 0);
    const [size, length] = [header.readDoubleLE(16), header.readDoubleLE(24)];
    if (!isArchive(header, open.stat.size) || header.readDoubleLE(8) !== checksum) return null;
    const names: unknown = JSON.parse(at(length, HEADER).toString('utf8'));
    const models = list(isObject(names) ? names.models : null).map(text);
    return { size, models, begin: HEADER + padding(length) };
  });
  if (layout === null) {
    close();
    return null;
  }
  const { size, models, begin } = layout;
  /** A column is behind those before it, which take so many bytes a message. */
  const cell = (before: number, width: number, index: number) =>
    at(width, begin + before * size + width * index);
  const find = (key: number): Message | null => {
    let low = 0;
    let high = size - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const found = cell(0, 8, middle).readDoubleLE();
      if (found === key) return messageAt(middle, key);
      if (found < key) low = middle + 1;
      else high = middle - 1;
    }
    return null;
  };
  const messageAt = (index: number, key: number): Message => {
    const counts = cell(24, 16, index);
    const [input, output, cacheCreation, cacheRead] = [0, 4, 8, 12].map((byte) => counts.readUInt32LE(byte));
    return {
      key,
      firstAt: cell(8, 8, index).readDoubleLE(),
      lastAt: cell(16, 8, index).readDoubleLE(),
      model: text(models[cell(40, 2, index).readUInt16LE()]),
      counts: {
        input: input as number,
        output: output as number,
        cacheCreation: cacheCreation as number,
        cacheRead: cacheRead as number,
      },
    };
  };
  return { find, close };
}
