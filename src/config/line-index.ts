/**
 * Indexes the line numbers of keys and tables in a TOML text, for messages: the parser reports a line only for a
 * syntax error. Reads the text once.
 *
 * @returns a function from the path of a key (`['output', 'tmux', 'percent']`) to its line number (from 1), else to
 *   that of the nearest enclosing table; null if neither is found
 */
export function lineIndex(text: string): (path: readonly string[]) => number | null {
  const lines = new Map<string, number>();
  /** How many tables of a list have begun, by its name: `account.1` is the second `[[account]]`. */
  const counts = new Map<string, number>();
  /** The current table; null if its name is too long. */
  let table: readonly string[] | null = [];
  let closing: string | null = null;
  for (const [index, line] of text.split('\n').entries()) {
    if (closing !== null) {
      // Inside a multi-line string, where nothing is a key.
      if (line.includes(closing)) closing = null;
      continue;
    }
    const header = /^\s*\[\[?([^\]]*)\]/.exec(line);
    const key = KEY.exec(line);
    const own = partsOf(header?.[1] ?? key?.[1] ?? '');
    if (header) table = own;
    const found = header ? table : key && table && own && [...table, ...own];
    const name = found ? nameOf(found) : '';
    if (found && found.length > 0 && !lines.has(name)) lines.set(name, index + 1);
    if (found && header?.[0].trimStart().startsWith('[[')) {
      const position = counts.get(name) ?? 0;
      counts.set(name, position + 1);
      lines.set(nameOf([...found, `${position}`]), index + 1);
    }
    const opened = key && /("""|''')/.exec(line)?.[1];
    if (opened && line.indexOf(opened) === line.lastIndexOf(opened)) closing = opened;
  }
  return (path) => {
    for (let length = path.length; length > 0; length -= 1) {
      const line = lines.get(nameOf(path.slice(0, length)));
      if (line !== undefined) return line;
    }
    return null;
  };
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

/** A path as one map key. A part cannot contain a line feed. */
function nameOf(path: readonly string[]): string {
  return path.join('\n');
}
