import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  createOwnFile,
  mayWriteIn,
  readClosedFile,
  readOwnFile,
  removeIfPresent,
  removeOwnFile,
  removeOwnTree,
  setOwnFileTime,
} from '../../src/cache/own-files.ts';
import { replaceDurably } from '../../src/cache/replace-durably.ts';
import { replaceFile, replaceLink } from '../../src/cache/replace-file.ts';
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

/** A machine on which everything under a path belongs to another user. */
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

describe('reading a file of the cache', () => {
  it('returns its text and its modification time', () => {
    const path = file('ünï\n');
    fs.utimesSync(path, 1_795_198_892, 1_795_198_892.25);
    expect(readOwnFile(system, path)).toEqual({ kind: 'file', text: 'ünï\n', mtimeMs: 1_795_198_892_250 });
  });

  it('finds nothing where there is no file, or no directory', () => {
    for (const path of ['none', join('none', 'none'), join('file', 'none')]) {
      file();
      expect(readOwnFile(system, join(directory, path))).toEqual({ kind: 'absent' });
    }
  });

  it.each(NO_FILES)('refuses %s', (_case, arrange) => {
    const path = join(directory, 'file');
    arrange(path);
    expect(readOwnFile(system, path)).toEqual({ kind: 'unreadable', reason: 'not_a_file' });
    expect(readClosedFile(system, path, 1000)).toBeNull();
  });

  it('reads a file with a second name, which a backup by hard links gives it', () => {
    const path = file();
    fs.linkSync(path, `${path}.backup`);
    expect(readOwnFile(system, path)).toMatchObject({ text: 'text' });
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(readOwnFile(system, file(Uint8Array.of(0x7b, 0xff)))).toMatchObject({ kind: 'not_utf8' });
    expect(readOwnFile(system, file('a\uFFFDb'))).toMatchObject({ kind: 'file', text: 'a\uFFFDb' });
  });

  it.each([
    [MAX_FILE_BYTES, 'file'],
    [MAX_FILE_BYTES + 1, 'unreadable'],
  ])('of %i bytes returns the kind %j', (size, kind) => {
    expect(readOwnFile(system, file(Buffer.alloc(size, 'a'))).kind).toBe(kind);
  });

  it('refuses a file with a hole of 800 MB', () => {
    const path = file('');
    fs.truncateSync(path, 800e6);
    expect(readOwnFile(system, path)).toEqual({ kind: 'unreadable', reason: 'too_large' });
    expect(readClosedFile(system, path, 64)).toBeNull();
  });

  it('refuses a file that grows beyond the size limit after its size was checked', () => {
    const late = disk({ readFileSync: () => 'a'.repeat(MAX_FILE_BYTES + 1) });
    expect(readOwnFile({ ...system, fs: late }, file())).toEqual({ kind: 'unreadable', reason: 'too_large' });
  });

  it.each(['lstatSync', 'readFileSync'])('returns the reason when %s fails', (call) => {
    for (const reason of ['EACCES', 'EIO', 'ELOOP']) {
      const broken = { ...system, fs: disk({ [call]: failing(reason) }) };
      expect(readOwnFile(broken, file())).toEqual({ kind: 'unreadable', reason });
    }
    const late = { ...system, fs: disk({ [call]: failing('ENOENT') }) };
    expect(readOwnFile(late, file())).toEqual({ kind: 'absent' });
  });

  it('works on a platform without users and flags', () => {
    const plain = { ...system, uid: null, fs: disk({ constants: { O_RDONLY: 0 } }) };
    expect(readOwnFile(plain, file('text', 0o666))).toMatchObject({ text: 'text' });
    expect(readClosedFile(plain, file('text', 0o666), 1000)).toBe('text');
  });

  describe('that belongs to another user', () => {
    it('is refused', () => {
      const path = file();
      expect(readOwnFile(foreign(path, 1000), path)).toEqual({ kind: 'unreadable', reason: 'EPERM' });
      expect(readClosedFile(foreign(path, 1000), path, 1000)).toBeNull();
    });

    it('is allowed for root where the text is checked, and refused where it is used as it is', () => {
      const path = file();
      expect(readOwnFile(foreign(path, 0), path)).toMatchObject({ kind: 'file', text: 'text' });
      expect(readClosedFile(foreign(path, 0), path, 1000)).toBeNull();
    });

    it.each(NO_FILES)(
      'is refused for root when the file becomes %s after it was examined',
      (_case, arrange) => {
        const path = file();
        let calls = 0;
        const before = foreign(path, 0);
        const lstatSync = (at: string) => {
          const stat = before.fs.lstatSync(at);
          // The call after the second one opens the file.
          if ((calls += 1) === 2) {
            fs.unlinkSync(path);
            arrange(path);
          }
          return stat;
        };
        const { openSync } = careful;
        const read = readOwnFile({ ...before, fs: disk({ lstatSync, openSync }) }, path);
        expect(read.kind).toBe('unreadable');
      },
    );
  });

  it.each([0o620, 0o602, 0o666])('uses no text as it is that others can write: mode %o', (mode) => {
    const path = file('text', mode);
    expect(readClosedFile(system, path, 1000)).toBeNull();
    expect(readOwnFile(system, path)).toMatchObject({ text: 'text' });
  });
});

describe('a directory that is not trusted', () => {
  const open = () => fs.chmodSync(directory, 0o777);
  const asRoot = () => foreign(directory, 0);
  const machines: [string, () => FakeSystem][] = [
    ['one that everyone can write', () => (open(), system)],
    ['one of another user, for root', () => ({ ...system, ...asRoot() })],
    ['one below a directory of another user, for root', () => ({ ...system, ...foreign(system.root, 0) })],
  ];

  it.each(machines)(
    '%s: no file in it is created, replaced, removed, or given another time',
    (_case, arrange) => {
      const path = file();
      const { mtimeMs } = fs.statSync(path);
      const machine = arrange();
      const refused = expect.objectContaining({ code: 'EPERM' });
      expect(mayWriteIn(machine, directory)).toBe(false);
      expect(() => createOwnFile(machine, join(directory, 'new'), '')).toThrow(refused);
      expect(() => removeOwnFile(machine, path)).toThrow(refused);
      expect(() => setOwnFileTime(machine, path, 0)).toThrow(refused);
      for (const replace of [replaceFile, replaceDurably, replaceLink])
        expect(replace(machine, path, 'new')).toBe('EPERM');
      expect(fs.readdirSync(directory)).toEqual(['file']);
      expect([fs.readFileSync(path, 'utf8'), fs.statSync(path).mtimeMs]).toEqual(['text', mtimeMs]);
    },
  );

  it('is examined once in a process, and not again for every file', () => {
    let calls = 0;
    const counting = {
      ...system,
      fs: disk({
        lstatSync: (at: string, options: object) => ((calls += 1), fs.lstatSync(at, options)),
      }),
    };
    mayWriteIn(counting, directory);
    const first = calls;
    for (let count = 0; count < 9; count += 1) mayWriteIn(counting, directory);
    expect([first > 0, calls]).toEqual([true, first]);
  });

  it('is examined again once it exists', () => {
    const later = join(directory, 'later');
    expect(mayWriteIn(system, later)).toBe(true);
    fs.mkdirSync(later);
    fs.chmodSync(later, 0o777);
    expect(mayWriteIn(system, later)).toBe(false);
  });
});

describe('creating a file', () => {
  it('gives it to its user alone, and never opens one that exists', () => {
    const path = join(directory, 'new');
    createOwnFile(system, path, 'text');
    expect([modeOf(path), fs.readFileSync(path, 'utf8')]).toEqual([0o600, 'text']);
    expect(() => createOwnFile(system, path, 'other')).toThrow(/EEXIST/);
    expect(fs.readFileSync(path, 'utf8')).toBe('text');
  });

  it.each(NO_FILES)('never follows %s in its place', (_case, arrange) => {
    const path = join(directory, 'new');
    arrange(path);
    expect(() => createOwnFile(system, path, 'text')).toThrow(/EEXIST/);
  });

  it.each(['writeFileSync', 'futimesSync', 'closeSync'])('leaves no file behind when %s fails', (call) => {
    const broken = { ...system, fs: disk({ [call]: failing('ENOSPC') }) };
    expect(() => createOwnFile(broken, join(directory, 'new'), 'text', 0)).toThrow(/ENOSPC/);
    expect(fs.readdirSync(directory)).toEqual([]);
  });
});

describe('setting the time of a file', () => {
  it('changes nothing else, and creates no file', () => {
    const path = file('text');
    setOwnFileTime(system, path, 0);
    expect([fs.statSync(path).mtimeMs, fs.readFileSync(path, 'utf8')]).toEqual([0, 'text']);
    expect(() => setOwnFileTime(system, join(directory, 'none'), 0)).toThrow(/ENOENT/);
  });

  it('does not follow a link', () => {
    const path = file();
    const { mtimeMs } = fs.statSync(path);
    fs.symlinkSync(path, join(directory, 'link'));
    setOwnFileTime(system, join(directory, 'link'), 0);
    expect(fs.statSync(path).mtimeMs).toBe(mtimeMs);
  });
});

describe('removing a file', () => {
  it('removes a file or a link, and does nothing where there is none', () => {
    const path = file();
    fs.symlinkSync(path, join(directory, 'link'));
    for (const name of ['link', 'file', 'none']) removeIfPresent(system, join(directory, name));
    expect(fs.readdirSync(directory)).toEqual([]);
  });

  it('ignores that it cannot be removed', () => {
    fs.mkdirSync(join(directory, 'file'));
    removeIfPresent(system, join(directory, 'file'));
    expect(fs.readdirSync(directory)).toEqual(['file']);
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
    fs.mkdirSync(join(path, 'open', 'other'), { recursive: true });
    fs.writeFileSync(join(path, 'open', 'other', 'file'), '');
    fs.chmodSync(join(path, 'open'), 0o777);
    expect(() => removeOwnTree(system, path)).toThrow('not trusted');
    expect(fs.existsSync(join(path, 'open', 'other', 'file'))).toBe(true);
  });
});
