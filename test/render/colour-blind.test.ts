import { describe, expect, it } from 'vitest';
import { DEFAULT_APPEARANCE } from '../../src/render/appearance.ts';
import { leastDifference } from '../support/colors.ts';

/** What terminals make of the basic colours. */
const palettes = {
  xterm: { green: '00cd00', yellow: 'cdcd00', red: 'cd0000', cyan: '00cdcd' },
  'VS Code': { green: '0dbc79', yellow: 'e5e510', red: 'cd3131', cyan: '11a8cd' },
  'Windows Terminal': { green: '13a10e', yellow: 'c19c00', red: 'c50f1f', cyan: '3a96dd' },
  'macOS Terminal': { green: '00a600', yellow: '999900', red: '990000', cyan: '00a6b2' },
  Solarized: { green: '859900', yellow: 'b58900', red: 'dc322f', cyan: '2aa198' },
  Tango: { green: '4e9a06', yellow: 'c4a000', red: 'cc0000', cyan: '06989a' },
};
type Name = keyof (typeof palettes)['xterm'];

/** The smallest difference between any two levels, for any eye and palette. */
function leastInPalettes(levels: readonly Name[]): number {
  return Math.min(
    ...Object.values(palettes).map((palette) => leastDifference(levels.map((name) => palette[name]))),
  );
}

describe('the default colours of the levels', () => {
  const { ok, warn, critical } = DEFAULT_APPEARANCE.colors;

  it('differ for every kind of colour blindness in every palette', () => {
    const levels = [ok, warn, critical].map(({ color }) => color as Name);
    expect(leastInPalettes(levels)).toBeGreaterThan(15);
  });

  it('differ more than green, yellow and red', () => {
    expect(leastInPalettes(['green', 'yellow', 'red'])).toBeLessThan(3);
  });

  it('mark the level critical without any hue as well', () => {
    expect([ok, warn, critical].map(({ bold, reverse = false }) => bold && reverse)).toEqual([
      false,
      false,
      true,
    ]);
  });
});
