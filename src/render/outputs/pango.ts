import { paintEach } from '../spans.ts';
import type { Colors, Span } from '../spans.ts';
import { badgeOf, hexOf } from './palette.ts';

/**
 * Spans as Pango markup. A critical number has a background, besides its weight.
 *
 * @param quote the quotation mark of attributes
 */
export function pango(
  spans: readonly Span[],
  color: boolean,
  colors: Colors,
  quote: '"' | "'" = '"',
): string {
  return paintEach(spans, color, escapePango, (text, style) => {
    const badge = badgeOf(style, colors);
    const attributes = {
      background: badge && `#${badge.background}`,
      foreground:
        badge === null ? hexOf(style, colors) && `#${hexOf(style, colors)}` : `#${badge.foreground}`,
      weight: colors[style].bold ? 'bold' : null,
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
