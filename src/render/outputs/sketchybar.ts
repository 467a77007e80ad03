import { summaryOf } from '../summary.ts';
import { lineSpans } from '../line.ts';
import { plainText } from '../spans.ts';
import type { StructuredOutput } from './output.ts';
import { hexOf } from './palette.ts';

/** The default colour of a label in SketchyBar. It must be set, because a label keeps its last colour. */
const DEFAULT_LABEL = 'ffffff';

/**
 * Arguments for `sketchybar --set <item>`, quoted for `xargs` and shells. A label has one colour: that of the summary.
 */
export const sketchybar: StructuredOutput = {
  render: (usage, context) => {
    const label = `label=${quoted(plainText(lineSpans(usage, context)))}`;
    if (!context.color) return label;
    const hex = hexOf(summaryOf(usage, context.appearance).style, context.appearance.colors);
    return `${label} label.color=0xff${hex ?? DEFAULT_LABEL}`;
  },
};

/** Single quotes prevent every expansion; a single quote in the text is put between double quotes. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}
