/** The characters that a line and a table are drawn with. */
export interface Glyphs {
  /** Between two parts of a line. */
  readonly separator: string;
  /** For the rest of a cut text, and for a first response that is pending. */
  readonly ellipsis: string;
  readonly filled: string;
  readonly empty: string;
}

/** Each character is one column wide, except in terminals that draw ambiguous characters with East Asian width. */
export const UNICODE: Glyphs = { separator: ' · ', ellipsis: '…', filled: '█', empty: '░' };
/** For terminals, fonts and files that support ASCII alone. */
export const ASCII: Glyphs = { separator: ' | ', ellipsis: '...', filled: '#', empty: '-' };

/** The separator of every format but `ascii`. */
export const SEPARATOR = UNICODE.separator;
/** The ellipsis of every format but `ascii`. */
export const ELLIPSIS = UNICODE.ellipsis;

/** The glyphs of a format: ASCII for the preset `ascii`, else Unicode. */
export function glyphsOf({ format }: { readonly format: string }): Glyphs {
  return format === 'ascii' ? ASCII : UNICODE;
}

/**
 * A bar of exactly `width` columns, never empty while something is used and never full while something is left.
 *
 * @param percent filled part, 0–100 and more
 */
export function bar(percent: number, width: number, { filled: full, empty }: Glyphs = UNICODE): string {
  const least = percent > 0 ? 1 : 0;
  const most = percent < 100 ? width - 1 : width;
  const filled = Math.min(most, Math.max(least, Math.round((width * percent) / 100)));
  return full.repeat(filled) + empty.repeat(width - filled);
}
