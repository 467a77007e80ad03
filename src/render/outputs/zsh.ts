import type { Color } from '../appearance.ts';
import { numberOf, paintEach } from '../spans.ts';
import type { Output } from './output.ts';

/** A zsh prompt: `%` is doubled. PROMPT_SUBST finds nothing to expand, because no text contains `$` or a backtick. */
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

/**
 * Colours by number, so that they follow the theme of the user. zsh prompts have no dim: grey replaces it. Their own reverse
 * video, `%S`, is italics in tmux and screen, so the escape sequence replaces it.
 */
function codesOf({ color: wanted, bold, dim: isDim, reverse = false, ansi }: Color): {
  readonly open: string;
  readonly close: string;
} {
  const { color, dim } = ansi && 'color' in ansi ? ansi : { color: wanted, dim: isDim };
  const shade = color ?? (dim ? 'bright-black' : null);
  const indexed = ansi && 'indexed' in ansi ? ansi.indexed : null;
  const foreground = shade === null ? '' : `%F{${indexed ?? numberOf(shade) ?? shade}}`;
  return {
    open: `${bold ? '%B' : ''}${reverse ? '%{\u001B[7m%}' : ''}${foreground}`,
    close: `${shade === null ? '' : '%f'}${reverse ? '%{\u001B[27m%}' : ''}${bold ? '%b' : ''}`,
  };
}
