/*
 * Presets by the width of a host whose row also has texts of its own: in a narrow one, the line as configured would push
 * them out.
 */

/** From how many columns on a host has the line as configured, and from how many the preset `compact`; else `minimal`. */
export interface Widths {
  readonly wide: number;
  readonly middle: number;
}

/** For tmux, vim and neovim, whose own texts take some 40 columns. */
export const USUAL_WIDTHS: Widths = { wide: 120, middle: 70 };

/** For Emacs, whose mode line begins with some 60 columns. */
export const EMACS_WIDTHS: Widths = { wide: 140, middle: 90 };

/** The preset at a width; null where the line is as configured. */
export function presetAt({ wide, middle }: Widths, columns: number): 'minimal' | 'compact' | null {
  if (columns >= wide) return null;
  return columns < middle ? 'minimal' : 'compact';
}
