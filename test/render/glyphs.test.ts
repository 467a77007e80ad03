import { describe, expect, it } from 'vitest';
import { bar } from '../../src/render/glyphs.ts';

describe('a bar of ten columns', () => {
  it.each([
    [0, '░░░░░░░░░░'],
    [0.1, '█░░░░░░░░░'],
    [14, '█░░░░░░░░░'],
    [15, '██░░░░░░░░'],
    [50, '█████░░░░░'],
    [99.9, '█████████░'],
    [100, '██████████'],
    [140, '██████████'],
    [Number.MAX_VALUE, '██████████'],
  ])('at %d %%', (percent, text) => {
    expect(bar(percent, 10)).toBe(text);
  });
});
