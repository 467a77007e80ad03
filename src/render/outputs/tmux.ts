import type { Color } from '../appearance.ts';
import { paintEach } from '../spans.ts';
import type { Output } from './output.ts';

/** The status line of tmux: styles as `#[…]`, `#` doubled. Escape sequences would appear as text. */
export const tmux: Output = {
  paint: (spans, color, colors) =>
    paintEach(
      spans,
      color,
      (text) => text.replaceAll('#', '##'),
      (text, style) => {
        const attributes = attributesOf(colors[style]);
        return attributes === '' ? text : `#[${attributes}]${text}#[default]`;
      },
    ),
};

/** The attributes of a colour: `fg=red,bold`, `fg=brightblue`, `fg=#ff8800`, `dim`; empty for the default style. */
function attributesOf({ color, bold, dim }: Color): string {
  const names = [color === null ? '' : `fg=${color.replace('-', '')}`, bold ? 'bold' : '', dim ? 'dim' : ''];
  return names.filter((name) => name !== '').join(',');
}
