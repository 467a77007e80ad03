import type { Colors } from '../spans.ts';
import type { Style } from '../style.ts';
import type { ColorName } from '../appearance.ts';

/** The basic colours of xterm, for hosts without a palette of their own. */
const PALETTE: Readonly<Record<ColorName, string>> = {
  black: '000000',
  red: 'cd0000',
  green: '00cd00',
  yellow: 'cdcd00',
  blue: '0000ee',
  magenta: 'cd00cd',
  cyan: '00cdcd',
  white: 'e5e5e5',
  'bright-black': '7f7f7f',
  'bright-red': 'ff0000',
  'bright-green': '00ff00',
  'bright-yellow': 'ffff00',
  'bright-blue': '5c5cff',
  'bright-magenta': 'ff00ff',
  'bright-cyan': '00ffff',
  'bright-white': 'ffffff',
};

/** The colour of a style as six hex digits; null: the default colour of the host. `dim` without a colour is grey. */
export function hexOf(style: Style | null, colors: Colors): string | null {
  if (style === null) return null;
  const { color, dim } = colors[style];
  if (color === null) return dim ? PALETTE['bright-black'] : null;
  return isHex(color) ? color.slice(1) : PALETTE[color];
}

function isHex(color: ColorName | `#${string}`): color is `#${string}` {
  return color.startsWith('#');
}
