import { paintEach } from '../spans.ts';
import type { Output } from './output.ts';
import { hexOf } from './palette.ts';

/**
 * `custom/script` of polybar: colours as tags, `%{F#rrggbb}…%{F-}`. There is no escape for `%{`, so a tag without
 * effect separates the two characters.
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
