import { describe, expect, it } from 'vitest';
import { didYouMean, nearest } from '../../src/usage/nearest.ts';

describe('the nearest name', () => {
  it.each([
    ['persent', 'percent'],
    ['precent', 'percent'],
    ['prcnt', 'percent'],
    ['PERCENT', 'percent'],
    ['perc', 'percent'],
    ['prct', null],
    ['at', 'at'],
    ['x', null],
    ['us', null],
    ['', null],
  ])('of %j is %j', (word, name) => {
    expect(nearest(word, ['percent', 'at', 'used'])).toBe(name);
  });

  it('is found when two letters are exchanged in a short word', () => {
    expect(nearest('shwo', ['init', 'show'])).toBe('show');
    expect(nearest('ta', ['at'])).toBe('at');
  });

  it('begins like the word, if another one is as near', () => {
    expect(nearest('bsh', ['zsh', 'bash', 'fish'])).toBe('bash');
  });

  it('is none when a beginning has several ends', () => {
    expect(nearest('color', ['colors.ok', 'colors.dim'])).toBeNull();
  });
});

describe('a suggestion', () => {
  it('is the end of a message, in its quotation marks', () => {
    expect(didYouMean('shwo', ['show'])).toBe("; did you mean 'show'?");
    expect(didYouMean('lft', ['used', 'left'], '"')).toBe('; did you mean "left"?');
  });

  it('is missing where no name is near', () => {
    expect(didYouMean('bogus', ['show'])).toBe('');
  });
});
