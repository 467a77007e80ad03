import type { BarGlyphs } from './glyphs.ts';
import type { Span } from './spans.ts';
import type { Style } from './style.ts';

/** What a bar shows. */
export interface Bar {
  /** Filled part, percent 0–100 and more. */
  readonly percent: number;
  /** Where a mark stands, percent 0–100; null: no mark. */
  readonly mark: number | null;
  /** Columns. */
  readonly width: number;
  /** The style of the filled part. */
  readonly style: Style;
}

/** A bar as it is drawn. */
export interface DrawnBar {
  readonly spans: Span[];
  /** Whether the mark is in it. */
  readonly isMarked: boolean;
}

/**
 * A bar of exactly `width` columns, never empty while something is used and never full while something is left. The part
 * that is not filled is dim. The mark is part of the bar where it is filled, and has the default style of the host elsewhere.
 */
export function drawBar({ percent, mark, width, style }: Bar, glyphs: BarGlyphs): DrawnBar {
  const columns = columnsOf(percent, width, glyphs);
  const empty = columns.indexOf(glyphs.empty);
  const end = empty < 0 ? width : empty;
  const at = mark === null ? width : Math.min(width - 1, Math.floor((width * mark) / 100));
  const sign = at < width ? signOf(columns, at, end, glyphs) : null;
  if (sign !== null) columns[at] = sign;
  const part = (from: number, to: number, styleOfIt: Style | null): Span => {
    return { text: columns.slice(from, to).join(''), style: styleOfIt };
  };
  const rest =
    sign === null || at < end
      ? [part(end, width, 'dim')]
      : [part(end, at, 'dim'), part(at, at + 1, null), part(at + 1, width, 'dim')];
  const spans = [part(0, end, style), ...rest].filter(({ text }) => text !== '');
  return { spans, isMarked: sign !== null };
}

/** The mark in a column of a bar whose filled part ends before the column `end`; null: none. */
function signOf(columns: readonly string[], at: number, end: number, glyphs: BarGlyphs): string | null {
  const { filled, parts, mark } = glyphs;
  if (at >= end) return mark.empty;
  if (at < end - 1) return mark.filled;
  return mark.end?.[[...parts, filled].indexOf(columns[at] as string)] ?? null;
}

function columnsOf(percent: number, width: number, { filled, parts, empty }: BarGlyphs): string[] {
  const steps = parts.length + 1;
  const least = percent > 0 ? 1 : 0;
  const most = percent < 100 ? width * steps - 1 : width * steps;
  const done = Math.min(most, Math.max(least, Math.round((width * steps * percent) / 100)));
  const whole = Math.floor(done / steps);
  const part = parts[(done % steps) - 1];
  const columns = [...Array<string>(whole).fill(filled), ...(part === undefined ? [] : [part])];
  return [...columns, ...Array<string>(width - columns.length).fill(empty)];
}

/** A percentage as one character: the first one for nothing, the last one for all, the others for what is between. */
export function gaugeOf(percent: number, gauge: readonly string[]): string {
  const last = gauge.length - 1;
  const least = percent > 0 ? 1 : 0;
  const most = percent < 100 ? last - 1 : last;
  return gauge[Math.min(most, Math.max(least, Math.round((last * percent) / 100)))] as string;
}
