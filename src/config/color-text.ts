import { COLOR_NAMES } from '../render/appearance.ts';
import type { Color } from '../render/appearance.ts';

const weight = '(?:bold|dim|reverse)';

const hue = `(?:${COLOR_NAMES.join('|')}|#[0-9A-Fa-f]{6})`;

/** The syntax of a colour in the configuration: `green`, `bold #ff8800`, `dim`, `red bold reverse`, `none`. */
export const COLOR_PATTERN = new RegExp(
  `^(?:none|${weight}(?: ${weight}){0,2}|(?:${weight} ){0,3}${hue}(?: ${weight}){0,3})$`,
);

/** Parses a text that `COLOR_PATTERN` accepts. */
export function parseColor(text: string): Color {
  const parts = text.split(' ');
  const name = parts.find((part) => !['none', 'bold', 'dim', 'reverse'].includes(part));
  return {
    color: (name?.toLowerCase() ?? null) as Color['color'],
    bold: parts.includes('bold'),
    dim: parts.includes('dim'),
    ...(parts.includes('reverse') && { reverse: true }),
  };
}

/** The text of a colour; `parseColor` gives the same colour again. */
export function colorText({ color, bold, dim, reverse }: Color): string {
  return [color, bold && 'bold', dim && 'dim', reverse && 'reverse'].filter(Boolean).join(' ') || 'none';
}
