import { DEFAULT_APPEARANCE } from '../appearance.ts';
import type { Color } from '../appearance.ts';
import type { Style } from '../style.ts';

/*
 * The default colours are those of a terminal, on the background of its theme. A host with another background has its own
 * instead of them; a colour that the user has chosen is used as it is.
 */

/** A value for each style. */
export type ByStyle<T> = Readonly<Record<Style, T>>;

/**
 * Whether the user has chosen no other colour for a style. Compared by value, since each bundle has its own defaults.
 */
export function isDefaultColor(style: Style, { color, bold, dim, reverse }: Color): boolean {
  const usual = DEFAULT_APPEARANCE.colors[style];
  return (
    color === usual.color &&
    bold === usual.bold &&
    dim === usual.dim &&
    Boolean(reverse) === Boolean(usual.reverse)
  );
}
