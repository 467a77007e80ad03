import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { accountDirectory } from '../../src/cache/directory.ts';
import { rememberedOutput, rememberOutput } from '../../src/cache/wrapped-outputs.ts';
import { DAY, HOUR } from '../../src/usage/time.ts';
import { fakeSystem } from '../support/system.ts';
import { disk, failing, modeOf } from './disk.ts';

function aCache(system = fakeSystem()) {
  const directory = accountDirectory(join(system.root, 'cache'), 'claude');
  const path = join(directory.path, 'after.json');
  return {
    system,
    path,
    remember: (of: string, text: string) => rememberOutput(system, directory, of, text),
    recall: (of: string) => rememberedOutput(system, directory, of),
  };
}

describe('the last output of a wrapped command', () => {
  it('is stored for each session and command', () => {
    const { remember, recall, path } = aCache();
    expect(recall('a')).toBeNull();
    remember('a', 'one\n\u001B[31mtwo');
    remember('b', 'three');
    remember('a', 'four');
    expect([recall('a'), recall('b'), recall('c')]).toEqual(['four', 'three', null]);
    expect(modeOf(path)).toBe(0o600);
    expect(fs.readdirSync(join(path, '..'))).toEqual(['after.json']);
  });

  it('is written again only when it changes, or an hour later', () => {
    const { remember, recall, path, system } = aCache();
    remember('a', 'one');
    fs.utimesSync(path, 1, 1);
    for (let hours = 0; hours < 30; hours += 1) {
      remember('a', 'one');
      expect(fs.statSync(path).mtimeMs === 1000).toBe(hours === 0);
      system.advance(HOUR);
    }
    expect(recall('a')).toBe('one');
  });

  it('is removed when the command prints nothing, or too much', () => {
    const { remember, recall } = aCache();
    for (const text of ['', 'x'.repeat(8193)]) {
      remember('a', 'one');
      remember('a', text);
      expect(recall('a')).toBeNull();
    }
    remember('a', 'x'.repeat(8192));
    expect(recall('a')).toHaveLength(8192);
  });

  it('is kept for a day, and for the sixteen latest', () => {
    const { remember, recall, path, system } = aCache();
    for (let index = 0; index < 30; index += 1) remember(`session ${index}`, 'x'.repeat(8192));
    expect([recall('session 13'), recall('session 14')?.length]).toEqual([null, 8192]);
    expect(fs.statSync(path).size).toBeLessThan(140_000);
    system.advance(DAY - HOUR);
    expect(recall('session 29')).not.toBeNull();
    system.advance(2 * HOUR);
    expect(recall('session 29')).toBeNull();
    system.advance(-3 * DAY);
    expect(recall('session 29')).toBeNull();
  });

  it.each<[string, string]>([
    ['empty', ''],
    ['no JSON', '{"schema_version":1,'],
    ['of another version', '{"schema_version":2,"outputs":[]}'],
    ['a list', '[]'],
    ['without outputs', '{"schema_version":1,"outputs":{}}'],
    [
      'with outputs that are none',
      '{"schema_version":1,"outputs":[null,1,{},{"key":"x","at":"1","text":"y"}]}',
    ],
  ])('is absent in a file that is %s, which is replaced', (_case, text) => {
    const { remember, recall, path } = aCache();
    remember('a', 'one');
    fs.writeFileSync(path, text);
    expect(recall('a')).toBeNull();
    remember('a', 'two');
    expect(recall('a')).toBe('two');
  });

  it('is absent where the file is a link, or cannot be read or written', () => {
    const { remember, recall, path, system } = aCache();
    remember('a', 'one');
    fs.renameSync(path, `${path}.other`);
    fs.symlinkSync(`${path}.other`, path);
    expect(recall('a')).toBeNull();
    const full = aCache(fakeSystem({ fs: disk({ writeFileSync: failing('ENOSPC') }) }));
    expect(() => full.remember('a', 'one')).not.toThrow();
    expect(full.recall('a')).toBeNull();
    expect(system.fs).toBe(fs);
  });
});
