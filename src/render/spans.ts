import { COLOR_NAMES, DEFAULT_APPEARANCE } from './appearance.ts';
import type { Color } from './appearance.ts';
import type { Level, Style } from './style.ts';

/**
 * The level of a percentage.
 *
 * @param percent percent used, unrounded: 49.999 is shown as `50%` and is still `ok`
 */
export function levelOf(percent: number, { warn, critical } = DEFAULT_APPEARANCE.thresholds): Level {
  if (percent >= critical) return 'critical';
  return percent >= warn ? 'warn' : 'ok';
}

/** A piece of text in one style; null: the default style of the host. */
export interface Span {
  readonly text: string;
  readonly style: Style | null;
}

/** A span without a style. */
export function plain(text: string): Span {
  return { text, style: null };
}

/** The colour of each style. */
export type Colors = Readonly<Record<Style, Color>>;

/** Spans as text, with `color` in ANSI escape sequences. Each span is closed by itself, so that a cut line leaks no colour. */
export function paint(
  spans: readonly Span[],
  color: boolean,
  colors: Colors = DEFAULT_APPEARANCE.colors,
): string {
  let text = '';
  for (const span of spans) {
    const code = color && span.style !== null && span.text !== '' ? sgr(colors[span.style]) : '';
    text += code === '' ? span.text : `\u001B[${code}m${span.text}\u001B[0m`;
  }
  return text;
}

/** The parameters of an SGR sequence: `1;31`, `38;2;255;136;0`; empty for the default style. */
export function sgr({ color: wanted, bold, dim: isDim, reverse = false, ansi }: Color): string {
  const { color, dim } = ansi && 'color' in ansi ? ansi : { color: wanted, dim: isDim };
  const indexed = ansi && 'indexed' in ansi ? `38;5;${ansi.indexed}` : null;
  const hue = indexed ?? (color === null ? '' : foreground(color));
  return [bold ? '1' : '', dim ? '2' : '', reverse ? '7' : '', hue].filter((code) => code !== '').join(';');
}

function foreground(color: NonNullable<Color['color']>): string {
  const number = numberOf(color);
  if (number !== null) return String(number < 8 ? 30 + number : 90 + number - 8);
  return `38;2;${[1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16)).join(';')}`;
}

/** The number of a basic colour in terminals and shells, 0–15; null for `#rrggbb`. */
export function numberOf(color: NonNullable<Color['color']>): number | null {
  const number = (COLOR_NAMES as readonly string[]).indexOf(color);
  return number < 0 ? null : number;
}

/** Paints each span with `wrap` after `escape`. Each is closed by itself, so that a cut line leaks no colour. */
export function paintEach(
  spans: readonly Span[],
  color: boolean,
  escape: (text: string) => string,
  wrap: (text: string, style: NonNullable<Span['style']>) => string,
): string {
  return spans
    .map(({ text, style }) => {
      const escaped = escape(text);
      return color && style !== null && text !== '' ? wrap(escaped, style) : escaped;
    })
    .join('');
}

/** The text of spans without styles. */
export function plainText(spans: readonly Span[]): string {
  return spans.map(({ text }) => text).join('');
}
