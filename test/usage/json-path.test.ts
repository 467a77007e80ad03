import { describe, expect, it } from 'vitest';
import { follow, parsePath, startOf, valueAt } from '../../src/usage/json-path.ts';

const body = {
  a: { b: [{ c: 1 }, { c: 2 }] },
  limits: [
    { type: 'session', id: 7, on: true, percent: 12 },
    null,
    { type: 'weekly plan', id: 8, percent: 34 },
  ],
  'used fraction': 0.5,
  'a.b': 'dotted',
  none: null,
};

describe('a path', () => {
  it.each<[path: string, value: unknown]>([
    ['a.b[1].c', 2],
    ['$.a.b[0].c', 1],
    ['$["used fraction"]', 0.5],
    ['["used fraction"]', 0.5],
    ['["a.b"]', 'dotted'],
    ['a["b"][0]["c"]', 1],
    ['limits[type=session].percent', 12],
    ['limits[type="weekly plan"].percent', 34],
    ['limits[type=weekly plan].percent', 34],
    ['limits[id=8].percent', 34],
    ['limits[on=true].percent', 12],
    ['none', null],
  ])('%s leads to %j', (path, value) => {
    expect(follow(body, parsePath(path)!)).toEqual({ found: true, value });
  });

  it.each([
    'a.x',
    'a.b.c',
    'a.b[2]',
    'a[0]',
    'limits[type=daily].percent',
    'limits[1].percent',
    'limits[name=x]',
    'none.x',
    'toString',
    '__proto__.x',
    'a.b.length',
  ])('%s leads nowhere', (path) => {
    expect(valueAt(body, parsePath(path)!)).toBeUndefined();
  });

  it.each([
    '',
    '$',
    '$.',
    '.',
    'a.',
    '.a',
    'a..b',
    'a b',
    'a[',
    'a[]',
    'a[-1]',
    'a[*]',
    'a[b',
    'a["b]',
    'a[b=]',
    'a]b',
    'a/b',
    'a[99999]',
    `a${'.b'.repeat(40)}`,
    'x'.repeat(201),
  ])('is not %j', (path) => {
    expect(parsePath(path)).toBeNull();
  });

  it('says how far it leads', () => {
    const path = parsePath('limits[type=session].reset.at')!;
    const end = follow(body, path);
    expect(end).toEqual({ found: false, at: body.limits[0], step: 2 });
    expect(startOf(path, 2)).toBe('limits[type=session]');
    expect(startOf(parsePath('a[0]["x y"].z')!, 4)).toBe('a[0]["x y"].z');
  });

  it('of any text is read in a time that grows with its length', () => {
    const start = performance.now();
    for (const text of ['[', '["', '[a=', '[a="', 'a[0]', '$.', '.'])
      for (const times of [50, 100, 200]) parsePath(text.repeat(times).slice(0, 200));
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
