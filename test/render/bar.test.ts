import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawBar, gaugeOf } from '../../src/render/bar.ts';
import { ASCII, EIGHTHS, RULE, UNICODE } from '../../src/render/glyphs.ts';
import { plainText } from '../../src/render/spans.ts';

const style = 'ok';
const text = (percent: number, mark: number | null = null, glyphs = RULE, width = 10) =>
  plainText(drawBar({ percent, mark, width, style }, glyphs).spans);

describe('a bar of ten columns', () => {
  it.each([
    [0, '──────────'],
    [0.1, '╾─────────'],
    [5, '╾─────────'],
    [12, '━─────────'],
    [15, '━╾────────'],
    [50, '━━━━━─────'],
    [99.9, '━━━━━━━━━╾'],
    [100, '━━━━━━━━━━'],
    [140, '━━━━━━━━━━'],
    [Number.MAX_VALUE, '━━━━━━━━━━'],
  ])('at %d %%', (percent, bar) => {
    expect(text(percent)).toBe(bar);
  });

  it.each([
    ['before the end of the used part', 50, 20, '━━┻━━─────'],
    ['behind the used part', 20, 50, '━━───┸────'],
    ['next to the used part', 20, 20, '━━┸───────'],
    ['in its last column', 20, 10, '━┻────────'],
    ['in its last column, which is half used', 25, 20, '━━┹───────'],
    ['at the start', 50, 3, '┻━━━━─────'],
    ['at the end', 50, 100, '━━━━━────┸'],
    ['in a full bar', 100, 97, '━━━━━━━━━┻'],
  ])('has a mark for even use %s', (_where, percent, mark, bar) => {
    expect(text(percent, mark)).toBe(bar);
  });

  it.each([
    ['before the end of the used part', 50, 20, '##+##-----'],
    ['behind the used part', 20, 50, '##---+----'],
    ['nowhere if it would hide the end of the used part', 50, 40, '#####-----'],
  ])('of ASCII has a mark %s', (_where, percent, mark, bar) => {
    expect(text(percent, mark, ASCII.bar)).toBe(bar);
  });

  it.each([
    ['a notch in the used part', 50, 20, '██▄██·····'],
    ['a tick behind it', 20, 50, '██···╵····'],
    ['none where it would hide the end of the used part', 48, 43, '████▊·····'],
  ])('of eighths has as its mark %s', (_what, percent, mark, bar) => {
    expect(text(percent, mark, EIGHTHS)).toBe(bar);
  });
});

it.each([
  ['of a rule', RULE],
  ['of eighths', EIGHTHS],
  ['of ASCII', ASCII.bar],
])('the mark in a bar %s never hides where the used part ends', (_name, glyphs) => {
  // What is seen of a column: its used part.
  const seen = (bar: string) =>
    [...bar].map((sign) =>
      sign === glyphs.mark.filled || sign === glyphs.mark.end?.at(-1)
        ? glyphs.filled
        : sign === glyphs.mark.end?.[0]
          ? glyphs.parts[0]
          : sign,
    );
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 120, noNaN: true }),
      fc.double({ min: 0, max: 100, noNaN: true }),
      fc.integer({ min: 1, max: 60 }),
      (percent, mark, width) => {
        const plain = [...text(percent, null, glyphs, width)];
        const end = plain.filter((sign) => sign !== glyphs.empty).length;
        expect(seen(text(percent, mark, glyphs, width)).slice(0, end)).toEqual(plain.slice(0, end));
      },
    ),
  );
});

it('a bar says whether its mark is drawn', () => {
  const isMarked = (mark: number | null, glyphs = RULE) =>
    drawBar({ percent: 50, mark, width: 10, style }, glyphs).isMarked;
  expect([isMarked(null), isMarked(45), isMarked(45, ASCII.bar), isMarked(30, ASCII.bar)]).toEqual([
    false,
    true,
    false,
    true,
  ]);
});

it('a bar of eighths tells 64 numbers apart in 8 columns', () => {
  const bars = Array.from({ length: 1000 }, (_, tenth) => text(tenth / 10, null, EIGHTHS, 8));
  expect(new Set(bars).size).toBe(64);
  expect([text(5, null, EIGHTHS, 8), text(12, null, EIGHTHS, 8)]).toEqual(['▍·······', '█·······']);
});

it('a bar has its width, its used part in its style, and the rest dim', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 300, noNaN: true }),
      fc.option(fc.double({ min: 0, max: 100, noNaN: true })),
      fc.integer({ min: 1, max: 60 }),
      (percent, mark, width) => {
        const { spans } = drawBar({ percent, mark, width, style }, RULE);
        expect(plainText(spans)).toHaveLength(width);
        for (const span of spans) {
          expect(span.style).toBe(/[━╾┻┹]/.test(span.text) ? style : span.text === '┸' ? null : 'dim');
        }
      },
    ),
  );
});

describe('a gauge', () => {
  it.each([
    [0, '▁'],
    [0.1, '▂'],
    [25, '▃'],
    [42, '▄'],
    [61, '▅'],
    [75, '▆'],
    [99.9, '▇'],
    [100, '█'],
    [140, '█'],
  ])('at %d %%', (percent, gauge) => {
    expect(gaugeOf(percent, UNICODE.gauge)).toBe(gauge);
  });

  it('has as many steps in ASCII', () => {
    expect(ASCII.gauge).toHaveLength(UNICODE.gauge.length);
    expect([0, 0.1, 42, 61, 99.9, 100].map((percent) => gaugeOf(percent, ASCII.gauge)).join('')).toBe(
      '.:=+#@',
    );
  });
});
