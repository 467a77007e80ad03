import type { Color } from '../appearance.ts';
import { paintEach } from '../spans.ts';
import type { Output } from './output.ts';

/** tmux' status line: styles in `#[…]`, `#` doubled, never an escape sequence (tmux would show it as text). */
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

/** `fg=red,bold`, `fg=brightblue`, `fg=#ff8800`, `dim`; empty for the host's own. */
function attributesOf({ color, bold, dim }: Color): string {
  const names = [color === null ? '' : `fg=${color.replace('-', '')}`, bold ? 'bold' : '', dim ? 'dim' : ''];
  return names.filter((name) => name !== '').join(',');
}
