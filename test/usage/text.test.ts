import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sanitize } from '../../src/usage/text.ts';

describe('text from outside', () => {
  it.each([
    ['Fable 4.5', 'Fable 4.5'],
    ['a._+:/()-z', 'a._+:/()-z'],
    [' a \n\t b ', 'a b'],
    ['a 漢 b', 'a b'],
    ['$(touch x)`y`', '(touch x)y'],
    ['%n#{S}\\u\u001B[31m"<&', 'nSu31m'],
    ['\u202Eabc\u200B', 'abc'],
    ['ï', ''],
    ['', ''],
    ['x'.repeat(41), 'x'.repeat(40)],
    [`${'x'.repeat(39)} y`, 'x'.repeat(39)],
    [`${'漢'.repeat(50)}late`, 'late'],
  ])('%j is printed as %j', (text, printed) => {
    expect(sanitize(text)).toBe(printed);
  });

  it('never has other characters or more than 40, and does not change when sanitized again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const printed = sanitize(text);
        expect(printed).toMatch(/^[A-Za-z0-9 ._+:/()-]{0,40}$/);
        expect(sanitize(printed)).toBe(printed);
      }),
    );
  });
});
