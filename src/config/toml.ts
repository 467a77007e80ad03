import { parse } from 'smol-toml';
import { lineIndex } from './line-index.ts';
import { KEYS, OUTPUTS } from './schema.ts';
import type { Key } from './schema.ts';
import { isSection, keyAt, namesBelow } from './names.ts';
import { quoteValue } from './quote-value.ts';

/** A value that is accepted, and where it stands. */
export interface Given {
  readonly value: unknown;
  /** The line in the file, from 1 on; null for one in the environment. */
  readonly line: number | null;
}

/** Something that is wrong, in words, without the file's name. */
export interface Finding {
  readonly line: number | null;
  readonly text: string;
}

export interface Contents {
  /** By dotted name: `timeout`, `thresholds.warn`, `output.tmux.percent`. */
  readonly values: ReadonlyMap<string, Given>;
  readonly findings: readonly Finding[];
}

/** More mistakes than this are not told one by one: somebody has another kind of file there. */
const MAX_FINDINGS = 20;

/** What a configuration file says: whatever is wrong is left out and told. Never throws. */
export function readToml(text: string): Contents {
  const values = new Map<string, Given>();
  const findings: Finding[] = [];
  const lineOf = lineIndex(text);
  let more = 0;
  const tell = (path: readonly string[], problem: () => string) => {
    if (findings.length >= MAX_FINDINGS) more += 1;
    else findings.push({ line: lineOf(path), text: problem() });
  };
  const walk = (table: object, path: readonly string[]): void => {
    for (const [name, value] of Object.entries(table)) {
      const here = [...path, name];
      const key = keyAt(here);
      const dotted = here.join('.');
      if (key && accepts(key, value)) values.set(dotted, { value, line: lineOf(here) });
      else if (key) tell(here, () => `${dotted} is ${quoteValue(value)}${refusal(key, value)}`);
      else if (!isSection(here))
        tell(here, () => `${quoteValue(dotted)} is no key; accepted: ${namesBelow(path)}`);
      else if (isTable(value)) walk(value, here);
      else tell(here, () => `${dotted} is ${quoteValue(value)}; accepted: a table with ${namesBelow(here)}`);
    }
  };
  const table = parsed(text);
  if ('problem' in table) return { values, findings: [table.problem] };
  walk(table.contents, []);
  for (const prefix of ['', ...OUTPUTS.map((output) => `output.${output}.`)]) {
    refuseCrossed(values, prefix, (name, problem) => tell(name.split('.'), () => problem));
  }
  findings.sort((one, other) => (one.line ?? 0) - (other.line ?? 0));
  if (more > 0) findings.push({ line: null, text: `and ${more} more` });
  return { values, findings };
}

export function accepts({ schema }: Key, value: unknown): boolean {
  return schema.safeParse(value).success;
}

/** Why a value is not accepted, to be put behind it. */
export function refusal({ mistakeIn, accepted }: Key, value: unknown): string {
  const mistake = typeof value === 'string' ? mistakeIn?.(value) : null;
  return mistake ? `: ${mistake}` : `; accepted: ${accepted}`;
}

/** A warning that begins after what is critical would never be seen. */
function refuseCrossed(
  values: Map<string, Given>,
  prefix: string,
  tell: (name: string, problem: string) => void,
): void {
  const [warn, critical] = ['thresholds.warn', 'thresholds.critical'].map((name) => {
    const given = values.get(prefix + name) ?? values.get(name);
    return (given?.value ?? KEYS[name]?.default) as number;
  }) as [number, number];
  if (warn <= critical) return;
  const names = ['thresholds.warn', 'thresholds.critical'].map((name) => prefix + name);
  const there = names.filter((name) => values.has(name));
  if (there.length === 0) return;
  tell(
    there[0] as string,
    `${prefix}thresholds.warn is ${warn}; accepted: at most ${prefix}thresholds.critical (${critical})`,
  );
  for (const name of there) values.delete(name);
}

function parsed(text: string): { contents: object } | { problem: Finding } {
  try {
    // A byte order mark is what some editors begin a file with.
    return { contents: parse(text.replace(/^\uFEFF/, ''), { maxDepth: 20 }) };
  } catch (error) {
    const { line } = error as { line?: unknown };
    return {
      problem: {
        line: typeof line === 'number' ? line : null,
        text: 'this cannot be read as TOML, so none of the file applies',
      },
    };
  }
}

function isTable(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
