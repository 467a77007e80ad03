import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { accountDirectory } from '../../src/cache/directory.ts';
import { sweepTemporaries } from '../../src/cache/sweep.ts';
import { HOUR, SECOND } from '../../src/usage/time.ts';
import { fakeSystem } from '../support/system.ts';
import { disk, failure } from './disk.ts';

const system = fakeSystem();

function swept(names: readonly string[], ageMs: number, fakeFs: typeof fs = fs): string[] {
  const directory = accountDirectory(fs.mkdtempSync(join(system.root, 'cache-')), 'claude');
  fs.mkdirSync(directory.path);
  const changed = (system.now() - ageMs) / SECOND;
  for (const name of names) {
    const path = join(directory.path, name);
    if (name.endsWith('/')) fs.mkdirSync(path);
    else fs.writeFileSync(path, '');
    fs.utimesSync(path, changed, changed);
  }
  sweepTemporaries({ ...system, fs: fakeFs }, directory);
  return fs.readdirSync(directory.path).sort();
}

describe('sweeping', () => {
  it.each([
    ['an hour', HOUR, ['usage.json.1234567890']],
    ['more than an hour', HOUR + SECOND, []],
    ['a minute', 60 * SECOND, ['usage.json.1234567890']],
    ['a second of the future', -SECOND, ['usage.json.1234567890']],
    ['more than an hour of the future', -HOUR - SECOND, []],
  ])('removes a temporary file of %s', (_case, age, left) => {
    expect(swept(['usage.json.1234567890'], age)).toEqual(left);
  });

  it.each([
    'usage.json.0',
    'usage.lock.4294967295',
    'keychain.json.1',
    'transcripts.json.2',
    'transcripts.bin.3',
    'transcripts.new.4',
    'transcripts.new',
  ])('removes %s', (name) => {
    expect(swept([name], 2 * HOUR)).toEqual([]);
  });

  it.each([
    'usage.json',
    'usage.lock',
    'keychain.json',
    'usage.json.',
    'usage.json.bak',
    'usage.json.1x',
    'usage.json.1.2',
    'my-usage.json.1',
    'attempt.1',
    'background.12',
    'notes.1',
  ])('leaves %s alone', (name) => {
    expect(swept([name], 2 * HOUR)).toEqual([name]);
  });

  it('once stopped at the first thing that would not go', () => {
    expect(swept(['usage.json.1/', 'usage.json.2', 'usage.lock.3'], 2 * HOUR)).toEqual(['usage.json.1']);
  });

  it('takes no harm from a file that goes meanwhile', () => {
    const racing = disk({ lstatSync: () => {} });
    expect(swept(['usage.json.1'], 2 * HOUR, racing)).toEqual(['usage.json.1']);
    const refusing = disk({
      unlinkSync: () => {
        throw failure('EACCES');
      },
    });
    expect(swept(['usage.json.1'], 2 * HOUR, refusing)).toEqual(['usage.json.1']);
  });

  it('of a directory that is not there does nothing', () => {
    expect(() => sweepTemporaries(system, accountDirectory(system.root, 'none'))).not.toThrow();
  });
});
