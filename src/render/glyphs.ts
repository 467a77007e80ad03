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
  readonly mark: MarkGlyphs;
}

/** The characters of the mark where use would be if it were even. Each takes the place of a column of the bar. */
export interface MarkGlyphs {
  /** In the filled part, before its last column. */
  readonly filled: string;
  /** In the last column of the filled part: one for each of `parts`, then for a whole column. Null: no mark, it would hide where the filled part ends. */
  readonly end: readonly string[] | null;
  /** In the part that is not filled. */
  readonly empty: string;
  /** For the sentence that explains it. */
  readonly legend: string;
}

/**
 * A rule: rows of a table keep air between them, whatever the height of a line is. Its mark is a tick that leaves the rule
 * as it is, and of half the height, so that the marks of rows do not meet.
 */
export const RULE: BarGlyphs = {
  filled: '━',
  parts: ['╾'],
  empty: '─',
  mark: { filled: '┻', end: ['┹', '┻'], empty: '┸', legend: '┸' },
};
/** Eighths of a column, for the few columns that a bar has on a line. Its mark is a notch in the filled part. */
export const EIGHTHS: BarGlyphs = {
  filled: '█',
  parts: ['▏', '▎', '▍', '▌', '▋', '▊', '▉'],
  empty: '·',
  mark: { filled: '▄', end: null, empty: '╵', legend: '▄ or ╵' },
};
const ASCII_BAR: BarGlyphs = {
  filled: '#',
  parts: [],
  empty: '-',
  mark: { filled: '+', end: null, empty: '+', legend: '+' },
};

/** Each character is one column wide, except in terminals that draw ambiguous characters with East Asian width. */
export const UNICODE: Glyphs = {
  separator: ' · ',
  ellipsis: '…',
  bar: RULE,
  gauge: ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
};
/** For terminals, fonts and files that support ASCII alone. */
export const ASCII: Glyphs = {
  separator: ' | ',
  ellipsis: '...',
  bar: ASCII_BAR,
  gauge: ['.', ':', '-', '=', '+', '*', '#', '@'],
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
