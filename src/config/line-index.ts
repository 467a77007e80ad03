/**
 * Indexes the line numbers of keys and tables in a TOML text, for messages: the parser reports a line only for a
 * syntax error. Reads the text once.
 *
 * @returns a function from the path of a key (`['output', 'tmux', 'percent']`, in the second table of a list
 *   `['provider', '1', 'url']`) to its line number (from 1), or to that of the first key in it, else to that of the
 *   nearest enclosing table; null if none is found
 */
export function lineIndex(text: string): (path: readonly string[]) => number | null {
  const lines = new Map<string, number>();
  const note = (name: string, index: number) => {
    if (name !== '' && !lines.has(name)) lines.set(name, index + 1);
  };
  const lists = new Lists();
  /** The name of the current table; null if it is too long. */
  let table: string | null = '';
  let closing: string | null = null;
  for (const [index, line] of text.split('\n').entries()) {
    if (closing !== null) {
      // Inside a multi-line string, where nothing is a key.
      if (line.includes(closing)) closing = null;
      continue;
    }
    const header = /^\s*\[(\[?)([^\]]*)\]/.exec(line);
    const key = KEY.exec(line);
    const own = partsOf(header?.[2] ?? key?.[1] ?? '');
    if (header) {
      table = own && lists.nameOf(own);
      note(table ?? '', index);
      if (table && header[1] !== '') table = lists.begin(table);
      note(table ?? '', index);
    } else if (key && table !== null && own) note(table + nameOf(own), index);
    const opened = key && /("""|''')/.exec(line)?.[1];
    if (opened && line.indexOf(opened) === line.lastIndexOf(opened)) closing = opened;
  }
  return (path) => {
    for (let length = path.length; length > 0; length -= 1) {
      const name = nameOf(path.slice(0, length));
      const line = lines.get(name) ?? firstIn(lines, name);
      if (line !== undefined) return line;
    }
    return null;
  };
}

/** The line of the first key in a table that has no header of its own: `colors` of `colors.ok = "red"`. */
function firstIn(lines: ReadonlyMap<string, number>, table: string): number | undefined {
  for (const [name, line] of lines) if (name.startsWith(table)) return line;
  return undefined;
}

/** The lists of tables that have begun. A name in one of them is about its last table: `[[provider.window]]`. */
class Lists {
  /** How many tables of a list have begun, by its name: `account` and 1 is the second `[[account]]`. */
  readonly #last = new Map<string, number>();

  /** The name that a header stands for, with positions in it. */
  nameOf(parts: readonly string[]): string {
    let name = '';
    for (const [index, part] of parts.entries()) {
      name += nameOf([part]);
      const last = index < parts.length - 1 ? this.#last.get(name) : undefined;
      if (last !== undefined) name += nameOf([`${last}`]);
    }
    return name;
  }

  /** Begins the next table of a list; its name. */
  begin(list: string): string {
    const position = (this.#last.get(list) ?? -1) + 1;
    this.#last.set(list, position);
    return list + nameOf([`${position}`]);
  }
}

const PART = `(?:[\\w-]+|"[^"]*"|'[^']*')`;
const KEY = new RegExp(`^\\s*(${PART}(?:\\s*\\.\\s*${PART})*)\\s*=`);

/** Longest accepted name. Every key repeats the name of its table: a long one with many keys would take too much memory. */
const MAX_NAME = 500;

/** Splits `output . "tmux"` into its parts; null if the name is too long. */
function partsOf(dotted: string): string[] | null {
  if (dotted.length > MAX_NAME) return null;
  return [...dotted.matchAll(/"([^"]*)"|'([^']*)'|([\w-]+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? '',
  );
}

/** A path as one map key, which begins with those of its parents. A part cannot contain a line feed. */
function nameOf(path: readonly string[]): string {
  return path.map((part) => `${part}\n`).join('');
}
