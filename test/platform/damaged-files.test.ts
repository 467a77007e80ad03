import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { damagedFiles, damageOf } from '../../src/platform/damaged-files.ts';
import { removeAtTheEnd } from '../support/remove.ts';

const PARTS: Record<string, string> = {
  'cli.cjs': 'exports.main=()=>0;',
  'fetch.cjs': 'exports.fetch=()=>"\0\u0001";',
  'usage.cjs': 'exports.usage=()=>"5h 22%";',
};
const sumOf = (text: string | Buffer) => createHash('sha256').update(text).digest('hex');
const LIST = Object.entries(PARTS)
  .map(([name, text]) => `${sumOf(text)}  ${name}\n`)
  .join('');

let directory: string;
const path = (name: string) => join(directory, name);
const damaged = () => damagedFiles(fs, directory);

beforeEach(() => {
  directory = fs.mkdtempSync(join(tmpdir(), 'usageline-damage-'));
  removeAtTheEnd(directory);
  for (const [name, text] of Object.entries(PARTS)) fs.writeFileSync(path(name), text);
  fs.writeFileSync(path('SHA256SUMS'), LIST);
});

describe('an installation as it was built', () => {
  it('is not damaged', () => {
    expect(damaged()).toEqual([]);
    expect(damageOf(fs, directory)).toBeNull();
  });

  it('is what the build makes', () => {
    expect(damagedFiles(fs, new URL('../../dist', import.meta.url).pathname)).toEqual([]);
  });

  it('may have other files beside it', () => {
    fs.writeFileSync(path('.DS_Store'), 'x');
    expect(damaged()).toEqual([]);
  });
});

describe('a damaged file', () => {
  it.each<[string, () => void]>([
    ['with zeros', () => fs.writeFileSync(path('usage.cjs'), Buffer.alloc(PARTS['usage.cjs']!.length))],
    ['cut off', () => fs.truncateSync(path('usage.cjs'), 10)],
    ['empty', () => fs.truncateSync(path('usage.cjs'))],
    ['missing', () => fs.rmSync(path('usage.cjs'))],
    ['that a directory has replaced', () => (fs.rmSync(path('usage.cjs')), fs.mkdirSync(path('usage.cjs')))],
    ['with another part’s content', () => fs.copyFileSync(path('cli.cjs'), path('usage.cjs'))],
  ])('is named: %s', (_what, damage) => {
    damage();
    expect(damaged()).toEqual(['usage.cjs']);
    expect(damageOf(fs, directory)).toBe('this installation is damaged (usage.cjs): install it again');
  });

  it('is named for a change of any byte', () => {
    const change = fc.tuple(
      fc.constantFrom(...Object.keys(PARTS)),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
    );
    fc.assert(
      fc.property(change, ([name, offset, mask]) => {
        const text = Buffer.from(PARTS[name]!);
        const at = offset % text.length;
        text[at] = (text[at] ?? 0) ^ mask;
        fs.writeFileSync(path(name), text);
        const found = damaged();
        fs.writeFileSync(path(name), PARTS[name]!);
        expect(found).toEqual([name]);
      }),
    );
  });

  it('is counted instead of named after the third', () => {
    const names = [...Object.keys(PARTS), 'zone-names.cjs'];
    fs.writeFileSync(path('SHA256SUMS'), names.map((name) => `${'0'.repeat(64)}  ${name}\n`).join(''));
    expect(damageOf(fs, directory)).toBe(
      'this installation is damaged (cli.cjs, fetch.cjs, usage.cjs and 1 more): install it again',
    );
  });
});

describe('a damaged list of checksums', () => {
  it.each<[string, string | null]>([
    ['missing', null],
    ['empty', ''],
    ['with zeros', '\0'.repeat(LIST.length)],
    ['cut off within a line', LIST.slice(0, -5)],
    ['cut off between two lines', LIST.slice(0, LIST.lastIndexOf('\n', LIST.length - 2) + 1)],
    ['with a name that must not be printed', `${LIST}${'0'.repeat(64)}  \u001B[31m\n`],
    ['with a path', `${LIST}${'0'.repeat(64)}  ../x\n`],
  ])('is named itself: %s', (_what, text) => {
    if (text === null) fs.rmSync(path('SHA256SUMS'));
    else fs.writeFileSync(path('SHA256SUMS'), text);
    expect(damaged()).toEqual(['SHA256SUMS']);
  });

  it('is noticed for a change of any byte', () => {
    fc.assert(
      fc.property(fc.nat(LIST.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const text = Buffer.from(LIST);
        text[at] = (text[at] ?? 0) ^ mask;
        fs.writeFileSync(path('SHA256SUMS'), text);
        expect(damageOf(fs, directory)).toMatch(
          /^this installation is damaged \([\w., -]+\): install it again$/,
        );
      }),
    );
  });
});
