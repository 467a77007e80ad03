import fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { accountDirectory, environmentHash } from '../../src/cache/directory.ts';
import { ensureDirectory } from '../../src/cache/make-directory.ts';
import { fakeSystem } from '../support/system.ts';
import { itAsRoot } from '../support/user.ts';
import { disk, failing, failure, modeOf } from './disk.ts';

const SIGNATURE = 'Signature: 8a477f597d28d172789f06886806bc55';
const umask = process.umask();
afterEach(() => {
  process.umask(umask);
});

function account(changes: Parameters<typeof disk>[0] = {}) {
  const system = fakeSystem({ fs: disk(changes) });
  const directory = accountDirectory(join(system.root, 'cache', 'usageline'), 'claude');
  return { system, directory, tag: join(directory.root, 'CACHEDIR.TAG') };
}

describe("an account's directory", () => {
  it('has these files', () => {
    expect(accountDirectory('/cache', 'claude-0123abcd')).toEqual({
      root: '/cache',
      path: '/cache/claude-0123abcd',
      prerendered: '/cache/claude-0123abcd/ready',
      entry: '/cache/claude-0123abcd/usage.json',
      backoff: '/cache/claude-0123abcd/usage.lock',
      mutex: '/cache/claude-0123abcd/refresh.mutex',
      reports: '/cache/claude-0123abcd/statusline.json',
      keychain: '/cache/claude-0123abcd/keychain.json',
      identity: '/cache/claude-0123abcd/identity.json',
    });
  });

  it('has a directory of prerendered lines for each environment', () => {
    expect(accountDirectory('/cache', 'claude', '0123abcd').prerendered).toBe('/cache/claude/ready-0123abcd');
  });

  it.each([0, 0o22, 0o77])('is made for its user alone under the umask %o', (mask) => {
    const { system, directory, tag } = account();
    process.umask(mask);
    expect(ensureDirectory(system, directory)).toBeNull();
    expect(modeOf(directory.path)).toBe(0o700);
    expect(modeOf(directory.root)).toBe(0o700);
    expect(modeOf(join(system.root, 'cache'))).toBe(0o700);
    expect(modeOf(tag)).toBe(0o600);
  });

  it('has the tag of a cache in its root, for backup programs', () => {
    const { system, directory, tag } = account();
    ensureDirectory(system, directory);
    expect(fs.readFileSync(tag, 'utf8').startsWith(`${SIGNATURE}\n`)).toBe(true);
    expect(fs.readdirSync(directory.root).sort()).toEqual(['CACHEDIR.TAG', 'claude']);
  });

  it.each([
    ['my-own', 'my-own-0a1b2c3d', true],
    ['my-own-0a1b2c3d', 'my-own', true],
    ['codex', 'usageline.upkeep', true],
    ['codex', 'codex-notes', false],
    ['my-own', 'my', false],
  ])('beside which another directory decides about the tag: %s beside %s', (name, other, tagged) => {
    const { system, directory, tag } = account();
    fs.mkdirSync(join(directory.root, other), { recursive: true, mode: 0o700 });
    ensureDirectory(system, accountDirectory(directory.root, name));
    expect(fs.existsSync(tag)).toBe(tagged);
  });

  it.skipIf(process.platform !== 'linux').each(['/proc/nowhere', '/proc/no/where', '/proc/self/status/x'])(
    'ends where nothing can be made: %s',
    (root) => {
      const system = fakeSystem({ fs: disk({}) });
      expect(ensureDirectory(system, accountDirectory(root, 'claude'))).toMatch(/^E[A-Z]+$/);
    },
  );

  it('leaves the modes of existing directories as they are', () => {
    const { system, directory } = account();
    fs.mkdirSync(directory.path, { recursive: true });
    fs.chmodSync(directory.root, 0o755);
    fs.chmodSync(directory.path, 0o750);
    expect(ensureDirectory(system, directory)).toBeNull();
    expect(modeOf(directory.root)).toBe(0o755);
    expect(modeOf(directory.path)).toBe(0o750);
  });

  it.each([
    ['made by this program', []],
    ['empty', []],
    ['full of directories of this program', ['claude', 'claude-0123abcd', 'accounts']],
  ])('has its tag in a root that is %s', (_case, names) => {
    const { system, directory, tag } = account();
    for (const name of names) fs.mkdirSync(join(directory.root, name), { recursive: true });
    expect(ensureDirectory(system, directory)).toBeNull();
    expect(fs.existsSync(tag)).toBe(true);
  });

  it.each(['thesis.tex', 'claude.txt', 'claude-thesis', 'codex', '.git', 'claude-0123abcd.bak'])(
    'has no tag in a root with %s in it: backup programs would leave that out',
    (name) => {
      const { system, directory, tag } = account();
      fs.mkdirSync(join(directory.root, name), { recursive: true });
      expect(ensureDirectory(system, directory)).toBeNull();
      expect(fs.existsSync(directory.path)).toBe(true);
      expect(fs.existsSync(tag)).toBe(false);
    },
  );

  it('has no tag where its root is a link', () => {
    const { system, directory } = account();
    const elsewhere = join(system.root, 'elsewhere');
    fs.mkdirSync(elsewhere);
    fs.mkdirSync(join(system.root, 'cache'));
    fs.symlinkSync(elsewhere, directory.root);
    expect(ensureDirectory(system, directory)).toBeNull();
    expect(fs.readdirSync(elsewhere)).toEqual(['claude']);
  });

  it('is not made below a directory that others can write', () => {
    const { system, directory } = account();
    fs.chmodSync(system.root, 0o777);
    expect(ensureDirectory(system, directory)).toBe('EPERM');
    expect(fs.readdirSync(system.root)).toEqual([]);
  });

  itAsRoot('is not made by root below a directory of another user, however deep', () => {
    const { system, directory } = account();
    fs.chownSync(system.root, 54_321, 54_321);
    expect(ensureDirectory(system, directory)).toBe('EPERM');
    fs.mkdirSync(directory.path, { recursive: true });
    expect(ensureDirectory(system, directory)).toBe('EPERM');
    expect(fs.readdirSync(directory.root)).toEqual(['claude']);
  });

  it('is not used where another user has made it first', () => {
    const { system, directory } = account({
      mkdirSync: (path: string, options: object) => {
        fs.mkdirSync(path, options);
        // As if it had been there already, and open to everyone.
        if (path === directory.root) fs.chmodSync(path, 0o777);
      },
    });
    expect(ensureDirectory(system, directory)).toBe('EPERM');
  });

  it('leaves the tag of another program alone', () => {
    const { system, directory, tag } = account();
    fs.mkdirSync(directory.root, { recursive: true });
    fs.writeFileSync(tag, 'other');
    expect(ensureDirectory(system, directory)).toBeNull();
    expect(fs.readFileSync(tag, 'utf8')).toBe('other');
  });

  it('does not write through a link in the place of its tag', () => {
    const { system, directory, tag } = account();
    fs.mkdirSync(directory.root, { recursive: true });
    fs.symlinkSync(join(system.root, 'elsewhere'), tag);
    expect(ensureDirectory(system, directory)).toBeNull();
    expect(fs.existsSync(join(system.root, 'elsewhere'))).toBe(false);
  });

  it('can be made again', () => {
    const { system, directory } = account();
    expect([ensureDirectory(system, directory), ensureDirectory(system, directory)]).toEqual([null, null]);
  });

  it.each([
    ['the root is a file', (root: string) => fs.writeFileSync(root, ''), 'ENOTDIR'],
    ['the root is a link to nowhere', (root: string) => fs.symlinkSync('/nowhere/at/all', root), 'ENOENT'],
    [
      'the account is a file',
      (root: string) => {
        fs.mkdirSync(root);
        fs.writeFileSync(join(root, 'claude'), '');
      },
      'EEXIST',
    ],
  ])('is not made, with the reason, when %s', (_case, arrange, reason) => {
    const { system, directory } = account();
    fs.mkdirSync(join(system.root, 'cache'));
    arrange(directory.root);
    expect(ensureDirectory(system, directory)).toBe(reason);
  });

  it.each(['EACCES', 'EROFS', 'ENOSPC'])('is not made, with the reason %s', (code) => {
    const { system, directory } = account({ mkdirSync: failing(code) });
    expect(ensureDirectory(system, directory)).toBe(code);
  });

  it.each(['EACCES', 'EROFS'])('is made without its tag when that fails with %s', (code) => {
    const { system, directory, tag } = account({ writeFileSync: failing(code) });
    expect(ensureDirectory(system, directory)).toBeNull();
    expect(fs.existsSync(tag)).toBe(false);
  });

  it('gets its tag later when the disk was full', () => {
    const { system, directory, tag } = account({
      writeFileSync: (path: string, _text: string, options: object) => {
        fs.writeFileSync(path, '', options);
        throw failure('ENOSPC');
      },
    });
    expect(ensureDirectory(system, directory)).toBeNull();
    expect(fs.existsSync(tag)).toBe(false);
    expect(ensureDirectory({ ...system, fs }, directory)).toBeNull();
    expect(fs.readFileSync(tag, 'utf8')).toContain(SIGNATURE);
  });
});

describe('the hash of an environment', () => {
  it.each([{}, { USAGELINE_CONFIG: '', USAGELINE_NETWORK: '' }, { HOME: '/home/ada' }])(
    'is empty for %o',
    (env) => {
      expect(environmentHash(env)).toBe('');
    },
  );

  it('differs for different values', () => {
    const all = [
      { USAGELINE_CONFIG: '/a.toml' },
      { USAGELINE_CONFIG: '/b.toml' },
      { USAGELINE_NETWORK: 'never' },
      { USAGELINE_NETWORK: 'always' },
      { USAGELINE_CONFIG: '/a.toml', USAGELINE_NETWORK: 'never' },
      { USAGELINE_CONFIG: '/a.tomlnever' },
    ].map(environmentHash);
    expect(new Set(all).size).toBe(all.length);
    for (const hash of all) expect(hash).toMatch(/^[0-9a-f]{8}$/);
  });
});
