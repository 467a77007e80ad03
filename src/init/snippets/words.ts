/** Matches a word of a shell command: bare characters, `'…'`, `"…"` without expansions, `\x`. */
const WORD = /(?:[^\s'"\\$`|&;<>()#*?[\]{}~!]|'[^']*'|"(?:[^"\\$`]|\\.)*"|\\.)+/y;

/**
 * Splits a shell command that only starts a program into words. Null for a command in which a shell would expand,
 * redirect or combine something.
 */
export function wordsOf(command: string): string[] | null {
  const words: string[] = [];
  let rest = command.trim();
  while (rest !== '') {
    WORD.lastIndex = 0;
    const word = WORD.exec(rest)?.[0];
    if (word === undefined) return null;
    words.push(unquoted(word));
    const after = rest.slice(word.length);
    rest = after.trimStart();
    // The character after the word is special for the shell.
    if (rest !== '' && rest === after) return null;
  }
  return words;
}

function unquoted(word: string): string {
  return word.replace(
    /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/gs,
    (_, single?: string, double?: string, character?: string) =>
      single ?? character ?? (double ?? '').replace(/\\([\\"$`])/g, '$1'),
  );
}
