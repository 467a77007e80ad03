import path from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAbsolutePath, joinPaths, SEPARATOR } from '../../src/platform/paths.ts';

/** Pieces of paths, normalized or not. */
const piece = fc.constantFrom('/', '//', '.', '..', '../', '../', 'a', 'b c', 'ü', '\\', 'C:', '.cache', '~');
const anyPath = fc.oneof(
  { weight: 4, arbitrary: fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('')) },
  { weight: 2, arbitrary: fc.array(piece, { maxLength: 6 }).map((pieces) => `/home/${pieces.join('')}`) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
);
/** The names that the program joins to a base. */
const name = fc.constantFrom('usageline', '.cache', 'Library', 'Caches', 'usage.json', 'claude-0123abcd');

describe('paths', () => {
  it('are joined as by `join` of node:path', () => {
    fc.assert(
      fc.property(anyPath, fc.array(name, { minLength: 1, maxLength: 3 }), (base, names) => {
        expect(joinPaths(base, ...names)).toBe(path.join(base, ...names));
      }),
      {
        numRuns: 2000,
        examples: [
          ['/', ['usageline']],
          ['/home/ada/', ['.cache']],
          ['/a/./b', ['.cache']],
        ],
      },
    );
  });

  it('are absolute as by `isAbsolute` of node:path', () => {
    fc.assert(
      fc.property(anyPath, (any) => {
        expect(isAbsolutePath(any)).toBe(path.isAbsolute(any));
      }),
      { numRuns: 1000 },
    );
  });

  it('have the separator of node:path', () => {
    expect(SEPARATOR).toBe(path.sep);
  });
});
