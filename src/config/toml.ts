import { parse } from 'smol-toml';
import { lineIndex } from './line-index.ts';
import { KEYS, OUTPUTS, isSection, keyAt, namesBelow } from './schema.ts';
import type { Key } from './schema.ts';
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
  readonly text: string;
}

/** What a configuration file contains. */
export interface Contents {
  /** By dotted name: `timeout`, `thresholds.warn`, `output.tmux.percent`. */
  readonly values: ReadonlyMap<string, LocatedValue>;
  readonly mistakes: readonly Mistake[];
}

/** Mistakes that are listed one by one. A file with more of them is probably no configuration. */
const MAX_MISTAKES = 20;

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
      if (key && accepts(key, value)) values.set(dotted, { value, line: lineOf(keyPath) });
      else if (key) report(keyPath, () => `${dotted} is ${quoteValue(value)}${refusal(key, value)}`);
      else if (!isSection(keyPath))
        report(keyPath, () => `${quoteValue(dotted)} is no key; accepted: ${namesBelow(path)}`);
      else if (isTable(value)) walk(value, keyPath);
      else
        report(
          keyPath,
          () => `${dotted} is ${quoteValue(value)}; accepted: a table with ${namesBelow(keyPath)}`,
        );
    }
  };
  const table = parseToml(text);
  if ('mistake' in table) return { values, mistakes: [table.mistake] };
  walk(table.contents, []);
  for (const prefix of ['', ...OUTPUTS.map((output) => `output.${output}.`)]) {
    refuseCrossedThresholds(values, prefix, (name, problem) => report(name.split('.'), () => problem));
  }
  mistakes.sort((one, other) => (one.line ?? 0) - (other.line ?? 0));
  if (more > 0) mistakes.push({ line: null, text: `and ${more} more` });
  return { values, mistakes };
}

/** Whether a key accepts a value. */
export function accepts({ schema }: Key, value: unknown): boolean {
  return schema.safeParse(value).success;
}

/** Why a key refuses a value: the end of a sentence that begins with the value. */
export function refusal({ mistakeIn, accepted }: Key, value: unknown): string {
  const mistake = typeof value === 'string' ? mistakeIn?.(value) : null;
  return mistake ? `: ${mistake}` : `; accepted: ${accepted}`;
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

function parseToml(text: string): { contents: object } | { mistake: Mistake } {
  try {
    // Some editors begin a file with a byte order mark.
    return { contents: parse(text.replace(/^\uFEFF/, ''), { maxDepth: 20 }) };
  } catch (error) {
    const { line } = error as { line?: unknown };
    return {
      mistake: {
        line: typeof line === 'number' ? line : null,
        text: 'this cannot be read as TOML, so none of the file applies',
      },
    };
  }
}

function isTable(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
