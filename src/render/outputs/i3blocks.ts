import { summaryOf } from '../summary.ts';
import { lineSpans } from '../line.ts';
import { plainText } from './output.ts';
import type { StructuredOutput } from './output.ts';
import { hexOf } from './palette.ts';

/** From here on there is nothing left, percent: what i3bar calls urgent. */
const USED_UP = 100;

/**
 * A block of i3blocks with `format=json`: the fields of i3bar on one line. Without `markup`, so that text is text.
 * The block has one colour: that of the limit that is nearest, and i3bar's own while all is well.
 *
 * i3blocks 1.4, which many still have, looks for the first place at which a field's name stands, be it in a text: so
 * what no text of ours can be comes first, and the text that may not be missed before the other.
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
      // What is shown where the bar has no room for all of it.
      short_text: textOf(false),
    });
  },
};

/** To i3blocks 1.4 a quote ends the text, escaped or not. */
function literal(text: string): string {
  return text.replaceAll('"', '”');
}
