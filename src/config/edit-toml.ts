import { isTable, parseToml } from './toml.ts';

/*
 * Sets or removes one key in the text of a configuration file. Everything else in the text stays as it is: comments, spaces, order,
 * line ends. The text is edited by its statements, and the result is read again: it must hold exactly what was wanted.
 */

/** What a key can have: a text, a number, a list of texts. */
export type TomlValue = string | number | readonly string[];

/** A statement of a TOML text. Offsets are in UTF-16 units. */
interface Statement {
  /** `table`: a header. `key`: a name and a value. `comment`: a line that holds nothing else. */
  readonly kind: 'table' | 'key' | 'comment';
  /** The table that a header opens, or the key with the names of its table; of a comment the key or table that it would be. */
  readonly path: readonly string[];
  readonly start: number;
  /** The end of its last line, with the line feed. */
  readonly end: number;
  /** Of a key: where its value begins and ends. */
  readonly value: readonly [start: number, end: number];
}

/**
 * The text with a key set to a value.
 *
 * @param text valid TOML
 * @returns null if that cannot be done without changing anything else
 */
export function setInToml(text: string, path: readonly string[], value: TomlValue): string | null {
  const before = parseToml(text);
  if ('mistake' in before) return null;
  const wanted = withValue(before.contents, path, value);
  const holds = (candidate: string) => {
    const after = parseToml(candidate);
    return 'contents' in after && isSame(after.contents, wanted);
  };
  return candidatesOf(text, path, tomlText(value)).find(holds) ?? null;
}

/**
 * The text without a key. A comment behind its value stays, as a line of its own; the header of its table stays, too.
 *
 * @param text valid TOML
 * @returns the text as it is if the key is not in it; null if that cannot be done without changing anything else
 */
export function unsetInToml(text: string, path: readonly string[]): string | null {
  const before = parseToml(text);
  if ('mistake' in before) return null;
  if (!has(before.contents, path)) return text;
  const statements = statementsOf(text);
  const present = statements.find(({ kind, path: it }) => kind === 'key' && isSame(it, path));
  const candidate =
    present === undefined ? withoutInline(text, statements, path) : withoutStatement(text, present);
  if (candidate === null) return null;
  const after = parseToml(candidate);
  const wanted = withoutEmpty(withoutKey(before.contents, path));
  return 'contents' in after && isSame(withoutEmpty(after.contents), wanted) ? candidate : null;
}

function withoutStatement(text: string, { start, end, value }: Statement): string {
  const row = Math.max(text.lastIndexOf('\n', start) + 1, topOf(text));
  const comment = /^[ \t]*(#[^]*)$/.exec(text.slice(value[1], end))?.[1];
  const kept = comment === undefined ? text.slice(0, row) : text.slice(0, start) + comment;
  return kept + text.slice(end);
}

/** The text without a key of an inline table, and without the comma that went with it; null if it has no such key, or a comment would go, too. */
function withoutInline(
  text: string,
  statements: readonly Statement[],
  path: readonly string[],
): string | null {
  const table = inlineTable(text, statements, path);
  if (table === null) return null;
  const { entries, rest } = table;
  const index = entries.findIndex(({ path: it }) => isSame(it, rest));
  const entry = entries[index];
  if (entry === undefined) return null;
  const next = entries[index + 1];
  const before = entries[index - 1];
  const from = next === undefined && before !== undefined ? before.value[1] : entry.start;
  const alone = next === undefined && before === undefined;
  const to = next?.start ?? entry.value[1] + (alone ? (match(SPACES, text, entry.value[1]) ?? '').length : 0);
  const gone = text.slice(from, entry.start) + text.slice(entry.value[1], to);
  return gone.includes('#') ? null : text.slice(0, from) + text.slice(to);
}

/** A value as TOML writes it. */
export function tomlText(value: TomlValue): string {
  if (typeof value === 'object') return `[${value.map(tomlText).join(', ')}]`;
  if (typeof value === 'number') return String(value);
  // JSON's escapes are TOML's, except that TOML wants one for DEL.
  return JSON.stringify(value).replaceAll('\u007F', String.raw`\u007F`);
}

/** Ways to set the key, the best one first. Not every one is valid TOML. */
function candidatesOf(text: string, path: readonly string[], value: string): string[] {
  const statements = statementsOf(text);
  const eol = /\r?\n/.exec(text)?.[0] ?? '\n';
  const present = statements.find(({ kind, path: it }) => kind === 'key' && isSame(it, path));
  if (present) return [text.slice(0, present.value[0]) + value + text.slice(present.value[1])];
  const inline = inlineTable(text, statements, path);
  if (inline !== null) return [withInline(text, inline, value)];
  const candidates: string[] = [];
  // In its table, then below a new header, then with a dotted name in a table around it.
  for (let length = path.length - 1; length >= 0; length -= 1) {
    const table = path.slice(0, length);
    const line = `${nameOf(path.slice(length))} = ${value}${eol}`;
    const at = length === 0 ? topPlace(text, statements, path) : placeIn(statements, table, path);
    if (at !== null) candidates.push(insert(text, at, line, eol));
    if (length === path.length - 1 && length > 0) {
      const gap = text.trim() === '' ? '' : eol;
      candidates.push(insert(text, text.length, `${gap}[${nameOf(table)}]${eol}${line}`, eol));
    }
  }
  return candidates;
}

/** A key of an inline table. Offsets are in UTF-16 units. */
type Entry = Pick<Statement, 'path' | 'start' | 'value'>;

/** An inline table that a key is in, or would be in. */
interface InlineTable {
  readonly entries: readonly Entry[];
  /** Where its braces begin. */
  readonly start: number;
  /** The names of the key within it. */
  readonly rest: readonly string[];
}

/** The innermost inline table for a key; null if it belongs into none. */
function inlineTable(
  text: string,
  keys: readonly (Entry & { readonly kind?: Statement['kind'] })[],
  path: readonly string[],
): InlineTable | null {
  const around = keys.find(
    ({ kind = 'key', path: it, value: [at] }) =>
      kind === 'key' && text[at] === '{' && it.length < path.length && isSame(it, path.slice(0, it.length)),
  );
  if (around === undefined) return null;
  const [start] = around.value;
  const rest = path.slice(around.path.length);
  const entries = entriesOf(text, start);
  return inlineTable(text, entries, rest) ?? { entries, start, rest };
}

/** The keys of the inline table that begins at an offset. */
function entriesOf(text: string, start: number): Entry[] {
  const entries: Entry[] = [];
  for (let at = start + 1; at < text.length;) {
    const between = match(BETWEEN, text, at);
    if (between !== null) {
      at += between.length;
      continue;
    }
    const name = readName(text, at);
    if (name === null) break;
    const begins = name.end + (match(EQUALS, text, name.end) ?? '').length;
    const ends = valueEnd(text, begins, ',}');
    entries.push({ path: name.parts, start: at, value: [begins, ends] });
    at = Math.max(ends, at + 1);
  }
  return entries;
}

/** The text with a key of an inline table set: in its place, or behind the last one. */
function withInline(text: string, { entries, start, rest }: InlineTable, value: string): string {
  const present = entries.find(({ path }) => isSame(path, rest));
  if (present) return text.slice(0, present.value[0]) + value + text.slice(present.value[1]);
  const line = `${nameOf(rest)} = ${value}`;
  const last = entries.at(-1)?.value[1];
  if (last !== undefined) return `${text.slice(0, last)}, ${line}${text.slice(last)}`;
  return `${text.slice(0, start)}{ ${line} ${text.slice(start + 1).trimStart()}`;
}

/** Where the text begins: behind a byte order mark. */
function topOf(text: string): number {
  return text.startsWith('\uFEFF') ? 1 : 0;
}

function insert(text: string, at: number, line: string, eol: string): string {
  const before = text.slice(0, at);
  const after = text.slice(at);
  const end = before === '' || before === '\uFEFF' || before.endsWith('\n') ? '' : eol;
  // The first key does not join the paragraph of a table.
  const gap = /^(?:\uFEFF?(?:#:.*\r?\n)?)$/.test(before) && /^[[#]/.test(after) ? eol : '';
  return before + end + line + gap + after;
}

/** Where a new key of a table belongs: behind its commented default, else behind the table's last key; null: no such table. */
function placeIn(
  statements: readonly Statement[],
  table: readonly string[],
  path: readonly string[],
): number | null {
  const opened = statements.findIndex(({ kind, path: it }) => kind === 'table' && isSame(it, table));
  if (opened < 0 && table.length > 0) return null;
  const from = opened + 1;
  const closed = statements.findIndex(({ kind }, index) => index >= from && kind === 'table');
  const inside = statements.slice(from, closed < 0 ? undefined : closed);
  const suggested = inside.find(({ kind, path: it }) => kind === 'comment' && isSame(it, path));
  return (suggested ?? inside.findLast(({ kind }) => kind === 'key') ?? statements[opened])?.end ?? null;
}

/** Where a new key above all tables belongs. */
function topPlace(text: string, statements: readonly Statement[], path: readonly string[]): number {
  const beside = placeIn(statements, [], path);
  if (beside !== null) return beside;
  // Behind the comment that begins the file, unless that is the comment of a table. The schema is named in the first line.
  const start = topOf(text);
  const [first] = statements;
  let end = first && text.startsWith('#:', start) ? first.end : start;
  const least = end;
  for (const { kind, start: begins, end: ends } of statements) {
    if (begins < end) continue;
    if (begins !== end) break;
    if (kind !== 'comment') return least;
    end = ends;
  }
  return end;
}

const BARE_NAME = /^[\w-]+$/;

function nameOf(path: readonly string[]): string {
  return path.map((part) => (BARE_NAME.test(part) ? part : JSON.stringify(part))).join('.');
}

const PART = /[\w-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'/y;
const DOT = /[ \t]*\.[ \t]*/y;

/** The dotted name at an offset, and where it ends; null if there is none. */
function readName(text: string, start: number): { readonly parts: string[]; readonly end: number } | null {
  const parts: string[] = [];
  let at = start;
  for (;;) {
    const part = match(PART, text, at);
    if (part === null) return null;
    parts.push(part.startsWith('"') ? unquoted(part) : part.replace(/^'(.*)'$/, '$1'));
    at += part.length;
    const dot = match(DOT, text, at);
    if (dot === null) return { parts, end: at };
    at += dot.length;
  }
}

function unquoted(part: string): string {
  try {
    return JSON.parse(part) as string;
  } catch {
    // With an escape that only TOML has.
    return part;
  }
}

/** The text that a sticky pattern matches at an offset; null if it does not match there. */
function match(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}

const BLANK = /[ \t\r\n]+/y;
const SPACES = /[ \t]*/y;
const REST_OF_LINE = /[^\n]*\n?/y;
const EQUALS = /[ \t]*=[ \t]*/y;
/** Between two keys of an inline table. */
const BETWEEN = /(?:[ \t\r\n,]|#[^\n]*)+/y;
const SUGGESTED = /#[ \t]*/y;

/** The statements of a valid TOML text. */
function statementsOf(text: string): Statement[] {
  const statements: Statement[] = [];
  let table: readonly string[] = [];
  let at = topOf(text);
  while (at < text.length) {
    const blank = match(BLANK, text, at);
    if (blank !== null) {
      at += blank.length;
      continue;
    }
    const start = at;
    if (text[at] === '#') {
      const suggested = readName(text, at + (match(SUGGESTED, text, at) ?? '').length);
      const isKey = suggested !== null && match(EQUALS, text, suggested.end) !== null;
      at += (match(REST_OF_LINE, text, at) ?? '').length;
      statements.push({
        kind: 'comment',
        path: isKey ? [...table, ...suggested.parts] : [],
        start,
        end: at,
        value: [at, at],
      });
      continue;
    }
    const brackets = /^\[{0,2}/.exec(text.slice(at, at + 2))?.[0].length ?? 0;
    const nameAt = at + brackets + (match(SPACES, text, at + brackets) ?? '').length;
    const name = readName(text, nameAt);
    // The text was parsed before, so only what this reader does not know ends here.
    if (name === null) break;
    if (brackets > 0) {
      at = lineEnd(text, name.end);
      table = name.parts;
      statements.push({ kind: 'table', path: table, start, end: at, value: [at, at] });
      continue;
    }
    const begins = name.end + (match(EQUALS, text, name.end) ?? '').length;
    const ends = valueEnd(text, begins);
    at = lineEnd(text, ends);
    statements.push({ kind: 'key', path: [...table, ...name.parts], start, end: at, value: [begins, ends] });
  }
  return statements;
}

function lineEnd(text: string, at: number): number {
  return at + (match(REST_OF_LINE, text, at) ?? '').length;
}

const TEXTS = [
  /"""(?:[^\\]|\\[^])*?"""(?:"{0,2})/y,
  /'''[^]*?'''(?:'{0,2})/y,
  /"(?:[^"\\\n]|\\.)*"/y,
  /'[^'\n]*'/y,
];
const COMMENT = /#[^\n]*/y;

/**
 * Where the value that begins at an offset ends: behind its last character.
 *
 * @param stops the characters that end it besides the end of its line
 */
function valueEnd(text: string, start: number, stops = ''): number {
  let depth = 0;
  let end = start;
  for (let at = start; at < text.length;) {
    const quoted = TEXTS.map((pattern) => match(pattern, text, at)).find((it) => it !== null);
    const char = text[at] as string;
    if (quoted !== undefined && quoted !== null) {
      at += quoted.length;
      end = at;
      if (depth === 0) return end;
    } else if (char === '#') {
      if (depth === 0) return end;
      at += (match(COMMENT, text, at) ?? '').length;
    } else if (depth === 0 && (char === '\n' || stops.includes(char))) {
      return end;
    } else {
      if ('[{'.includes(char)) depth += 1;
      if (']}'.includes(char)) depth -= 1;
      at += 1;
      if (!' \t\r\n'.includes(char)) end = at;
      if (depth === 0 && ']}'.includes(char)) return end;
    }
  }
  return end;
}

/** A copy of a table with one key set. */
function withValue(table: object, [first = '', ...rest]: readonly string[], value: TomlValue): object {
  const inner = (table as Record<string, unknown>)[first];
  const below = typeof inner === 'object' && inner !== null ? inner : {};
  return { ...table, [first]: rest.length === 0 ? value : withValue(below, rest, value) };
}

function has(table: object, [first = '', ...rest]: readonly string[]): boolean {
  if (!Object.hasOwn(table, first)) return false;
  const inner = (table as Record<string, unknown>)[first];
  return rest.length === 0 || (typeof inner === 'object' && inner !== null && has(inner, rest));
}

/** A copy of a table that has a key, without it. */
function withoutKey(table: object, [first = '', ...rest]: readonly string[]): object {
  const entries = Object.entries(table).filter(([name]) => rest.length > 0 || name !== first);
  return Object.fromEntries(
    entries.map(([name, it]) => [name, name === first ? withoutKey(it as object, rest) : it]),
  );
}

/** A copy without the tables that hold nothing, such as those that only a dotted name had opened. */
function withoutEmpty(value: unknown): unknown {
  if (!isTable(value)) return value;
  const entries = Object.entries(value).map(([name, it]) => [name, withoutEmpty(it)] as const);
  return Object.fromEntries(entries.filter(([, it]) => !(isTable(it) && Object.keys(it).length === 0)));
}

function isSame(one: unknown, other: unknown): boolean {
  return process.getBuiltinModule('node:util').isDeepStrictEqual(plain(one), plain(other));
}

/** smol-toml's tables have no prototype in some versions, which a strict comparison would see. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, plain(it)]));
}
