import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEFAULT_APPEARANCE } from '../../../src/render/appearance.ts';
import { renderOutput } from '../../../src/render/outputs/index.ts';
import { BAR_PALETTE, badgeOf, hexOf } from '../../../src/render/outputs/palette.ts';
import { MENU_COLORS } from '../../../src/render/outputs/xbar.ts';
import type { Style } from '../../../src/render/style.ts';
import { context, STATES, used } from './cases.ts';

/** The least contrast at which people read text, by WCAG 2. */
const READABLE = 4.5;

/** The relative luminance of a colour, 0–1, as WCAG 2 defines it. */
function luminance(hex: string): number {
  const channels = [1, 3, 5].map((at) => Number.parseInt(`#${hex}`.slice(at, at + 2), 16) / 255);
  const [red = 0, green = 0, blue = 0] = channels.map((it) =>
    it <= 0.04045 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

/** The 256 colours of xterm from the colour cube, 16–231, and the greys after it. */
function xterm(number: number): string {
  const levels = ['00', '5f', '87', 'af', 'd7', 'ff'];
  const at = number - 16;
  if (number >= 232) return (8 + 10 * (number - 232)).toString(16).padStart(2, '0').repeat(3);
  return [Math.floor(at / 36), Math.floor(at / 6) % 6, at % 6].map((level) => levels[level]).join('');
}

/** The backgrounds of i3bar and polybar, and of dark themes of other bars. */
const BARS = ['000000', '222222'];

describe('on a bar', () => {
  it.each(Object.entries(BAR_PALETTE).filter(([name]) => name !== 'black'))(
    'the colour %s can be read on black and on #222',
    (_name, hex) => {
      for (const bar of BARS) expect(contrast(hex, bar)).toBeGreaterThanOrEqual(READABLE);
    },
  );

  it.each(Object.keys(DEFAULT_APPEARANCE.colors) as Style[])('the style %s can be read', (style) => {
    const { colors } = DEFAULT_APPEARANCE;
    const badge = badgeOf(style, colors);
    const hex = hexOf(style, colors);
    if (badge !== null) {
      expect(contrast(badge.foreground, badge.background)).toBeGreaterThanOrEqual(READABLE);
    } else if (hex !== null) {
      for (const bar of BARS) expect(contrast(hex, bar)).toBeGreaterThanOrEqual(READABLE);
    }
  });

  it.each(['#ffffff', '#a40000', '#0000ee', '#808080'] as const)(
    'a number on the chosen background %s can be read',
    (color) => {
      const badge = badgeOf('critical', {
        ...DEFAULT_APPEARANCE.colors,
        critical: { color, bold: true, dim: false },
      });
      expect(badge?.background).toBe(color.slice(1));
      expect(contrast(badge?.foreground ?? '', color.slice(1))).toBeGreaterThanOrEqual(READABLE);
    },
  );

  it('only a critical number has a background, which needs no hue to be seen', () => {
    for (const percent of [22, 60]) {
      expect(renderOutput('polybar', used(percent), context())).not.toContain('%{B');
      expect(renderOutput('i3blocks', used(percent), context())).not.toContain('background');
    }
    expect(renderOutput('polybar', used(82), context())).toContain('%{B');
    expect(renderOutput('i3blocks', used(82), context())).toContain('background');
  });
});

it('the colours of a menu can be read on white and on black', () => {
  for (const hex of Object.values(MENU_COLORS)) {
    for (const menu of hex === null ? [] : ['ffffff', '000000']) {
      expect(contrast(hex ?? '', menu)).toBeGreaterThanOrEqual(READABLE);
    }
  }
});

describe('in tmux', () => {
  it('no text has a colour, a weight or less light than the bar, whose contrast stays', () => {
    for (const usage of [...Object.values(STATES), used(22), used(60), used(82)]) {
      const styles = renderOutput('tmux', usage, context()).match(/#\[[^\]]*\]/g) ?? [];
      for (const style of styles) expect(style).toMatch(/^#\[(underscore|reverse|default)\]$/);
    }
  });

  it('a critical number is reversed, which needs no hue to be seen', () => {
    expect(renderOutput('tmux', used(82), context())).toBe('5h #[reverse]82%#[default] 4h37m');
  });

  it('a colour of the user is used as it is', () => {
    const appearance = {
      ...DEFAULT_APPEARANCE,
      colors: {
        ...DEFAULT_APPEARANCE.colors,
        ok: { color: 'bright-blue', bold: true, dim: false } as const,
      },
    };
    expect(renderOutput('tmux', used(22), context({ appearance }))).toBe(
      '5h #[fg=brightblue,bold]22%#[default] 4h37m',
    );
  });
});

describe('in powerlevel10k', () => {
  const hook = readFileSync(new URL('../../../shell/usageline.zsh', import.meta.url), 'utf8');
  const foregrounds = [...hook.matchAll(/-f \$\{\$\{_usageline_back:\+(\d+)\}:-default\}/g)];

  it('each state has a foreground that can be read on the backgrounds of its stock themes', () => {
    expect(foregrounds).toHaveLength(3);
    // classic has 238, rainbow 0.
    for (const [, number] of foregrounds) {
      for (const background of [xterm(238), '000000']) {
        expect(contrast(xterm(Number(number)), background)).toBeGreaterThanOrEqual(READABLE);
      }
    }
  });
});
