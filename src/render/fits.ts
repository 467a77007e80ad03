/**
 * Whether a painted line has at most so many columns (null: any number is enough). On the hot path, so without the
 * tables that the renderer has: what may be wide counts as wide, and whoever is refused is measured there.
 */
export function fits(text: string, columns: number | null): boolean {
  if (columns === null || text.length * 2 <= columns) return true;
  let width = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x1b) {
      // A colour, `ESC[…m`, has no width. usageline writes none without an end.
      at = text.indexOf('m', at);
      if (at < 0) return false;
    } else width += code < FIRST_WIDE || OURS.includes(text[at] as string) ? 1 : 2;
  }
  return width <= columns;
}

/** Below it no character is two columns wide. */
const FIRST_WIDE = 0x1100;
/** What our own lines have beyond it. */
const OURS = '…█░';
