import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errno } from '../../src/platform/errno.ts';
import { MAX_FILE_BYTES, readTextFile } from '../../src/platform/files.ts';
import { careful, disk, failing } from '../cache/disk.ts';
import { fakeSystem } from '../support/system.ts';

const { root } = fakeSystem();
let files = 0;

function file(content: string | Uint8Array): string {
  const path = join(root, `file-${(files += 1)}`);
  fs.writeFileSync(path, content);
  return path;
}

function linkTo(target: string): string {
  const path = join(root, `link-${(files += 1)}`);
  fs.symlinkSync(target, path);
  return path;
}

function fifo(): string {
  const path = join(root, `fifo-${(files += 1)}`);
  execFileSync('mkfifo', [path]);
  return path;
}

describe('a small text file', () => {
  it('is read with its mtime', () => {
    const path = file('ünï\n');
    fs.utimesSync(path, 1_795_198_892, 1_795_198_892.25);
    expect(readTextFile(fs, path, 'refuse')).toEqual({
      kind: 'file',
      text: 'ünï\n',
      mtimeMs: 1_795_198_892_250,
    });
  });

  it('keeps its byte order mark', () => {
    expect(readTextFile(fs, file('\uFEFFx'), 'refuse')).toMatchObject({ text: '\uFEFFx' });
  });

  it('may be empty', () => {
    expect(readTextFile(fs, file(''), 'refuse')).toMatchObject({ kind: 'file', text: '' });
  });

  it.each([
    ['there is none', () => join(root, 'none')],
    ['its directory is not there', () => join(root, 'none', 'none')],
    ['its directory is a file', () => join(file(''), 'none')],
    ['it is a followed link to nowhere', () => linkTo(join(root, 'none'))],
  ])('is absent when %s', (_case, path) => {
    expect(readTextFile(fs, path(), 'follow')).toEqual({ kind: 'absent' });
  });

  it.each([
    ['a directory', () => root],
    ['a FIFO', fifo],
    ['a device without end', () => '/dev/zero'],
    ['a device without content', () => '/dev/null'],
    ['a link to a directory', () => linkTo(root)],
    ['a link to a FIFO', () => linkTo(fifo())],
  ])('is unreadable when it is %s', (_case, path) => {
    expect(readTextFile(careful, path(), 'follow')).toEqual({ kind: 'unreadable', reason: 'not_a_file' });
  });

  it('is not read through a link if links are refused', () => {
    const target = file('text');
    expect(readTextFile(fs, linkTo(target), 'refuse')).toEqual({ kind: 'unreadable', reason: 'not_a_file' });
    expect(readTextFile(fs, linkTo(target), 'follow')).toMatchObject({ kind: 'file', text: 'text' });
  });

  it('is read on a platform without the flags of `open`', () => {
    const plain = disk({ constants: { O_RDONLY: 0 } });
    expect(readTextFile(plain, file('text'), 'refuse')).toMatchObject({ kind: 'file', text: 'text' });
  });

  it.each([
    ['as large as can be', MAX_FILE_BYTES, 'file'],
    ['a byte too large', MAX_FILE_BYTES + 1, 'unreadable'],
  ])('that is %s is %j', (_case, size, kind) => {
    const read = readTextFile(fs, file(Buffer.alloc(size, 'a')), 'refuse');
    expect(read.kind).toBe(kind);
    if (read.kind === 'unreadable') expect(read.reason).toBe('too_large');
    else expect(read).toMatchObject({ text: 'a'.repeat(size) });
  });

  it('that is too large is not read at all', () => {
    const blind = disk({ readSync: failing('EIO') });
    const path = file(Buffer.alloc(MAX_FILE_BYTES + 1));
    expect(readTextFile(blind, path, 'follow')).toEqual({ kind: 'unreadable', reason: 'too_large' });
  });

  /** A file system on which the file grows after `fstat`: `fstat` shows only the first bytes. */
  const growing = (from: number) =>
    disk({ fstatSync: (fd: number) => Object.assign(fs.fstatSync(fd), { size: from }) });

  it.each([0, 1, 999, 4999, 5001])('that grows from %i bytes while it is read is read completely', (from) => {
    const text = 'abcde'.repeat(1000);
    expect(readTextFile(growing(from), file(text), 'follow')).toMatchObject({ kind: 'file', text });
  });

  it('that grows beyond the limit while it is read is too large', () => {
    const path = file(Buffer.alloc(MAX_FILE_BYTES + 1, 'a'));
    expect(readTextFile(growing(100), path, 'follow')).toEqual({ kind: 'unreadable', reason: 'too_large' });
  });

  it('is assembled from short reads', () => {
    const halting = disk({
      readSync: (fd: number, into: Buffer, at: number, length: number) =>
        fs.readSync(fd, into, at, Math.min(length, 2), null),
    });
    expect(readTextFile(halting, file('a longer text'), 'follow')).toMatchObject({ text: 'a longer text' });
  });

  it.each([
    ['a byte that is none', [0x7b, 0xff, 0x7d]],
    ['a character cut off', [0xc3]],
    ['a lone surrogate', [0xed, 0xa0, 0x80]],
    ['UTF-16', [0xff, 0xfe, 0x7b, 0x00]],
  ])('is not text with %s, and has its mtime', (_case, bytes) => {
    const path = file(Uint8Array.from(bytes));
    fs.utimesSync(path, 1000, 1000);
    expect(readTextFile(fs, path, 'refuse')).toEqual({ kind: 'not_utf8', mtimeMs: 1_000_000 });
  });

  it.each(['EACCES', 'EPERM', 'EMFILE', 'ENXIO'])('that cannot be opened has the reason %s', (reason) => {
    const closed = disk({ openSync: failing(reason) });
    expect(readTextFile(closed, file(''), 'follow')).toEqual({ kind: 'unreadable', reason });
  });

  it.each(['fstatSync', 'readSync'] as const)('whose %s fails has the reason', (call) => {
    const broken = disk({ [call]: failing('EIO') });
    expect(readTextFile(broken, file('x'), 'follow')).toEqual({ kind: 'unreadable', reason: 'EIO' });
  });

  it.each(['EACCES', 'EIO', 'ELOOP'])('that cannot be examined for a link has the reason %s', (reason) => {
    const broken = disk({ lstatSync: failing(reason) });
    expect(readTextFile(broken, file('x'), 'refuse')).toEqual({ kind: 'unreadable', reason });
  });

  it.each(['follow', 'refuse'] as const)(
    'may hold the character that stands for what is none: %s',
    (links) => {
      expect(readTextFile(fs, file('a\uFFFDb'), links)).toMatchObject({ kind: 'file', text: 'a\uFFFDb' });
    },
  );

  it('is closed in every case', () => {
    let open = 0;
    const counting = disk({
      openSync: (path: string, flags: number) => {
        const fd = careful.openSync(path, flags);
        open += 1;
        return fd;
      },
      closeSync: (fd: number) => {
        fs.closeSync(fd);
        open -= 1;
      },
    });
    const paths = [
      file('x'),
      file(Uint8Array.of(0xff)),
      file(Buffer.alloc(MAX_FILE_BYTES + 1)),
      root,
      fifo(),
    ];
    for (const path of [...paths, join(root, 'none')]) readTextFile(counting, path, 'follow');
    readTextFile({ ...counting, readSync: failing('EIO') }, file('x'), 'follow');
    expect(open).toBe(0);
  });
});

describe('the errno', () => {
  it.each<[string, unknown, string]>([
    ['a failed system call', Object.assign(new Error('x'), { code: 'ENOSPC' }), 'ENOSPC'],
    ['any other exception', new TypeError('secret'), 'UNKNOWN'],
    ['a number for a code', { code: 2 }, 'UNKNOWN'],
    ['a text', 'secret', 'UNKNOWN'],
    ['null', null, 'UNKNOWN'],
    ['nothing', undefined, 'UNKNOWN'],
  ])('of %s', (_case, error, name) => {
    expect(errno(error)).toBe(name);
  });
});
