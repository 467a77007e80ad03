import { describe, expect, it } from 'vitest';
import { percentText, shownPercent } from '../../src/render/values.ts';

describe('a percentage', () => {
  it.each([
    [0, '0%'],
    [5e-324, '<1%'],
    [0.4, '<1%'],
    [0.49999999999999994, '<1%'],
    [0.5, '1%'],
    [1, '1%'],
    [14.000000000000002, '14%'],
    [21.5, '22%'],
    [22.5, '23%'],
    [49.999, '50%'],
    [50, '50%'],
    [79.99, '80%'],
    [98.5, '99%'],
    [99.4, '99%'],
    [99.5, '99%'],
    [99.6, '99%'],
    [99.99999999999999, '99%'],
    [100, '100%'],
    [100.4, '100%'],
    [140, '140%'],
  ])('of %d reads %s', (value, text) => {
    expect(percentText(value)).toBe(text);
  });
});

describe('what is left', () => {
  it.each([
    [0, '100%'],
    [0.4, '99%'],
    [22, '78%'],
    [99.6, '<1%'],
    [100, '0%'],
    [140, '0%'],
  ])('of %d used reads %s', (used, text) => {
    expect(percentText(shownPercent(used, 'left'))).toBe(text);
  });
});
