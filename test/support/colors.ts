/** Arithmetic on colours for tests: contrast, and differences as people with each kind of eyes see them. */

type Triple = readonly [number, number, number];

/** Colour vision deficiencies at their strongest, on linear RGB (Machado, Oliveira, Fernandes 2009). */
const EYES: Record<string, readonly [Triple, Triple, Triple]> = {
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

/** The smallest difference (CIE 1976, where 2 is just visible) between any two colours (`#rrggbb`), for any eye. */
export function leastDifference(colors: readonly string[]): number {
  const differences = Object.values(EYES).flatMap((eye) => {
    const perceived = colors.map((hex) => lab(through(eye, hex)));
    return perceived.flatMap((one, index) => perceived.slice(index + 1).map((other) => distance(one, other)));
  });
  return Math.min(...differences);
}

/** The contrast of two colours (`#rrggbb`) by WCAG 2, from 1 to 21. */
export function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].toSorted((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(hex: string): number {
  const [r, g, b] = linearRgb(hex);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** A colour of xterm, 16 to 255, as `#rrggbb`: the cube, then the greys. */
export function xtermColor(index: number): string {
  const steps = [0, 95, 135, 175, 215, 255];
  const cube = index - 16;
  const rgb =
    index < 232
      ? [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((step) => steps[step] as number)
      : [0, 0, 0].map(() => 8 + 10 * (index - 232));
  return `#${rgb.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

function linearRgb(hex: string): Triple {
  const digits = hex.replace('#', '');
  return [0, 2, 4].map((at) =>
    linear(Number.parseInt(digits.slice(at, at + 2), 16) / 255),
  ) as unknown as Triple;
}

function through(eye: readonly Triple[], hex: string): Triple {
  const rgb = linearRgb(hex);
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
