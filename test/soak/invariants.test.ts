import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';
import {
  foreignNumbers,
  leastApart,
  MOST_BYTES,
  Secrets,
  tooManyRequests,
  wrongEnd,
  wrongFiles,
} from './invariants.ts';
import type { Ended, FoundFile } from './invariants.ts';

const arrivals = (...list: [seconds: number, token: string][]) =>
  list.map(([seconds, token]) => ({ at: seconds * SECOND, earliest: seconds * SECOND, token }));
const every = (ms: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({ at: index * ms, earliest: index * ms, token: 'a' }));

describe('requests in a soak', () => {
  it('are a minute apart, less the deadline', () => {
    expect(tooManyRequests(arrivals([0, 'a'], [57, 'a'], [117, 'a']))).toEqual([]);
    expect(tooManyRequests(arrivals([0, 'a'], [56.9, 'a']))).toEqual([
      'a request 56.9 s after the one before',
    ]);
  });

  it('count from the earliest time at which they can have arrived', () => {
    const late = { at: 20 * SECOND, earliest: 0, token: 'a' };
    expect(tooManyRequests([late, ...arrivals([57, 'a'])])).toEqual([]);
    expect(tooManyRequests([late, ...arrivals([56, 'a'])])).toHaveLength(1);
  });

  it('may be closer with another token, once in five minutes', () => {
    expect(tooManyRequests(arrivals([0, 'a'], [10, 'b'], [70, 'b'], [310, 'b'], [320, 'c']))).toEqual([]);
    expect(tooManyRequests(arrivals([0, 'a'], [10, 'b'], [20, 'c']))).toHaveLength(1);
  });

  it('are at most 24 in any hour', () => {
    expect(tooManyRequests(every(HOUR / 24, 60))).toEqual([]);
    expect(tooManyRequests(every(2 * MINUTE, 25))).toEqual(['25 requests within 48.0 min']);
  });

  it('are measured by the shortest time between two with the same token', () => {
    expect(leastApart(arrivals([0, 'a'], [10, 'b'], [90, 'b'], [160, 'b']))).toBe(70 * SECOND);
    expect(leastApart(arrivals([0, 'a'], [10, 'b']))).toBeNull();
  });
});

const ended = (changes: Partial<Ended> = {}): Ended => ({
  stdout: '5h 22%\n',
  stderr: '',
  code: 0,
  killed: false,
  ...changes,
});
const LINE = { prints: 'line', exits: [0] } as const;

describe('ends of calls in a soak', () => {
  it.each<[string, Partial<Ended>, string[]]>([
    ['a line', {}, []],
    ['no line', { stdout: '' }, ['not one line']],
    ['two lines', { stdout: 'a\nb\n' }, ['not one line']],
    ['a line without its end', { stdout: 'a' }, ['not one line']],
    ['another exit code', { code: 1 }, ['exit code 1']],
    ['a signal of another process', { code: null, stdout: 'a\n' }, ['exit code null']],
    ['a kill', { code: null, stdout: '', killed: true }, []],
    ['an internal error', { stderr: 'usageline: internal error: TypeError x.cjs:1:2\n' }, ['a trace']],
    [
      'a trace',
      { stderr: 'Error: spawn ENOMEM\n    at ChildProcess.spawn (node:internal:1:2)\n' },
      ['a trace'],
    ],
    ['a trace of a killed call', { stderr: '    at x.cjs:1:2\n', code: null, killed: true }, ['a trace']],
    ['a control character', { stdout: 'a\u0007\n' }, ['a control character']],
    ['colours', { stdout: '\u001b[32ma\u001b[0m\n' }, []],
  ])('%s', (_case, changes, wrong) => {
    expect(wrongEnd(ended(changes), LINE)).toEqual(wrong);
  });

  it('checks silence, objects and texts', () => {
    const wrong = (prints: 'silence' | 'object' | 'text', stdout: string) =>
      wrongEnd(ended({ stdout }), { prints, exits: [0] });
    expect(wrong('silence', '')).toEqual([]);
    expect(wrong('silence', 'x')).toHaveLength(1);
    expect(wrong('object', '{"a":1}\n')).toEqual([]);
    expect(wrong('object', '{"a":')).toHaveLength(1);
    expect(wrong('text', 'a\nb\n')).toEqual([]);
    expect(wrong('text', '')).toHaveLength(1);
  });

  it('recognises numbers of another account', () => {
    expect(foreignNumbers('5h 22% · 7d 39%', 21, 39)).toEqual([]);
    expect(foreignNumbers('5h 22% · 7d 40%', 21, 39)).toEqual(['40% of another account']);
  });

  it('finds eight characters of a secret, and not seven', () => {
    const secrets = new Secrets();
    secrets.add('abcdefghijklmnop');
    expect(secrets.isIn('xx efghijkl xx')).toBe(true);
    expect(secrets.isIn('xx efghijk xx')).toBe(false);
  });
});

const file = (path: string, changes: Partial<FoundFile> = {}): FoundFile => ({
  path,
  bytes: 100,
  age: MINUTE,
  mode: 0o100600,
  isDirectory: false,
  ...changes,
});

describe('files in a soak', () => {
  it('have known names, and are private', () => {
    const found = [
      file('claude', { mode: 0o40700, isDirectory: true }),
      file('claude-0123abcd/usage.json'),
      file('claude/ready/plain~yizcw7.12'),
      file('claude/ready/.asked', { mode: 0o100644 }),
      file('claude/refresh.mutex', { mode: 0o40755, isDirectory: true }),
      file('claude/attempt.17'),
      file('claude/counts.json'),
      file('claude/ready/plain+all.later'),
      file('usageline.upkeep'),
      file('accounts/%2Fhome%2Fa'),
    ];
    expect(wrongFiles(found)).toEqual([]);
    expect(wrongFiles([file('claude/core')])).toEqual(['a file that has no purpose: claude/core']);
    expect(wrongFiles([file('claude/usage.json', { mode: 0o100666 })])).toEqual([
      'mode 666: claude/usage.json',
    ]);
    expect(wrongFiles([file('claude', { mode: 0o40755, isDirectory: true })])).toEqual(['mode 755: claude']);
  });

  it('are swept when they are temporary and old', () => {
    for (const path of [
      'claude/usage.json.123',
      'claude/ready/.new.5',
      'claude/.new.5.7',
      'claude/transcripts.bin.9',
    ]) {
      expect(wrongFiles([file(path)])).toEqual([]);
      expect(wrongFiles([file(path, { age: 3 * HOUR })])).toHaveLength(1);
    }
  });

  it('are bounded', () => {
    expect(wrongFiles([file('claude/usage.json', { bytes: MOST_BYTES + 1 })])).toHaveLength(1);
    expect(wrongFiles(Array.from({ length: 1500 }, (_, number) => file(`claude/attempt.${number}`)))).toEqual(
      ['1500 files: claude/attempt.# 1500'],
    );
  });
});
