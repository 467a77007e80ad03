import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { accountDirectory } from '../../src/cache/directory.ts';
import { removeCache, sweepTemporaries } from '../../src/cache/cleanup.ts';
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

describe('sweeping temporary files', () => {
  it.each([
    ['an hour', HOUR, ['usage.json.1234567890']],
    ['more than an hour', HOUR + SECOND, []],
    ['a minute', 60 * SECOND, ['usage.json.1234567890']],
    ['a second in the future', -SECOND, ['usage.json.1234567890']],
    ['more than an hour in the future', -HOUR - SECOND, []],
  ])('removes a file by its age: %s', (_case, age, left) => {
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

  it('goes on after a file that cannot be removed', () => {
    expect(swept(['usage.json.1/', 'usage.json.2', 'usage.lock.3'], 2 * HOUR)).toEqual(['usage.json.1']);
  });

  it('ignores a file that another process removes meanwhile', () => {
    const racing = disk({ lstatSync: () => {} });
    expect(swept(['usage.json.1'], 2 * HOUR, racing)).toEqual(['usage.json.1']);
    const refusing = disk({
      unlinkSync: () => {
        throw failure('EACCES');
      },
    });
    expect(swept(['usage.json.1'], 2 * HOUR, refusing)).toEqual(['usage.json.1']);
  });

  it('leaves the rest of very many to later calls, since it holds the mutex', () => {
    const names = Array.from({ length: 1500 }, (_, n) => `usage.json.${n}`);
    expect(swept(names, 2 * HOUR)).toHaveLength(500);
  });

  it('does nothing where there is no directory', () => {
    expect(() => sweepTemporaries(system, accountDirectory(system.root, 'none'))).not.toThrow();
  });
});

/** The files and directories that docs/specs/files.md names, relative to the cache root. */
function documented(): string[] {
  const page = fs.readFileSync(new URL('../../docs/specs/files.md', import.meta.url), 'utf8');
  const [, tree = ''] = /```\nusageline\/[^\n]*\n(.*?)```/s.exec(page) ?? [];
  const rows = [...tree.matchAll(/^( *)[├└]── (\S+)/gm)].map(([, indent = '', name = '']) => ({
    indent,
    name,
  }));
  return rows.map(({ indent, name }) => `${indent === '' ? '' : 'claude/'}${name.replace('<n>', '7')}`);
}

describe('removing the cache', () => {
  it('removes every file that the documentation names, and no other', () => {
    const system = fakeSystem();
    const root = join(system.root, 'cache');
    const paths = documented();
    expect(paths).toContain('claude/after.json');
    for (const path of paths) {
      fs.mkdirSync(join(root, path.endsWith('/') ? path : dirname(path)), { recursive: true, mode: 0o700 });
      if (!path.endsWith('/')) fs.writeFileSync(join(root, path), 'usageline');
    }
    fs.writeFileSync(join(root, 'claude', 'usage.lock'), '{"blocked_until":0}');
    fs.writeFileSync(join(root, 'claude', 'thesis.md'), '');
    removeCache(system, root, ['claude', 'codex']);
    expect(fs.readdirSync(root, { recursive: true })).toEqual(['claude', 'claude/thesis.md']);
    fs.unlinkSync(join(root, 'claude', 'thesis.md'));
    removeCache(system, root, ['claude', 'codex']);
    expect(fs.existsSync(root)).toBe(false);
  });

  it('enters no directory of the cache that other users can write', () => {
    const system = fakeSystem();
    const root = join(system.root, 'cache');
    const open = ['accounts', 'claude/ready', 'claude-0a1b2c3d'].map((name) => join(root, name));
    for (const path of open) {
      fs.mkdirSync(path, { recursive: true, mode: 0o700 });
      fs.writeFileSync(join(path, 'usage.json'), '');
      fs.chmodSync(path, 0o777);
    }
    removeCache(system, root, ['claude', 'codex']);
    for (const path of open) expect(fs.readdirSync(path)).toEqual(['usage.json']);
  });

  it('removes the directories of every provider, and of no other program', () => {
    const system = fakeSystem();
    const root = join(system.root, 'cache');
    const own = ['claude', 'claude-0a1b2c3d', 'codex', 'codex-0a1b2c3d', 'my-own', 'my-own-0a1b2c3d'];
    const foreign = ['codex-0a1b2c3d4', 'codex-backup', 'documents', 'my', 'own-0a1b2c3d'];
    for (const name of [...own, ...foreign]) {
      fs.mkdirSync(join(root, name), { recursive: true, mode: 0o700 });
      fs.writeFileSync(join(root, name, 'usage.json'), '{}');
    }
    removeCache(system, root, ['claude', 'codex', 'my-own']);
    expect(fs.readdirSync(root).sort()).toEqual(foreign);
  });

  it('leaves a project of the user that has the name of a provider', () => {
    const system = fakeSystem();
    const root = join(system.root, 'cache');
    fs.mkdirSync(join(root, 'codex', 'ready'), { recursive: true, mode: 0o700 });
    fs.writeFileSync(join(root, 'codex', 'ready', 'index.html'), '');
    fs.writeFileSync(join(root, 'codex', 'usage.json'), '{"name":"my project"}');
    fs.writeFileSync(join(root, 'codex', 'main.ts'), '');
    removeCache(system, root, ['claude', 'codex']);
    expect(fs.readdirSync(join(root, 'codex')).sort()).toEqual(['main.ts', 'ready', 'usage.json']);
  });

  it('removes from a directory with the name of its pointers only the pointers', () => {
    const system = fakeSystem();
    const root = join(system.root, 'cache');
    const directory = join(root, 'accounts');
    fs.mkdirSync(join(directory, 'clients'), { recursive: true, mode: 0o700 });
    const files = {
      '%2Fhome%2Fada%2F.claude-work': 'claude-0a1b2c3d',
      'invoices.txt': 'of the user',
      '.new.17': '',
    };
    for (const [name, text] of Object.entries(files))
      fs.writeFileSync(join(directory, name), text, { mode: 0o600 });
    removeCache(system, root, ['claude']);
    expect(fs.readdirSync(directory).sort()).toEqual(['clients', 'invoices.txt']);
  });

  it('removes no file of the user that has the name of one of its own', () => {
    const system = fakeSystem();
    const root = join(system.root, 'cache');
    fs.mkdirSync(root, { mode: 0o700 });
    for (const name of ['CACHEDIR.TAG', 'usageline.upkeep'])
      fs.writeFileSync(join(root, name), 'of another program');
    removeCache(system, root, ['claude']);
    expect(fs.readdirSync(root).sort()).toEqual(['CACHEDIR.TAG', 'usageline.upkeep']);
  });
});
