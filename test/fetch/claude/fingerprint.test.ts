import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { credentialsFingerprint } from '../../../src/fetch/claude/fingerprint.ts';
import { credentialsText, put } from '../../support/fetch-credentials.ts';
import { fakeSystem } from '../../support/system.ts';
import type { FakeSystem } from '../../support/system.ts';

let system: FakeSystem;
let file: string;
let second: string;
beforeEach(() => {
  system = fakeSystem();
  file = put(join(system.root, '.claude', '.credentials.json'), credentialsText());
  second = join(system.root, '.config', 'claude', '.credentials.json');
});
const fingerprint = () => credentialsFingerprint(system, null);

test('the fingerprint stays the same while nothing changes, and no content is read', () => {
  const open = vi.spyOn(system.fs, 'openSync');
  const before = fingerprint();
  expect(before).toMatch(/^\d+(\.\d+)?:\d+:\d+ absent$/);
  expect(fingerprint()).toBe(before);
  expect(open).not.toHaveBeenCalled();
  open.mockRestore();
});

test.each<[string, () => void]>([
  ['the time', () => utimesSync(file, 1, 1)],
  ['the size', () => appendFileSync(file, ' ')],
  [
    'the file itself',
    () => {
      copyFileSync(file, `${file}.new`);
      utimesSync(`${file}.new`, 1, 1);
      renameSync(`${file}.new`, file);
    },
  ],
  ['its absence', () => rmSync(file)],
  ['a second file', () => put(second, '{}')],
])('%s changes it', (_, change) => {
  utimesSync(file, 1, 1);
  const before = fingerprint();
  if (_ === 'the time') utimesSync(file, 2, 2);
  else change();
  expect(fingerprint()).not.toBe(before);
});

test('a link is followed to its target', () => {
  const target = join(system.root, 'dotfiles', 'credentials');
  put(target, credentialsText());
  rmSync(file);
  symlinkSync(target, file);
  const before = fingerprint();
  appendFileSync(target, ' ');
  expect(fingerprint()).not.toBe(before);
});

test('the date of the keychain item is a part of the fingerprint', () => {
  expect(credentialsFingerprint(system, '20261120182312Z')).not.toBe(fingerprint());
  expect(credentialsFingerprint(system, '20261120182312Z')).not.toBe(
    credentialsFingerprint(system, '20261120182313Z'),
  );
});

test('a file that cannot be examined is marked', () => {
  rmSync(file);
  symlinkSync('.credentials.json', file);
  expect(fingerprint()).toBe('ELOOP absent');
});

const statSync = () => {
  throw new Error('odd');
};

test('an error without a code is marked, too', () => {
  const odd = fakeSystem({ fs: { ...system.fs, statSync } as unknown as FakeSystem['fs'] });
  expect(credentialsFingerprint(odd, null)).toBe('UNKNOWN UNKNOWN');
});

test('a file in place of a directory counts as absent', () => {
  rmSync(join(system.root, '.claude'), { recursive: true });
  put(join(system.root, '.claude'), '');
  expect(fingerprint()).toBe('absent absent');
});

test.each<[string, Record<string, string>, string | null, string | null]>([
  ['no file', {}, null, 'absent absent'],
  ['no file, and an empty token in the environment', { CLAUDE_CODE_OAUTH_TOKEN: ' ' }, null, 'absent absent'],
  ['no file, and a token in the environment', { CLAUDE_CODE_OAUTH_TOKEN: 'token' }, null, null],
  [
    'no file, no keychain item, and a token that cannot be seen changing',
    { CLAUDE_CODE_OAUTH_TOKEN: 'sk' },
    'absent',
    null,
  ],
  ['no file and no keychain item', {}, 'absent', 'absent absent absent'],
  [
    'no file, but a keychain item',
    { CLAUDE_CODE_OAUTH_TOKEN: 'token' },
    '2026Z',
    'absent absent keychain:2026Z',
  ],
  ['no file in CLAUDE_CONFIG_DIR', { CLAUDE_CONFIG_DIR: '/dev/null/none' }, null, 'absent'],
])('with %s', (_, env, keychain, expected) => {
  expect(credentialsFingerprint(fakeSystem({ env }), keychain)).toBe(expected);
});

test('there is no fingerprint where no file could be', () => {
  expect(credentialsFingerprint(fakeSystem({ home: () => null }), null)).toBeNull();
});

test('a directory has a fingerprint as well', () => {
  rmSync(file);
  mkdirSync(file);
  expect(fingerprint()).toMatch(/^\d+.*:\d+:\d+ absent$/);
});
