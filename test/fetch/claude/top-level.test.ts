import fs from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findTopLevel } from '../../../src/fetch/claude/top-level.ts';
import { isObject } from '../../../src/usage/values.ts';
import { fakeSystem } from '../../support/system.ts';

const KEY = 'oauthAccount';
const system = fakeSystem();
const file = join(system.root, 'some.json');
const search = (text: string | Buffer, bounds?: { bytes: number; ms: number }, of = system) => {
  fs.writeFileSync(file, text);
  return findTopLevel(of, file, KEY, bounds);
};
const found = (text: string) => {
  const result = search(text);
  return result.kind === 'found' ? (JSON.parse(result.text) as unknown) : result.kind;
};

/** Files of a few bytes a read: every token lies across the border of two pieces once. */
const inPieces = (size: number) => {
  const readSync = (fd: number, buffer: Buffer, offset: number, length: number) =>
    fs.readSync(fd, buffer, offset, Math.min(length, size), null);
  return { ...system, fs: { ...fs, readSync } as typeof fs };
};

describe('one object of a JSON file', () => {
  it.each<[string, unknown]>([
    ['{"oauthAccount":{"a":1}}', { a: 1 }],
    ['\uFEFF \n\t{ "oauthAccount" : { } }', {}],
    ['{"x":{"oauthAccount":{"a":1}},"oauthAccount":{"a":2}}', { a: 2 }],
    ['{"x":[{"oauthAccount":{"a":1}}],"oauthAccount":{"a":2}}', { a: 2 }],
    [`{"x":"\\",\\"oauthAccount\\":{\\"a\\":1}","oauthAccount":{"a":2}}`, { a: 2 }],
    ['{"x":"\\\\","oauthAccount":{"a":2}}', { a: 2 }],
    ['{"x":"oauthAccount","y":{"a":1},"oauthAccount":{"a":2}}', { a: 2 }],
    ['{"oauth\\u0041ccount":{"a":1}}', { a: 1 }],
    ['{"oauthAccount":{"a":{"b":"}"},"c":[{}]},"d":1}', { a: { b: '}' }, c: [{}] }],
    ['{"oauthAccount":{"a":1},"rest":[cut', { a: 1 }],
    ['{"oauthAccount":null,"oauthAccount ":{"a":1}}', 'absent'],
    ['{"oauthAccount":[{"a":1}]}', 'absent'],
    ['{"oauthAccount":"x","y":{"a":1}}', 'absent'],
    ['{"x":1}{"oauthAccount":{"a":1}}', 'absent'],
    ['{}', 'absent'],
    ['', 'absent'],
    ['[{"oauthAccount":{"a":1}}]', 'unknown'],
    ['x{"oauthAccount":{"a":1}}', 'unknown'],
    ['{"x":1', 'unknown'],
    ['{"x":"\n","oauthAccount":{"a":1}}', 'unknown'],
    ['{"x":[1},"oauthAccount":{"a":1}}', 'unknown'],
    ['{"x":\\"oauthAccount","oauthAccount":{"a":1}}', 'unknown'],
    ['{{"oauthAccount":{"a":1}}}', 'unknown'],
    ['{"oauthAccount":{"a":1', 'unknown'],
    [`{"${'x'.repeat(300)}oauthAccount":{"a":1},"oauthAccount":{"a":2}}`, { a: 2 }],
    [`{"x":${'['.repeat(600)}${']'.repeat(600)},"oauthAccount":{}}`, 'unknown'],
    [`{"oauthAccount":{"a":"${'x'.repeat(70_000)}"}}`, 'unknown'],
  ])('of %s', (text, expected) => {
    expect(found(text)).toEqual(expected);
    for (const size of [1, 2, 3, 7]) {
      fs.writeFileSync(file, text);
      const result = findTopLevel(inPieces(size), file, KEY);
      expect(result.kind === 'found' ? JSON.parse(result.text) : result.kind, `${size}`).toEqual(expected);
    }
  });

  const keys = fc.oneof(fc.constantFrom(KEY, `${KEY}"`, `"${KEY}":{`, 'a'), fc.string());
  const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.string(),
      fc.constantFrom(KEY, `","${KEY}":{"a":1},"`, '\\', '\\"', '{', '}'),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value')),
      fc.dictionary(keys, tie('value')),
    ),
  })).value as fc.Arbitrary<unknown>;
  const document = fc.dictionary(keys, value);

  it('is the one that JSON.parse returns, for any file and any size of chunks', () => {
    fc.assert(
      fc.property(
        document,
        fc.constantFrom(0, 1, 2, 4),
        fc.integer({ min: 1, max: 40 }),
        (any, indent, size) => {
          const text = JSON.stringify(any, null, indent);
          const parsed = (JSON.parse(text) as Record<string, unknown>)[KEY];
          const own = Object.hasOwn(JSON.parse(text) as object, KEY) && isObject(parsed) ? parsed : 'absent';
          fs.writeFileSync(file, text);
          const result = findTopLevel(inPieces(size), file, KEY);
          expect(result.kind === 'found' ? JSON.parse(result.text) : result.kind).toEqual(own);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('of a file that was cut at any byte is the same one or unknown', () => {
    fc.assert(
      fc.property(document, fc.nat(), (any, cut) => {
        const whole = JSON.stringify({ ...any, [KEY]: { accountUuid: 'me' }, last: 1 });
        const text = whole.slice(0, cut % whole.length);
        const result = search(text);
        if (result.kind === 'found') expect(JSON.parse(result.text)).toEqual({ accountUuid: 'me' });
        else expect(result.kind).toBe(text === '' ? 'absent' : 'unknown');
      }),
      { numRuns: 300 },
    );
  });

  it('is never an object that JSON.parse does not find, for any bytes', () => {
    const piece = fc.constantFrom('{', '}', '[', ']', '"', '\\', ':', ',', `"${KEY}"`, '1', ' ', '\n', 'é');
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        expect(() => search(pieces.join(''))).not.toThrow();
      }),
      { numRuns: 500 },
    );
  });

  it('of a large file takes little memory and time', () => {
    const fd = fs.openSync(file, 'w');
    fs.writeSync(fd, '{"projects":{"h":["');
    const block = Buffer.alloc(1024 * 1024, 'x \\" ');
    for (let index = 0; index < 48; index += 1) fs.writeSync(fd, block);
    fs.writeSync(fd, ' "]},"oauthAccount":{"accountUuid":"deep"}}');
    fs.closeSync(fd);
    const before = process.memoryUsage().arrayBuffers;
    const at = performance.now();
    expect(findTopLevel({ fs, monotonic: () => performance.now() }, file, KEY)).toEqual({
      kind: 'found',
      text: '{"accountUuid":"deep"}',
    });
    expect(performance.now() - at).toBeLessThan(3000);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024);
  });

  it('is unknown beyond the bounds', () => {
    const text = `{"x":"${'x'.repeat(600_000)}","oauthAccount":{}}`;
    expect(search(text, { bytes: 500_000, ms: 1000 })).toEqual({ kind: 'unknown', reason: 'too_large' });
    let now = 0;
    const slow = { ...system, monotonic: () => (now += 400) };
    expect(search(text, { bytes: 1e9, ms: 700 }, slow as typeof system)).toEqual({
      kind: 'unknown',
      reason: 'too_slow',
    });
    expect(search(text)).toEqual({ kind: 'found', text: '{}' });
  });

  it('is unknown where the path is no regular file', () => {
    expect(findTopLevel(system, join(system.root, 'none', 'x'), KEY)).toEqual({ kind: 'absent' });
    expect(findTopLevel(system, join(file, 'x'), KEY)).toEqual({ kind: 'absent' });
    expect(findTopLevel(system, system.root, KEY)).toEqual({ kind: 'unknown', reason: 'not_a_file' });
    expect(findTopLevel(system, '/dev/zero', KEY)).toEqual({ kind: 'unknown', reason: 'not_a_file' });
    const loop = join(system.root, 'loop');
    fs.symlinkSync(loop, loop);
    expect(findTopLevel(system, loop, KEY)).toEqual({ kind: 'unknown', reason: 'ELOOP' });
  });
});
