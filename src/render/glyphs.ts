/** Between the parts of a line. Every character here is one column wide. */
export const SEPARATOR = ' · ';
/** Something is missing: the rest of a cut text, or an answer still on its way. */
export const ELLIPSIS = '…';

const FILLED = '█';
const EMPTY = '░';

/**
 * A bar of exactly `width` columns. Like the percentage it is never empty when something is used and never
 * full while something is left.
 */
export function bar(percent: number, width: number): string {
  const least = percent > 0 ? 1 : 0;
  const most = percent < 100 ? width - 1 : width;
  const filled = Math.min(most, Math.max(least, Math.round((width * percent) / 100)));
  return FILLED.repeat(filled) + EMPTY.repeat(width - filled);
}
