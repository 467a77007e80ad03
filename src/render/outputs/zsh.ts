import type { Color } from '../appearance.ts';
import { numberOf, paintEach } from '../spans.ts';
import type { Output } from './output.ts';

/**
 * A zsh prompt: `%` is doubled; what PROMPT_SUBST would run cannot occur, since no text has a `$` or a backtick.
 */
export const zsh: Output = {
  paint: (spans, color, colors) =>
    paintEach(
      spans,
      color,
      (text) => text.replaceAll('%', '%%'),
      (text, style) => {
        const { open, close } = codesOf(colors[style]);
        return `${open}${text}${close}`;
      },
    ),
};

/** The basic colours by number, which follow the user's theme. Prompts have no dim: the grey of them stands for it. */
function codesOf({ color, bold, dim }: Color): { readonly open: string; readonly close: string } {
  const shade = color ?? (dim ? 'bright-black' : null);
  const foreground = shade === null ? '' : `%F{${numberOf(shade) ?? shade}}`;
  return {
    open: `${bold ? '%B' : ''}${foreground}`,
    close: `${shade === null ? '' : '%f'}${bold ? '%b' : ''}`,
  };
}
