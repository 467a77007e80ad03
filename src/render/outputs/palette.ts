import type { Colors } from '../spans.ts';
import type { Style } from '../style.ts';
import type { ColorName } from '../appearance.ts';

/**
 * The basic colours for bars, which are dark: each, except black, has a contrast of at least 4.5:1 on black and on #222222.
 * Those of xterm do not: red has 3.6:1, blue 1.7:1.
 */
export const BAR_PALETTE: Readonly<Record<ColorName, string>> = {
  black: '000000',
  red: 'ff6b6b',
  green: '5fd75f',
  yellow: 'ffd75f',
  blue: '87afff',
  magenta: 'ff87ff',
  cyan: '5fd7d7',
  white: 'e5e5e5',
  'bright-black': 'a0a0a0',
  'bright-red': 'ff8787',
  'bright-green': '87ff87',
  'bright-yellow': 'ffff87',
  'bright-blue': 'afcfff',
  'bright-magenta': 'ffafff',
  'bright-cyan': '87ffff',
  'bright-white': 'ffffff',
};

/** The colour of a style on a bar as six hex digits; null: the default colour of the host. `dim` without a colour is grey. */
export function hexOf(style: Style | null, colors: Colors): string | null {
  if (style === null) return null;
  const { color, dim } = colors[style];
  if (color === null) return dim ? BAR_PALETTE['bright-black'] : null;
  return isHex(color) ? color.slice(1) : BAR_PALETTE[color];
}

/** Text on a filled background, which is the loudest style without any hue, as six hex digits each. */
export interface Badge {
  readonly foreground: string;
  readonly background: string;
}

/** What fills the background of a style on a bar; null for a style that is text alone. Only `critical` has one. */
export function badgeOf(style: Style, colors: Colors): Badge | null {
  const background = style === 'critical' ? hexOf(style, colors) : null;
  if (background === null) return null;
  const light = luminance(background);
  // The contrast with black is (light + 0.05) / 0.05, that with white 1.05 / (light + 0.05).
  return { background, foreground: (light + 0.05) ** 2 > 1.05 * 0.05 ? '000000' : 'ffffff' };
}

/** The relative luminance of six hex digits, 0–1, as WCAG 2 defines it. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function isHex(color: ColorName | `#${string}`): color is `#${string}` {
  return color.startsWith('#');
}
