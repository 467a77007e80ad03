/**
 * In which lines keys and tables stand, for messages: the parser says it only of what it cannot read. One look at
 * the text, however many are asked for.
 *
 * @returns for the parts of a key from the root (`['output', 'tmux', 'percent']`) its line from 1 on, else that of the
 *   nearest table around it; null when neither is found
 */
export function lineIndex(text: string): (path: readonly string[]) => number | null {
  const lines = new Map<string, number>();
  /** The table that the lines are in; null for one with a name that is too long. */
  let table: readonly string[] | null = [];
  let closing: string | null = null;
  for (const [index, line] of text.split('\n').entries()) {
    if (closing !== null) {
      // The rest of a text of several lines, where nothing is a key.
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

/** No key has a longer name. The name of a table is part of that of each of its keys: a long one would cost too much. */
const MAX_NAME = 500;

/** `output . "tmux"` → its parts; null for a name that is too long. */
function partsOf(dotted: string): string[] | null {
  if (dotted.length > MAX_NAME) return null;
  return [...dotted.matchAll(/"([^"]*)"|'([^']*)'|([\w-]+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? '',
  );
}

/** One text for a path, whatever its parts hold. */
function nameOf(path: readonly string[]): string {
  return path.join('\n');
}
