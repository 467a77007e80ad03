import { DEFAULT_APPEARANCE } from './appearance.ts';
import type { Color } from './appearance.ts';
import type { Colors } from './spans.ts';
import type { Style } from './style.ts';

/** A colour as `#rrggbb`, and the nearest of the 256 of xterm that reaches the same contrast. */
type Shade = readonly [hex: `#${string}`, indexed: number];

/** A set of colours that is made for the backgrounds of one theme. */
export interface Palette {
  /** The backgrounds, as `#rrggbb`, on which each colour reaches a contrast of 4.5 : 1 (WCAG 2). */
  readonly backgrounds: readonly `#${string}`[];
  readonly shades: Readonly<Record<'ok' | 'warn' | 'critical' | 'dim' | 'notice', Shade>>;
}

/**
 * The palettes beside the terminal's own colours, by name. A colour of a theme that is too close to the theme's
 * background is moved in lightness until it reaches 4.5 : 1.
 */
export const THEMES = {
  catppuccin: {
    backgrounds: ['#1e1e2e'],
    shades: {
      ok: ['#89dceb', 116],
      warn: ['#f9e2af', 223],
      critical: ['#f38ba8', 211],
      dim: ['#9399b2', 103],
      notice: ['#fab387', 216],
    },
  },
  'catppuccin-light': {
    backgrounds: ['#eff1f5'],
    shades: {
      ok: ['#1860f5', 27],
      warn: ['#8b5a00', 94],
      critical: ['#d20f39', 124],
      dim: ['#686b81', 60],
      notice: ['#b34700', 124],
    },
  },
  nord: {
    backgrounds: ['#2e3440'],
    shades: {
      ok: ['#88c0d0', 152],
      warn: ['#ebcb8b', 222],
      critical: ['#d6888f', 174],
      dim: ['#a9b3c4', 249],
      notice: ['#d8937a', 180],
    },
  },
  gruvbox: {
    backgrounds: ['#282828'],
    shades: {
      ok: ['#8ec07c', 107],
      warn: ['#fabd2f', 214],
      critical: ['#fb5945', 203],
      dim: ['#a89984', 247],
      notice: ['#fe8019', 208],
    },
  },
  'gruvbox-light': {
    backgrounds: ['#fbf1c7'],
    shades: {
      ok: ['#407756', 23],
      warn: ['#8f5a00', 94],
      critical: ['#9d0006', 88],
      dim: ['#665c54', 59],
      notice: ['#af3a03', 124],
    },
  },
  solarized: {
    backgrounds: ['#002b36'],
    shades: {
      ok: ['#2aa198', 37],
      warn: ['#b58900', 172],
      critical: ['#e5645f', 203],
      dim: ['#93a1a1', 247],
      notice: ['#e26c27', 209],
    },
  },
  'solarized-light': {
    backgrounds: ['#fdf6e3'],
    shades: {
      ok: ['#1f7d73', 23],
      warn: ['#806600', 94],
      critical: ['#cf2a27', 124],
      dim: ['#586e75', 241],
      notice: ['#b54016', 124],
    },
  },
  'color-blind': {
    backgrounds: ['#000000', '#1e1e1e', '#282c34'],
    shades: {
      ok: ['#56b4e9', 74],
      warn: ['#f0e442', 227],
      critical: ['#ff9a76', 216],
      dim: ['#a8a8a8', 248],
      notice: ['#e69f00', 214],
    },
  },
  'color-blind-light': {
    backgrounds: ['#ffffff', '#f5f5f5'],
    shades: {
      ok: ['#0067e6', 26],
      warn: ['#7a6e00', 58],
      critical: ['#800040', 89],
      dim: ['#666666', 241],
      notice: ['#7a6e00', 58],
    },
  },
} as const satisfies Record<string, Palette>;

/** The names of all palettes. `terminal`: the 16 colours of the terminal, which follow its theme. */
export const PALETTE_NAMES = ['terminal', ...Object.keys(THEMES)] as [PaletteName, ...PaletteName[]];
/** The name of a palette. */
export type PaletteName = 'terminal' | keyof typeof THEMES;

/** How many colours a terminal draws. */
export type Depth = 'truecolor' | '256' | '16';

/** Parts of the names of terminals with 256 colours. */
const TERMS_OF_256 = ['256', 'kitty', 'alacritty', 'ghostty', 'wezterm', 'foot'];

/**
 * The number of colours by what the terminal says of itself. A process without a terminal (a timer, a bar) says nothing;
 * its text may be for any terminal, and nearly all of them draw 256.
 */
export function depthOf({ COLORTERM, TERM }: Readonly<Record<string, string | undefined>>): Depth {
  if (COLORTERM === 'truecolor' || COLORTERM === '24bit' || TERM?.endsWith('-direct')) return 'truecolor';
  return !TERM || TERMS_OF_256.some((name) => TERM.includes(name)) ? '256' : '16';
}

/** The colours of a palette. With 16 colours a terminal has no others than those of `terminal`. */
export function colorsOf(name: PaletteName, depth: Depth): Colors {
  const { colors } = DEFAULT_APPEARANCE;
  if (name === 'terminal') return colors;
  const { shades }: Palette = THEMES[name];
  const shaded = (style: Exclude<Style, 'strong' | 'urgent'>): Color => {
    const [hex, indexed] = shades[style];
    const { bold, reverse } = colors[style];
    const color: Color = { color: hex, bold, dim: false, ...(reverse && { reverse }) };
    if (depth === 'truecolor') return color;
    return { ...color, ansi: depth === '256' ? { indexed } : colors[style] };
  };
  const critical = shaded('critical');
  return {
    ok: shaded('ok'),
    warn: shaded('warn'),
    critical,
    urgent: withoutReverse(critical),
    dim: shaded('dim'),
    notice: shaded('notice'),
    strong: colors.strong,
  };
}

/** The colour of `urgent` for a colour of `critical`. */
export function withoutReverse({ color, bold, dim, ansi }: Color): Color {
  return { color, bold, dim, ...(ansi && { ansi }) };
}
