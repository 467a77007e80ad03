import { describe, expect, it } from 'vitest';
import { DEFAULT_APPEARANCE } from '../../src/render/appearance.ts';
import { colorsOf, depthOf, PALETTE_NAMES, THEMES } from '../../src/render/palettes.ts';
import type { Palette } from '../../src/render/palettes.ts';
import { paint, sgr } from '../../src/render/spans.ts';
import { contrast, leastDifference, xtermColor } from '../support/colors.ts';

const palettes = Object.entries<Palette>(THEMES);

describe('a palette', () => {
  it.each(palettes)(
    '%s reaches a contrast of 4.5 on its backgrounds, in 24 bits and in 256 colours',
    (_, palette) => {
      const low = palette.backgrounds.flatMap((background) =>
        Object.entries(palette.shades).flatMap(([style, [hex, indexed]]) =>
          [hex, xtermColor(indexed)]
            .map((color) => ({ style, color, background, contrast: contrast(color, background) }))
            .filter((pair) => pair.contrast < 4.5),
        ),
      );
      expect(low).toEqual([]);
    },
  );

  it.each(palettes.filter(([name]) => name.startsWith('color-blind')))(
    '%s has levels that differ for every eye',
    (_, { shades: { ok, warn, critical } }) => {
      const levels = [ok, warn, critical];
      expect(leastDifference(levels.map(([hex]) => hex))).toBeGreaterThan(35);
      expect(leastDifference(levels.map(([, indexed]) => xtermColor(indexed)))).toBeGreaterThan(35);
    },
  );

  it.each(PALETTE_NAMES)('%s marks the level critical without any hue: bold and reversed', (name) => {
    const { ok, warn, critical, urgent } = colorsOf(name, 'truecolor');
    expect([ok, warn, critical, urgent].map(({ bold, reverse = false }) => [bold, reverse])).toEqual([
      [false, false],
      [false, false],
      [true, true],
      [true, false],
    ]);
  });
});

describe('the depth of colours', () => {
  it.each([
    ['24 bits where COLORTERM says so', { COLORTERM: 'truecolor', TERM: 'xterm' }, 'truecolor'],
    ['24 bits where COLORTERM says it in the other word', { COLORTERM: '24bit' }, 'truecolor'],
    ['256 where TERM says so', { TERM: 'screen-256color' }, '256'],
    ['256 without a terminal', {}, '256'],
    ['16 on any other terminal', { TERM: 'linux' }, '16'],
  ] as const)('is %s', (_, env, depth) => {
    expect(depthOf(env)).toBe(depth);
  });

  it('decides how a colour of a palette is written', () => {
    const written = (['truecolor', '256', '16'] as const).map((depth) => sgr(colorsOf('nord', depth).ok));
    expect(written).toEqual(['38;2;136;192;208', '38;5;152', '36']);
  });

  it('leaves the hex colour to hosts that draw it', () => {
    expect(colorsOf('nord', '16').ok.color).toBe('#88c0d0');
  });

  it('with 16 colours gives the colours of the terminal', () => {
    const spans = (['ok', 'warn', 'critical', 'urgent', 'dim', 'notice', 'strong'] as const).map((style) => {
      return { text: style, style };
    });
    expect(paint(spans, true, colorsOf('gruvbox', '16'))).toBe(paint(spans, true, DEFAULT_APPEARANCE.colors));
  });
});
