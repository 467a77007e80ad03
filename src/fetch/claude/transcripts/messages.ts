import { joined, UNKNOWN_MODEL } from './message.ts';
import type { Message } from './message.ts';

/** Numbers in a row: key, firstAt, lastAt, index of the model, input, output, cacheCreation, cacheRead. */
const FIELDS = 8;
/** More messages than 4 GB of transcripts have. Further ones are not counted, so that memory is bounded (32 MB). */
const MAX_MESSAGES = 500_000;
/** Names of models beyond these count as unknown. */
const MAX_MODELS = 64;

/**
 * All messages of the last days, each once. They are kept as rows of numbers, which take a fifth of the memory that
 * objects would, and are written to disk as they are.
 */
export class Messages {
  readonly models: string[];
  #rows: Float64Array;
  /** Number of the row, by key. */
  readonly #rowOf = new Map<number, number>();

  /** @param rows as `rows` returned them */
  constructor(models: readonly string[] = [], rows = new Float64Array(0)) {
    this.models = [...models];
    this.#rows = rows;
    for (let row = 0; row * FIELDS < rows.length; row += 1) this.#rowOf.set(rows[row * FIELDS]!, row);
  }

  get size(): number {
    return this.#rowOf.size;
  }

  get rows(): Float64Array {
    return this.#rows.subarray(0, this.size * FIELDS);
  }

  /** Adds a line of a message, and joins it with the lines of the same message that were added before. */
  add(message: Message): void {
    const row = this.#rowOf.get(message.key);
    if (row !== undefined) {
      const before = this.#messageAt(row);
      const after = joined(before, message);
      if (after !== before) this.#write(row, after);
    } else if (this.size < MAX_MESSAGES) {
      this.#write(this.size, message);
      this.#rowOf.set(message.key, this.size);
    }
  }

  *[Symbol.iterator](): Generator<Message> {
    for (let row = 0; row < this.size; row += 1) yield this.#messageAt(row);
  }

  /** Removes the messages whose counts are from before `since` (epoch ms). Returns when they began, epoch ms. */
  expire(since: number): number[] {
    const times: number[] = [];
    const rows = this.rows;
    this.#rowOf.clear();
    for (let from = 0; from < rows.length; from += FIELDS) {
      const [key, firstAt, lastAt] = rows.subarray(from, from + 3) as unknown as [number, number, number];
      if (lastAt < since) {
        times.push(firstAt);
      } else {
        rows.copyWithin(this.size * FIELDS, from, from + FIELDS);
        this.#rowOf.set(key, this.size);
      }
    }
    return times;
  }

  #messageAt(row: number): Message {
    const [key, firstAt, lastAt, model, input, output, cacheCreation, cacheRead] = this.#rows.subarray(
      row * FIELDS,
      (row + 1) * FIELDS,
    ) as unknown as [number, number, number, number, number, number, number, number];
    return {
      key,
      firstAt,
      lastAt,
      model: this.models[model]!,
      counts: { input, output, cacheCreation, cacheRead },
    };
  }

  #write(row: number, { key, firstAt, lastAt, model, counts }: Message): void {
    const at = row * FIELDS;
    if (at === this.#rows.length) {
      const larger = new Float64Array(Math.max(1024 * FIELDS, 2 * at));
      larger.set(this.#rows);
      this.#rows = larger;
    }
    const { input, output, cacheCreation, cacheRead } = counts;
    this.#rows.set([key, firstAt, lastAt, this.#indexOf(model), input, output, cacheCreation, cacheRead], at);
  }

  #indexOf(model: string): number {
    const index = this.models.indexOf(model);
    if (index >= 0) return index;
    if (this.models.length >= MAX_MODELS - 1 && model !== UNKNOWN_MODEL) return this.#indexOf(UNKNOWN_MODEL);
    return this.models.push(model) - 1;
  }
}
