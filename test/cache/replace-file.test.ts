import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { replaceFile, replaceLink } from '../../src/cache/replace-file.ts';
import { NOW } from '../support/build.ts';
import { fakeSystem } from '../support/system.ts';
import { careful, disk, failing, failure, modeOf } from './disk.ts';

let system = fakeSystem({ fs: careful });
let directory: string;
beforeEach(() => {
  system = fakeSystem({ fs: careful });
  directory = join(system.root, 'claude');
  fs.mkdirSync(directory, { mode: 0o700 });
});

function file(text = 'old'): string {
  const path = join(directory, 'file');
  fs.writeFileSync(path, text, { mode: 0o600 });
  return path;
}

const textOf = (path: string) => fs.readFileSync(path, 'utf8');

describe('replacing a file that can be made again', () => {
  it('gives it the new text, and the mode 0600, and leaves nothing beside it', () => {
    const path = join(directory, 'file');
    for (const text of ['one', 'two']) {
      expect(replaceFile(system, path, text)).toBeNull();
      expect([textOf(path), modeOf(path)]).toEqual([text, 0o600]);
    }
    expect(fs.readdirSync(directory)).toEqual(['file']);
  });

  it('makes a new file: a process that has the old one open reads its text', () => {
    const path = file();
    const fd = fs.openSync(path, 'r');
    replaceFile(system, path, 'new');
    expect([fs.readFileSync(fd, 'utf8'), textOf(path)]).toEqual(['old', 'new']);
    fs.closeSync(fd);
  });

  it('gives it the requested modification time', () => {
    const path = file();
    expect(replaceFile(system, path, 'new', { mtimeMs: NOW + 250 })).toBeNull();
    expect(fs.statSync(path).mtimeMs).toBe(NOW + 250);
  });

  it('shows the complete new file before it takes the place of the old one', () => {
    const path = file();
    const texts: string[] = [];
    replaceFile(system, path, 'new', {
      beforeRename: (temporary) => texts.push(textOf(temporary), textOf(path)),
    });
    expect(texts).toEqual(['new', 'old']);
  });

  it.each<[string, (path: string) => unknown]>([
    ['a file', (path) => fs.writeFileSync(path, 'other')],
    ['a directory', (path) => fs.mkdirSync(path)],
    ['a FIFO', (path) => execFileSync('mkfifo', [path])],
    ['a link to a file', (path) => fs.symlinkSync('/etc/hostname', path)],
    ['a link to nothing', (path) => fs.symlinkSync('nowhere', path)],
  ])('takes another name where %s has the first one, and leaves that alone', (_case, arrange) => {
    const path = file();
    const chances = [0, 0, 0.5];
    arrange(join(directory, '.new.0'));
    const before = fs.lstatSync(join(directory, '.new.0'));
    expect(replaceFile({ ...system, random: () => chances.shift() ?? 0 }, path, 'new')).toBeNull();
    expect(textOf(path)).toBe('new');
    expect(fs.lstatSync(join(directory, '.new.0')).ino).toBe(before.ino);
  });

  it('gives up where three names are taken', () => {
    const path = file();
    fs.writeFileSync(join(directory, '.new.0'), 'other');
    expect(replaceFile(system, path, 'new')).toBe('EEXIST');
    expect([textOf(path), textOf(join(directory, '.new.0'))]).toEqual(['old', 'other']);
  });

  it('returns the reason where there is no directory', () => {
    expect(replaceFile(system, join(directory, 'none', 'file'), 'new')).toBe('ENOENT');
  });

  it.each(['openSync', 'writeFileSync', 'futimesSync', 'closeSync', 'renameSync'])(
    'keeps the old file, and no new one, when %s fails',
    (call) => {
      const path = file();
      const broken = { ...system, fs: disk({ [call]: failing('ENOSPC') }) };
      expect(replaceFile(broken, path, 'new', { mtimeMs: NOW })).toBe('ENOSPC');
      expect([fs.readdirSync(directory), textOf(path)]).toEqual([['file'], 'old']);
    },
  );

  it('keeps the old file, and no new one, when the disk is full in the middle of the text', () => {
    const path = file();
    const writeFileSync = (fd: number, text: string) => {
      fs.writeFileSync(fd, text.slice(0, 1));
      throw failure('ENOSPC');
    };
    expect(replaceFile({ ...system, fs: disk({ writeFileSync }) }, path, 'new')).toBe('ENOSPC');
    expect([fs.readdirSync(directory), textOf(path)]).toEqual([['file'], 'old']);
  });
});

describe('replacing a link', () => {
  it('leaves the target of the old one alone', () => {
    const path = file('target');
    fs.symlinkSync(path, join(directory, 'link'));
    expect(replaceLink(system, join(directory, 'link'), 'elsewhere')).toBeNull();
    expect(fs.readlinkSync(join(directory, 'link'))).toBe('elsewhere');
    expect(textOf(path)).toBe('target');
  });

  it('leaves nothing behind when it fails', () => {
    const broken = { ...system, fs: disk({ renameSync: failing('EIO') }) };
    expect(replaceLink(broken, join(directory, 'link'), 'x')).toBe('EIO');
    expect(fs.readdirSync(directory)).toEqual([]);
  });
});
