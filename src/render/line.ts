import type { Usage } from '../usage/model.ts';
import { plain } from './color.ts';
import type { Span } from './color.ts';
import { fill } from './format/fill.ts';
import type { Cut } from './format/cut.ts';
import type { Filling } from './format/filling.ts';
import { fit } from './format/fit.ts';
import { formatOf } from './format/index.ts';
import { assembled, separated } from './format/pieces.ts';
import type { Piece } from './format/pieces.ts';
import { hasNumbers } from './summary.ts';
import { glyphsOf } from './glyphs.ts';
import type { Glyphs } from './glyphs.ts';
import { withoutHidden } from './hidden.ts';
import { DEFAULT_APPEARANCE } from './appearance.ts';
import type { Appearance } from './appearance.ts';
import { paint } from './paint.ts';
import { lineWindows } from './selection.ts';
import { agePart, errorPart, tokenParts } from './status.ts';

/** How a line is to be. */
export interface LineOptions {
  readonly appearance?: Appearance;
  /** False: no countdown, since the line is to stand for longer than one is right. */
  readonly countdowns: boolean;
  /** The model somebody works with: its own weekly limit comes first. */
  readonly model?: string | null;
  /** Columns there are; null or nothing: as many as it takes. */
  readonly columns?: number | null;
}

/** The line, without a newline and never empty: `5h 22% 4h37m · 7d 33% 4d3h`. */
export function renderLine(
  usage: Usage,
  { color, appearance = DEFAULT_APPEARANCE }: { readonly color: boolean; readonly appearance?: Appearance },
): string {
  return paint(lineSpans(usage, { appearance, countdowns: true }), color, appearance.colors);
}

/** The line as spans: what every output kind paints and escapes in its own way. */
export function lineSpans(all: Usage, options: LineOptions = { countdowns: true }): Span[] {
  const { appearance = DEFAULT_APPEARANCE, countdowns, model = null, columns = null } = options;
  const usage = withoutHidden(all, appearance);
  const glyphs = glyphsOf(appearance);
  const filling = {
    usage: hasNumbers(usage) ? usage : { ...usage, windows: [], extraUsage: null, lacking: [] },
    onLine: hasNumbers(usage) ? lineWindows(usage.windows, model) : [],
    model,
    now: usage.generatedAt,
    appearance,
    glyphs,
    countdowns,
    restAgeMs: usage.restAgeMs,
  };
  const line = (cut: Cut) => {
    const spans = assembled(piecesOf({ ...filling, cut }), glyphs.separator);
    return spans.length > 0 ? spans : [{ text: 'no data', style: 'notice' } as const];
  };
  return fit(line, columns, usage.windows.length, glyphs.ellipsis);
}

/** The format's line where there are numbers for it; where there are none, why. */
function piecesOf(filling: Omit<Filling, 'format'>): readonly Piece[] {
  const { usage, cut, countdowns, appearance, glyphs } = filling;
  // Where there is nothing of what a template asks for, all that there is is better than nothing.
  for (const format of [appearance.format, DEFAULT_APPEARANCE.format]) {
    const { pieces, numbers } = fill({ ...filling, format: formatOf(format) });
    if (numbers) return pieces;
  }
  const status = [agePart(usage), cut.error ? [] : errorPart(usage, countdowns)];
  const parts = [...instead(usage, appearance, glyphs), ...status];
  return separated(parts.filter((part) => part.length > 0));
}

/** What stands where the numbers would. */
function instead(usage: Usage, { hide }: Appearance, { ellipsis }: Glyphs): Span[][] {
  if (usage.state === 'estimate') return tokenParts(usage.tokens);
  if (!hasNumbers(usage)) return usage.pending ? [[plain(ellipsis)]] : [];
  // Of what is hidden nothing is known here, not even whether there is any.
  return [[plain(hide.length > 0 ? 'no limits shown' : 'no limits reported')]];
}
