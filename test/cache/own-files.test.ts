import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  createOwnFile,
  mayWriteIn,
  openTemporary,
  readClosedFile,
  readOwnFile,
  removeOwnFile,
  removeOwnTree,
  replaceLink,
  setOwnFileTime,
} from '../../src/cache/own-files.ts';
import { replaceFile } from '../../src/cache/replace.ts';
import { MAX_FILE_BYTES } from '../../src/platform/files.ts';
import { fakeSystem } from '../support/system.ts';
import type { FakeSystem } from '../support/system.ts';
import { careful, disk, failing, modeOf } from './disk.ts';

const ANOTHER = 54_321;
let system: FakeSystem;
let directory: string;
beforeEach(() => {
  system = fakeSystem({ fs: careful });
  directory = join(system.root, 'claude');
  fs.mkdirSync(directory, { mode: 0o700 });
});

function file(text: string | Uint8Array = 'text', mode = 0o600): string {
  const path = join(directory, 'file');
  fs.writeFileSync(path, text, { mode });
  fs.chmodSync(path, mode);
  return path;
}

/** As the program sees it when all that a path begins with belongs to another user. */
const foreign = (path: string, uid: number) => ({
  ...system,
  uid,
  fs: disk({
    lstatSync: (at: string) => Object.assign(fs.lstatSync(at), { uid: at.startsWith(path) ? ANOTHER : uid }),
  }),
});

const NO_FILES: [string, (path: string) => unknown][] = [
  ['a directory', (path) => fs.mkdirSync(path)],
  ['a FIFO', (path) => execFileSync('mkfifo', [path])],
  ['a link to a file', (path) => fs.symlinkSync('/etc/hostname', path)],
  [
    'a link to a FIFO',
    (path) => {
      execFileSync('mkfifo', [`${path}.fifo`]);
      fs.symlinkSync(`${path}.fifo`, path);
    },
  ],
  ['a link to nowhere', (path) => fs.symlinkSync('nowhere', path)],
];

describe('a file of ours', () => {
  it('is read with the time of its last change', () => {
    const path = file('ünï\n');
    fs.utimesSync(path, 1_795_198_892, 1_795_198_892.25);
    expect(readOwnFile(system, path)).toEqual({ kind: 'file', text: 'ünï\n', mtimeMs: 1_795_198_892_250 });
  });

  it('is absent where there is none, or no directory', () => {
    for (const path of ['none', join('none', 'none'), join('file', 'none')]) {
      file();
      expect(readOwnFile(system, join(directory, path))).toEqual({ kind: 'absent' });
    }
  });

  it.each(NO_FILES)('is not %s', (_case, arrange) => {
    const path = join(directory, 'file');
    arrange(path);
    expect(readOwnFile(system, path)).toEqual({ kind: 'unreadable', reason: 'not_a_file' });
    expect(readClosedFile(system, path, 1000)).toBeNull();
  });

  it('may have a second name: a backup by hard links takes no record away', () => {
    const path = file();
    fs.linkSync(path, `${path}.backup`);
    expect(readOwnFile(system, path)).toMatchObject({ text: 'text' });
  });

  it('is no text with bytes that are none', () => {
    expect(readOwnFile(system, file(Uint8Array.of(0x7b, 0xff)))).toMatchObject({ kind: 'not_utf8' });
    expect(readOwnFile(system, file('a\uFFFDb'))).toMatchObject({ kind: 'file', text: 'a\uFFFDb' });
  });

  it.each([
    [MAX_FILE_BYTES, 'file'],
    [MAX_FILE_BYTES + 1, 'unreadable'],
  ])('of %i bytes is %j', (size, kind) => {
    expect(readOwnFile(system, file(Buffer.alloc(size, 'a'))).kind).toBe(kind);
  });

  it('with a hole of 800 MB is not read', () => {
    const path = file('');
    fs.truncateSync(path, 800e6);
    expect(readOwnFile(system, path)).toEqual({ kind: 'unreadable', reason: 'too_large' });
    expect(readClosedFile(system, path, 64)).toBeNull();
  });

  it('that grew beyond the cap between the look and the reading is too large', () => {
    const late = disk({ readFileSync: () => 'a'.repeat(MAX_FILE_BYTES + 1) });
    expect(readOwnFile({ ...system, fs: late }, file())).toEqual({ kind: 'unreadable', reason: 'too_large' });
  });

  it.each(['lstatSync', 'readFileSync'])('whose %s fails says so', (call) => {
    for (const reason of ['EACCES', 'EIO', 'ELOOP']) {
      const broken = { ...system, fs: disk({ [call]: failing(reason) }) };
      expect(readOwnFile(broken, file())).toEqual({ kind: 'unreadable', reason });
    }
    const late = { ...system, fs: disk({ [call]: failing('ENOENT') }) };
    expect(readOwnFile(late, file())).toEqual({ kind: 'absent' });
  });

  it('is read on a platform without users and flags', () => {
    const plain = { ...system, uid: null, fs: disk({ constants: { O_RDONLY: 0 } }) };
    expect(readOwnFile(plain, file('text', 0o666))).toMatchObject({ text: 'text' });
    expect(readClosedFile(plain, file('text', 0o666), 1000)).toBe('text');
  });

  describe('of another user', () => {
    it('is not read', () => {
      const path = file();
      expect(readOwnFile(foreign(path, 1000), path)).toEqual({ kind: 'unreadable', reason: 'EPERM' });
      expect(readClosedFile(foreign(path, 1000), path, 1000)).toBeNull();
    });

    it('is read by root where it is checked, and not where it is used as it stands', () => {
      const path = file();
      expect(readOwnFile(foreign(path, 0), path)).toMatchObject({ kind: 'file', text: 'text' });
      expect(readClosedFile(foreign(path, 0), path, 1000)).toBeNull();
    });

    it.each(NO_FILES)('that becomes %s after it was looked at is not read by root', (_case, arrange) => {
      const path = file();
      let appearance = 0;
      const before = foreign(path, 0);
      const lstatSync = (at: string) => {
        const stat = before.fs.lstatSync(at);
        // After the second look: the one that follows is the opening itself.
        if ((appearance += 1) === 2) {
          fs.unlinkSync(path);
          arrange(path);
        }
        return stat;
      };
      const { openSync } = careful;
      const read = readOwnFile({ ...before, fs: disk({ lstatSync, openSync }) }, path);
      expect(read.kind).toBe('unreadable');
    });
  });

  it.each([0o620, 0o602, 0o666])('that others can write, %o, is not used as it stands', (mode) => {
    const path = file('text', mode);
    expect(readClosedFile(system, path, 1000)).toBeNull();
    expect(readOwnFile(system, path)).toMatchObject({ text: 'text' });
  });
});

describe('in a directory that is not trusted nothing is', () => {
  const open = () => fs.chmodSync(directory, 0o777);
  const asRoot = () => foreign(directory, 0);
  const machines: [string, () => FakeSystem][] = [
    ['that everyone can write', () => (open(), system)],
    ['of another user, for root', () => ({ ...system, ...asRoot() })],
    ['below one of another user, for root', () => ({ ...system, ...foreign(system.root, 0) })],
  ];

  it.each(machines)('created, replaced, linked, stamped or removed: %s', (_case, arrange) => {
    const path = file();
    const { mtimeMs } = fs.statSync(path);
    const machine = arrange();
    const refused = expect.objectContaining({ code: 'EPERM' });
    expect(mayWriteIn(machine, directory)).toBe(false);
    expect(() => createOwnFile(machine, join(directory, 'new'))).toThrow(refused);
    expect(() => openTemporary(machine, path)).toThrow(refused);
    expect(() => replaceLink(machine, path, 'x')).toThrow(refused);
    expect(() => removeOwnFile(machine, path)).toThrow(refused);
    expect(() => setOwnFileTime(machine, path, 0)).toThrow(refused);
    expect(replaceFile(machine, path, 'new', null)).toBe(false);
    expect(fs.readdirSync(directory)).toEqual(['file']);
    expect([fs.readFileSync(path, 'utf8'), fs.statSync(path).mtimeMs]).toEqual(['text', mtimeMs]);
  });

  it('once it is: nothing is looked at again for every file', () => {
    let appearance = 0;
    const counting = {
      ...system,
      fs: disk({
        lstatSync: (at: string, options: object) => ((appearance += 1), fs.lstatSync(at, options)),
      }),
    };
    mayWriteIn(counting, directory);
    const first = appearance;
    for (let count = 0; count < 9; count += 1) mayWriteIn(counting, directory);
    expect([first > 0, appearance]).toEqual([true, first]);
  });

  it('and one that is not there yet is looked at again once it is', () => {
    const later = join(directory, 'later');
    expect(mayWriteIn(system, later)).toBe(true);
    fs.mkdirSync(later);
    fs.chmodSync(later, 0o777);
    expect(mayWriteIn(system, later)).toBe(false);
  });
});

describe('a file that is made', () => {
  it('is for its user alone, and made by this very call', () => {
    const path = join(directory, 'new');
    const fd = createOwnFile(system, path);
    fs.closeSync(fd);
    expect(modeOf(path)).toBe(0o600);
    expect(() => createOwnFile(system, path)).toThrow(/EEXIST/);
  });

  it.each(NO_FILES)('never follows %s in its place', (_case, arrange) => {
    const path = join(directory, 'new');
    arrange(path);
    expect(() => createOwnFile(system, path)).toThrow(/EEXIST/);
  });

  it.each(NO_FILES)('takes another name where %s has its temporary one, which stays', (_case, arrange) => {
    const path = file('old');
    const chances = [0, 0, 0.5];
    arrange(join(directory, '.new.0'));
    const before = fs.lstatSync(join(directory, '.new.0'));
    expect(replaceFile({ ...system, random: () => chances.shift() ?? 0 }, path, 'new', null)).toBe(true);
    expect(fs.readFileSync(path, 'utf8')).toBe('new');
    expect(fs.lstatSync(join(directory, '.new.0')).ino).toBe(before.ino);
  });

  it('is given up where three names are taken', () => {
    const path = file('old');
    fs.writeFileSync(join(directory, '.new.0'), 'theirs');
    expect(replaceFile(system, path, 'new', null)).toBe(false);
    expect(fs.readFileSync(join(directory, '.new.0'), 'utf8')).toBe('theirs');
  });

  it('has the time that it is given, and that alone is set where it is there', () => {
    const path = file('old');
    expect(replaceFile(system, path, 'new', 1_795_198_892_250)).toBe(true);
    expect(fs.statSync(path).mtimeMs).toBe(1_795_198_892_250);
    setOwnFileTime(system, path, 0);
    expect([fs.statSync(path).mtimeMs, fs.readFileSync(path, 'utf8')]).toEqual([0, 'new']);
    expect(() => setOwnFileTime(system, join(directory, 'none'), 0)).toThrow(/ENOENT/);
  });

  it('is not reached through a link by a stamp', () => {
    const path = file('theirs');
    const { mtimeMs } = fs.statSync(path);
    fs.symlinkSync(path, join(directory, 'link'));
    setOwnFileTime(system, join(directory, 'link'), 0);
    expect(fs.statSync(path).mtimeMs).toBe(mtimeMs);
  });
});

describe('a link', () => {
  it('takes the place of what was there, whose target stays', () => {
    const path = file('theirs');
    fs.symlinkSync(path, join(directory, 'link'));
    replaceLink(system, join(directory, 'link'), 'elsewhere');
    expect(fs.readlinkSync(join(directory, 'link'))).toBe('elsewhere');
    expect(fs.readFileSync(path, 'utf8')).toBe('theirs');
  });

  it('leaves nothing behind where it cannot be put in its place', () => {
    const broken = { ...system, fs: disk({ renameSync: failing('EIO') }) };
    expect(() => replaceLink(broken, join(directory, 'link'), 'x')).toThrow(/EIO/);
    expect(fs.readdirSync(directory)).toEqual([]);
  });
});

describe('removing a directory with what is in it', () => {
  it('removes files, links themselves and directories', () => {
    const [path, elsewhere] = [join(system.root, 'tree'), join(system.root, 'elsewhere')];
    fs.mkdirSync(join(path, 'inner'), { recursive: true });
    fs.mkdirSync(elsewhere);
    fs.writeFileSync(join(elsewhere, 'precious'), '');
    fs.writeFileSync(join(path, 'inner', 'file'), '');
    fs.symlinkSync(elsewhere, join(path, 'inner', 'link'));
    removeOwnTree(system, path);
    removeOwnTree(system, path);
    expect(fs.existsSync(path)).toBe(false);
    expect(fs.readdirSync(elsewhere)).toEqual(['precious']);
  });

  it('does not enter a directory that other users can write', () => {
    const path = join(system.root, 'tree');
    fs.mkdirSync(join(path, 'open', 'theirs'), { recursive: true });
    fs.writeFileSync(join(path, 'open', 'theirs', 'file'), '');
    fs.chmodSync(join(path, 'open'), 0o777);
    expect(() => removeOwnTree(system, path)).toThrow('not trusted');
    expect(fs.existsSync(join(path, 'open', 'theirs', 'file'))).toBe(true);
  });
});
