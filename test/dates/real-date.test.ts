import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { REAL_DATE } from './real-date.ts';

describe('the list of tests that need the real date', () => {
  it('is short', () => {
    expect(Object.values(REAL_DATE).flat().length).toBeLessThanOrEqual(10);
  });

  it.each(Object.entries(REAL_DATE))('names only tests that are in %s', (file, names) => {
    expect(existsSync(file)).toBe(true);
    const source = readFileSync(file, 'utf8');
    const titles = [...source.matchAll(/\b(?:it|test)\('(.+?)', /g)].map(([, title = '']) => title);
    for (const name of names)
      expect(
        titles.some((title) => name.endsWith(` > ${title}`)),
        name,
      ).toBe(true);
  });
});
