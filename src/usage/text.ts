/** The longest text from outside that is ever shown. */
const MAX_LENGTH = 40;

/**
 * Text from the network or from disk, made safe to print anywhere: only ASCII letters, digits and
 * ` ._+:/()-` pass, at most 40 characters. Escaping per host has been shown to fail in bash, zsh, vim and
 * lualine; an alphabet without their special characters cannot.
 */
export function sanitize(text: string): string {
  // Cut first: a megabyte of text must not cost a megabyte of work, and what passes stays within bounds.
  return text
    .slice(0, 1024)
    .replace(/[^A-Za-z0-9 ._+:/()-]/g, '')
    .replace(/ +/g, ' ')
    .trim()
    .slice(0, MAX_LENGTH)
    .trimEnd();
}

/**
 * What somebody typed, to name it in a complaint: as much of it as says what was meant, without what could steer a
 * terminal.
 */
export function quoteInput(text: string): string {
  const seen = text.slice(0, 60).replace(/[^\u0020-\u007E]/g, '?');
  return seen.length < text.length ? `${seen}...` : seen;
}
