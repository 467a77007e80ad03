import { mkdirSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { identity, identitySource } from '../../../src/fetch/claude/identity.ts';
import { put } from '../../support/fetch-credentials.ts';
import type { System } from '../../../src/platform/system.ts';
import { fakeSystem } from '../../support/system.ts';

const accountId = (system: System) => {
  const found = identity(system);
  return found.kind === 'known' ? found.accountId : found.kind;
};
const config = (accountUuid: unknown) => JSON.stringify({ numStartups: 7, oauthAccount: { accountUuid } });

test('the account is read from the home directory', () => {
  const system = fakeSystem();
  put(join(system.root, '.claude.json'), config('5f0c-1'));
  expect(accountId(system)).toBe('5f0c-1');
});

test('the account is read from CLAUDE_CONFIG_DIR when that is set', () => {
  const { root } = fakeSystem();
  const system = fakeSystem({ env: { CLAUDE_CONFIG_DIR: join(root, 'work') } });
  put(join(system.root, '.claude.json'), config('private'));
  expect(accountId(system)).toBe('none');
  put(join(root, 'work', '.claude.json'), config('work'));
  expect(accountId(system)).toBe('work');
});

test('the file can be a link', () => {
  const system = fakeSystem();
  symlinkSync(
    put(join(system.root, 'dotfiles', 'claude.json'), config('linked')),
    join(system.root, '.claude.json'),
  );
  expect(accountId(system)).toBe('linked');
});

test.each<[string, string | Buffer, 'none' | 'unknown']>([
  ['empty', '', 'none'],
  ['blank', ' \n', 'none'],
  ['cut off', '{"oauthAccount":{"accountUuid":"a"', 'unknown'],
  ['cut off in a key', '{"oauthAccount"', 'unknown'],
  ['not UTF-8', Buffer.from([0xff, 0xfe]), 'unknown'],
  ['a list', '[]', 'unknown'],
  ['null', 'null', 'unknown'],
  ['without an account', '{}', 'none'],
  ['signed out', '{"oauthAccount":null,"x":{"accountUuid":"a"}}', 'none'],
  ['with an odd account', '{"oauthAccount":"x"}', 'none'],
  ['with an account of nobody', '{"oauthAccount":{}}', 'none'],
  ['with an empty id', config(''), 'none'],
  ['with a number for an id', config(7), 'none'],
  ['with an account that is no JSON', '{"oauthAccount":{accountUuid:"a"}}', 'unknown'],
])('no account is read from a file that is %s', (_, text, kind) => {
  const system = fakeSystem();
  put(join(system.root, '.claude.json'), text);
  expect(identity(system)).toEqual({ kind });
});

test('a byte order mark does not matter', () => {
  const system = fakeSystem();
  put(join(system.root, '.claude.json'), `\uFEFF${config('marked')}`);
  expect(accountId(system)).toBe('marked');
});

test('without a file no account is signed in; where it is no regular file, the account is unknown', () => {
  const system = fakeSystem();
  expect(identity(system)).toEqual({ kind: 'none' });
  mkdirSync(join(system.root, '.claude.json'));
  expect(identity(system)).toEqual({ kind: 'unknown' });
  expect(identity(fakeSystem({ home: () => null }))).toEqual({ kind: 'none' });
});

test('the account has an organisation and names that can be printed', () => {
  const system = fakeSystem();
  const oauthAccount = {
    accountUuid: 'a-1',
    organizationUuid: 'o-1',
    displayName: 'Zoë `x`',
    organizationName: 'Analytical Engines $(id)',
  };
  put(join(system.root, '.claude.json'), JSON.stringify({ oauthAccount }));
  expect(identity(system)).toEqual({
    kind: 'known',
    accountId: 'a-1',
    organizationId: 'o-1',
    accountName: 'Zoe x',
    organizationName: 'Analytical Engines (id)',
  });
});

test.each(['ada@example.com', "ada@example.com's Organization", 'ada＠example.com', '日本', 7, null])(
  'the name %j is none',
  (name) => {
    const system = fakeSystem();
    const oauthAccount = { accountUuid: 'a', displayName: name, organizationName: name };
    put(join(system.root, '.claude.json'), JSON.stringify({ oauthAccount }));
    expect(identity(system)).toMatchObject({ accountName: null, organizationName: null });
  },
);

test('of the two files of the default directory, the one that was changed last counts', () => {
  const system = fakeSystem();
  const [home, inside] = [join(system.root, '.claude.json'), join(system.root, '.claude', '.claude.json')];
  put(home, config('home'));
  put(inside, config('inside'));
  for (const [older, newer, expected] of [
    [home, inside, 'inside'],
    [inside, home, 'home'],
  ] as const) {
    utimesSync(older, 1000, 1000);
    utimesSync(newer, 2000, 2000);
    expect(accountId(system)).toBe(expected);
  }
  put(home, '{}');
  utimesSync(home, 3000, 3000);
  expect(accountId(system)).toBe('inside');
  put(home, '{"oauthAccount":');
  expect(accountId(system)).toBe('unknown');
  const mac = fakeSystem({ platform: 'darwin', home: system.home });
  expect(accountId(mac)).toBe('unknown');
});

test('the fingerprint of the source changes with the file', () => {
  const system = fakeSystem();
  expect(identitySource(system)).toEqual({ fingerprint: '', bytes: 0 });
  const file = put(join(system.root, '.claude.json'), config('a'));
  const before = identitySource(system);
  expect(before.bytes).toBe(config('a').length);
  utimesSync(file, 1000, 1000);
  expect(identitySource(system).fingerprint).not.toBe(before.fingerprint);
});
