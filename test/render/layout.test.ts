import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plain } from '../../src/render/spans.ts';
import { clip, clipLine, wrap } from '../../src/render/layout.ts';

describe('cutting a text', () => {
  it.each([
    ['Fable', 5, 'Fable'],
    ['Fable', 4, 'Fab…'],
    ['a b', 2, 'a…'],
    ['ab cd', 4, 'ab…'],
    ['Fable', 1, '…'],
  ])('%s to %i columns', (text, width, cut) => {
    expect(clip(text, width)).toBe(cut);
  });
});

describe('cutting a line', () => {
  const line = [plain('5h '), { text: '22%', style: 'ok' }, plain('  ')] as const;

  it('drops the white space at its end', () => {
    expect(clipLine(line, 40)).toEqual([plain('5h '), { text: '22%', style: 'ok' }]);
    expect(clipLine([plain('  '), plain('')], 40)).toEqual([]);
  });

  it('keeps the style of the cut span', () => {
    expect(clipLine(line, 5)).toEqual([plain('5h '), { text: '2…', style: 'ok' }]);
  });
});

describe('wrapping prose', () => {
  it.each([
    ['', 10, []],
    ['one two', 7, ['one two']],
    ['one two', 6, ['one', 'two']],
    ['a /long/path/x b', 5, ['a', '/long', '/path', '/x b']],
  ])('%s at %i columns', (text, width, lines) => {
    expect(wrap(text, width)).toEqual(lines);
  });

  it('keeps every word and exceeds no width', () => {
    const word = fc
      .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 30 })
      .map((text) => text.replaceAll(' ', '_'));
    fc.assert(
      fc.property(fc.array(word), fc.integer({ min: 1, max: 40 }), (words, width) => {
        const lines = wrap(words.join(' '), width);
        expect(lines.every((line) => line.length <= width)).toBe(true);
        expect(lines.join('').replaceAll(' ', '')).toBe(words.join(''));
      }),
    );
  });
});
