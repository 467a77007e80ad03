/*
 * Forms of the line for hosts whose row also has texts of its own, which the line as configured would push out where there
 * are few columns.
 */

/** The shortest form: `minimal` without its verdict. Hosts cut the verdict off the text of `minimal`, without a process more. */
export const SHORT = '{tightest.label} {tightest.percent}';

/** The forms from the widest to the shortest, as formats; null is the line as configured. */
export const FORMS: readonly (string | null)[] = [null, 'compact', 'minimal', SHORT];

/** From how many columns on a host has each of these forms; below `narrow` it has the shortest one. */
export interface Widths {
  /** The line as configured. */
  readonly wide: number;
  /** `compact`. */
  readonly middle: number;
  /** `minimal`. */
  readonly narrow: number;
}

/** For vim and neovim, whose own texts take some 40 columns. */
export const EDITOR_WIDTHS: Widths = { wide: 120, middle: 70, narrow: 60 };

/** For Emacs, whose mode line begins with some 60 columns. */
export const EMACS_WIDTHS: Widths = { wide: 140, middle: 92, narrow: 88 };

/** The form at a width, as a format; null where the line is as configured. */
export function formAt({ wide, middle, narrow }: Widths, columns: number): string | null {
  if (columns >= wide) return null;
  if (columns >= middle) return 'compact';
  return columns >= narrow ? 'minimal' : SHORT;
}

/** Columns that a right prompt of nushell leaves for a left prompt whose width is not known. */
export const LEFT_PROMPT = 24;

/** Columns for the line in a right prompt: at most half, and what a left prompt and the user's own text, if any, leave. */
export function rightRoom(columns: number, own: number): number {
  return Math.min(Math.floor(columns / 2), columns - LEFT_PROMPT - (own === 0 ? 0 : own + 1));
}

/** Columns that a hook gives to a right prompt; the same in `shell/`. A narrow terminal needs more for the left prompt. */
export function hookRoom(columns: number): number {
  return Math.floor(columns / (columns < 60 ? 3 : 2));
}
