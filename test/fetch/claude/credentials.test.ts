import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCredentials } from '../../../src/fetch/claude/credentials.ts';
import type { System } from '../../../src/platform/system.ts';
import { credentialsText, put } from '../../support/fetch-credentials.ts';
import { fakeSystem } from '../../support/system.ts';
import { itAsOrdinaryUser } from '../../support/user.ts';

const NOW = Date.UTC(2026, 10, 20, 18, 25);
const first = (system: { root: string }) => join(system.root, '.claude', '.credentials.json');
const second = (system: { root: string }) => join(system.root, '.config', 'claude', '.credentials.json');
const expired = credentialsText({ expiresAt: NOW, refreshToken: undefined });
const lapsed = credentialsText({ expiresAt: NOW });
const unscoped = credentialsText({ scopes: ['user:inference'] });
const usable = (token: string) => ({ ok: true, value: expect.objectContaining({ token }) });
const failed = (code: string, detail?: string) => ({
  ok: false,
  failure: detail === undefined ? { code } : { code, detail },
});

/** What is read when the first file holds this text. */
async function reading(text: string | Buffer) {
  const system = fakeSystem();
  put(first(system), text);
  const outcome = await readCredentials(system);
  if (!outcome.ok) {
    const unnamed = ['no_credentials', 'token_lapsed'].includes(outcome.failure.code);
    expect(outcome.failure.detail).toBe(unnamed ? undefined : first(system));
  }
  return outcome.ok ? outcome.value : outcome.failure.code;
}

describe('a file', () => {
  const token = 'sk-ant-oat01-EXAMPLE-NOT-A-TOKEN';
  const value = { token, plan: 'max_20x', loginUntil: null };
  test.each<[string, string]>([
    ['as Claude Code writes it', credentialsText()],
    ['with white space around', `\n  ${credentialsText()}\n\n`],
    ['with a byte order mark', `\uFEFF${credentialsText()}`],
    ['without an expiry', credentialsText({ expiresAt: null })],
    ['without a word on the expiry', credentialsText({ expiresAt: undefined })],
    ['with an odd expiry', credentialsText({ expiresAt: 'tomorrow' })],
    ['that ends in a millisecond', credentialsText({ expiresAt: NOW + 1 })],
    ['without scopes', credentialsText({ scopes: undefined })],
    ['with null for scopes', credentialsText({ scopes: null })],
    ['with an empty list of scopes', credentialsText({ scopes: [] })],
    ['without a refresh token', credentialsText({ refreshToken: undefined })],
    ['with other logins', credentialsText().replace('{', '{"mcpOAuth":{},')],
  ])('%s is usable', async (_, text) => {
    expect(await reading(text)).toEqual(value);
  });

  test.each<[string, string | Buffer, string]>([
    ['empty', '', 'credentials_invalid'],
    ['cut off', credentialsText().slice(0, -9), 'credentials_invalid'],
    ['a bare token', token, 'credentials_invalid'],
    ['a list', '[]', 'credentials_invalid'],
    ['null', 'null', 'credentials_invalid'],
    ['an empty object', '{}', 'credentials_invalid'],
    ['with an odd login', '{"claudeAiOauth":"x"}', 'credentials_invalid'],
    ['not UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), 'credentials_invalid'],
    ['without a token', credentialsText({ accessToken: undefined }), 'credentials_invalid'],
    ['with an empty token', credentialsText({ accessToken: '' }), 'credentials_invalid'],
    ['with a number for a token', credentialsText({ accessToken: 7 }), 'credentials_invalid'],
    [
      'with a line break behind the token',
      credentialsText({ accessToken: `${token}\n` }),
      'credentials_invalid',
    ],
    ['with a space before the token', credentialsText({ accessToken: ` ${token}` }), 'credentials_invalid'],
    ['with a header in the token', credentialsText({ accessToken: 'a\r\nx: y' }), 'credentials_invalid'],
    ['with a token that is not ASCII', credentialsText({ accessToken: 'tokén' }), 'credentials_invalid'],
    ['with NUL in the token', credentialsText({ accessToken: 'a\0b' }), 'credentials_invalid'],
    ['that has ended just now', expired, 'token_expired'],
    ['that ended in 1970', credentialsText({ expiresAt: 0, refreshToken: undefined }), 'token_expired'],
    ['without user:profile', unscoped, 'missing_scope'],
    [
      'that has ended, without user:profile',
      credentialsText({ expiresAt: 1, refreshToken: undefined, scopes: ['x'] }),
      'token_expired',
    ],
  ])('%s is not', async (_, text, code) => {
    expect(await reading(text)).toBe(code);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['nothing else', {}, 'token_lapsed'],
    ['an expiry of its own to come', { refreshTokenExpiresAt: NOW + 1 }, 'token_lapsed'],
    ['an unknown expiry', { refreshTokenExpiresAt: null }, 'token_lapsed'],
    ['an odd expiry', { refreshTokenExpiresAt: 'Friday' }, 'token_lapsed'],
    ['an expiry beyond every calendar', { refreshTokenExpiresAt: 1e300 }, 'token_lapsed'],
    ['an access token of 1970', { expiresAt: 0 }, 'token_lapsed'],
    ['empty scopes', { scopes: [] }, 'token_lapsed'],
    ['scopes as text', { scopes: 'user:inference user:profile' }, 'token_lapsed'],
    // A renewal does not add a scope.
    ['scopes without user:profile', { scopes: ['user:inference'] }, 'missing_scope'],
    ['an expiry of its own that has come', { refreshTokenExpiresAt: NOW }, 'token_expired'],
    ['an expiry of its own in 1970', { refreshTokenExpiresAt: 0 }, 'token_expired'],
    ['no text in it', { refreshToken: ' ' }, 'token_expired'],
    ['a number in its place', { refreshToken: 7 }, 'token_expired'],
    ['null in its place', { refreshToken: null }, 'token_expired'],
    ['no access token', { accessToken: '', refreshToken: '' }, 'credentials_invalid'],
  ])('with an access token that has expired and a refresh token with %s: %s', async (_, login, code) => {
    expect(await reading(credentialsText({ expiresAt: NOW, ...login }))).toBe(code);
    expect(await reading(`\uFEFF${credentialsText({ expiresAt: NOW, ...login })}\r\n`)).toBe(code);
  });

  test.each<[string, string, string]>([
    ['only tokens of MCP servers', '{"mcpOAuth":{"a":{"accessToken":"x"}}}', 'no_credentials'],
    ['null for a login beside them', '{"mcpOAuth":{},"claudeAiOauth":null}', 'no_credentials'],
    ['a login without a token beside them', '{"mcpOAuth":{},"claudeAiOauth":{}}', 'credentials_invalid'],
  ])('with %s: %s', async (_, text, code) => {
    expect(await reading(text)).toBe(code);
  });

  test.each<[unknown, number | null]>([
    [NOW + 1, NOW + 1],
    [undefined, null],
    ['Friday', null],
    [1e300, 8.64e15],
    [-1e300, 0],
  ])('whose refresh token expires at %j is usable until %j', async (refreshTokenExpiresAt, loginUntil) => {
    expect(await reading(credentialsText({ refreshTokenExpiresAt }))).toEqual({ ...value, loginUntil });
  });

  test('can be a link', async () => {
    const system = fakeSystem();
    const target = put(join(system.root, 'dotfiles', 'credentials.json'), credentialsText());
    mkdirSync(join(system.root, '.claude'));
    symlinkSync(target, first(system));
    expect(await readCredentials(system)).toEqual(usable(token));
  });

  test.each<[string, (path: string) => void]>([
    ['a directory', (path) => mkdirSync(path, { recursive: true })],
    ['a FIFO', (path) => execFileSync('mkfifo', [put(`${path}.x`, '').replace(/\.x$/, '')])],
    ['a device', (path) => symlinkSync('/dev/zero', put(`${path}.x`, '').replace(/\.x$/, ''))],
    [
      'a link to itself',
      (path) => symlinkSync('.credentials.json', put(`${path}.x`, '').replace(/\.x$/, '')),
    ],
    ['over 1 MiB', (path) => put(path, credentialsText() + ' '.repeat(1024 * 1024))],
  ])('that is %s cannot be read, and does not hang', async (_, make) => {
    const system = fakeSystem();
    make(first(system));
    expect(await readCredentials(system)).toEqual(failed('credentials_unreadable', first(system)));
  });

  itAsOrdinaryUser('without permission to read it cannot be read', async () => {
    const system = fakeSystem();
    chmodSync(put(first(system), credentialsText()), 0);
    expect(await readCredentials(system)).toEqual(failed('credentials_unreadable', first(system)));
  });
});

describe('CLAUDE_CODE_OAUTH_TOKEN', () => {
  test.each([
    ['token', usable('token')],
    [' token\n', usable('token')],
    ['', failed('no_credentials')],
    [' \t', failed('no_credentials')],
    ['to\nken', failed('credentials_invalid', 'CLAUDE_CODE_OAUTH_TOKEN')],
    ['tokén', failed('credentials_invalid', 'CLAUDE_CODE_OAUTH_TOKEN')],
  ])('%j', async (CLAUDE_CODE_OAUTH_TOKEN, outcome) => {
    expect(await readCredentials(fakeSystem({ env: { CLAUDE_CODE_OAUTH_TOKEN } }))).toEqual(outcome);
  });
});

const good = (accessToken: string) => credentialsText({ accessToken });
const keychain = (system: System & { root: string }, script: string) =>
  put(join(system.root, 'no-security-command'), `#!/bin/sh\n${script}\n`, 0o700);

describe('of several places', () => {
  const env = { CLAUDE_CODE_OAUTH_TOKEN: 'from-environment' };
  const mac = { platform: 'darwin' } as const;

  test.each<[string, { system?: object; keychain?: string; first?: string; second?: string }, unknown]>([
    ['nothing anywhere', {}, failed('no_credentials')],
    ['both files', { first: good('one'), second: good('two') }, usable('one')],
    ['the second file only', { second: good('two') }, usable('two')],
    ['an expired file and a good one', { first: expired, second: good('two') }, usable('two')],
    ['a lapsed file and a good one', { first: lapsed, second: good('two') }, usable('two')],
    ['a lapsed file and the environment', { first: lapsed, system: { env } }, usable('from-environment')],
    ['a lapsed file and an expired one', { first: lapsed, second: expired }, 'token_lapsed'],
    ['an expired file and a lapsed one', { first: expired, second: lapsed }, 'token_expired'],
    ['a file without a login and a lapsed one', { first: '{"mcpOAuth":{}}', second: lapsed }, 'token_lapsed'],
    [
      'a file without a login and a good one',
      { first: '{"mcpOAuth":{}}', second: good('two') },
      usable('two'),
    ],
    ['a broken file and a good one', { first: '{', second: good('two') }, usable('two')],
    [
      'an unscoped file and the environment',
      { first: unscoped, system: { env } },
      usable('from-environment'),
    ],
    ['a file and the environment', { first: good('one'), system: { env } }, usable('one')],
    ['two that are not usable', { first: unscoped, second: expired }, 'missing_scope'],
    ['two that are not usable, turned round', { first: expired, second: unscoped }, 'token_expired'],
    [
      'a broken file and a broken environment',
      { first: '{', system: { env: { CLAUDE_CODE_OAUTH_TOKEN: 'a b' } } },
      'credentials_invalid',
    ],
    [
      'keychain and file',
      { system: mac, keychain: `echo '${good('key')}'`, first: good('one') },
      usable('key'),
    ],
    [
      'an expired keychain and a file',
      { system: mac, keychain: `echo '${expired}'`, first: good('one') },
      usable('one'),
    ],
    ['an empty keychain and a file', { system: mac, keychain: 'exit 44', first: good('one') }, usable('one')],
    ['an empty keychain and nothing', { system: mac, keychain: 'exit 44' }, failed('no_credentials')],
    [
      'a keychain without a login',
      { system: mac, keychain: `echo '{"mcpOAuth":{}}'` },
      failed('no_credentials'),
    ],
    [
      'a keychain that fails and a file',
      { system: mac, keychain: 'exit 36', first: good('one') },
      usable('one'),
    ],
    [
      'a keychain that fails and nothing',
      { system: mac, keychain: 'exit 36' },
      failed('keychain_error', 'the keychain tool failed (36)'),
    ],
    [
      'a keychain that fails and an expired file',
      { system: mac, keychain: 'exit 36', first: expired },
      'keychain_error',
    ],
    [
      'an expired keychain',
      { system: mac, keychain: `echo '${expired}'` },
      failed('token_expired', 'keychain'),
    ],
    ['a lapsed keychain', { system: mac, keychain: `echo '${lapsed}'` }, failed('token_lapsed')],
    ['a keychain where there is none', { keychain: `echo '${good('key')}'` }, failed('no_credentials')],
  ])('%s', async (_, world, expected) => {
    const system = fakeSystem(world.system);
    if (world.keychain) keychain(system, world.keychain);
    if (world.first) put(first(system), world.first);
    if (world.second) put(second(system), world.second);
    const outcome = await readCredentials(system);
    if (typeof expected === 'string') expect(outcome).toMatchObject(failed(expected));
    else expect(outcome).toEqual(expected);
  });

  test('with CLAUDE_CONFIG_DIR only the file in that directory counts', async () => {
    const { root } = fakeSystem();
    const system = fakeSystem({ env: { CLAUDE_CONFIG_DIR: join(root, 'work') } });
    put(first(system), good('private'));
    put(second(system), good('private'));
    expect(await readCredentials(system)).toEqual(failed('no_credentials'));
    put(join(root, 'work', '.credentials.json'), good('work'));
    expect(await readCredentials(system)).toEqual(usable('work'));
  });
});

test('the refresh token is never a part of the credentials', async () => {
  expect(JSON.stringify(await reading(credentialsText()))).not.toContain('ort01');
});
