import type { Usage } from '../usage/model.ts';
import { plain, paint } from './spans.ts';
import type { Span } from './spans.ts';
import { fill } from './template/fill.ts';
import type { Cut } from './template/fit.ts';
import type { Filling } from './template/filling.ts';
import { fit } from './template/fit.ts';
import { formatOf } from './template/format.ts';
import { joinPieces, separated } from './template/pieces.ts';
import type { Piece } from './template/pieces.ts';
import { clipLine, lineWidth } from './layout.ts';
import { isErrorShared } from './said-once.ts';
import { hasNumbers, withoutHidden, lineWindows } from './selection.ts';
import { glyphsOf } from './glyphs.ts';
import type { Glyphs } from './glyphs.ts';
import { DEFAULT_APPEARANCE } from './appearance.ts';
import type { Appearance } from './appearance.ts';
import { creditsText } from './values.ts';
import { agePart, errorPart, tokenParts } from './template/line-fields.ts';

/** Options of a line. */
export interface LineOptions {
  readonly appearance?: Appearance;
  /** False for a prerendered line that stays valid for longer than a countdown is right. */
  readonly countdowns: boolean;
  /** The model of the session: its weekly limit comes first. */
  readonly model?: string | null;
  /** Width to fit the line into, columns; null or absent: unlimited. */
  readonly columns?: number | null;
}

/** The line, without a newline and never empty: `5h 22% 4h37m · 7d 33% 4d3h`. */
export function renderLine(
  usage: Usage,
  { color, appearance = DEFAULT_APPEARANCE }: { readonly color: boolean; readonly appearance?: Appearance },
): string {
  return paint(lineSpans(usage, { appearance, countdowns: true }), color, appearance.colors);
}

/** The line as spans, which each output kind paints and escapes in its own way. */
export function lineSpans(usage: Usage, options: LineOptions = { countdowns: true }): Span[] {
  return usage.label === undefined
    ? accountSpans(usage, options)
    : severalSpans(usage, usage.others ?? [], options);
}

/** The preset of each account's part where several share a line, unless a format is configured: one limit each. */
const SHARED_FORMAT = 'minimal';

/**
 * The line of several accounts, each behind its label: `work 5h 22% · codex 5h 3%`. An error that all of them share stands
 * once, at the end. Where that is too wide, the last accounts are left out; what is left of the first is fitted.
 */
function severalSpans(first: Usage, others: readonly Usage[], options: LineOptions): Span[] {
  const { appearance = DEFAULT_APPEARANCE, columns = null, countdowns } = options;
  const isUsual = appearance.format === DEFAULT_APPEARANCE.format;
  const own = isUsual ? { ...appearance, format: SHARED_FORMAT } : appearance;
  const between = plain(glyphsOf(own).separator);
  const part = (usage: Usage, width: number | null): Span[] => {
    const label = plain(usage.label === undefined ? '' : `${usage.label} `);
    const rest = width === null ? null : Math.max(1, width - label.text.length);
    return [label, ...accountSpans(usage, { ...options, appearance: own, columns: rest })];
  };
  const all = [first, ...others];
  const isShared = isErrorShared(all);
  const parts = all.map((usage) => part(isShared ? { ...usage, error: null } : usage, null));
  const last = isShared ? [errorPart(first, countdowns)] : [];
  for (let count = parts.length; count > 0; count -= 1) {
    const shown = [...parts.slice(0, count), ...last];
    const spans = shown.flatMap((it, index) => (index === 0 ? it : [between].concat(it)));
    if (columns === null || lineWidth(spans) <= columns) return spans;
  }
  return clipLine(part(first, columns), columns ?? Number.POSITIVE_INFINITY, glyphsOf(own).ellipsis);
}

function accountSpans(all: Usage, options: LineOptions): Span[] {
  const { appearance = DEFAULT_APPEARANCE, countdowns, model = null, columns = null } = options;
  const usage = withoutHidden(all, appearance);
  const glyphs = glyphsOf(appearance);
  const filling = {
    usage: hasNumbers(usage) ? usage : { ...usage, windows: [], extraUsage: null, lacking: [] },
    sectionWindows: hasNumbers(usage) ? lineWindows(usage, model) : [],
    model,
    now: usage.generatedAt,
    appearance,
    glyphs,
    countdowns,
    restAgeMs: usage.restAgeMs,
  };
  const line = (cut: Cut) => {
    const spans = joinPieces(piecesOf({ ...filling, cut }), glyphs.separator);
    return spans.length > 0 ? spans : [{ text: 'no data', style: 'notice' } as const];
  };
  const bars = [...formatOf(appearance.format).fields].some((field) => field.endsWith('.bar'));
  return fit(line, columns, { windows: usage.windows.length, bars }, glyphs.ellipsis);
}

/** The line of the format; without numbers, the reason instead. */
function piecesOf(filling: Omit<Filling, 'format'>): readonly Piece[] {
  const { usage, cut, countdowns, appearance, glyphs } = filling;
  // If the template shows no number, the default format may show some.
  for (const format of [appearance.format, DEFAULT_APPEARANCE.format]) {
    const { pieces, numbers } = fill({ ...filling, format: formatOf(format) });
    if (numbers) return pieces;
  }
  const status = [agePart(usage), cut.error ? [] : errorPart(usage, countdowns)];
  const parts = [...withoutNumbers(usage, appearance, glyphs), ...status];
  return separated(parts.filter((part) => part.length > 0));
}

/** The text that replaces the numbers. */
function withoutNumbers(usage: Usage, { hide }: Appearance, { ellipsis }: Glyphs): Span[][] {
  if (usage.state === 'estimate') return tokenParts(usage.tokens);
  if (!hasNumbers(usage)) return usage.pending ? [[plain(ellipsis)]] : [];
  const left = usage.credits && !hide.includes('credits') ? creditsText(usage.credits) : null;
  if (left !== null) return [[plain(`credits ${left}`)]];
  // `withoutHidden` has removed the hidden windows, so whether there were any is no longer visible.
  return [[plain(hide.length > 0 ? 'no limits shown' : 'no limits reported')]];
}
