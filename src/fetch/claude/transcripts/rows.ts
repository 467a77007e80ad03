import type { TranscriptFile } from './file.ts';
import { isHash } from './key.ts';
import { MAX_COUNT } from './message.ts';
import type { Message, TokenCounts } from './model.ts';

/*
 * What is remembered as rows instead of objects: thousands are read while a prompt waits. Whatever is not as it was
 * written ends in an exception, and the file it stands in is none then.
 */

export type Row = readonly unknown[];

/** The names of models are said once, in the order in which they were met. */
export class ModelNames {
  readonly #indexes = new Map<string, number>();

  indexOf(model: string): number {
    if (!this.#indexes.has(model)) this.#indexes.set(model, this.#indexes.size);
    return this.#indexes.get(model)!;
  }

  get all(): string[] {
    return [...this.#indexes.keys()];
  }
}

export type ModelOf = (index: unknown) => string;

export function modelsIn(value: unknown): ModelOf {
  const models = list(value).map(text);
  return (index) => text(models[number(index)]);
}

export function messageRow({ key: id, firstAt, lastAt, model, counts }: Message, names: ModelNames): Row {
  return [id, firstAt, lastAt, names.indexOf(model), ...countsRow(counts)];
}

export function messageOf([id, firstAt, lastAt, index, ...counts]: Row, model: ModelOf): Message {
  return {
    key: key(id),
    firstAt: number(firstAt),
    lastAt: number(lastAt),
    model: model(index),
    counts: countsOf(counts, MAX_COUNT),
  };
}

export function countsRow({ input, output, cacheCreation, cacheRead }: TokenCounts): number[] {
  return [input, output, cacheCreation, cacheRead];
}

export function countsOf(row: Row, most: number): TokenCounts {
  const [input, output, cacheCreation, cacheRead] = row.map((value) => {
    if (!isHash(value) || value > most) throw new TypeError();
    return value;
  });
  return {
    input: number(input),
    output: number(output),
    cacheCreation: number(cacheCreation),
    cacheRead: number(cacheRead),
  };
}

export function fileRow(file: TranscriptFile): Row {
  const { name, ino, size, mtimeMs, offset, print, skipping, complete } = file;
  return [name, ino, size, mtimeMs, offset, print, (skipping ? 1 : 0) + (complete ? 2 : 0)];
}

export function fileOf([name, ino, size, mtimeMs, offset, print, flags]: Row): TranscriptFile {
  const from = number(offset);
  if (from < 0 || !Number.isInteger(from)) throw new TypeError();
  return {
    name: text(name),
    ino: number(ino),
    size: number(size),
    mtimeMs: number(mtimeMs),
    offset: from,
    print: key(print),
    skipping: (number(flags) & 1) !== 0,
    complete: (number(flags) & 2) !== 0,
  };
}

export function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new TypeError();
  return value;
}

export function text(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError();
  return value;
}

export function number(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new TypeError();
  return value;
}

export function key(value: unknown): number {
  if (!isHash(value)) throw new TypeError();
  return value;
}

export function orNull<T>(parse: () => T | null): T | null {
  try {
    return parse();
  } catch {
    return null;
  }
}
