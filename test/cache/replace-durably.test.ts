import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { replaceDurably } from '../../src/cache/replace-durably.ts';
import { until } from '../support/program.ts';
import { fakeSystem } from '../support/system.ts';
import { isRoot, itAsRoot } from '../support/user.ts';
import { disk, failing, failure, modeOf, program } from './disk.ts';
import { recordWaits } from '../support/waits.ts';

const system = fakeSystem();
const OLD = 'old\n';
const NEW = 'the new text, a bit longer: ünï\n';
const umask = process.umask();

afterEach(() => {
  vi.restoreAllMocks();
  process.umask(umask);
});

/** A directory with `usage.json` in it, or with nothing when `content` is null. */
function fileWith(content: string | null = OLD) {
  const directory = fs.mkdtempSync(join(system.root, 'write-'));
  const path = join(directory, 'usage.json');
  if (content !== null) fs.writeFileSync(path, content, { mode: 0o600 });
  return {
    directory,
    path,
    names: () => fs.readdirSync(directory).sort(),
    now: () => fs.readFileSync(path, 'utf8'),
  };
}

/** `write-file-atomic` uses Node's functions directly, so failures are injected there. */
const spoil = (name: 'openSync' | 'fsyncSync' | 'renameSync' | 'closeSync') => vi.spyOn(fs, name);

describe('replacing a file durably', () => {
  it.each([
    ['a file', OLD],
    ['nothing', null],
    ['an empty file', ''],
  ])('gives %s the new text', (_case, before) => {
    const { path, names, now } = fileWith(before);
    expect(replaceDurably(system, path, NEW)).toBeNull();
    expect(now()).toBe(NEW);
    expect(names()).toEqual(['usage.json']);
  });

  it('writes bytes as they are', () => {
    const { path } = fileWith();
    const bytes = Uint8Array.of(0xff, 0, 0xc3, 0x28);
    expect(replaceDurably(system, path, bytes)).toBeNull();
    expect(Uint8Array.from(fs.readFileSync(path))).toEqual(bytes);
  });

  it('writes an empty text, and a long one', () => {
    const { path, now } = fileWith();
    expect(replaceDurably(system, path, '')).toBeNull();
    expect(now()).toBe('');
    const much = 'ü'.repeat(300_000);
    expect(replaceDurably(system, path, much)).toBeNull();
    expect(now()).toBe(much);
  });

  it.each([0, 0o22, 0o77, 0o277, 0o777])('gives a new file the mode 0600 under the umask %o', (mask) => {
    const { path } = fileWith(null);
    process.umask(mask);
    expect(replaceDurably(system, path, NEW)).toBeNull();
    expect(modeOf(path)).toBe(0o600);
  });

  it.each([0o644, 0o666, 0o400, 0o777])('replaces the mode %o by 0600', (mode) => {
    const { path } = fileWith();
    fs.chmodSync(path, mode);
    replaceDurably(system, path, NEW);
    expect(modeOf(path)).toBe(0o600);
  });

  it('does not give one file the mode of another', () => {
    const [first, second] = [fileWith(), fileWith(null)];
    fs.chmodSync(first.path, 0o666);
    replaceDurably(system, first.path, NEW);
    replaceDurably(system, second.path, NEW);
    expect(modeOf(second.path)).toBe(0o600);
  });

  itAsRoot('writes nothing for root in a directory of another user', () => {
    const { path, directory, now, names } = fileWith();
    fs.chownSync(directory, 1234, 1235);
    expect(replaceDurably({ ...system }, path, NEW)).toBe('EPERM');
    expect([now(), names()]).toEqual([OLD, ['usage.json']]);
  });

  it.each([
    ['a link to a file', (name: string, target: string) => fs.symlinkSync(target, name)],
    ['a second name of a file', (name: string, target: string) => fs.linkSync(target, name)],
  ])('writes only into the file that it has made, and not into %s in its place', (_case, arrange) => {
    const { path, directory, names } = fileWith();
    const target = join(directory, 'target');
    fs.writeFileSync(target, 'other');
    // As if it had been exchanged after the package made it.
    const chmodSync = (name: string) => {
      fs.unlinkSync(name);
      arrange(name, target);
    };
    expect(replaceDurably({ ...system, fs: disk({ chmodSync }) }, path, NEW)).toMatch(/^(EPERM|ELOOP)$/);
    expect(fs.readFileSync(target, 'utf8')).toBe('other');
    expect(names()).toEqual(['target', 'usage.json']);
  });

  it('gives its temporary file a name that does not follow from the file or the process', () => {
    const { path } = fileWith();
    const made: string[] = [];
    const chmodSync = (name: string, mode: number) => {
      made.push(name);
      fs.chmodSync(name, mode);
    };
    for (const chance of [0.25, 0.75])
      replaceDurably({ ...system, random: () => chance, fs: disk({ chmodSync }) }, path, NEW);
    expect(made[0]).toContain('/.new.250000000000.');
    expect(made[1]).toContain('/.new.750000000000.');
  });

  it('makes a new file: a process that has the old one open reads its text', () => {
    const { path, now } = fileWith();
    const fd = fs.openSync(path, 'r');
    replaceDurably(system, path, NEW);
    expect(fs.readFileSync(fd, 'utf8')).toBe(OLD);
    fs.closeSync(fd);
    expect(now()).toBe(NEW);
  });

  it.each([
    ['a file', (target: string) => fs.writeFileSync(target, 'other', { mode: 0o644 })],
    ['nothing', () => {}],
    ['a directory', (target: string) => fs.mkdirSync(target)],
  ])('never follows a link to %s', (_case, arrange) => {
    const { path, directory, now } = fileWith(null);
    const target = join(directory, 'target');
    arrange(target);
    const before = fs.existsSync(target) && fs.statSync(target);
    fs.symlinkSync(target, path);
    expect(replaceDurably(system, path, NEW)).toBeNull();
    expect(fs.lstatSync(path).isSymbolicLink()).toBe(false);
    expect(now()).toBe(NEW);
    if (before)
      expect(fs.statSync(target)).toMatchObject({ ino: before.ino, mode: before.mode, size: before.size });
    else expect(fs.existsSync(target)).toBe(false);
  });

  it('returns the reason where a directory is in the place of the file', () => {
    const { path, names } = fileWith(null);
    fs.mkdirSync(join(path, 'x'), { recursive: true });
    expect(replaceDurably(system, path, NEW)).toBe('EISDIR');
    expect(names()).toEqual(['usage.json']);
  });

  it('returns the reason where there is no directory', () => {
    expect(replaceDurably(system, join(system.root, 'none', 'usage.json'), NEW)).toBe('ENOENT');
  });

  describe('keeps the old file and no new one when', () => {
    it.each([
      ['the temporary file cannot be made', 'openSync', 'EACCES'],
      ['the disk is read-only', 'openSync', 'EROFS'],
      ['there is no inode left', 'openSync', 'ENOSPC'],
      ['what was written does not reach the disk', 'fsyncSync', 'EIO'],
      ['the disk turns out to be full', 'fsyncSync', 'ENOSPC'],
      ['the new file cannot be renamed', 'renameSync', 'EACCES'],
      ['the new file may not be renamed', 'renameSync', 'EPERM'],
    ] as const)('%s (%s: %s)', (_case, call, code) => {
      const { path, names, now } = fileWith();
      const spy = spoil(call).mockImplementation(failing(code));
      expect(replaceDurably(system, path, NEW)).toBe(code);
      expect(spy).toHaveBeenCalledTimes(1);
      vi.restoreAllMocks();
      expect(now()).toBe(OLD);
      expect(names()).toEqual(['usage.json']);
    });

    it.each(['ENOSPC', 'EFBIG', 'EDQUOT', 'EIO'])('writing fails with %s half way', (code) => {
      const { path, names, now } = fileWith();
      const writeFileSync = (temporary: string, text: string) => {
        fs.writeFileSync(temporary, text.slice(0, 5));
        throw failure(code);
      };
      expect(replaceDurably({ ...system, fs: disk({ writeFileSync }) }, path, NEW)).toBe(code);
      expect(now()).toBe(OLD);
      expect(names()).toEqual(['usage.json']);
    });

    it.each([0, 5, Buffer.byteLength(NEW) - 1])(
      'only %i bytes were written, and no call failed',
      (length) => {
        const { path, names, now } = fileWith();
        const writeFileSync = (temporary: string, text: string) =>
          fs.writeFileSync(temporary, Buffer.from(text).subarray(0, length));
        expect(replaceDurably({ ...system, fs: disk({ writeFileSync }) }, path, NEW)).toBe('EIO');
        expect(now()).toBe(OLD);
        expect(names()).toEqual(['usage.json']);
      },
    );
  });

  it('leaves the file alone until the new text is complete', () => {
    const { path, now } = fileWith();
    const seen: string[] = [];
    const writeFileSync = (temporary: string, text: string) => {
      seen.push(now());
      fs.writeFileSync(temporary, text);
      seen.push(now());
    };
    replaceDurably({ ...system, fs: disk({ writeFileSync }) }, path, NEW);
    expect(seen).toEqual([OLD, OLD]);
  });
});

describe('replacing a file durably on Windows', () => {
  const windows = { ...system, platform: 'win32' } as const;

  /** The first so many renames are refused. */
  function refuse(times: number, code: string) {
    const { renameSync } = fs;
    let calls = 0;
    return vi.spyOn(fs, 'renameSync').mockImplementation((from, to) => {
      calls += 1;
      if (calls <= times) throw failure(code);
      renameSync(from, to);
    });
  }

  it.each(['EPERM', 'EACCES', 'EBUSY'])(
    'tries again while another process has the file open (%s)',
    (code) => {
      const { path, names, now } = fileWith();
      const waits = recordWaits();
      const rename = refuse(2, code);
      expect(replaceDurably(windows, path, NEW)).toBeNull();
      // The package's, and the one into the place.
      expect(rename).toHaveBeenCalledTimes(4);
      expect(waits).toEqual([10, 20]);
      expect(now()).toBe(NEW);
      expect(names()).toEqual(['usage.json']);
    },
  );

  it('gives up after 60 ms, and keeps the old file', () => {
    const { path, names, now } = fileWith();
    const waits = recordWaits();
    refuse(1000, 'EPERM');
    expect(replaceDurably(windows, path, NEW)).toBe('EPERM');
    expect(waits.reduce((a, b) => a + b, 0)).toBe(60);
    expect(now()).toBe(OLD);
    expect(names()).toEqual(['usage.json']);
  });

  it('waits between the attempts', () => {
    const { path } = fileWith();
    refuse(2, 'EPERM');
    const before = performance.now();
    replaceDurably(windows, path, NEW);
    expect(performance.now() - before).toBeGreaterThan(25);
  });

  it('does not try again after other failures', () => {
    const { path } = fileWith();
    const waits = recordWaits();
    const rename = refuse(1000, 'ENOSPC');
    expect(replaceDurably(windows, path, NEW)).toBe('ENOSPC');
    expect(rename).toHaveBeenCalledTimes(1);
    expect(waits).toEqual([]);
  });
});

describe('another process', () => {
  const READER = `
    const { existsSync, readFileSync } = require('node:fs');
    const [path, stop, ...texts] = process.argv.slice(1);
    const seen = { torn: 0, counts: texts.map(() => 0) };
    let announced = false;
    while (!existsSync(stop)) {
      for (let i = 0; i < 20; i += 1) {
        let text;
        try { text = readFileSync(path, 'utf8'); } catch (error) { text = error.code; }
        const which = texts.findIndex((it) => text === it.repeat(20000));
        if (which < 0) seen.torn += 1; else seen.counts[which] += 1;
      }
      // Seen often enough.
      if (!announced && Math.min(...seen.counts) > 10) process.stdout.write('.');
      announced ||= Math.min(...seen.counts) > 10;
    }
    process.stdout.write(JSON.stringify(seen));
  `;

  it('sees the old text or the new one, never a torn one or none', async () => {
    const { path, directory, names } = fileWith('a'.repeat(20_000));
    const stop = join(system.root, 'stop');
    const reader = spawn(process.execPath, ['-e', READER, path, stop, 'a', 'bc'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const result = textOf(reader.stdout);
    const seenEnough = { yet: false };
    reader.stdout.once('data', () => (seenEnough.yet = true));
    for (let count = 0; count < 400 || !seenEnough.yet; count += 1) {
      expect(replaceDurably(system, path, (count % 2 ? 'a' : 'bc').repeat(20_000))).toBeNull();
      if (count % 20 === 0) await pause(1);
    }
    fs.writeFileSync(stop, '');
    const seen = JSON.parse((await result).slice(1)) as { torn: number; counts: [number, number] };
    expect(seen.torn).toBe(0);
    expect(Math.min(...seen.counts)).toBeGreaterThan(10);
    expect(names()).toEqual(['usage.json']);
    expect(fs.readdirSync(directory)).toHaveLength(1);
  });

  it('leaves the old text or the new one when it is killed while it replaces a file', async () => {
    const { path, directory, now } = fileWith('a'.repeat(20_000));
    const endless = await program(
      directory,
      `
      import { replaceDurably } from './replace-durably.ts';
      import { nodeSystem } from '../platform/system.ts';
      const [path] = process.argv.slice(2);
      for (let count = 0; ; count += 1) replaceDurably(nodeSystem(), path!, (count % 2 ? 'a' : 'bc').repeat(20_000));
      `,
    );
    for (let round = 0; round < 10; round += 1) {
      const writer = spawn(process.execPath, [endless, path], { stdio: 'ignore' });
      const ended = new Promise((resolve) => {
        writer.once('exit', resolve);
      });
      const { ino } = fs.statSync(path);
      await until(() => fs.statSync(path).ino !== ino);
      await pause(7 * round);
      writer.kill('SIGKILL');
      await ended;
      expect(['a', 'bc'].map((it) => it.repeat(20_000))).toContain(now());
    }
  });
});

describe('a full disk', () => {
  /** Fills the disk except for a few pages, and prints what became of the file and of a claim. */
  const ON_A_FULL_DISK = `
    import * as fs from 'node:fs';
    import { join } from 'node:path';
    import { nodeSystem } from '../platform/system.ts';
    import { takeClaim } from './claims.ts';
    import { replaceDurably } from './replace-durably.ts';
    const [directory] = process.argv.slice(2);
    const system = nodeSystem();
    const path = join(directory!, 'usage.json');
    const filler = join(directory!, 'filler');
    const results = [];
    for (let pages = 0; pages <= 3; pages += 1) {
      replaceDurably(system, path, 'old');
      const fd = fs.openSync(filler, 'w');
      let size = 0;
      try { for (;;) size += fs.writeSync(fd, Buffer.alloc(4096, 'x')); } catch {}
      fs.ftruncateSync(fd, size - 4096 * pages);
      fs.closeSync(fd);
      const reason = replaceDurably(system, path, 'new!'.repeat(4096));
      const text = fs.readFileSync(path, 'utf8');
      const claim = pages === 0 && takeClaim(system, directory!, 'attempt', undefined, { at: 1, until: 1, credentials: null });
      const names = fs.readdirSync(directory!).sort();
      fs.rmSync(filler);
      results.push({ reason, text, names, ...(claim && { claim }) });
    }
    const after = replaceDurably(system, path, 'new!'.repeat(4096));
    console.log(JSON.stringify({ results, after, size: fs.statSync(path).size }));
  `;
  const onTinyDisk = (...command: string[]) => {
    const mount = fs.mkdtempSync(join(system.root, 'mount-'));
    const script = 'mount -t tmpfs -o size=64k,mode=700 tmpfs "$1" && shift && exec "$@"';
    return spawnSync('unshare', ['-rm', 'sh', '-c', script, 'sh', mount, ...command, mount], {
      encoding: 'utf8',
    });
  };

  const mounts = onTinyDisk('true').status === 0;
  if (!mounts && isRoot && process.env.CI) throw new Error('root may not mount a file system here');
  const skipped = mounts ? '' : ' (skipped: needs root or user namespaces)';

  it.runIf(mounts)(`keeps the old file and leaves nothing behind${skipped}`, async () => {
    const child = await program(fs.mkdtempSync(join(system.root, 'full-')), ON_A_FULL_DISK);
    const { stdout, stderr } = onTinyDisk(process.execPath, child);
    expect(stderr).toBe('');
    const { results, after, size } = JSON.parse(stdout) as Record<string, unknown>;
    const kept = { reason: 'ENOSPC', text: 'old', names: ['filler', 'usage.json'] };
    expect(results).toEqual([{ ...kept, claim: { kind: 'failed', reason: 'ENOSPC' } }, kept, kept, kept]);
    expect([after, size]).toEqual([null, 16_384]);
  });

  const UNDER_A_LIMIT = {
    'the file itself': `
      import { nodeSystem } from '../platform/system.ts';
      import { replaceDurably } from './replace-durably.ts';
      const replace = () => replaceDurably(nodeSystem(), process.argv[2]!, 'new!'.repeat(10_000));
      replace();
      console.log(replace());
    `,
    'another file beside the mutex': `
      import { dirname } from 'node:path';
      import { acquireMutex } from './mutex.ts';
      import { accountDirectory } from './directory.ts';
      import { nodeSystem } from '../platform/system.ts';
      const path = process.argv[2]!;
      acquireMutex(nodeSystem(), accountDirectory(dirname(path), '.')).then(async (mutex) => {
        let reason = mutex.kind;
        try { nodeSystem().fs.writeFileSync(path + '.1', 'new!'.repeat(10_000)); } catch (error) { reason = error.code; }
        nodeSystem().fs.unlinkSync(path + '.1');
        if (mutex.kind === 'held') await mutex.release();
        console.log(reason);
      });
    `,
  };

  it.runIf(process.platform !== 'win32').each(Object.entries(UNDER_A_LIMIT))(
    'and a limit on the size of files lead to EFBIG and do not end the process: %s',
    async (_case, source) => {
      const { path, names, now } = fileWith();
      const child = await program(fs.mkdtempSync(join(system.root, 'limit-')), source);
      const { stdout, stderr, signal, status } = spawnSync(
        'sh',
        ['-c', 'ulimit -f 8; exec "$@"', 'sh', process.execPath, child, path],
        { encoding: 'utf8' },
      );
      expect({ stdout, stderr, signal, status }).toEqual({
        stdout: 'EFBIG\n',
        stderr: '',
        signal: null,
        status: 0,
      });
      expect(now()).toBe(OLD);
      expect(names()).toEqual(['usage.json']);
    },
  );
});

describe('the signal of a file-size limit', () => {
  const { platform } = process;
  afterEach(() => {
    Object.defineProperty(process, 'platform', { value: platform });
  });

  it.each([
    ['linux', 1],
    ['darwin', 1],
    ['win32', 0],
  ])('has on %s one listener more: %i', async (on, more) => {
    vi.resetModules();
    Object.defineProperty(process, 'platform', { value: on });
    const before = process.listeners('SIGXFSZ');
    await import('../../src/cache/survive-sigxfsz.ts');
    const added = process.listeners('SIGXFSZ').filter((listener) => !before.includes(listener));
    expect(added).toHaveLength(more);
    for (const listener of added) {
      expect(() => listener('SIGXFSZ')).not.toThrow();
      process.off('SIGXFSZ', listener);
    }
  });
});
