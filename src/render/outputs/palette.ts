import type { Style } from '../style.ts';
import type { ColorName } from '../appearance.ts';
import type { Colors } from '../paint.ts';

/** The basic colours as xterm has them, for hosts that know no palette of the user's. */
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

/** A style as six hex digits; null: the host's own colour. What is dim and nothing else is grey. */
export function hexOf(style: Style | null, colors: Colors): string | null {
  if (style === null) return null;
  const { color, dim } = colors[style];
  if (color === null) return dim ? PALETTE['bright-black'] : null;
  return isHex(color) ? color.slice(1) : PALETTE[color];
}

function isHex(color: ColorName | `#${string}`): color is `#${string}` {
  return color.startsWith('#');
}
