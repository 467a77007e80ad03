import type { Span } from './color.ts';
import type { Style } from './style.ts';
import { COLOR_NAMES, DEFAULT_APPEARANCE } from './appearance.ts';
import type { Color } from './appearance.ts';

/** What each style looks like. */
export type Colors = Readonly<Record<Style, Color>>;

/** Spans as text; with `color` in ANSI, every span closed by itself, so that a cut line leaks nothing. */
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

/** The parameters of an SGR sequence: `1;31`, `38;2;255;136;0`; empty for the terminal's own. */
export function sgr({ color, bold, dim }: Color): string {
  const codes = [bold ? '1' : '', dim ? '2' : '', color === null ? '' : foreground(color)];
  return codes.filter((code) => code !== '').join(';');
}

function foreground(color: NonNullable<Color['color']>): string {
  const number = numberOf(color);
  if (number !== null) return String(number < 8 ? 30 + number : 90 + number - 8);
  return `38;2;${[1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16)).join(';')}`;
}

/** The number that terminals and shells have for a basic colour, 0–15; null for any other. */
export function numberOf(color: NonNullable<Color['color']>): number | null {
  const number = (COLOR_NAMES as readonly string[]).indexOf(color);
  return number < 0 ? null : number;
}
