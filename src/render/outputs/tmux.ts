import type { Style } from '../color.ts';
import { paintEach } from './output.ts';
import type { Output } from './output.ts';

const styles: Record<Style, string> = {
  ok: 'fg=green',
  warn: 'fg=yellow',
  critical: 'fg=red,bold',
  dim: 'dim',
  notice: 'fg=yellow',
  strong: 'bold',
};

/** tmux' status line: styles in `#[…]`, `#` doubled, never an escape sequence (tmux would show it as text). */
export const tmux: Output = {
  paint: (spans, color) =>
    paintEach(
      spans,
      color,
      (text) => text.replaceAll('#', '##'),
      (text, style) => `#[${styles[style]}]${text}#[default]`,
    ),
};
