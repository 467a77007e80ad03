/** What a line and a table are drawn with. */
export interface Glyphs {
  /** Between the parts of a line. */
  readonly separator: string;
  /** Something is missing: the rest of a cut text, or an answer still on its way. */
  readonly ellipsis: string;
  readonly filled: string;
  readonly empty: string;
}

/** Every character here is one column wide, in every terminal that is not set to old East Asian widths. */
export const UNICODE: Glyphs = { separator: ' · ', ellipsis: '…', filled: '█', empty: '░' };
/** For terminals, fonts and files that know seven bits. */
export const ASCII: Glyphs = { separator: ' | ', ellipsis: '...', filled: '#', empty: '-' };

export const SEPARATOR = UNICODE.separator;
export const ELLIPSIS = UNICODE.ellipsis;

/** The glyphs that go with a format: those of `ascii` are its whole point. */
export function glyphsOf({ format }: { readonly format: string }): Glyphs {
  return format === 'ascii' ? ASCII : UNICODE;
}

/**
 * A bar of exactly `width` columns. Like the percentage it is never empty when something is used and never
 * full while something is left.
 */
export function bar(percent: number, width: number, { filled: full, empty }: Glyphs = UNICODE): string {
  const least = percent > 0 ? 1 : 0;
  const most = percent < 100 ? width - 1 : width;
  const filled = Math.min(most, Math.max(least, Math.round((width * percent) / 100)));
  return full.repeat(filled) + empty.repeat(width - filled);
}
