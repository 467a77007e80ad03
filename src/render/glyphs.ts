/** The characters that a line and a table are drawn with. */
export interface Glyphs {
  /** Between two parts of a line. */
  readonly separator: string;
  /** For the rest of a cut text, and for a first response that is pending. */
  readonly ellipsis: string;
  readonly bar: BarGlyphs;
  /** A percentage as one character, from nothing to all. */
  readonly gauge: readonly string[];
}

/** The characters of a bar, each one column wide. */
export interface BarGlyphs {
  readonly filled: string;
  /** A column that is filled in part, from the smallest part to the largest. */
  readonly parts: readonly string[];
  readonly empty: string;
  /** Where use would be if it were even: over a filled column, and over an empty one. */
  readonly mark: readonly [filled: string, empty: string];
}

/** A rule: rows of a table keep air between them, whatever the height of a line is. */
export const RULE: BarGlyphs = { filled: '━', parts: ['╾'], empty: '─', mark: ['╋', '┼'] };
/** Eighths of a column, for the few columns that a bar has on a line. */
export const EIGHTHS: BarGlyphs = {
  filled: '█',
  parts: ['▏', '▎', '▍', '▌', '▋', '▊', '▉'],
  empty: '·',
  mark: ['│', '│'],
};
const ASCII_BAR: BarGlyphs = { filled: '#', parts: [], empty: '-', mark: ['|', '|'] };

/** Each character is one column wide, except in terminals that draw ambiguous characters with East Asian width. */
export const UNICODE: Glyphs = {
  separator: ' · ',
  ellipsis: '…',
  bar: RULE,
  gauge: ['○', '◔', '◑', '◕', '●'],
};
/** For terminals, fonts and files that support ASCII alone. */
export const ASCII: Glyphs = {
  separator: ' | ',
  ellipsis: '...',
  bar: ASCII_BAR,
  gauge: ['.', 'o', 'O', '@', '#'],
};

/** The usual separator. */
export const SEPARATOR = UNICODE.separator;
/** The usual ellipsis. */
export const ELLIPSIS = UNICODE.ellipsis;

/** The glyphs of presets that have others than `UNICODE`. */
const PRESET_GLYPHS: Readonly<Record<string, Glyphs>> = {
  ascii: ASCII,
  blocks: { ...UNICODE, bar: EIGHTHS },
  // The thin arrow of Powerline.
  powerline: { ...UNICODE, separator: ' \uE0B1 ' },
};

/** The glyphs of a format. */
export function glyphsOf({ format }: { readonly format: string }): Glyphs {
  return (Object.hasOwn(PRESET_GLYPHS, format) && PRESET_GLYPHS[format]) || UNICODE;
}
