import { summaryOf } from '../summary.ts';
import { lineSpans } from '../line.ts';
import { plainText } from '../spans.ts';
import type { Span } from '../spans.ts';
import type { StructuredOutput } from './output.ts';
import { pango } from './pango.ts';

/** Percent used from which i3bar marks the block as urgent. */
const USED_UP = 100;

/**
 * A block of i3blocks with `format=json`: the fields of i3bar on one line. With colour the texts are Pango markup, in which
 * each number has the colour of its level; without, i3bar shows them as they are.
 *
 * i3blocks 1.4, which is still common, takes the first occurrence of a field name for the field, even inside a text.
 * Hence fields with fixed values come first, then `full_text`, then `short_text`.
 */
export const i3blocks: StructuredOutput = {
  render: (usage, context) => {
    const { appearance, color } = context;
    const { used } = summaryOf(usage, appearance);
    const textOf = (countdowns: boolean) => {
      const spans = lineSpans(usage, { ...context, countdowns }).map(literal);
      return color ? pango(spans, true, appearance.colors, "'") : plainText(spans);
    };
    return JSON.stringify({
      ...(color && { markup: 'pango' }),
      ...(used !== null && used >= USED_UP && { urgent: true }),
      full_text: textOf(context.countdowns),
      // Shown if the bar has no room for `full_text`.
      short_text: textOf(false),
    });
  },
};

/** In i3blocks 1.4 a quotation mark ends the text, even if it is escaped. */
function literal({ text, style }: Span): Span {
  return { text: text.replaceAll('"', '”'), style };
}
