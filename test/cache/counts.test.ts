import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { countRefresh, readCounts } from '../../src/cache/counts.ts';
import { accountDirectory } from '../../src/cache/directory.ts';
import { fakeSystem } from '../support/system.ts';

function anAccount() {
  const system = fakeSystem();
  const directory = accountDirectory(join(system.root, 'cache'), 'claude');
  fs.mkdirSync(directory.path, { recursive: true, mode: 0o700 });
  return { system, directory, file: join(directory.path, 'counts.json') };
}

describe('the counts of refreshes', () => {
  it('are null before anything was counted, and never invented', () => {
    const { system, directory } = anAccount();
    expect(readCounts(system, directory)).toBeNull();
  });

  it('add up by their end, since the first', () => {
    const { system, directory } = anAccount();
    const since = system.now();
    for (const end of ['answered', 'answered', 'failed', 'refused', 'shared', 'unsent'] as const) {
      countRefresh(system, directory, end);
      system.advance(1000);
    }
    const ends = { answered: 2, failed: 1, refused: 1, shared: 1, unsent: 1 };
    expect(readCounts(system, directory)).toEqual({ since, ends });
  });

  it.each(['', '{', '[]', 'null', '{"schema_version":2}', '{"schema_version":1,"since":5,"refreshes":{}}'])(
    'begin anew after the file %j',
    (text) => {
      const { system, directory, file } = anAccount();
      fs.writeFileSync(file, text);
      expect(readCounts(system, directory)).toBeNull();
      countRefresh(system, directory, 'answered');
      expect(readCounts(system, directory)?.ends.answered).toBe(1);
    },
  );

  it.each([-1, 1.5, '7', null, 1e300])('take %j for no count', (count) => {
    const { system, directory, file } = anAccount();
    const text = { schema_version: 1, since: '2026-11-20T18:25:00.000Z', refreshes: { answered: count } };
    fs.writeFileSync(file, JSON.stringify(text));
    expect(readCounts(system, directory)?.ends.answered).toBe(0);
  });

  it('are not written through a link', () => {
    const { system, directory, file } = anAccount();
    const outside = join(system.root, 'thesis.txt');
    fs.writeFileSync(outside, 'mine');
    fs.symlinkSync(outside, file);
    countRefresh(system, directory, 'answered');
    expect(fs.readFileSync(outside, 'utf8')).toBe('mine');
  });
});
