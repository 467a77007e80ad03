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
    } else width += code < FIRST_WIDE || code === ELLIPSIS || code >> 7 === BOX_DRAWING ? 1 : 2;
  }
  return width <= columns;
}

/** The first code of a character that is two columns wide. */
const FIRST_WIDE = 0x1100;
/** `…`, narrow although it is behind `FIRST_WIDE`. */
const ELLIPSIS = 0x2026;
/** The block U+2500 to U+257F, in which the bars of `glyphs.ts` are, shifted by 7 bits. */
const BOX_DRAWING = 0x4a;
