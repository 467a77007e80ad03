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

/**
 * A bar of exactly `width` columns, never empty while something is used and never full while something is left. The part
 * that is not filled is dim, and the mark has the default style of the host.
 */
export function barSpans({ percent, mark, width, style }: Bar, glyphs: BarGlyphs): Span[] {
  const columns = columnsOf(percent, width, glyphs);
  const filled = columns.findIndex((column) => column === glyphs.empty);
  const end = filled < 0 ? width : filled;
  if (mark === null) return spansOf([{ text: columns.slice(0, end).join(''), style }], columns.slice(end));
  const at = Math.min(width - 1, Math.floor((width * mark) / 100));
  const sign = { text: glyphs.mark[at < end ? 0 : 1], style: null };
  if (at < end) {
    const before = { text: columns.slice(0, at).join(''), style };
    return spansOf([before, sign, { text: columns.slice(at + 1, end).join(''), style }], columns.slice(end));
  }
  const before = { text: columns.slice(end, at).join(''), style: 'dim' } as const;
  return spansOf([{ text: columns.slice(0, end).join(''), style }, before, sign], columns.slice(at + 1));
}

function spansOf(spans: readonly Span[], empty: readonly string[]): Span[] {
  const all: Span[] = [...spans, { text: empty.join(''), style: 'dim' }];
  return all.filter(({ text }) => text !== '');
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
