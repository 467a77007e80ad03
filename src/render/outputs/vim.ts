import type { Style } from '../style.ts';
import { paintEach } from './output.ts';
import type { Output } from './output.ts';

/** Colours belong to the colour scheme there: highlight groups by name, which whoever wants them defines. */
const groups: Record<Style, string> = {
  ok: 'UsagelineOk',
  warn: 'UsagelineWarn',
  critical: 'UsagelineCritical',
  dim: 'UsagelineDim',
  notice: 'UsagelineNotice',
  strong: 'UsagelineStrong',
};

/**
 * The status line of vim and neovim: `%` is doubled, so that the text stays what it is where it is read as a format
 * (`%!`, `%{%…%}`, a function of lualine), and nothing in it is run.
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
