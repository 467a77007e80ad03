import { parse } from 'smol-toml';
import { lineIndex } from './line-index.ts';
import { KEYS, NAMES, OUTPUTS, isSection, keyAt, namesBelow, REFERENCES } from './schema.ts';
import type { Key } from './schema.ts';
import { nearest } from '../usage/nearest.ts';
import { quoteValue } from './warnings.ts';

/** An accepted value and its line. */
export interface LocatedValue {
  readonly value: unknown;
  /** Line number in the file, from 1; null if unknown. */
  readonly line: number | null;
}

/** A mistake in the file: a sentence without the name of the file. */
export interface Mistake {
  readonly line: number | null;
  /** From 1; absent or null for a mistake that is not one of syntax. */
  readonly column?: number | null;
  readonly text: string;
}

/** What a configuration file contains. */
export interface Contents {
  /** By dotted name: `timeout`, `thresholds.warn`, `output.tmux.percent`. */
  readonly values: ReadonlyMap<string, LocatedValue>;
  readonly mistakes: readonly Mistake[];
  /** Lines of fields that are checked elsewhere, by list, table and field: `account.work.provider`. */
  readonly lines: ReadonlyMap<string, number | null>;
}

/** What is known of a file that cannot be read. */
export const NO_CONTENTS: Contents = { values: new Map(), mistakes: [], lines: new Map() };

/** Mistakes that are listed one by one. A file with more of them is probably no configuration. */
const MAX_MISTAKES = 20;

/** Words of a text that is compared with the accepted ones. */
const MAX_WORDS = 4;

/** Parses and validates a configuration file: invalid values are left out and listed as mistakes. Never throws. */
export function readToml(text: string): Contents {
  const values = new Map<string, LocatedValue>();
  const mistakes: Mistake[] = [];
  const lineOf = lineIndex(text);
  let more = 0;
  const report = (path: readonly string[], problem: () => string) => {
    if (mistakes.length >= MAX_MISTAKES) more += 1;
    else mistakes.push({ line: lineOf(path), text: problem() });
  };
  const walk = (table: object, path: readonly string[]): void => {
    for (const [name, value] of Object.entries(table)) {
      const keyPath = [...path, name];
      const key = keyAt(keyPath);
      const dotted = keyPath.join('.');
      if (key?.tables) {
        const { accepted, mistakes: wrong } = key.tables(value);
        values.set(dotted, { value: accepted, line: lineOf(keyPath) });
        for (const { path: way, text } of wrong) report([...keyPath, ...way], () => text);
      } else if (key && accepts(key, value)) values.set(dotted, { value, line: lineOf(keyPath) });
      else if (key) report(keyPath, () => `${dotted} is ${quoteValue(value)}${refusal(key, value)}`);
      else if (!isSection(keyPath)) report(keyPath, () => unknownKey(keyPath));
      else if (isTable(value)) walk(value, keyPath);
      else report(keyPath, () => noTable(keyPath, value));
    }
  };
  const table = parseToml(text);
  if ('mistake' in table) return { ...NO_CONTENTS, mistakes: [table.mistake] };
  walk(table.contents, []);
  for (const prefix of ['', ...OUTPUTS.map((output) => `output.${output}.`)]) {
    refuseCrossedThresholds(values, prefix, (name, problem) => report(name.split('.'), () => problem));
  }
  mistakes.sort((one, other) => (one.line ?? 0) - (other.line ?? 0));
  if (more > 0) mistakes.push({ line: null, text: `and ${more} more` });
  return { values, mistakes, lines: linesOfReferences(table.contents, lineOf) };
}

/** The lines of ids of providers, and of what depends on a provider. */
function linesOfReferences(contents: object, lineOf: ReturnType<typeof lineIndex>): Contents['lines'] {
  const lines = new Map<string, number | null>();
  for (const [list, { name, fields }] of Object.entries(REFERENCES)) {
    const tables = (contents as Record<string, unknown>)[list];
    for (const [index, table] of (Array.isArray(tables) ? tables : []).entries()) {
      for (const field of isTable(table) ? fields.filter((it) => Object.hasOwn(table, it)) : []) {
        const key = `${list}.${(table as Record<string, unknown>)[name]}.${field}`;
        // Of several tables with one name the first is accepted.
        if (!lines.has(key)) lines.set(key, lineOf([list, `${index}`, field]));
      }
    }
  }
  return lines;
}

/** Whether a key accepts a value. */
export function accepts({ schema }: Key, value: unknown): boolean {
  return schema.safeParse(value).success;
}

/** Why a key refuses a value: the end of a sentence that begins with the value. */
export function refusal(key: Key, value: unknown): string {
  const { mistakeIn, accepted } = key;
  const text = typeof value === 'string' ? value : null;
  const mistake = text === null ? null : mistakeIn?.(text);
  if (mistake) return `: ${mistake}`;
  const meant = text === null ? null : meantBy(key, text);
  return `; accepted: ${accepted}${meant === null ? '' : `; did you mean "${meant}"?`}`;
}

/** The accepted text that is nearest, word by word as in `bold rde`; null if there is none. */
function meantBy(key: Key, text: string): string | null {
  const { names = [] } = key;
  const words = text.split(' ', MAX_WORDS + 1);
  if (words.length > MAX_WORDS) return null;
  const near = words.map((word) => (names.includes(word) ? word : nearest(word, names)));
  const meant = near.includes(null) ? null : near.join(' ');
  return meant !== null && accepts(key, meant) ? meant : null;
}

/** Why a path is no key. Its parent is a table, or the whole file. */
export function unknownKey(path: readonly string[]): string {
  const parent = path.slice(0, -1);
  const name = path.at(-1) ?? '';
  const names = namesBelow(parent);
  const prefix = parent.map((part) => `${part}.`).join('');
  const near = nearest(name, names);
  // A key of a table that stands outside of it.
  const elsewhere = name.includes('.')
    ? undefined
    : (NAMES.find((it) => it.startsWith(prefix) && it.endsWith(`.${name}`)) ??
      Object.keys(KEYS).find((it) => it === name || it.endsWith(`.${name}`)));
  const meant = near === null ? elsewhere : prefix + near;
  const suggestion = meant === undefined ? '' : `; did you mean "${meant}"?`;
  return `${quoteValue(path.join('.'))} is no key; accepted: ${names.join(', ')}${suggestion}`;
}

/** Why a value cannot stand where a table is accepted. */
export function noTable(path: readonly string[], value: unknown): string {
  return `${path.join('.')} is ${quoteValue(value)}; accepted: a table with ${namesBelow(path).join(', ')}`;
}

/** Removes thresholds whose `warn` is above `critical`: the level `warn` could never appear. */
function refuseCrossedThresholds(
  values: Map<string, LocatedValue>,
  prefix: string,
  report: (name: string, problem: string) => void,
): void {
  const [warn, critical] = ['thresholds.warn', 'thresholds.critical'].map((name) => {
    const given = values.get(prefix + name) ?? values.get(name);
    return (given?.value ?? KEYS[name]?.default) as number;
  }) as [number, number];
  if (warn <= critical) return;
  const names = ['thresholds.warn', 'thresholds.critical'].map((name) => prefix + name);
  const present = names.filter((name) => values.has(name));
  if (present.length === 0) return;
  report(
    present[0] as string,
    `${prefix}thresholds.warn is ${warn}; accepted: at most ${prefix}thresholds.critical (${critical})`,
  );
  for (const name of present) values.delete(name);
}

/** The table of a TOML text, without any check of its keys; or the mistake in its syntax. Never throws. */
export function parseToml(text: string): { readonly contents: object } | { readonly mistake: Mistake } {
  // Some editors begin a file with a byte order mark.
  const toml = text.replace(/^\uFEFF/, '');
  try {
    return { contents: parse(toml, { maxDepth: 20 }) };
  } catch (error) {
    return { mistake: syntaxMistake(error, toml) };
  }
}

/** A text without quotes: a word, a path, `24h`, a template, a colour, which begins a comment, or one in curly quotes. */
const BARE_TEXT =
  /^[^="']*=[ \t]*(?!(?:true|false|inf|nan)\b)(?:[A-Za-z~/\u2018-\u201F]|(?:12|24)h|\{[\d#]|#[\dA-Fa-f]{6}\b)/;
/** A key as YAML has it. */
const COLON = /^[ \t]*[\w.-]+[ \t]*:/;

function syntaxMistake(error: unknown, toml: string): Mistake {
  const { line, column, message } = error as Partial<Record<'line' | 'column' | 'message', unknown>>;
  if (typeof line !== 'number' || typeof column !== 'number') {
    return { line: null, column: null, text: 'this is not TOML; none of the file applies' };
  }
  // The parser's messages are words of its own; a line of the file comes after them.
  const reason = /^Invalid TOML document: ([a-z][a-z \-:,]*)\n/.exec(String(message))?.[1];
  const row = toml.split('\n', line)[line - 1] ?? '';
  const advice = BARE_TEXT.test(row)
    ? ' (a text needs quotes, such as "bars")'
    : COLON.test(row)
      ? ' (a key needs "=", such as format = "bars")'
      : '';
  return {
    line,
    column,
    text: `this is not TOML${reason === undefined ? '' : `: ${reason}`}${advice}; none of the file applies`,
  };
}

export function isTable(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
