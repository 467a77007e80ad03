import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { dirname, join } from 'node:path';
import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { accountDirectory } from '../../src/cache/directory.ts';
import type { AccountDirectory } from '../../src/cache/directory.ts';
import { writePrerendered } from '../../src/prerender/write.ts';
import { FILE_TAG } from '../../src/prerender/format.ts';
import { validText } from './valid-text.ts';
import { readPrerenderedFile } from '../../src/prerender/read.ts';
import { prerenderedFile, variantFileName } from '../../src/prerender/variant.ts';
import { fileFingerprint } from '../../src/platform/fingerprint.ts';
import type { Variant } from '../../src/prerender/variant.ts';
import { localAppearance } from '../../src/config/local-appearance.ts';
import { PRESETS } from '../../src/render/template/format.ts';
import { DEFAULT_APPEARANCE } from '../../src/render/appearance.ts';
import { renderOutput } from '../../src/render/outputs/index.ts';
import { isLineKind, OUTPUT_KINDS } from '../../src/render/outputs/kinds.ts';
import { validatorsOf } from '../../src/prerender/validators.ts';
import { claudeFiles } from '../../src/fetch/claude/files.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';
import { version } from '../../src/platform/version.ts';
import { fable, failure, stale, week, window } from '../render/usages.ts';
import { NOW } from '../support/build.ts';
import { fakeSystem } from '../support/system.ts';
import type { FakeSystem } from '../support/system.ts';
import { disk } from '../cache/disk.ts';

/** A time of a file, s. */
const THEN = 1_795_000_000;
const NAME: Variant = { kind: 'plain', color: 'natural', network: true };
const VALIDATORS = '0.1.0 1.5:2:3 absent  fingerprint ""';

let system: FakeSystem;
let directory: AccountDirectory;
let path: string;

beforeEach(() => {
  system = fakeSystem();
  directory = accountDirectory(join(system.root, 'cache'), 'claude');
  path = prerenderedFile(directory, NAME);
  fs.mkdirSync(dirname(path), { recursive: true });
});

const read = (validators = VALIDATORS, on: Partial<FakeSystem> = {}) =>
  validText(readPrerenderedFile({ ...system, ...on }, path, validators));

/** A prerendered line of two texts, each for a minute, with its refresh after two. */
function prepare(changes: { from?: number; refreshAt?: number } = {}): void {
  const texts = [
    { until: NOW + MINUTE, text: 'now' },
    { until: NOW + 2 * MINUTE, text: 'soon' },
  ];
  writePrerendered(
    system,
    directory,
    NAME,
    { from: NOW, refreshAt: NOW + HOUR, texts, ...changes },
    VALIDATORS,
  );
}

/** The file with one thing in it changed. */
function edit(pattern: string | RegExp, by: string): void {
  const text = fs.readFileSync(path, 'utf8');
  const changed = text.replace(pattern, by);
  expect(changed).not.toBe(text);
  fs.writeFileSync(path, changed);
}

describe('a prerendered line', () => {
  it.each([
    ['at once', 0, 'now'],
    ['until its end', MINUTE - 1, 'now'],
    ['the next from then on', MINUTE, 'soon'],
    ['that one until its end', 2 * MINUTE - 1, 'soon'],
    ['nothing when all are over', 2 * MINUTE, null],
    ['nothing a day later', DAY, null],
    ['the first when the clock went back by a moment', -5 * SECOND, 'now'],
    ['nothing when the clock was set back', -5 * SECOND - 1, null],
    ['nothing when the clock was set back by an hour', -HOUR, null],
  ])('shows %s', (_case, after, text) => {
    prepare();
    system.setNow(NOW + after);
    expect(read()).toBe(text);
  });

  it.each([
    [30 * SECOND, 30 * SECOND - 1, 'now'],
    [30 * SECOND, 30 * SECOND, null],
    [0, 0, null],
    [-MINUTE, 0, null],
  ])('with a refresh due after %i ms shows after %i ms: %s', (refreshAt, after, text) => {
    prepare({ refreshAt: NOW + refreshAt });
    system.setNow(NOW + after);
    expect(read()).toBe(text);
    const file = readPrerenderedFile(system, path, VALIDATORS);
    expect(file?.isDue).toBe(text === null);
  });

  it.each([
    ['of another format', FILE_TAG, 'usageline-ready 2'],
    ['of another program', FILE_TAG, 'other-ready 1'],
    ['without the time of its refresh', / \d+ \d+ \d+\n/, '\n'],
    ['without times', /\n\d+ now\n\d+ soon/, '\nnow\nsoon'],
    ['with words for a time', /ready 1 \d+/, 'ready 1 never'],
    ['with a word in the place of the first time', /(ready 1 \d+) \d+/, '$1 once'],
    ['cut off', /\n$/, ''],
    ['with something behind the validators', /$/, 'more\n'],
    ['without validators', /\n# .*\n$/, '\n'],
  ])('with %s is not valid', (_case, pattern, by) => {
    prepare();
    expect(read()).toBe('now');
    edit(pattern, by);
    expect(read()).toBeNull();
  });

  it.each([
    '0.1.1 1.5:2:3 absent  fingerprint ""',
    '0.1.0 1.6:2:3 absent  fingerprint ""',
    '0.1.0 1.5:3:3 absent  fingerprint ""',
    '0.1.0 1.5:2:4 absent  fingerprint ""',
    '0.1.0 absent absent  fingerprint ""',
    '0.1.0 1.5:2:3 1:1:1  fingerprint ""',
    '0.1.0 1.5:2:3 absent 1:1:1 fingerprint ""',
    '0.1.0 1.5:2:3 absent  other ""',
    '0.1.0 1.5:2:3 absent  null ""',
    '0.1.0 1.5:2:3 absent  fingerprint "http://127.0.0.1:1"',
    '.1.0 1.5:2:3 absent  fingerprint ""',
    '0.1.0 1.5:2:3 absent  fingerprint "" ',
    '',
  ])('is not valid when the validators are %s', (validators) => {
    prepare();
    expect(read(validators)).toBeNull();
  });

  it('is absent where there is no file', () => {
    expect(read()).toBeNull();
    expect(readPrerenderedFile(system, join(path, 'below', 'nothing'), VALIDATORS)).toBeNull();
  });

  it.each(['620', '602', '622', '666', '777'])(
    'is not valid with the mode %s, because another user may have written it',
    (mode) => {
      prepare();
      fs.chmodSync(path, Number.parseInt(mode, 8));
      expect(read()).toBeNull();
    },
  );

  it.each(['600', '644', '400'])('is valid with the mode %s', (mode) => {
    prepare();
    fs.chmodSync(path, Number.parseInt(mode, 8));
    expect(read()).toBe('now');
  });

  const owned = (uid: number) =>
    disk({ lstatSync: (file: string) => Object.assign(fs.lstatSync(file), { uid, mode: 0o100600 }) });

  it('is not valid when it belongs to another user, nor for root', () => {
    prepare();
    expect(read(VALIDATORS, { uid: 1000, fs: owned(1001) })).toBeNull();
    expect(read(VALIDATORS, { uid: 1000, fs: owned(0) })).toBeNull();
    expect(read(VALIDATORS, { uid: 1000, fs: owned(1000) })).toBe('now');
    expect(read(VALIDATORS, { uid: 0, fs: owned(1001) })).toBeNull();
    expect(read(VALIDATORS, { uid: 0, fs: owned(0) })).toBe('now');
  });

  it.each([
    '5h 42%\u0007',
    '\u001B]0;OWNED\u0007',
    '\u001B]52;c;aGk=\u0007',
    '\u001B]8;;https://example.test\u001B\\link',
    '\u001B[31mred\u001B[0M',
    '\u001B[2J',
    '\u001B[31',
    '\u001Bc',
    '\u001B',
    '\u009B31m',
    '\u0001text\u0002',
    '\u0001\u001B[31m',
    '\u001B[31m\u0002',
    'back\bspace',
    'a\rb',
    'tab\t',
    'nul\u0000',
    'del\u007F',
    'right \u202E to left',
    'isolated \u2066',
    'line\u2028',
  ])('is not valid with %j in it, which no line of this program contains', (text) => {
    prepare();
    edit(' now', ` ${text}`);
    expect(read()).toBeNull();
  });

  it('is judged quickly, however long its text repeats the beginning of a colour', () => {
    prepare();
    edit(' now', ` ${'\u001B[0;'.repeat(3000)}`);
    const before = performance.now();
    expect(read()).toBeNull();
    expect(performance.now() - before).toBeLessThan(1000);
  });

  const appearance = [true, false].flatMap((color) =>
    Object.keys(OUTPUT_KINDS)
      .filter(isLineKind)
      .map((kind) => ({ kind, color })),
  );

  it.each(appearance)('is valid for the kind $kind, in colour: $color', ({ kind, color }) => {
    const readAt = NOW - 12 * MINUTE;
    const windows = [window({ readAt }), week({ usedPercent: 99, readAt }), fable({ readAt })];
    const usage = stale({ windows, error: failure('timeout') });
    for (const format of [...Object.keys(PRESETS), '{5h.percent} {5h.reset} ▸ ünï']) {
      const text = renderOutput(kind, usage, {
        color,
        countdowns: true,
        appearance: localAppearance(system, DEFAULT_APPEARANCE, format),
      });
      prepare();
      edit(' now', ` ${text}`);
      expect(read()).toBe(text);
    }
  });

  it('is valid with any mode on a platform without users', () => {
    prepare();
    fs.chmodSync(path, 0o666);
    expect(read(VALIDATORS, { uid: null })).toBe('now');
  });

  it.each<[string, (file: string) => unknown]>([
    ['a directory', (file) => fs.mkdirSync(file)],
    ['a FIFO', (file) => execFileSync('mkfifo', [file])],
    ['a link to nowhere', (file) => fs.symlinkSync('nowhere', file)],
  ])('is not valid where %s is in its place', (_case, arrange) => {
    arrange(path);
    expect(read()).toBeNull();
  });

  it('is not read through a link', () => {
    prepare();
    fs.renameSync(path, `${path}.real`);
    fs.symlinkSync(`${path}.real`, path);
    expect(read()).toBeNull();
  });

  it.each([
    [64 * 1024, 'now'],
    [64 * 1024 + 1, null],
  ])('of %i bytes shows %s', (size, text) => {
    prepare();
    const padding = size - fs.statSync(path).size;
    edit(/\n# /, `\n9 ${'x'.repeat(padding - 3)}\n# `);
    expect(fs.statSync(path).size).toBe(size);
    expect(read()).toBe(text);
  });

  it('never comes from a file without the validators, and no file makes it throw', () => {
    const scrap = fc.constantFrom(
      FILE_TAG,
      ' ',
      '\n',
      '# ',
      '9999999999',
      '0',
      'text',
      VALIDATORS,
      '-',
      '1e999',
    );
    const soup = fc.array(scrap, { maxLength: 20 }).map((all) => all.join(''));
    const any = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      soup.map((text) => Buffer.from(text)),
      soup.map((text) => Buffer.from(`${FILE_TAG} 9999999999 0 0\n${text}\n# ${VALIDATORS}\n`)),
    );
    fc.assert(
      fc.property(any, (bytes) => {
        fs.writeFileSync(path, bytes);
        const text = read();
        if (text === null) return;
        expect(bytes.toString().endsWith(`\n# ${VALIDATORS}\n`)).toBe(true);
        expect(text).not.toContain('\n');
      }),
      { numRuns: 500 },
    );
  });
});

describe('a prerendered line of a format', () => {
  const texts = [{ until: NOW + MINUTE, text: 'bars' }];
  const write = (format: string) => {
    const prepared = { from: NOW, refreshAt: NOW + HOUR, texts };
    // The file that another format's name would be of, had both the same hash.
    writePrerendered(system, directory, { ...NAME, format }, prepared, VALIDATORS);
    fs.renameSync(prerenderedFile(directory, { ...NAME, format }), path);
  };

  it.each([
    ['bars', 'bars', 'bars'],
    ['bars', 'compact', null],
    ['{5h.used} # x', '{5h.used} # x', 'bars'],
  ])('written for %j and read for %j: %j', (written, wanted, text) => {
    write(written);
    expect(validText(readPrerenderedFile(system, path, VALIDATORS, wanted))).toBe(text);
  });
});

describe('the file name of a variant', () => {
  it.each<[Variant, string]>([
    [{ kind: 'zsh', color: 'natural', network: true }, 'zsh'],
    [{ kind: 'plain', color: 'color', network: true }, 'plain-color'],
    [{ kind: 'tmux', color: 'mono', network: true }, 'tmux-mono'],
    [{ kind: 'plain', color: 'terminal', network: true }, 'plain-terminal'],
    [{ kind: 'zsh', color: 'natural', network: false }, 'zsh-off'],
    [{ kind: 'zsh', color: 'mono', network: false }, 'zsh-mono-off'],
    [{ kind: 'plain', color: 'natural', network: true, format: 'bars' }, 'plain~yizcw7'],
    [{ kind: 'plain', color: 'color', network: false, format: '{5h.used} ⚡' }, 'plain-color-off~1j67n6e'],
    [
      { kind: 'statusline', color: 'natural', network: true, format: 'bars', model: 'fable' },
      'statusline~yizcw7@fable',
    ],
  ])('of %o is %s', (name, file) => {
    expect(variantFileName(name)).toBe(file);
  });
});

describe('the validators', () => {
  const validators = (on: Partial<FakeSystem> = {}) =>
    validatorsOf({ ...system, ...on }, claudeFiles, directory);

  beforeEach(() => {
    fs.mkdirSync(join(system.root, '.claude'));
    fs.mkdirSync(join(system.root, '.config', 'claude'), { recursive: true });
    fs.writeFileSync(join(system.root, '.claude', '.credentials.json'), '{}');
    fs.writeFileSync(directory.entry, '{}');
    fs.utimesSync(directory.entry, THEN, THEN);
  });

  it('begin with the version of the program', () => {
    expect(validators().split(' ')[0]).toBe(version);
  });

  it('are one line, and the same while no file changes', () => {
    expect(validators()).toBe(validators());
    expect(validators({ env: { USAGELINE_API_BASE_URL: 'a\nb\u2028"' } })).not.toContain('\n');
  });

  it.each<[string, () => void]>([
    ['the entry is written', () => fs.writeFileSync(directory.entry, '{"a":1}')],
    ['the entry is touched', () => fs.utimesSync(directory.entry, 1, 1)],
    ['the entry is gone', () => fs.unlinkSync(directory.entry)],
    [
      'the entry is replaced by one of the same size and time',
      () => {
        fs.copyFileSync(directory.entry, `${directory.entry}.new`);
        fs.utimesSync(`${directory.entry}.new`, THEN, THEN);
        fs.renameSync(`${directory.entry}.new`, directory.entry);
      },
    ],
    [
      'the entry is of another size and the same time',
      () => {
        fs.writeFileSync(directory.entry, '{"a":1}');
        fs.utimesSync(directory.entry, THEN, THEN);
      },
    ],
    ['there is a lock', () => fs.writeFileSync(directory.backoff, '{}')],
    ['credentials are gone', () => fs.unlinkSync(join(system.root, '.claude', '.credentials.json'))],
    ['credentials are touched', () => fs.utimesSync(join(system.root, '.claude', '.credentials.json'), 1, 1)],
    [
      'there are credentials elsewhere',
      () => fs.writeFileSync(join(system.root, '.config', 'claude', '.credentials.json'), '{}'),
    ],
  ])('change when %s', (_case, happen) => {
    const before = validators();
    happen();
    expect(validators()).not.toBe(before);
  });

  it('change with the base URL, and on macOS with the result of the keychain query', () => {
    const before = validators({ platform: 'darwin' });
    expect(validators({ env: { USAGELINE_API_BASE_URL: 'https://example.com' } })).not.toBe(validators());
    fs.writeFileSync(directory.keychain, '{}');
    expect(validators({ platform: 'darwin' })).not.toBe(before);
  });

  it('distinguish files by mtimes that differ by a fraction of a millisecond', () => {
    fs.utimesSync(directory.entry, 1_795_000_000.0001, 1_795_000_000.0001);
    const before = fileFingerprint(system, directory.entry);
    fs.utimesSync(directory.entry, 1_795_000_000.0002, 1_795_000_000.0002);
    expect(fileFingerprint(system, directory.entry)).not.toBe(before);
  });
});
