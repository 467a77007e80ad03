import { paintEach } from '../spans.ts';
import type { Output } from './output.ts';
import { badgeOf, hexOf } from './palette.ts';

/**
 * `custom/script` of polybar: colours as tags, `%{F#rrggbb}…%{F-}`. A critical number has a background, since polybar has no
 * bold. There is no escape for `%{`, so a tag without effect separates the two characters.
 */
export const polybar: Output = {
  paint: (spans, color, colors) =>
    paintEach(
      spans,
      color,
      (text) => text.replaceAll('%{', '%%{T-}{'),
      (text, style) => {
        const badge = badgeOf(style, colors);
        if (badge !== null) {
          return `%{B#${badge.background}}%{F#${badge.foreground}}${text}%{F-}%{B-}`;
        }
        const hex = hexOf(style, colors);
        return hex === null ? text : `%{F#${hex}}${text}%{F-}`;
      },
    ),
};
