import fs from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { accountDirectory } from '../../src/cache/directory.ts';
import type { AccountDirectory } from '../../src/cache/directory.ts';
import { distrust, foreignOwner, isOwnDirectory, isWritable } from '../../src/cache/trust.ts';
import { isPrivateGroup, trustIn } from '../../src/platform/trust.ts';
import { fakeSystem } from '../support/system.ts';
import type { FakeSystem } from '../support/system.ts';
import { itAsRoot } from '../support/user.ts';
import { disk } from './disk.ts';

let system: FakeSystem;
let directory: AccountDirectory;
beforeEach(() => {
  system = fakeSystem();
  directory = accountDirectory(join(system.root, 'parent', 'cache'), 'claude');
  fs.mkdirSync(directory.path, { recursive: true, mode: 0o700 });
});

const uid = process.getuid?.() ?? 0;
const parent = () => join(system.root, 'parent');
const ANOTHER = 54_321;

/** A machine on which everything belongs to user 1000, but for some paths. */
function owners(changes: Record<string, number>): Pick<FakeSystem, 'uid' | 'fs'> {
  const lstatSync = (path: string) => Object.assign(fs.lstatSync(path), { uid: changes[path] ?? 1000 });
  return { uid: 1000, fs: disk({ lstatSync }) };
}

describe('a cache directory is trusted', () => {
  const trusts = () => {
    expect(distrust(system, directory)).toBeNull();
    expect(isOwnDirectory(system, directory)).toBe(true);
  };

  it('when it is the user’s own', trusts);

  it('when it does not exist yet', () => {
    fs.rmSync(directory.root, { recursive: true });
    trusts();
  });

  it('when it is behind a link of the user', () => {
    fs.renameSync(directory.root, join(system.root, 'elsewhere'));
    fs.symlinkSync(join(system.root, 'elsewhere'), directory.root);
    trusts();
  });

  it('when it is behind a relative link with dots in it', () => {
    fs.renameSync(directory.root, join(system.root, 'elsewhere'));
    fs.symlinkSync('.././parent/../elsewhere/', directory.root);
    trusts();
  });

  it('when a file is in its place: the call that uses it fails', () => {
    fs.rmSync(directory.root, { recursive: true });
    fs.writeFileSync(directory.root, '');
    trusts();
  });

  it('when links lead in a circle: the call that uses it fails', () => {
    fs.rmSync(directory.root, { recursive: true });
    fs.symlinkSync(directory.root, directory.root);
    trusts();
  });

  it.each([0o1777, 0o3775])('below a directory that others can write with the sticky bit, %o', (mode) => {
    fs.chmodSync(parent(), mode);
    trusts();
  });

  it('below a directory of root', () => {
    expect(distrust({ ...system, ...owners({ [parent()]: 0 }) }, directory)).toBeNull();
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
    expect(isOwnDirectory(system, directory)).toBe(false);
  });

  it('when everyone can write it, a sticky bit notwithstanding', () => {
    fs.chmodSync(directory.root, 0o1777);
    expect(distrust(system, directory)).toBe(`${directory.root} can be written by everyone`);
  });

  it.each(['', '/', '/.', '//'])(
    'when its root, spelled with %j at the end, can be written by everyone',
    (end) => {
      fs.chmodSync(directory.root, 0o1777);
      const spelled = accountDirectory(`${directory.root}${end}`, 'claude');
      expect(distrust(system, spelled)).toBe(`${directory.root} can be written by everyone`);
    },
  );

  it.each([0o777, 0o703, 0o2777])('when everyone can write a directory above it, %o', (mode) => {
    fs.chmodSync(parent(), mode);
    expect(distrust(system, directory)).toBe(`${parent()} can be written by everyone`);
  });

  it('when other users can write a directory above it, and it does not exist yet', () => {
    fs.chmodSync(parent(), 0o777);
    fs.rmSync(directory.root, { recursive: true });
    expect(distrust(system, directory)).toBe(`${parent()} can be written by everyone`);
  });

  it.each(['root', 'path'] as const)('when its %s belongs to another user', (which) => {
    for (const [owner, name] of [
      [ANOTHER, `user ${ANOTHER}`],
      [0, 'root'],
    ] as const) {
      const machine = { ...system, ...owners({ [directory[which]]: owner }) };
      expect(distrust(machine, directory)).toBe(`${directory[which]} belongs to ${name}`);
    }
  });

  it('when a directory above it belongs to another user', () => {
    const machine = { ...system, ...owners({ [parent()]: ANOTHER }) };
    expect(distrust(machine, directory)).toBe(`${parent()} belongs to user ${ANOTHER}`);
  });

  describe('behind a link', () => {
    /** The parent is reached by a link that lies in another place. */
    function linked() {
      const real = join(system.root, 'real');
      fs.renameSync(parent(), real);
      const shared = join(system.root, 'shared');
      fs.mkdirSync(shared);
      fs.symlinkSync(real, join(shared, 'link'));
      fs.symlinkSync(join(shared, 'link'), parent());
      return { real, shared, link: join(shared, 'link') };
    }

    it('that leads to a directory that others can write', () => {
      const { real } = linked();
      fs.chmodSync(real, 0o777);
      expect(distrust(system, directory)).toBe(`${real} can be written by everyone`);
    });

    it('that leads by way of a link which others can exchange', () => {
      const { shared } = linked();
      fs.chmodSync(shared, 0o777);
      expect(distrust(system, directory)).toBe(`${shared} can be written by everyone`);
    });

    it('of another user, in a directory with the sticky bit', () => {
      const { shared, link } = linked();
      fs.chmodSync(shared, 0o1777);
      const machine = { ...system, ...owners({ [link]: ANOTHER }) };
      expect(distrust(machine, directory)).toBe(`${link} belongs to user ${ANOTHER}`);
    });
  });
});

describe('a directory that its group can write', () => {
  const GROUP = 7777;
  /** Users and groups of a machine on which `ada` is user 1000. */
  function judged(group: { gid: number; uid?: number }, passwd: string, groups: string) {
    const files: Record<string, string> = { '/etc/passwd': passwd, '/etc/group': groups };
    const readFileSync = (path: string) => files[path];
    const statSync = (path: string) => ({ size: files[path]?.length ?? 0 });
    const lstatSync = (path: string) =>
      Object.assign(fs.lstatSync(path), {
        uid: 1000,
        gid: group.gid,
        mode: path === parent() ? 0o42775 : 0o40700,
      });
    const own = { uid: 1000, gid: GROUP, fs: disk({ lstatSync, readFileSync, statSync }) };
    return distrust({ ...system, ...own, ...(group.uid !== undefined && { gid: group.uid }) }, directory);
  }
  const ADA = 'root:x:0:0::/root:/bin/sh\nada:x:1000:7777::/home/ada:/bin/sh\n';
  const shared = () => `${parent()} can be written by its group`;

  it.each([
    ['a group of the user alone', ADA, 'ada:x:7777:\n'],
    ['a group in which the user is listed as well', ADA, 'ada:x:7777:ada\n'],
    ['a group without a name', ADA, ''],
  ])('is trusted with %s', (_case, passwd, groups) => {
    expect(judged({ gid: GROUP }, passwd, groups)).toBeNull();
  });

  it.each([
    ['another member', ADA, 'ada:x:7777:bob\n'],
    ['another member beside the user', ADA, 'ada:x:7777:ada,bob\n'],
    ['another user’s first group', `${ADA}bob:x:1001:7777::/home/bob:/bin/sh\n`, 'ada:x:7777:\n'],
    ['no list of its members', '', ''],
  ])('is not trusted with %s', (_case, passwd, groups) => {
    expect(judged({ gid: GROUP }, passwd, groups)).toBe(shared());
  });

  it('is not trusted with a group that is not the user’s first one', () => {
    expect(judged({ gid: 8888 }, ADA, 'ada:x:8888:ada\n')).toBe(shared());
  });

  it('is trusted with the user’s first group while the process has another one', () => {
    const ADA_AT_HOME = 'ada:x:1000:8888::/home/ada:/bin/sh\n';
    expect(judged({ gid: 8888 }, ADA_AT_HOME, 'ada:x:8888:\n')).toBeNull();
    expect(judged({ gid: 8888 }, ADA_AT_HOME, 'ada:x:8888:bob\n')).toBe(shared());
  });

  it('is not trusted where the list of users does not know the user, and so not who else is in the group', () => {
    expect(judged({ gid: GROUP }, 'root:x:0:0::/root:/bin/sh\n', 'users:x:7777:\n')).toBe(shared());
  });

  it('is not trusted where the list of users is too long to be read', () => {
    const more = `bob:x:1001:7777::/home/bob:/bin/sh\n${'#'.repeat(1024 * 1024)}`;
    expect(judged({ gid: GROUP }, `${ADA}${more}`, 'users:x:7777:\n')).toBe(shared());
  });

  it('is not trusted where the list of groups is too long to be read', () => {
    expect(judged({ gid: GROUP }, ADA, `ada:x:7777:bob\n${'#'.repeat(1024 * 1024)}`)).toBe(shared());
  });

  it('is judged by lists that are read once', () => {
    const read: string[] = [];
    const readFileSync = (path: string) => {
      read.push(path);
      return path === '/etc/passwd' ? ADA : 'ada:x:7777:\n';
    };
    const machine = { uid: 1000, gid: GROUP, fs: disk({ readFileSync, statSync: () => ({ size: 100 }) }) };
    for (let count = 0; count < 3; count += 1) {
      expect(isPrivateGroup({ ...system, ...machine }, GROUP)).toBe(true);
    }
    expect(read).toEqual(['/etc/passwd', '/etc/group']);
  });

  it('is trusted where no list knows the group, and it has the number of the user', () => {
    expect(judged({ gid: 1000, uid: 1000 }, '', '')).toBeNull();
    expect(judged({ gid: 1000, uid: 1000 }, '', 'ada:x:1000:bob\n')).toBe(shared());
  });

  it('is trusted with the group of root', () => {
    expect(judged({ gid: 0 }, ADA, '')).toBeNull();
  });
});

describe('owners that belong to the system', () => {
  const owned = (owner: number, map: string | null) => {
    const { uid: own, fs: machine } = owners({ [parent()]: owner });
    const readFileSync = () => {
      if (map === null) throw Object.assign(new Error('none'), { code: 'ENOENT' });
      return map;
    };
    return { uid: own, fs: { ...machine, readFileSync } as unknown as typeof fs };
  };
  const NOBODY = 65_534;

  it.each([
    ['in a container without root', '1000 0 1\n0 1 1000\n', true],
    ['on the machine itself', '         0          0 4294967295\n', false],
    ['where that is not known', null, false],
  ])('are those that a user namespace does not know: %s', (_case, map, trusted) => {
    expect(isOwnDirectory({ ...system, ...owned(NOBODY, map) }, directory)).toBe(trusted);
  });

  it.each([
    [1000 + 1, true],
    [9999, true],
    [10_000, false],
  ])('are on Android those below the first app: %i', (owner, trusted) => {
    expect(isOwnDirectory({ ...system, ...owned(owner, null), platform: 'android' }, directory)).toBe(
      trusted,
    );
  });
});

describe('for root', () => {
  const root = () => ({
    ...system,
    uid: 0,
    fs: disk({
      lstatSync: (path: string) =>
        Object.assign(fs.lstatSync(path), { uid: path.startsWith(parent()) ? 1000 : 0 }),
    }),
  });

  it('a directory of another user is read, and is not its own', () => {
    expect(distrust(root(), directory)).toBeNull();
    expect(isOwnDirectory(root(), directory)).toBe(false);
    expect(trustIn(root(), directory.path)).toEqual({ kind: 'foreign', path: parent(), uid: 1000 });
  });

  it('one that everyone can write is not read either', () => {
    fs.chmodSync(system.root, 0o777);
    expect(distrust(root(), directory)).toBe(`${system.root} can be written by everyone`);
  });

  it('one that does not exist yet belongs to the owner of the nearest existing one', () => {
    fs.rmSync(directory.root, { recursive: true });
    expect(isOwnDirectory(root(), directory)).toBe(false);
    expect(isWritable(root(), directory.path)).toBe(false);
    expect(foreignOwner(root(), directory.path)).toMatch(/belongs to/);
  });
});

describe('the reason why a directory cannot be used', () => {
  const path = () => join(directory.path, 'deeper', 'still');
  const owner = uid === 0 ? 'root' : `user ${uid}`;

  it('is absent where every directory on the way is the user’s', () => {
    expect(foreignOwner(system, path())).toBeNull();
    expect(isWritable(system, path())).toBe(true);
  });

  it('is the nearest directory of another user', () => {
    const other = { ...system, uid: uid + 1 };
    expect(foreignOwner(other, path())).toBe(`${directory.path} belongs to ${owner}`);
  });

  itAsRoot('is one further up, where the nearest is the user’s', () => {
    fs.chownSync(parent(), ANOTHER, ANOTHER);
    expect(foreignOwner(system, path())).toBe(`${parent()} belongs to user ${ANOTHER}`);
    expect(isWritable(system, path())).toBe(false);
  });

  it('is found also behind a directory that cannot be entered', () => {
    const closed = directory.path;
    const refuse = (at: string) => {
      if (at.startsWith(`${closed}/`)) throw Object.assign(new Error('closed'), { code: 'EACCES' });
    };
    const statSync = (at: string, options: object) => {
      refuse(at);
      return fs.statSync(at, options);
    };
    const other = { ...system, uid: uid + 1, fs: disk({ statSync, accessSync: refuse }) };
    expect(foreignOwner(other, path())).toContain(`${closed} belongs to`);
    expect(isWritable(other, path())).toBe(false);
  });

  it('is absent for a path that is not absolute', () => {
    expect(foreignOwner(system, 'nowhere')).toBeNull();
    expect(isWritable(system, 'nowhere')).toBe(false);
  });
});
