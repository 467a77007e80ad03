import fs from 'node:fs';
import { dirname, join } from 'node:path';
import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { accountDirectory } from '../../src/cache/directory.ts';
import { pointerDirectory, pointerFile, readPointer, writePointer } from '../../src/cache/pointer.ts';
import { fakeSystem } from '../support/system.ts';
import type { FakeSystem } from '../support/system.ts';
import { disk, failing, modeOf } from './disk.ts';

const NAME = 'claude-0123abcd';
let system: FakeSystem;
let root: string;

beforeEach(() => {
  system = fakeSystem();
  root = join(system.root, 'cache');
  fs.mkdirSync(root);
});

const note = (key: string | null, on: Partial<FakeSystem> = {}) =>
  writePointer({ ...system, ...on }, accountDirectory(root, NAME), key);

describe('the pointer to the directory of an account', () => {
  it.each([
    ['/home/ada/work', '%2Fhome%2Fada%2Fwork'],
    ['with spaces and 100 %', 'with%20spaces%20and%20100%20%25'],
    ['/Ünïcode/日本', '%2F%C3%9Cn%C3%AFcode%2F%E6%97%A5%E6%9C%AC'],
    ['../../etc', '..%2F..%2Fetc'],
    ['a\nb', 'a%0Ab'],
    ['~/it’s', '~%2Fit%E2%80%99s'],
  ])('for the key %j is the file %s', (key, name) => {
    note(key);
    expect(pointerFile(root, key)).toBe(join(pointerDirectory(root), name));
    expect(fs.readdirSync(pointerDirectory(root))).toEqual([name]);
    expect(readPointer(system, root, key)).toBe(NAME);
  });

  it.each<[string, string | null]>([
    ['bytes that are no text', '/home/\uFFFD'],
    ['a name too long for a file', 'x'.repeat(256)],
    ['a name too long once it is encoded', 'ü'.repeat(43)],
    ['no key', null],
  ])('does not exist for %s', (_case, key) => {
    note(key);
    expect(fs.existsSync(pointerDirectory(root))).toBe(false);
    if (key !== null) expect(readPointer(system, root, key)).toBeNull();
  });

  it('exists for the longest name', () => {
    note('x'.repeat(255));
    expect(readPointer(system, root, 'x'.repeat(255))).toBe(NAME);
  });

  it.each(['.', '..'])('for the key %j is harmless', (key) => {
    expect(() => note(key)).not.toThrow();
    expect(readPointer(system, root, key)).toBeNull();
    expect(fs.readdirSync(system.root)).toEqual(['cache']);
  });

  it('is readable by its user alone', () => {
    note('/work');
    expect([modeOf(pointerDirectory(root)), modeOf(pointerFile(root, '/work')!)]).toEqual([0o700, 0o600]);
  });

  it('is written once, and again when it is wrong', () => {
    note('/work');
    const file = pointerFile(root, '/work')!;
    const { ino } = fs.statSync(file);
    note('/work');
    expect(fs.statSync(file).ino).toBe(ino);
    fs.writeFileSync(file, 'claude-ffffffff');
    note('/work');
    expect(readPointer(system, root, '/work')).toBe(NAME);
  });

  it.each([
    '',
    'claude',
    '../../../etc',
    'claude-0123abcd/../../x',
    'claude-0123abcd\n',
    'claude-0123ABCD',
    'claude-0123abcde',
    '/claude-0123abcd',
    '-0123abcd',
    `${' '.repeat(64)}claude-0123abcd`,
    '\0',
  ])('with the text %j counts as absent', (text) => {
    note('/work');
    fs.writeFileSync(pointerFile(root, '/work')!, text);
    expect(readPointer(system, root, '/work')).toBeNull();
  });

  it('names a directory below the cache root or nothing, whatever its text', () => {
    note('/work');
    const file = pointerFile(root, '/work')!;
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[a-z./-]+-[0-9a-f]+$/)),
        (text) => {
          fs.writeFileSync(file, text);
          const name = readPointer(system, root, '/work');
          if (name !== null) expect(dirname(join(root, name))).toBe(root);
        },
      ),
    );
  });

  it('is always in its own directory, whatever the key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }), (key) => {
        const file = pointerFile(root, key);
        if (file !== null) expect(file.slice(pointerDirectory(root).length + 1)).not.toContain('/');
      }),
    );
  });

  it('is not read when it is longer than a name, nor through a link', () => {
    note('/work');
    const file = pointerFile(root, '/work')!;
    fs.truncateSync(file, 800e6);
    const reading = disk({ readFileSync: failing('EIO') });
    expect(readPointer({ ...system, fs: reading }, root, '/work')).toBeNull();
    fs.renameSync(file, join(system.root, 'elsewhere'));
    fs.writeFileSync(join(system.root, 'elsewhere'), NAME);
    fs.symlinkSync(join(system.root, 'elsewhere'), file);
    expect(readPointer(system, root, '/work')).toBeNull();
  });

  it('counts as absent where another user has written it, or can', () => {
    note('/work');
    const file = pointerFile(root, '/work')!;
    expect(readPointer({ ...system, uid: (system.uid ?? 0) + 1 }, root, '/work')).toBeNull();
    fs.chmodSync(file, 0o666);
    expect(readPointer(system, root, '/work')).toBeNull();
  });

  it('counts as absent where a directory is in its place, or nothing', () => {
    expect(readPointer(system, root, '/work')).toBeNull();
    fs.mkdirSync(pointerFile(root, '/work')!, { recursive: true });
    expect(readPointer(system, root, '/work')).toBeNull();
    expect(() => note('/work')).not.toThrow();
  });

  it.each(['mkdirSync', 'writeFileSync', 'renameSync'])('is not written where %s fails', (call) => {
    expect(() => note('/work', { fs: disk({ [call]: failing('EROFS') }) })).not.toThrow();
    expect(readPointer(system, root, '/work')).toBeNull();
  });
});
