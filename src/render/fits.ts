/**
 * Whether a painted line fits `columns` (null: unlimited). On the hot path, so without the tables of `layout.ts`: every
 * character that may be two columns wide counts as two. A line that does not fit is rendered again, which measures it.
 */
export function fits(text: string, columns: number | null): boolean {
  if (columns === null || text.length * 2 <= columns) return true;
  let width = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x1b) {
      // A colour, `ESC[…m`, has no width.
      at = text.indexOf('m', at);
      if (at < 0) return false;
    } else width += code < FIRST_WIDE || GLYPHS.includes(text[at] as string) ? 1 : 2;
  }
  return width <= columns;
}

/** The first code of a character that is two columns wide. */
const FIRST_WIDE = 0x1100;
/** The narrow characters behind `FIRST_WIDE` that usageline writes: those of `glyphs.ts`. */
const GLYPHS = '…█░';
