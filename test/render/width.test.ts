import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startOf, widthOf } from '../../src/render/layout.ts';
import { fits } from '../../src/render/fits.ts';

describe('the columns of a text', () => {
  it.each([
    ['', 0],
    ['5h 22%', 6],
    ['5h ━╾┸─ · …', 11],
    ['日本', 4],
    ['ｱ', 1],
    ['Ａ', 2],
    ['e\u0301', 1],
    ['\u0301', 0],
    ['⚡', 2],
    ['☁', 1],
    ['☁\uFE0F', 2],
    ['👩\u200D💻', 2],
    ['🇩🇪', 2],
    ['👍🏽', 2],
    ['\uE0B0', 1],
    ['한글', 4],
  ])('%j: %i', (text, width) => {
    expect(widthOf(text)).toBe(width);
  });

  it.each([
    ['日本', 3, '日'],
    ['日本', 1, ''],
    ['e\u0301x', 1, 'e\u0301'],
    ['👩\u200D💻x', 2, '👩\u200D💻'],
    ['👩\u200D💻x', 1, ''],
    ['abc', 2, 'ab'],
    ['abc', -1, ''],
  ])('the start of %j in %i is %j', (text, width, start) => {
    expect(startOf(text, width)).toBe(start);
  });
});

describe('whether a painted line fits', () => {
  it.each([
    ['5h 22%', 6, true],
    ['5h 22%', 5, false],
    ['5h \u001B[1;31m22%\u001B[0m', 6, true],
    ['5h \u001B[38;2;255;136;0m22%\u001B[0m', 5, false],
    ['━╾┸─…', 5, true],
    ['日本', 4, true],
    ['日本', 3, false],
    ['⚡', 2, true],
    ['⚡', 1, false],
    ['anything at all', null, true],
    // Without the last `m` usageline did not write them.
    ['5h \u001B[31m22%\u001B[0M', 20, false],
    ['\u001B5h 22%', 6, false],
  ])('%j in %j: %s', (text, columns, fit) => {
    expect(fits(text, columns)).toBe(fit);
  });

  it('is never true for a longer line', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 20 }),
      fc.string({ unit: 'grapheme-composite' }),
    );
    fc.assert(
      fc.property(text, fc.integer({ min: 0, max: 60 }), (any, columns) => {
        const line = any.replace(/\u001B/g, '');
        if (fits(line, columns)) expect(widthOf(line)).toBeLessThanOrEqual(columns);
      }),
      { numRuns: 1000 },
    );
  });
});
