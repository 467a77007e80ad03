import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  readIdentityMemo,
  readKeychainMemo,
  writeIdentityMemo,
  writeKeychainMemo,
} from '../../src/cache/memos.ts';
import { fakeSystem } from '../support/system.ts';
import { modeOf } from './disk.ts';

const system = fakeSystem();
const path = join(system.root, 'keychain.json');

function read(content: string | Uint8Array) {
  fs.writeFileSync(path, content);
  return readKeychainMemo(system, path);
}

describe('the stored result of the last keychain query', () => {
  it.each(['20261120182312Z', null])('is read as it was written: %j', (modified) => {
    const memo = { checkedAt: 1_795_198_892_123, modified };
    writeKeychainMemo(system, path, memo);
    expect(readKeychainMemo(system, path)).toEqual(memo);
    expect(modeOf(path)).toBe(0o600);
  });

  it('is one line', () => {
    writeKeychainMemo(system, path, { checkedAt: 5, modified: null });
    expect(fs.readFileSync(path, 'utf8')).toBe('{"checked_at":5,"modified":null}\n');
  });

  it.each<[string, string | Uint8Array]>([
    ['is empty', ''],
    ['is not JSON', 'x'],
    ['is not UTF-8', Uint8Array.of(0xff)],
    ['is null', 'null'],
    ['is a list', '[5]'],
    ['has no time', '{"modified":"20261120182312Z"}'],
    ['has a time that is a text', '{"checked_at":"5"}'],
  ])('is unknown when its file %s', (_case, content) => {
    expect(read(content)).toBeNull();
  });

  it('is unknown without a file, and behind a link', () => {
    fs.rmSync(path, { force: true });
    expect(readKeychainMemo(system, path)).toBeNull();
    fs.writeFileSync(`${path}.there`, '{"checked_at":5}');
    fs.symlinkSync(`${path}.there`, path);
    expect(readKeychainMemo(system, path)).toBeNull();
    fs.rmSync(path);
  });

  it.each(['{"checked_at":5}', '{"checked_at":5,"modified":7}'])('has no date in %s', (text) => {
    expect(read(text)).toEqual({ checkedAt: 5, modified: null });
  });
});

describe('the account that a large file named', () => {
  it.each(['account-1', null])('is read as it was written: %j', (accountId) => {
    const memo = {
      fingerprint: '1:2:3',
      accountId,
      organizationId: null,
      accountName: accountId && 'Ada',
      organizationName: null,
    };
    writeIdentityMemo(system, join(system.root, 'identity.json'), memo);
    expect(readIdentityMemo(system, join(system.root, 'identity.json'))).toEqual(memo);
  });

  it('is unknown without the fingerprint of that file', () => {
    fs.writeFileSync(join(system.root, 'identity.json'), '{"account_id":"account-1"}');
    expect(readIdentityMemo(system, join(system.root, 'identity.json'))).toBeNull();
  });
});
