import type { Usage } from '../../usage/model.ts';
import { summaryOf, hasFailed } from '../summary.ts';
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
    const { used, level } = summaryOf(usage, context.appearance);
    return JSON.stringify({
      text: textOf(usage, context),
      alt: level,
      // Waybar shows no tooltip at all that has a line feed in it.
      tooltip: detailLines(usage, context).map(escaped).join('\r'),
      class: classesOf(usage, level),
      ...(used !== null && { percentage: wholePercent(used) }),
    });
  },
};

function textOf(usage: Usage, context: OutputContext): string {
  const { color, appearance } = context;
  return paintEach(lineSpans(usage, context), color, escaped, (text, style) => {
    const hex = hexOf(style, appearance.colors);
    const weight = appearance.colors[style].bold ? ' weight="bold"' : '';
    const foreground = hex === null ? '' : ` foreground="#${hex}"`;
    return foreground + weight === '' ? text : `<span${foreground}${weight}>${text}</span>`;
  });
}

/** The level of the summary, and what else the style sheet may want to know. */
function classesOf(usage: Usage, level: string): string[] {
  const classes = [level];
  if (usage.state === 'stale') classes.push('stale');
  if (level !== 'error' && hasFailed(usage)) classes.push('error');
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
