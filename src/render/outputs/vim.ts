import type { Style } from '../style.ts';
import { paintEach } from '../spans.ts';
import type { Output } from './output.ts';

/** Highlight groups by style. In vim the user defines their colours. */
const groups: Record<Style, string> = {
  ok: 'UsagelineOk',
  warn: 'UsagelineWarn',
  critical: 'UsagelineCritical',
  urgent: 'UsagelineCritical',
  dim: 'UsagelineDim',
  notice: 'UsagelineNotice',
  strong: 'UsagelineStrong',
};

/**
 * The status line of vim and neovim. `%` is doubled, so that the text is not expanded where vim reads it as a format
 * (`%!`, `%{%…%}`, a function of lualine).
 */
export const vim: Output = {
  paint: (spans, color) =>
    paintEach(
      spans,
      color,
      (text) => text.replaceAll('%', '%%'),
      (text, style) => `%#${groups[style]}#${text}%*`,
    ),
};
