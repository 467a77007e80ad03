import { summaryOf } from '../summary.ts';
import { lineSpans } from '../line.ts';
import { plainText } from '../spans.ts';
import type { StructuredOutput } from './output.ts';
import { hexOf } from './palette.ts';

/** Percent used from which i3bar marks the block as urgent. */
const USED_UP = 100;

/**
 * A block of i3blocks with `format=json`: the fields of i3bar on one line. Without `markup`, so i3bar shows the text as
 * it is. The block has one colour: that of the summary, or the default of i3bar at level `ok`.
 *
 * i3blocks 1.4, which is still common, takes the first occurrence of a field name for the field, even inside a text.
 * Hence fields with fixed values come first, then `full_text`, then `short_text`.
 */
export const i3blocks: StructuredOutput = {
  render: (usage, context) => {
    const { used, level, style } = summaryOf(usage, context.appearance);
    const hex = context.color && level !== 'ok' ? hexOf(style, context.appearance.colors) : null;
    const textOf = (countdowns: boolean) => literal(plainText(lineSpans(usage, { ...context, countdowns })));
    return JSON.stringify({
      ...(hex !== null && { color: `#${hex}` }),
      ...(used !== null && used >= USED_UP && { urgent: true }),
      full_text: textOf(context.countdowns),
      // Shown if the bar has no room for `full_text`.
      short_text: textOf(false),
    });
  },
};

/** In i3blocks 1.4 a quotation mark ends the text, even if it is escaped. */
function literal(text: string): string {
  return text.replaceAll('"', '”');
}
