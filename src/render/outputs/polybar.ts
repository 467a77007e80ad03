import { paintEach } from '../spans.ts';
import type { Output } from './output.ts';
import { hexOf } from './palette.ts';

/**
 * polybar's `custom/script`: colours in tags, `%{F#rrggbb}…%{F-}`. It has no escape for the beginning of a tag; a tag
 * that does nothing stands between the two characters.
 */
export const polybar: Output = {
  paint: (spans, color, colors) =>
    paintEach(
      spans,
      color,
      (text) => text.replaceAll('%{', '%%{T-}{'),
      (text, style) => {
        const hex = hexOf(style, colors);
        return hex === null ? text : `%{F#${hex}}${text}%{F-}`;
      },
    ),
};
