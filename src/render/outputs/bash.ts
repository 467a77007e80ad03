import { sgr, paintEach } from '../spans.ts';
import type { Output } from './output.ts';

/**
 * A bash prompt, as the value of a variable in PS1: readline counts the text between \001 and \002 as no width.
 * (`\[` and `\]` work in the text of PS1 itself only.)
 */
export const bash: Output = {
  paint: (spans, color, colors) =>
    paintEach(
      spans,
      color,
      (text) => text,
      (text, style) => {
        const code = sgr(colors[style]);
        return code === '' ? text : `\u0001\u001B[${code}m\u0002${text}\u0001\u001B[0m\u0002`;
      },
    ),
};
