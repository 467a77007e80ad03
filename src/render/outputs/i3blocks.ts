import { gistOf } from '../gist.ts';
import { lineSpans } from '../line.ts';
import { wordsOf } from './output.ts';
import type { StructuredOutput } from './output.ts';
import { hexOf } from './palette.ts';

/** From here on there is nothing left, percent: what i3bar calls urgent. */
const USED_UP = 100;

/**
 * A block of i3blocks with `format=json`: the fields of i3bar on one line. Without `markup`, so that text is text.
 * The block has one colour: that of the limit that is nearest, and i3bar's own while all is well.
 */
export const i3blocks: StructuredOutput = {
  render: (usage, context) => {
    const { used, word, style } = gistOf(usage, context.looks);
    const hex = context.color && word !== 'ok' ? hexOf(style, context.looks.colors) : null;
    return JSON.stringify({
      full_text: wordsOf(lineSpans(usage, context)),
      // What is shown where the bar has no room for all of it.
      short_text: wordsOf(lineSpans(usage, { ...context, countdowns: false })),
      ...(hex !== null && { color: `#${hex}` }),
      ...(used !== null && used >= USED_UP && { urgent: true }),
    });
  },
};
