import type { Color } from '../appearance.ts';
import { paintEach } from '../spans.ts';
import type { Style } from '../style.ts';
import { isDefaultColor } from './host-colors.ts';
import type { ByStyle } from './host-colors.ts';
import type { Output } from './output.ts';

/**
 * Attributes instead of the default colours: tmux' own bar is black on green, on which cyan and yellow cannot be read, and
 * themes have dark and light bars. An underscore and reverse video keep the contrast of every bar. Bold does not: xterm and
 * the Linux console draw bold black as grey.
 */
const ATTRIBUTES: ByStyle<string> = {
  ok: '',
  warn: 'underscore',
  critical: 'reverse',
  urgent: 'underscore',
  dim: '',
  notice: 'underscore',
  strong: 'underscore',
};

/**
 * The status line of tmux: styles as `#[…]`, `#` doubled. Escape sequences would appear as text. `#[default]` after a style
 * is the style around the line, if that has been pushed.
 */
export const tmux: Output = {
  paint: (spans, color, colors) =>
    paintEach(
      spans,
      color,
      (text) => text.replaceAll('#', '##'),
      (text, style) => {
        const attributes = attributesOf(style, colors[style]);
        return attributes === '' ? text : `#[${attributes}]${text}#[default]`;
      },
    ),
};

/** The attributes of a style: `fg=red,bold`, `fg=brightblue`, `fg=#ff8800`, `dim`; empty for the style of the bar. */
function attributesOf(style: Style, chosen: Color): string {
  if (isDefaultColor(style, chosen)) return ATTRIBUTES[style];
  const { color, bold, dim, reverse } = chosen;
  const names = [
    color === null ? '' : `fg=${color.replace('-', '')}`,
    bold ? 'bold' : '',
    dim ? 'dim' : '',
    reverse ? 'reverse' : '',
  ];
  return names.filter((name) => name !== '').join(',');
}
