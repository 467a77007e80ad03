import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { accountId } from '../../../src/fetch/claude/identity.ts';
import { put } from '../../support/fetch-credentials.ts';
import { fakeSystem } from '../../support/system.ts';

const config = (accountUuid: unknown) => JSON.stringify({ numStartups: 7, oauthAccount: { accountUuid } });

test('it stands in the home directory', () => {
  const system = fakeSystem();
  put(join(system.root, '.claude.json'), config('5f0c-1'));
  expect(accountId(system)).toBe('5f0c-1');
});

test('it stands in CLAUDE_CONFIG_DIR when that is set', () => {
  const { root } = fakeSystem();
  const system = fakeSystem({ env: { CLAUDE_CONFIG_DIR: join(root, 'work') } });
  put(join(system.root, '.claude.json'), config('private'));
  expect(accountId(system)).toBeNull();
  put(join(root, 'work', '.claude.json'), config('work'));
  expect(accountId(system)).toBe('work');
});

test('it may be a link', () => {
  const system = fakeSystem();
  symlinkSync(
    put(join(system.root, 'dotfiles', 'claude.json'), config('linked')),
    join(system.root, '.claude.json'),
  );
  expect(accountId(system)).toBe('linked');
});

test.each<[string, string | Buffer]>([
  ['empty', ''],
  ['not JSON', '{"oauthAccount"'],
  ['not UTF-8', Buffer.from([0xff, 0xfe])],
  ['a list', '[]'],
  ['null', 'null'],
  ['without an account', '{}'],
  ['with an odd account', '{"oauthAccount":"x"}'],
  ['with an account of nobody', '{"oauthAccount":{}}'],
  ['with an empty id', config('')],
  ['with a number for an id', config(7)],
])('a file that is %s does not say', (_, text) => {
  const system = fakeSystem();
  put(join(system.root, '.claude.json'), text);
  expect(accountId(system)).toBeNull();
});

test('a byte order mark does not matter', () => {
  const system = fakeSystem();
  put(join(system.root, '.claude.json'), `\uFEFF${config('marked')}`);
  expect(accountId(system)).toBe('marked');
});

test('without a file, or with a directory for one, nobody knows', () => {
  const system = fakeSystem();
  expect(accountId(system)).toBeNull();
  mkdirSync(join(system.root, '.claude.json'));
  expect(accountId(system)).toBeNull();
  expect(accountId(fakeSystem({ home: () => null }))).toBeNull();
});
