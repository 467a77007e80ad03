import { parsePath, PATH_ACCEPTED } from '../usage/json-path.ts';
import type { JsonPath } from '../usage/json-path.ts';
import { didYouMean } from '../usage/nearest.ts';
import { quoteValue } from './warnings.ts';

/** A table of the configuration. */
export type Table = Readonly<Record<string, unknown>>;

/** A mistake in a list of tables. */
export interface TableMistake {
  /** The way from the list to the key: `1`, `window`, `0`, `reset`. Its line is that of the first parent in the file. */
  readonly path: readonly string[];
  /** A sentence without the place. */
  readonly text: string;
}

/** Takes a mistake; `path`: the way from the table that is read to the key. */
export type Report = (path: readonly string[], text: string) => void;

/** The report for a table inside of another one. */
export function reportBelow(report: Report, ...way: readonly string[]): Report {
  return (path, text) => report([...way, ...path], text);
}

/** Reads the fields of one table and reports what is wrong with them. */
export class TableReader {
  readonly #table: Table;
  readonly #prefix: string;
  readonly #of: string;
  readonly #report: Report;

  /**
   * @param prefix the name of the table, for messages: `provider.window`
   * @param of the account or provider that it belongs to, for messages
   */
  constructor(table: Table, prefix: string, of: string, report: Report) {
    this.#table = table;
    this.#prefix = prefix;
    this.#of = of;
    this.#report = report;
  }

  has(key: string): boolean {
    return this.#table[key] !== undefined;
  }

  get(key: string): unknown {
    return this.#table[key];
  }

  /** Reports a value; what is accepted follows it. `shown`: what is wrong, where the value must not be repeated. */
  refuse(key: string, accepted: string, { shown, near = '' }: { shown?: string; near?: string } = {}): null {
    const value = this.#table[key];
    const wrong = shown ?? (value === undefined ? 'is missing' : `is ${quoteValue(value)}`);
    this.#report([key], `${this.#prefix}.${key}${this.#of} ${wrong}; accepted: ${accepted}${near}`);
    return null;
  }

  /** Reports keys that do not exist. */
  refuseUnknown(keys: readonly string[]): void {
    for (const key of Object.keys(this.#table)) {
      if (keys.includes(key)) continue;
      const isKey = /^(?:api_?)?(?:key|token|secret)$/i.test(key);
      const near = isKey
        ? '; the key itself does not belong here: name its variable in key_variable, or what prints it in key_command'
        : didYouMean(key, keys, '"');
      const list = keys.join(', ');
      this.#report(
        [key],
        `${quoteValue(`${this.#prefix}.${key}`)}${this.#of} is no key; accepted: ${list}${near}`,
      );
    }
  }

  /** A text that matches; null for none, and for one that is refused. */
  text(key: string, pattern: RegExp, accepted: string): string | null {
    const value = this.#table[key];
    if (value === undefined) return null;
    return typeof value === 'string' && pattern.test(value) ? value : this.refuse(key, accepted);
  }

  /** One of several words; null for none. */
  word<Word extends string>(key: string, words: readonly Word[]): Word | null {
    const value = this.#table[key];
    if (value === undefined || words.includes(value as Word)) return (value as Word | undefined) ?? null;
    const near = typeof value === 'string' ? didYouMean(value, words, '"') : '';
    return this.refuse(key, words.map((word) => `"${word}"`).join(', '), { near });
  }

  truth(key: string): boolean {
    const value = this.#table[key];
    if (value !== undefined && typeof value !== 'boolean') this.refuse(key, 'true, false');
    return value === true;
  }

  path(key: string): JsonPath | null {
    const value = this.#table[key];
    if (value === undefined) return null;
    return (typeof value === 'string' ? parsePath(value) : null) ?? this.refuse(key, PATH_ACCEPTED);
  }
}

export function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
