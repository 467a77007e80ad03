import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { account, configDirHash, credentialFiles } from '../../../src/fetch/claude/account.ts';
import { fakeSystem } from '../../support/system.ts';

const sha = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 8);

test.each<[Record<string, string>, string, string]>([
  [{}, 'default', 'claude'],
  [{ CLAUDE_CONFIG_DIR: '' }, 'default', 'claude'],
  [{ CLAUDE_CONFIG_DIR: '/home/ada/work' }, sha('/home/ada/work'), `claude-${sha('/home/ada/work')}`],
  [{ CLAUDE_CONFIG_DIR: '/home/ada/work/' }, sha('/home/ada/work'), `claude-${sha('/home/ada/work')}`],
])('with %j the account is %s in %s', (env, name, directory) => {
  expect(account(fakeSystem({ env }))).toEqual({ name, directory });
});

test('one directory spelt in two Unicode forms is one account', () => {
  const composed = fakeSystem({ env: { CLAUDE_CONFIG_DIR: '/home/zo\u00eb' } });
  const decomposed = fakeSystem({ env: { CLAUDE_CONFIG_DIR: '/home/zoe\u0308' } });
  expect(configDirHash(composed)).toBe(sha('/home/zo\u00eb'));
  expect(configDirHash(decomposed)).toBe(sha('/home/zo\u00eb'));
  expect(configDirHash(fakeSystem())).toBeNull();
});

const home = () => '/home/ada';
const none = () => null;
test.each<[string, Parameters<typeof fakeSystem>[0], string[]]>([
  [
    'by default',
    { home },
    ['/home/ada/.claude/.credentials.json', '/home/ada/.config/claude/.credentials.json'],
  ],
  [
    'with CLAUDE_CONFIG_DIR',
    { home, env: { CLAUDE_CONFIG_DIR: '/c', XDG_CONFIG_HOME: '/x' } },
    ['/c/.credentials.json'],
  ],
  [
    'with an empty CLAUDE_CONFIG_DIR',
    { home: none, env: { CLAUDE_CONFIG_DIR: '', XDG_CONFIG_HOME: '/x' } },
    ['/x/claude/.credentials.json'],
  ],
  [
    'with XDG_CONFIG_HOME',
    { home, env: { XDG_CONFIG_HOME: '/x' } },
    ['/home/ada/.claude/.credentials.json', '/x/claude/.credentials.json'],
  ],
  [
    'with a relative XDG_CONFIG_HOME',
    { home, env: { XDG_CONFIG_HOME: 'x' } },
    ['/home/ada/.claude/.credentials.json', '/home/ada/.config/claude/.credentials.json'],
  ],
  [
    'with an empty XDG_CONFIG_HOME',
    { home, env: { XDG_CONFIG_HOME: '' } },
    ['/home/ada/.claude/.credentials.json', '/home/ada/.config/claude/.credentials.json'],
  ],
  ['without a home', { home: none }, []],
  [
    'on Windows',
    { home: () => 'C:\\Users\\ada', platform: 'win32', env: { XDG_CONFIG_HOME: 'D:\\x' } },
    ['C:\\Users\\ada\\.claude\\.credentials.json', 'D:\\x\\claude\\.credentials.json'],
  ],
  [
    'on Windows with a share',
    { home: none, platform: 'win32', env: { XDG_CONFIG_HOME: '\\\\host\\x' } },
    ['\\\\host\\x\\claude\\.credentials.json'],
  ],
  ['on Windows with a relative path', { home: none, platform: 'win32', env: { XDG_CONFIG_HOME: '/x' } }, []],
])('the files %s', (_, system, files) => {
  expect(credentialFiles(fakeSystem(system))).toEqual(files);
});
