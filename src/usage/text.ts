/** The longest text from outside that is shown, characters. */
const MAX_LENGTH = 40;

/**
 * Makes text from the network or from disk safe to print anywhere: keeps ASCII letters, digits and ` ._+:/()-`, at most 40
 * characters. Escaping for each host was shown to fail in bash, zsh, vim and lualine; characters that are special nowhere
 * need none.
 */
export function sanitize(text: string): string {
  // Cut first, so that a megabyte of text does not take long.
  return text
    .slice(0, 1024)
    .replace(/[^A-Za-z0-9 ._+:/()-]/g, '')
    .replace(/ +/g, ' ')
    .trim()
    .slice(0, MAX_LENGTH)
    .trimEnd();
}

/** A text with `?` for each character that is not printable ASCII: no other is safe, and one column wide, everywhere. */
export function asciiOnly(text: string): string {
  return text.replace(/[^\u0020-\u007E]/g, '?');
}

/**
 * The user's input for an error message: its beginning, with `?` for every character that could control a terminal.
 */
export function quoteInput(text: string): string {
  const start = asciiOnly(text.slice(0, 60));
  return start.length < text.length ? `${start}...` : start;
}
