import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barSpans, gaugeOf } from '../../src/render/bar.ts';
import { ASCII, EIGHTHS, RULE, UNICODE } from '../../src/render/glyphs.ts';
import { plainText } from '../../src/render/spans.ts';

const style = 'ok';
const text = (percent: number, mark: number | null = null, glyphs = RULE, width = 10) =>
  plainText(barSpans({ percent, mark, width, style }, glyphs));

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
    ['before the end of the used part', 50, 20, '━━╋━━─────'],
    ['behind the used part', 20, 50, '━━───┼────'],
    ['where the used part ends', 20, 20, '━━┼───────'],
    ['at the start', 50, 3, '╋━━━━─────'],
    ['at the end', 50, 100, '━━━━━────┼'],
    ['in a full bar', 100, 97, '━━━━━━━━━╋'],
  ])('has a mark for even use %s', (_where, percent, mark, bar) => {
    expect(text(percent, mark)).toBe(bar);
  });

  it('has ASCII glyphs', () => {
    expect(text(50, 20, ASCII.bar)).toBe('##|##-----');
  });
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
        const spans = barSpans({ percent, mark, width, style }, RULE);
        expect(plainText(spans)).toHaveLength(width);
        for (const span of spans) {
          expect(span.style).toBe(
            /[━╾]/.test(span.text) ? style : span.text === '╋' || span.text === '┼' ? null : 'dim',
          );
        }
      },
    ),
  );
});

describe('a gauge', () => {
  it.each([
    [0, '○'],
    [0.1, '◔'],
    [25, '◔'],
    [50, '◑'],
    [75, '◕'],
    [99.9, '◕'],
    [100, '●'],
    [140, '●'],
  ])('at %d %%', (percent, gauge) => {
    expect(gaugeOf(percent, UNICODE.gauge)).toBe(gauge);
  });
});
