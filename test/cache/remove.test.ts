import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { removeCache } from '../../src/cache/remove.ts';
import { fakeSystem } from '../support/system.ts';

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

it('removes every file that the documentation names, and no other', () => {
  const system = fakeSystem();
  const root = join(system.root, 'cache');
  const paths = documented();
  expect(paths).toContain('claude/after.json');
  for (const path of paths) {
    fs.mkdirSync(join(root, path.endsWith('/') ? path : dirname(path)), { recursive: true, mode: 0o700 });
    if (!path.endsWith('/')) fs.writeFileSync(join(root, path), 'usageline');
  }
  fs.writeFileSync(join(root, 'claude', 'thesis.md'), '');
  removeCache(system, root, 'claude');
  expect(fs.readdirSync(root, { recursive: true })).toEqual(['claude', 'claude/thesis.md']);
  fs.unlinkSync(join(root, 'claude', 'thesis.md'));
  removeCache(system, root, 'claude');
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
  removeCache(system, root, 'claude');
  for (const path of open) expect(fs.readdirSync(path)).toEqual(['usage.json']);
});
