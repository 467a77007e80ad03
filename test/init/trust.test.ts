import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inspectFile } from '../../src/init/user-file.ts';
import { untrustedReason, foreignHomeReason } from '../../src/init/user-file.ts';
import { isPrivateGroup } from '../../src/platform/trust.ts';
import { fakeSystem } from '../support/system.ts';
import type { FakeSystem } from '../support/system.ts';
import { itAsRoot } from '../support/user.ts';

/** The number of a user and group that no machine has. */
const OTHER = 54_321;

function aPath(system: FakeSystem, directory: string, mode: number): string {
  const path = join(system.root, directory);
  fs.mkdirSync(path, { recursive: true });
  fs.chmodSync(path, mode);
  return path;
}

describe('a file may be changed', () => {
  it.each([
    ['in a directory of the user', 0o755, null],
    ['in one that only the owners of files may change', 0o1777, null],
    ['not in one that everyone can write', 0o757, 'can be written by everyone'],
    ['not in one that a group can write', 0o2775, 'can be written by its group'],
  ])('%s', (_, mode, reason) => {
    const system = fakeSystem();
    const directory = aPath(system, 'a', mode);
    // For root, a group that cannot be its own. The groups of an ordinary user may have other members or not.
    if (process.getuid?.() === 0) fs.chownSync(directory, 0, OTHER);
    const ownGroup = mode === 0o2775 && isPrivateGroup(system, fs.statSync(directory).gid);
    const expected = reason === null || ownGroup ? null : `${directory} ${reason}`;
    expect(untrustedReason(system, join(directory, '.zshrc'))).toBe(expected);
    expect(untrustedReason(system, join(directory, 'not/there/yet'))).toBe(expected);
  });

  it('behind links of the user, but not if one of them passes through such a directory', () => {
    const system = fakeSystem();
    aPath(system, 'dotfiles', 0o755);
    const open = aPath(system, 'open', 0o777);
    fs.writeFileSync(join(system.root, 'dotfiles/zshrc'), '');
    fs.symlinkSync('dotfiles/zshrc', join(system.root, '.zshrc'));
    expect(untrustedReason(system, join(system.root, '.zshrc'))).toBeNull();
    fs.symlinkSync('../dotfiles/zshrc', join(open, 'zshrc'));
    fs.symlinkSync('./open/../open/zshrc', join(system.root, '.bashrc'));
    expect(untrustedReason(system, join(system.root, '.bashrc'))).toBe(`${open} can be written by everyone`);
    expect(inspectFile(system, join(system.root, '.bashrc'))).toBe(`${open} can be written by everyone`);
  });

  it('but not a link to itself', () => {
    const system = fakeSystem();
    fs.symlinkSync('.config', join(system.root, '.config'));
    expect(inspectFile(system, join(system.root, '.config/starship.toml'))).toBe(
      'it is a link that leads nowhere',
    );
  });

  itAsRoot('not through a directory or a link of another user', () => {
    const system = fakeSystem();
    const directory = aPath(system, 'a', 0o755);
    fs.chownSync(directory, OTHER, OTHER);
    expect(untrustedReason(system, join(directory, '.zshrc'))).toBe(`${directory} belongs to user ${OTHER}`);
    fs.writeFileSync(join(system.root, 'zshrc'), '');
    const link = join(system.root, '.zshrc');
    fs.symlinkSync('zshrc', link);
    fs.lchownSync(link, OTHER, OTHER);
    expect(untrustedReason(system, link)).toBe(`${link} belongs to user ${OTHER}`);
  });

  itAsRoot('not of another user, by root either', () => {
    const system = fakeSystem();
    const path = join(system.root, '.zshrc');
    fs.writeFileSync(path, '');
    fs.chownSync(path, OTHER, OTHER);
    expect(inspectFile(system, path)).toBe(`it belongs to user ${OTHER}`);
  });
});

describe('root', () => {
  const statOf = (uid: number) => ({
    ...fs,
    statSync: (path: string) => ({ uid: path === '/home/ada' ? uid : 0 }),
  });

  it.each([
    ['a home directory of its own', 0, 0, null],
    ['another user', 1000, 1000, null],
    ['the home directory of a user without a name', 0, OTHER, new RegExp(`user ${OTHER}, not as root$`)],
    ['the home directory of a user with a name', 0, 65_534, /belongs to (\S+): run this as \1, not as root$/],
  ])('is refused in the home directory of another user only: %s', (_, uid, owner, reason) => {
    const system = fakeSystem({ uid, fs: statOf(owner) as unknown as typeof fs });
    const found = foreignHomeReason(system, '/home/ada');
    if (reason === null) expect(found).toBeNull();
    else expect(found).toMatch(reason);
  });
});
