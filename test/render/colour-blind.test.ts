import { describe, expect, it } from 'vitest';
import { DEFAULT_APPEARANCE } from '../../src/render/appearance.ts';

type Triple = readonly [number, number, number];

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

/** Colour vision deficiencies at their strongest, on linear RGB (Machado, Oliveira, Fernandes 2009). */
const eyes: Record<string, readonly [Triple, Triple, Triple]> = {
  'all three cones': [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** The smallest difference (CIE 1976, where 2 is just visible) between any two levels, for any eye and palette. */
function leastDifference(levels: readonly Name[]): number {
  const differences = Object.values(palettes).flatMap((palette) =>
    Object.values(eyes).flatMap((eye) => {
      const perceived = levels.map((name) => lab(through(eye, palette[name])));
      return perceived.flatMap((one, index) =>
        perceived.slice(index + 1).map((other) => distance(one, other)),
      );
    }),
  );
  return Math.min(...differences);
}

function through(eye: readonly Triple[], hex: string): Triple {
  const rgb = [0, 2, 4].map((at) => linear(Number.parseInt(hex.slice(at, at + 2), 16) / 255));
  const perceived = eye.map((row) => row.reduce((sum, factor, index) => sum + factor * rgb[index]!, 0));
  return perceived.map((value) => Math.min(1, Math.max(0, value))) as unknown as Triple;
}

function linear(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function lab([r, g, b]: Triple): Triple {
  const f = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function distance(one: Triple, other: Triple): number {
  return Math.hypot(...one.map((value, index) => value - other[index]!));
}

describe('the default colours of the levels', () => {
  const { ok, warn, critical } = DEFAULT_APPEARANCE.colors;

  it('differ for every kind of colour blindness in every palette', () => {
    const levels = [ok, warn, critical].map(({ color }) => color as Name);
    expect(leastDifference(levels)).toBeGreaterThan(15);
  });

  it('differ more than green, yellow and red', () => {
    expect(leastDifference(['green', 'yellow', 'red'])).toBeLessThan(3);
  });

  it('mark the level critical with bold as well', () => {
    expect([ok.bold, warn.bold, critical.bold]).toEqual([false, false, true]);
  });
});
