import type { Usage } from '../../usage/model.ts';
import { gistOf, hasFailed } from '../summary.ts';
import { lineSpans } from '../line.ts';
import { detailLines } from '../details.ts';
import { paintEach } from './output.ts';
import type { OutputContext, StructuredOutput } from './output.ts';
import { hexOf } from './palette.ts';

/**
 * Waybar's custom module with `"return-type": "json"`: one object on one line, its texts in Pango markup. Colours are
 * the style sheet's, by class; when they are asked for all the same they are markup.
 */
export const waybar: StructuredOutput = {
  render: (usage, context) => {
    const { used, word } = gistOf(usage, context.looks);
    return JSON.stringify({
      text: textOf(usage, context),
      alt: word,
      // Waybar shows no tooltip at all that has a line feed in it.
      tooltip: detailLines(usage, context).map(escaped).join('\r'),
      class: classesOf(usage, word),
      ...(used !== null && { percentage: wholePercent(used) }),
    });
  },
};

function textOf(usage: Usage, context: OutputContext): string {
  const { color, looks } = context;
  return paintEach(lineSpans(usage, context), color, escaped, (text, style) => {
    const hex = hexOf(style, looks.colors);
    const weight = looks.colors[style].bold ? ' weight="bold"' : '';
    const foreground = hex === null ? '' : ` foreground="#${hex}"`;
    return foreground + weight === '' ? text : `<span${foreground}${weight}>${text}</span>`;
  });
}

/** The word of the gist, and what else is to be known of the numbers. */
function classesOf(usage: Usage, word: string): string[] {
  const classes = [word];
  if (usage.state === 'stale') classes.push('stale');
  if (word !== 'error' && hasFailed(usage)) classes.push('error');
  return classes;
}

/** As the line rounds: neither 0 when something is used nor 100 while something is left. */
function wholePercent(used: number): number {
  const least = used > 0 ? 1 : 0;
  const most = used < 100 ? 99 : 100;
  return Math.min(most, Math.max(least, Math.round(used)));
}

/** Text that stays text in Pango markup. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
