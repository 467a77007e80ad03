import { paintEach } from '../spans.ts';
import type { Colors, Span } from '../spans.ts';
import type { Style } from '../style.ts';
import { badgeOf, hexOf } from './palette.ts';

/** What a span looks like: colours as six hex digits, null for those around it. */
export interface PangoStyle {
  readonly background: string | null;
  readonly foreground: string | null;
  readonly bold: boolean;
}

/** The style on a dark bar. A critical number has a background, besides its weight. */
export function onDarkBar(style: Style, colors: Colors): PangoStyle {
  const badge = badgeOf(style, colors);
  return {
    background: badge?.background ?? null,
    foreground: badge?.foreground ?? hexOf(style, colors),
    bold: colors[style].bold,
  };
}

/**
 * Spans as Pango markup.
 *
 * @param quote the quotation mark of attributes
 * @param lookOf what a style looks like on the bar of the host
 */
export function pango(
  spans: readonly Span[],
  color: boolean,
  colors: Colors,
  quote: '"' | "'" = '"',
  lookOf: (style: Style, colors: Colors) => PangoStyle = onDarkBar,
): string {
  return paintEach(spans, color, escapePango, (text, style) => {
    const { background, foreground, bold } = lookOf(style, colors);
    const attributes = {
      background: background && `#${background}`,
      foreground: foreground && `#${foreground}`,
      weight: bold ? 'bold' : null,
    };
    const written = Object.entries(attributes)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => ` ${name}=${quote}${value}${quote}`);
    return written.length === 0 ? text : `<span${written.join('')}>${text}</span>`;
  });
}

/** Escapes text for Pango markup. */
export function escapePango(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
