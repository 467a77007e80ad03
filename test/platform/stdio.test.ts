import fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isTerminal, STDOUT, writeOut } from '../../src/platform/stdio.ts';
import { disk, failing, failure } from '../cache/disk.ts';
import { fakeSystem } from '../support/system.ts';
import { recordWaits } from '../support/waits.ts';

const system = fakeSystem();
afterEach(() => {
  vi.restoreAllMocks();
});

/** A descriptor whose writes have these results: a number of bytes, or a failure. The last result repeats. */
function descriptor(...answers: readonly (number | string)[]) {
  const out = { text: '', calls: 0 };
  const writeSync = (_fd: number, given: string | Uint8Array) => {
    const bytes = Buffer.from(given as string);
    const answer = answers[Math.min(out.calls, answers.length - 1)]!;
    out.calls += 1;
    if (typeof answer === 'string') throw failure(answer);
    const taken = bytes.subarray(0, answer);
    out.text += Buffer.from(taken).toString('latin1');
    return taken.length;
  };
  return { out, system: { ...system, fs: disk({ writeSync }) } };
}

/** Counts the ms of waits instead of waiting. */
function countWaits() {
  const waits = recordWaits();
  return () => waits.reduce((a, b) => a + b, 0);
}

describe('writeOut', () => {
  it('writes the whole text to a real descriptor', () => {
    const path = join(system.root, 'out');
    const fd = fs.openSync(path, 'w');
    expect(writeOut(system, fd, '5h 22% · 7d 33%\n')).toBe(true);
    fs.closeSync(fd);
    expect(fs.readFileSync(path, 'utf8')).toBe('5h 22% · 7d 33%\n');
  });

  it.each([
    ['one byte', [1]],
    ['some bytes', [3, 1, 5, 2]],
    ['all bytes', [1000]],
  ])('continues after %s, also in the middle of a character', (_case, answers) => {
    const { out, system: fake } = descriptor(...answers);
    expect(writeOut(fake, STDOUT, '5h 22% · 7d\n')).toBe(true);
    expect(Buffer.from(out.text, 'latin1').toString('utf8')).toBe('5h 22% · 7d\n');
  });

  it('writes nothing for an empty text', () => {
    const { out, system: fake } = descriptor('EBADF');
    expect(writeOut(fake, STDOUT, '')).toBe(true);
    expect(out.calls).toBe(0);
  });

  it('succeeds if the reader has closed the pipe', () => {
    const { out, system: fake } = descriptor(2, 'EPIPE');
    expect(writeOut(fake, STDOUT, 'abcd')).toBe(true);
    expect(out.calls).toBe(2);
  });

  it.each(['ENOSPC', 'EBADF', 'EIO'])('fails with %s at once', (code) => {
    const waited = countWaits();
    const { out, system: fake } = descriptor(code);
    expect(writeOut(fake, STDOUT, 'abcd')).toBe(false);
    expect(out.calls).toBe(1);
    expect(waited()).toBe(0);
  });

  it('waits for a full pipe, and continues where it stopped', () => {
    const waited = countWaits();
    const { out, system: fake } = descriptor(2, 'EAGAIN', 'EAGAIN', 'EAGAIN', 100);
    expect(writeOut(fake, STDOUT, 'abcd')).toBe(true);
    expect(out.text).toBe('abcd');
    expect(waited()).toBe(30);
  });

  it('gives up after 2 s on a pipe that stays full', () => {
    const waited = countWaits();
    const { out, system: fake } = descriptor('EAGAIN');
    expect(writeOut(fake, STDOUT, 'abcd')).toBe(false);
    expect(waited()).toBe(2000);
    expect(out.text).toBe('');
  });

  it('really waits between two attempts', () => {
    const { system: fake } = descriptor('EAGAIN', 'EAGAIN', 100);
    const before = performance.now();
    writeOut(fake, STDOUT, 'abcd');
    expect(performance.now() - before).toBeGreaterThan(15);
  });

  it('fails on a closed descriptor', () => {
    const fd = fs.openSync(join(system.root, 'closed'), 'w');
    fs.closeSync(fd);
    expect(writeOut(system, fd, 'abcd')).toBe(false);
  });

  it.runIf(fs.existsSync('/dev/full'))('fails on a full disk', () => {
    const fd = fs.openSync('/dev/full', 'w');
    expect(writeOut(system, fd, 'abcd')).toBe(false);
    fs.closeSync(fd);
  });
});

describe('a terminal', () => {
  const descriptorOf = (path: string) => fs.openSync(path, 'a+');
  const device = disk({ fstatSync: () => ({ isCharacterDevice: () => true }) });

  it.each([
    ['a file', () => descriptorOf(join(system.root, 'file'))],
    ['a device that is none', () => descriptorOf('/dev/null')],
    ['a closed descriptor', () => 9_999],
  ])('is not %s', (_case, open) => {
    expect(isTerminal(system, open())).toBe(false);
  });

  it.each([true, false])('is a device for which `isatty` is true: %j', (isatty) => {
    const ask = vi.spyOn(process.getBuiltinModule('node:tty'), 'isatty').mockReturnValue(isatty);
    expect(isTerminal({ ...system, fs: device }, 5)).toBe(isatty);
    expect(ask).toHaveBeenCalledWith(5);
  });

  it('is not examined further if it is no device', () => {
    const ask = vi.spyOn(process.getBuiltinModule('node:tty'), 'isatty');
    expect(isTerminal(system, descriptorOf(join(system.root, 'file')))).toBe(false);
    expect(isTerminal({ ...system, fs: disk({ fstatSync: failing('EBADF') }) }, 1)).toBe(false);
    expect(ask).not.toHaveBeenCalled();
  });
});
