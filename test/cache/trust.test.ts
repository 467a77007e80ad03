import fs from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { accountDirectory } from '../../src/cache/directory.ts';
import type { AccountDirectory } from '../../src/cache/directory.ts';
import { distrust, foreignOwner, isWritable } from '../../src/cache/trust.ts';
import { fakeSystem } from '../support/system.ts';
import type { FakeSystem } from '../support/system.ts';
import { itAsRoot } from '../support/user.ts';

let system: FakeSystem;
let directory: AccountDirectory;
beforeEach(() => {
  system = fakeSystem();
  directory = accountDirectory(join(system.root, 'cache'), 'claude');
  fs.mkdirSync(directory.path, { recursive: true, mode: 0o700 });
});

const uid = process.getuid?.() ?? 0;
const somebodyElse = { uid: uid + 1 };
const owner = uid === 0 ? 'root' : `user ${uid}`;

describe('a cache directory is trusted', () => {
  it('when it is ours', () => {
    expect(distrust(system, directory)).toBeNull();
  });

  it('when it is not there yet', () => {
    fs.rmSync(directory.root, { recursive: true });
    expect(distrust(system, directory)).toBeNull();
  });

  it('when our group can write it', () => {
    fs.chmodSync(directory.root, 0o775);
    expect(distrust(system, directory)).toBeNull();
  });

  it('when it is behind a link of ours', () => {
    fs.renameSync(directory.root, join(system.root, 'elsewhere'));
    fs.symlinkSync(join(system.root, 'elsewhere'), directory.root);
    expect(distrust(system, directory)).toBeNull();
  });

  it('when a file is in its place: whoever uses it finds out', () => {
    fs.rmSync(directory.root, { recursive: true });
    fs.writeFileSync(directory.root, '');
    expect(distrust(system, directory)).toBeNull();
  });

  itAsRoot('by root, whoever it belongs to', () => {
    fs.chownSync(directory.root, 12345, 12345);
    expect(distrust({ ...system, uid: 0 }, directory)).toBeNull();
  });

  it.each([{ platform: 'win32' as const }, { uid: null }])('where there are no such owners: %o', (place) => {
    fs.chmodSync(directory.root, 0o777);
    expect(distrust({ ...system, ...place }, directory)).toBeNull();
  });
});

describe('a cache directory is not trusted', () => {
  it.each(['root', 'path'] as const)('when everyone can write its %s', (which) => {
    fs.chmodSync(directory[which], 0o777);
    expect(distrust(system, directory)).toBe(`${directory[which]} can be written by everyone`);
  });

  it('when everyone can write it, a sticky bit notwithstanding', () => {
    fs.chmodSync(directory.root, 0o1777);
    expect(distrust(system, directory)).toMatch(/by everyone/);
  });

  it('when it belongs to somebody else', () => {
    expect(distrust({ ...system, ...somebodyElse }, directory)).toBe(`${directory.root} belongs to ${owner}`);
  });

  itAsRoot('when the account’s part of it belongs to somebody else', () => {
    fs.chownSync(directory.root, uid + 1, 0);
    expect(distrust({ ...system, ...somebodyElse }, directory)).toBe(`${directory.path} belongs to ${owner}`);
  });
});

describe('what stands in the way of a directory', () => {
  const path = () => join(directory.path, 'deeper', 'still');

  it('is nothing where every directory on the way is the user’s', () => {
    expect(foreignOwner(system, path())).toBeNull();
    expect(isWritable(system, path())).toBe(true);
  });

  it('is the nearest directory of another user', () => {
    const other = { ...system, uid: uid + 1 };
    expect(foreignOwner(other, path())).toBe(`${directory.path} belongs to ${owner}`);
  });

  it('is seen also behind a directory that cannot be entered', () => {
    const closed = directory.path;
    const statSync = ((at: string, options: object) => {
      if (at.startsWith(`${closed}/`)) throw Object.assign(new Error('closed'), { code: 'EACCES' });
      return fs.statSync(at, options);
    }) as typeof fs.statSync;
    const accessSync = (at: string) => {
      if (at.startsWith(`${closed}/`)) throw Object.assign(new Error('closed'), { code: 'EACCES' });
    };
    const other = { ...system, uid: uid + 1, fs: { ...fs, statSync, accessSync } as unknown as typeof fs };
    expect(foreignOwner(other, path())).toContain(`${closed} belongs to`);
    expect(isWritable(other, path())).toBe(false);
  });

  it('is nothing that a path of nowhere could have', () => {
    expect(foreignOwner(system, 'nowhere')).toBeNull();
    expect(isWritable(system, 'nowhere')).toBe(false);
  });
});
