import type { Style } from '../color.ts';
import { paintEach } from './output.ts';
import type { Output } from './output.ts';

/** Colours as zsh's prompt has them: the 16 basic ones by number, which follow the user's theme. */
const open: Record<Style, string> = {
  ok: '%F{2}',
  warn: '%F{3}',
  critical: '%B%F{1}',
  dim: '%F{8}',
  notice: '%F{3}',
  strong: '%B',
};

const close: Record<Style, string> = {
  ok: '%f',
  warn: '%f',
  critical: '%f%b',
  dim: '%f',
  notice: '%f',
  strong: '%b',
};

/** A zsh prompt: `%` is doubled; what PROMPT_SUBST would run cannot occur, since no text has a `$` or a backtick. */
export const zsh: Output = {
  paint: (spans, color) =>
    paintEach(
      spans,
      color,
      (text) => text.replaceAll('%', '%%'),
      (text, style) => `${open[style]}${text}${close[style]}`,
    ),
};
