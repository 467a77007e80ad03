import { summaryOf } from '../summary.ts';
import { lineSpans } from '../line.ts';
import { plainText } from './output.ts';
import type { StructuredOutput } from './output.ts';
import { hexOf } from './palette.ts';

/** SketchyBar's own default for a label, since what a label once got stays until it gets something else. */
const DEFAULT_LABEL = 'ffffff';

/**
 * Arguments of `sketchybar --set <item>`, quoted as `xargs` and shells read them. A label has one colour: that of the
 * limit that is nearest.
 */
export const sketchybar: StructuredOutput = {
  render: (usage, context) => {
    const label = `label=${quoted(plainText(lineSpans(usage, context)))}`;
    if (!context.color) return label;
    const hex = hexOf(summaryOf(usage, context.appearance).style, context.appearance.colors);
    return `${label} label.color=0xff${hex ?? DEFAULT_LABEL}`;
  },
};

/** Nothing is live between single quotes; one in the text stands between double ones. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}
