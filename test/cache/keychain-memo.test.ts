import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readKeychainMemo, serializeKeychainMemo } from '../../src/cache/keychain-memo.ts';
import { fakeSystem } from '../support/system.ts';

const system = fakeSystem();
const path = join(system.root, 'keychain.json');

function written(content: string | Uint8Array) {
  fs.writeFileSync(path, content);
  return readKeychainMemo(system, path);
}

describe('what the keychain said last', () => {
  it.each(['20261120182312Z', null])('comes back as it was written: %j', (modified) => {
    const memo = { checkedAt: 1_795_198_892_123, modified };
    expect(written(serializeKeychainMemo(memo))).toEqual(memo);
  });

  it('is one line', () => {
    expect(serializeKeychainMemo({ checkedAt: 5, modified: null })).toBe(
      '{"checked_at":5,"modified":null}\n',
    );
  });

  it.each<[string, string | Uint8Array]>([
    ['is empty', ''],
    ['is not JSON', 'x'],
    ['is not UTF-8', Uint8Array.of(0xff)],
    ['is null', 'null'],
    ['is a list', '[5]'],
    ['has no time', '{"modified":"20261120182312Z"}'],
    ['has a time that is a text', '{"checked_at":"5"}'],
  ])('is not known when its file %s', (_case, content) => {
    expect(written(content)).toBeNull();
  });

  it('is not known without a file, nor behind a link', () => {
    fs.rmSync(path);
    expect(readKeychainMemo(system, path)).toBeNull();
    fs.writeFileSync(`${path}.there`, '{"checked_at":5}');
    fs.symlinkSync(`${path}.there`, path);
    expect(readKeychainMemo(system, path)).toBeNull();
    fs.rmSync(path);
  });

  it.each(['{"checked_at":5}', '{"checked_at":5,"modified":7}'])('has no date in %s', (text) => {
    expect(written(text)).toEqual({ checkedAt: 5, modified: null });
  });
});
