import { COLOR_NAMES } from '../render/appearance.ts';
import type { Color } from '../render/appearance.ts';

const weight = '(?:bold|dim)';
const hue = `(?:${COLOR_NAMES.join('|')}|#[0-9A-Fa-f]{6})`;

/** How a colour is written in the configuration: `green`, `bold #ff8800`, `dim`, `none`. */
export const COLOR_PATTERN = new RegExp(
  `^(?:none|${weight}(?: ${weight})?|(?:${weight} ){0,2}${hue}(?: ${weight}){0,2})$`,
);

/** A text that the pattern accepts, as a colour. */
export function parseColor(text: string): Color {
  const parts = text.split(' ');
  const name = parts.find((part) => !['none', 'bold', 'dim'].includes(part));
  return {
    color: (name?.toLowerCase() ?? null) as Color['color'],
    bold: parts.includes('bold'),
    dim: parts.includes('dim'),
  };
}

/** A colour as a text that the pattern accepts. */
export function colorText({ color, bold, dim }: Color): string {
  return [color, bold && 'bold', dim && 'dim'].filter(Boolean).join(' ') || 'none';
}
