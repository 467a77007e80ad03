import fs from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { accountDirectory } from '../../src/cache/directory.ts';
import type { AccountDirectory } from '../../src/cache/directory.ts';
import { ensurePrerenderedDirectory, listVariants, writePrerendered } from '../../src/prerender/write.ts';
import { removeMarkers, sweepPrerendered, sweepOldEnvironments } from '../../src/prerender/cleanup.ts';
import {
  parseVariantFileName,
  prerenderedFile,
  variantFileName,
  STATUSLINE_KIND,
} from '../../src/prerender/variant.ts';
import { referenceOf, writeReferences } from '../../src/prerender/references.ts';
import type { TimedTexts } from '../../src/prerender/format.ts';
import type { Reference } from '../../src/prerender/references.ts';
import { readPrerenderedFile } from '../../src/prerender/read.ts';
import { validText } from './valid-text.ts';
import type { Variant } from '../../src/prerender/variant.ts';
import { HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';
import { NOW } from '../support/build.ts';
import { fakeSystem } from '../support/system.ts';
import type { FakeSystem } from '../support/system.ts';
import { disk, failing, modeOf } from '../cache/disk.ts';

const NAME: Variant = { kind: 'zsh', color: 'natural', network: true };
const VALIDATORS = '0.1.0 absent absent  fingerprint ""';

let system: FakeSystem;
let directory: AccountDirectory;
let path: string;

beforeEach(() => {
  system = fakeSystem();
  directory = accountDirectory(join(system.root, 'cache'), 'claude');
  path = prerenderedFile(directory, NAME);
  fs.mkdirSync(directory.prerendered, { recursive: true });
});

/** So many texts, each for so long. */
const stagesOf = (count: number, ms: number) =>
  Array.from({ length: count }, (_, index) => ({ until: NOW + (index + 1) * ms, text: `text ${index}` }));
const timed = (changes: Partial<TimedTexts> = {}): TimedTexts => ({
  from: NOW,
  refreshAt: NOW + HOUR,
  texts: stagesOf(3, MINUTE),
  ...changes,
});
const write = (what: TimedTexts | null, on: Partial<FakeSystem> = {}) =>
  writePrerendered({ ...system, ...on }, directory, NAME, what, VALIDATORS);
const linesOf = (file: string) => fs.readFileSync(file, 'utf8').split('\n');
const names = () => fs.readdirSync(directory.prerendered).sort();
const second = (ms: number) => Math.floor(ms / SECOND);

/** What no two files have in common: a random number, which is the first here. */
const ID = '1';

describe('the line of the status line, which only this program reads', () => {
  const variant: Variant = { kind: STATUSLINE_KIND, color: 'natural', network: true };
  const statusline = () => prerenderedFile(directory, variant);
  const writeIt = (changes: Partial<TimedTexts> = {}, on: Partial<FakeSystem> = {}) =>
    writePrerendered({ ...system, ...on }, directory, variant, timed(changes), VALIDATORS);
  const read = (at = NOW) =>
    validText(readPrerenderedFile({ ...system, now: () => at }, statusline(), VALIDATORS));

  it('is replaced and read like any other', () => {
    writeIt({ texts: stagesOf(1, HOUR) });
    writeIt();
    expect([read(), read(NOW + MINUTE), read(NOW + 3 * MINUTE)]).toEqual(['text 0', 'text 1', null]);
    expect(modeOf(statusline())).toBe(0o600);
  });

  it('has only one file', () => {
    writeIt({ texts: stagesOf(60, MINUTE), refreshAt: NOW + 48 * HOUR });
    expect(names()).toEqual([STATUSLINE_KIND]);
    expect([read(), read(NOW + 3 * MINUTE), read(NOW + 4 * MINUTE)]).toEqual(['text 0', 'text 3', null]);
  });

  it('is not valid when only a part of the file was written', () => {
    writeIt();
    const text = fs.readFileSync(statusline(), 'utf8');
    for (let length = 0; length < text.length; length += 1) {
      fs.writeFileSync(statusline(), text.slice(0, length));
      expect(read()).toBeNull();
    }
  });

  it('is not written through a link in its place', () => {
    const other = join(system.root, 'other');
    fs.writeFileSync(other, 'other');
    const racing = Object.create(system.fs) as typeof system.fs;
    racing.writeFileSync = (...args: Parameters<typeof fs.writeFileSync>) => {
      fs.symlinkSync(other, statusline());
      fs.writeFileSync(...args);
    };
    writeIt({}, { fs: racing });
    expect(fs.readFileSync(other, 'utf8')).toBe('other');
  });
});

describe('the file of a prerendered line', () => {
  it('has the documented format', () => {
    write(timed(), { platform: 'darwin' });
    expect(fs.readFileSync(path, 'utf8')).toBe(
      [
        `usageline-ready 1 ${second(NOW) + 180} ${second(NOW)} ${ID}`,
        `${second(NOW) + 60} text 0`,
        `${second(NOW) + 120} text 1`,
        `${second(NOW) + 180} text 2`,
        `# ${VALIDATORS}`,
        '',
      ].join('\n'),
    );
    expect(fs.existsSync(`${path}.later`)).toBe(false);
  });

  it('is read as it was written', () => {
    write(timed());
    for (const [after, text] of [
      [0, 'text 0'],
      [MINUTE, 'text 1'],
      [3 * MINUTE - 1, 'text 2'],
      [3 * MINUTE, null],
    ] as const) {
      system.setNow(NOW + after);
      expect(validText(readPrerenderedFile(system, path, VALIDATORS))).toBe(text);
    }
  });

  it('rounds the ends of texts down, and the time of the refresh up', () => {
    const texts = [
      { until: NOW + 1999, text: 'a' },
      { until: NOW + 2 * MINUTE - 1, text: 'b' },
    ];
    write(timed({ from: NOW + 999, refreshAt: NOW + 1001, texts }));
    const [head, first, then] = linesOf(path);
    expect(head!.split(' ').slice(2, 4)).toEqual([`${second(NOW) + 2}`, `${second(NOW)}`]);
    expect([first, then]).toEqual([`${second(NOW) + 1} a`, `${second(NOW) + 119} b`]);
  });

  it('has the end of its first text as its mtime, to the millisecond', () => {
    write(timed({ texts: [{ until: NOW + 61_234, text: 'a' }] }));
    expect(fs.statSync(path).mtimeMs).toBeCloseTo(NOW + 61_234, 2);
  });

  it('is readable by its user alone', () => {
    const umask = process.umask(0);
    write(timed({ texts: stagesOf(60, MINUTE) }));
    process.umask(umask);
    expect([modeOf(path), modeOf(`${path}.later`)]).toEqual([0o600, 0o600]);
  });

  it.each([
    ['one a minute', stagesOf(60, MINUTE), 4],
    ['one every ten seconds', stagesOf(60, 10 * SECOND), 8],
    ['one an hour', stagesOf(24, HOUR), 1],
    ['a few', stagesOf(2, MINUTE), 2],
    ['one until just before four minutes, and more', stagesOf(9, 4 * MINUTE - 1), 2],
  ])('has near texts and later texts in two files: %s', (_case, texts, near) => {
    write(timed({ texts, refreshAt: NOW + 48 * HOUR }));
    const lines = texts.map(({ until, text }) => `${second(until)} ${text}`);
    const [head, ...rest] = linesOf(path);
    expect(rest.slice(0, -2)).toEqual(lines.slice(0, near));
    const later = lines.slice(near);
    if (later.length === 0) expect(fs.existsSync(`${path}.later`)).toBe(false);
    else expect(linesOf(`${path}.later`)).toEqual([ID, ...later, '']);
    // A reader of the near part alone starts a refresh when that part ends.
    expect(Number(head!.split(' ')[2])).toBe(second(texts[near - 1]!.until));
  });

  it('is never larger than a file that is read', () => {
    const texts = stagesOf(8, 20 * SECOND).map((stage) => ({
      ...stage,
      text: 'x'.repeat(5000) + stage.text,
    }));
    write(timed({ texts }));
    expect(fs.statSync(path).size).toBeLessThanOrEqual(16 * 1024);
    expect(validText(readPrerenderedFile(system, path, VALIDATORS))).toMatch(/text 0$/);
    expect(linesOf(path).length - 3 + linesOf(`${path}.later`).length - 2).toBe(8);
  });

  it.each([null, timed({ texts: [] })])('is removed when there are no texts', (nothing) => {
    write(timed());
    write(nothing);
    expect(names()).toEqual([]);
    expect(() => write(nothing)).not.toThrow();
  });

  it.each(['ENOSPC', 'EROFS', 'EDQUOT', 'EIO'])(
    'is the old one when the new one cannot be written: %s',
    (reason) => {
      write(timed());
      const before = fs.readFileSync(path, 'utf8');
      const writeFileSync = (file: string) => {
        fs.writeFileSync(file, 'half');
        failing(reason)();
      };
      write(timed({ texts: stagesOf(1, SECOND) }), { fs: disk({ writeFileSync }) });
      write(timed({ texts: stagesOf(1, SECOND) }), { fs: disk({ futimesSync: failing(reason) }) });
      write(timed({ texts: stagesOf(1, SECOND) }), { fs: disk({ renameSync: failing(reason) }) });
      expect(fs.readFileSync(path, 'utf8')).toBe(before);
      expect(names().filter((name) => name.startsWith('.'))).toEqual([]);
    },
  );

  it('is not written through a link with the name of its temporary file', () => {
    const victim = join(system.root, 'victim');
    fs.writeFileSync(victim, 'other');
    fs.symlinkSync(victim, join(directory.prerendered, '.new.0'));
    write(timed());
    expect(fs.readFileSync(victim, 'utf8')).toBe('other');
  });
});

describe('the files for the launcher', () => {
  const PLAIN: Variant = { ...NAME, kind: 'plain' };
  const small = (changes: Partial<TimedTexts> = {}, on: Partial<FakeSystem> = {}) =>
    writePrerendered({ ...system, ...on }, directory, PLAIN, timed(changes), VALIDATORS);
  /** Of each: what is in it, and how long it lasts, seconds. */
  const files = () =>
    names()
      .filter((name) => /\.\d+$/.test(name))
      .sort((one, other) => Number(one.split('.')[1]) - Number(other.split('.')[1]))
      .map((name) => {
        const file = join(directory.prerendered, name);
        const lasts = (fs.statSync(file).mtimeMs - NOW) / SECOND;
        return [name, ...linesOf(file).slice(0, -1), lasts];
      });
  const at = (ms: number, text: string) => `${second(NOW + ms)} ${text}`;
  const a = { until: NOW + 30 * SECOND, text: 'a' };
  const b = { until: NOW + 90 * SECOND, text: 'b' };

  it('have the ends of their texts as mtimes', () => {
    small({ texts: [a, b] });
    expect(files()).toEqual([
      ['plain.1', 'a', 30],
      ['plain.2', 'b', 90],
    ]);
  });

  it('end when a refresh is due, and others begin there', () => {
    small({ texts: [a, b], refreshAt: NOW + 45 * SECOND });
    expect(files()).toEqual([
      ['plain.1', 'a', 30],
      ['plain.2', 'b', 45],
      ['plain.9', 'b', 90],
    ]);
    small({ texts: [a, b], refreshAt: a.until });
    expect(files()).toEqual([
      ['plain.1', 'a', 30],
      ['plain.9', 'b', 90],
    ]);
    small({ texts: [a, b], refreshAt: NOW });
    expect(files()).toEqual([
      ['plain.9', 'a', 30],
      ['plain.10', 'b', 90],
    ]);
  });

  it('have several texts each far ahead, with the time at which the first one begins', () => {
    small({ texts: stagesOf(7, MINUTE), refreshAt: NOW });
    const later = [5, 6, 7].map((minutes) => at(minutes * MINUTE, `text ${minutes - 1}`));
    expect(files().slice(4)).toEqual([['plain.13', String(second(NOW + 4 * MINUTE)), ...later, 7 * 60]]);
  });

  it('have each text once and in order, however many there are', () => {
    const texts = stagesOf(200, MINUTE);
    small({ texts, refreshAt: NOW + 3 * MINUTE });
    const all = files().flatMap(([name, ...lines]) =>
      Number(String(name).split('.')[1]) < 13 ? lines[0] : lines.slice(1, -1),
    );
    expect(all).toEqual([
      ...texts.slice(0, 7).map(({ text }) => text),
      ...texts.slice(7).map(({ text }, index) => at((index + 8) * MINUTE, text)),
    ]);
    // Each file is as old as the last of its lines, and begins where the one before it ends.
    const [, ...following] = files().slice(7);
    const before = files().slice(7, -1);
    expect(following.map(([, begins]) => begins)).toEqual(
      before.map((file) => String(second(NOW) + Number(file.at(-1)))),
    );
    for (const [, ...lines] of files().slice(7))
      expect(String(lines.at(-2)).split(' ')[0]).toBe(String(second(NOW) + Number(lines.at(-1))));
  });

  it('have increasing mtimes, however fast the texts change', () => {
    small({ texts: stagesOf(60, SECOND), refreshAt: NOW + 20 * SECOND });
    const ends = files().map((file) => file.at(-1) as number);
    expect(ends.slice(0, 12)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(ends).toEqual(ends.toSorted((one, other) => one - other));
    expect(ends.at(-1)).toBe(60);
  });

  it('leave out texts that are shorter than the second by which ends are rounded down', () => {
    const short = { until: a.until + 400, text: 'short' };
    small({ texts: [{ ...a, until: a.until + 100 }, short, b] });
    expect(files()).toEqual([
      ['plain.1', 'a', 30],
      ['plain.2', 'b', 90],
    ]);
  });

  it('are readable by their user alone, and none is left of an earlier write', () => {
    small({ texts: stagesOf(60, MINUTE), refreshAt: NOW + 3 * MINUTE });
    small({ texts: [a] });
    expect(files()).toEqual([['plain.1', 'a', 30]]);
    expect(modeOf(join(directory.prerendered, 'plain.1'))).toBe(0o600);
  });

  it('are removed when they cannot be replaced', () => {
    small({ texts: stagesOf(60, MINUTE), refreshAt: NOW + 3 * MINUTE });
    small({}, { fs: disk({ renameSync: failing('EIO') }) });
    expect(files()).toEqual([]);
  });

  it('are all absent where one of them cannot be written, because a later one would take its place', () => {
    for (const turn of [1, 2, 9]) {
      small();
      const renameSync = (from: string, to: string) =>
        to.endsWith(`.${turn}`) ? failing('ENOSPC')() : fs.renameSync(from, to);
      small({ texts: stagesOf(60, MINUTE), refreshAt: NOW + 3 * MINUTE }, { fs: disk({ renameSync }) });
      expect(files()).toEqual([]);
      expect(linesOf(prerenderedFile(directory, PLAIN))[1]).toContain('text 0');
    }
  });

  it('are all absent when another process has written the line meanwhile', () => {
    let other = false;
    const renameSync = (from: string, to: string) => {
      fs.renameSync(from, to);
      if (!to.endsWith('.3') || other) return;
      other = true;
      writePrerendered({ ...system, random: () => 0.5 }, directory, PLAIN, timed({ texts: [a] }), VALIDATORS);
    };
    small({ texts: stagesOf(60, MINUTE) }, { fs: disk({ renameSync }) });
    expect(other).toBe(true);
    expect(files()).toEqual([]);
    expect(linesOf(prerenderedFile(directory, PLAIN))[1]).toContain(' a');
  });

  it.each<[string, Variant]>([
    ['without network', { ...PLAIN, network: false }],
    ['in colours that are not usual', { ...PLAIN, color: 'color' }],
    ['of a model', { ...PLAIN, model: 'fable' }],
    ['as an object', { ...PLAIN, kind: 'json' }],
    ['of the status line', { ...PLAIN, kind: 'statusline' }],
    ['of a shell’s hook', NAME],
  ])('are absent for a line %s, which the launcher does not print', (_what, name) => {
    writePrerendered(system, directory, name, timed(), VALIDATORS);
    expect(files()).toEqual([]);
  });

  it('exist for each kind that the launcher prints and no hook reads', () => {
    const launcher = fs.readFileSync(new URL('../../bin/usageline-prompt', import.meta.url), 'utf8');
    const [, printed = ''] = /^ *case \$\{kind%-mono\} in\n *([a-z0-9 |]+)\) ;;$/m.exec(launcher) ?? [];
    const kinds = printed.split(' | ').filter((kind) => !['zsh', 'bash', 'fish'].includes(kind));
    expect(kinds).toContain('plain');
    for (const kind of kinds) {
      writePrerendered(system, directory, { kind, color: 'mono', network: true }, timed(), VALIDATORS);
      expect(names()).toContain(`${kind}-mono.1`);
    }
  });

  it('are as many as the launcher reads', () => {
    const launcher = fs.readFileSync(new URL('../../bin/usageline-prompt', import.meta.url), 'utf8');
    const turns = [...launcher.matchAll(/^for turn in ([0-9 ]+) none; do$/gm)]
      .map(([, some]) => some)
      .join(' ');
    // Until both have as many as they can.
    small({ texts: stagesOf(8, SECOND), refreshAt: NOW + 8 * SECOND });
    const single = files().map(([name]) => name);
    small({ texts: stagesOf(500, MINUTE), refreshAt: NOW });
    const several = files().map(([name]) => name);
    expect([...single, ...several]).toEqual(turns.split(' ').map((turn) => `plain.${turn}`));
  });
});

describe('the directory of the prerendered lines', () => {
  it('is made for its user alone, and kept', () => {
    fs.rmdirSync(directory.prerendered);
    expect(ensurePrerenderedDirectory(system, directory)).toBe(true);
    expect(modeOf(directory.prerendered) & 0o077).toBe(0);
    expect(names()).toEqual([]);
    expect(ensurePrerenderedDirectory(system, directory)).toBe(true);
  });

  it.each(['EACCES', 'EROFS', 'ENOENT', 'ENOSPC'])(
    'makes prerendering do nothing when it cannot be made (%s)',
    (reason) => {
      const locked = { ...system, fs: disk({ mkdirSync: failing(reason) }) };
      expect(ensurePrerenderedDirectory(locked, directory)).toBe(false);
    },
  );

  it('has a list of variants without other files', () => {
    for (const name of [
      'zsh',
      'plain-mono',
      'tmux-color-off',
      'zsh.later',
      'since.1',
      'till.2',
      '.new.12',
      'Zsh',
    ])
      fs.writeFileSync(join(directory.prerendered, name), '');
    expect(listVariants(system, directory).map(variantFileName).sort()).toEqual([
      'plain-mono',
      'tmux-color-off',
      'zsh',
    ]);
  });

  it('has a list of variants with the formats in their files', () => {
    const formats = ['bars', '{5h.used} ~ # ⚡', undefined];
    for (const format of formats) {
      const name = { ...NAME, ...(format !== undefined && { format }) };
      writePrerendered(system, directory, name, timed(), VALIDATORS);
    }
    const listed = listVariants(system, directory).map(({ format }) => format);
    expect(listed.sort()).toEqual(formats.toSorted());
  });

  it('has a list of variants without files whose format does not match their name', () => {
    const name = { ...NAME, format: 'bars' };
    writePrerendered(system, directory, name, timed(), VALIDATORS);
    const path = join(directory.prerendered, variantFileName(name));
    fs.writeFileSync(path, fs.readFileSync(path, 'utf8').replace('~ bars', '~ compact'));
    expect(listVariants(system, directory)).toEqual([]);
    fs.writeFileSync(path, '');
    expect(listVariants(system, directory)).toEqual([]);
  });

  it('has an empty list of variants where it does not exist', () => {
    expect(listVariants(system, accountDirectory(system.root, 'none'))).toEqual([]);
  });

  it.each([
    '',
    'zsh-',
    'zsh-blue',
    'zsh-off-mono',
    '-off',
    'zsh.later',
    '../zsh',
    'zsh\n',
    'ZSH',
    'since.1',
    'zsh~yizcw7',
  ])('has no variant in the file %j', (name) => {
    expect(parseVariantFileName(name)).toBeNull();
  });

  it.each(['zsh', 'zsh-mono', 'plain-color', 'tmux-off', 'zsh-mono-off', 'i3blocks-mono', 'plain-color-off'])(
    'has a line called %s',
    (name) => {
      expect(variantFileName(parseVariantFileName(name)!)).toBe(name);
    },
  );

  it('is swept of temporary files that are more than an hour old, and of no others', () => {
    write(timed({ texts: stagesOf(60, MINUTE) }));
    fs.writeFileSync(join(directory.prerendered, '.new.1'), '');
    fs.mkdirSync(join(directory.prerendered, '.kept'));
    const pointers = join(directory.root, 'accounts');
    fs.mkdirSync(pointers);
    for (const name of ['.new.7', '.claude', '%2Fhome%2Fada']) fs.writeFileSync(join(pointers, name), '');
    const real = (ms: number) => ({ ...system, now: () => Date.now() + ms });
    const lines = ['zsh', 'zsh.later'];
    sweepPrerendered(real(HOUR - MINUTE), directory);
    expect(names()).toEqual(['.kept', '.new.1', ...lines]);
    fs.rmdirSync(join(directory.prerendered, '.kept'));
    sweepPrerendered(real(HOUR + MINUTE), directory);
    expect(names()).toEqual(lines);
    expect(fs.readdirSync(pointers).sort()).toEqual(['%2Fhome%2Fada', '.claude']);
    expect(() => sweepPrerendered(system, accountDirectory(system.root, 'none'))).not.toThrow();
  });
});

describe('the markers of the launcher', () => {
  /** By the clock of the file system, which no test moves. */
  let startedAt = 0;
  const start = (name: string) => {
    const path = join(directory.prerendered, name);
    fs.writeFileSync(path, '');
    startedAt = fs.statSync(path).ctimeMs;
  };
  const later = (ms: number) => ({ ...system, now: () => startedAt + ms });

  it('are removed a minute later, when the launcher ignores them', () => {
    start('.asked.4711');
    start('.kept');
    sweepPrerendered(later(MINUTE / 2), directory);
    expect(names()).toEqual(['.asked.4711', '.kept']);
    sweepPrerendered(later(2 * MINUTE), directory);
    expect(names()).toEqual(['.kept']);
  });

  it('are removed at once where no refresh is needed', () => {
    start('.asked.4711');
    start('.asked.4722');
    start('.kept');
    removeMarkers(system, directory);
    expect(names()).toEqual(['.kept']);
  });
});

describe('the lines of another environment', () => {
  it('are removed when they have not been written for a week, but never the present ones', () => {
    const at = (name: string, days: number) => {
      const path = join(directory.path, name);
      fs.mkdirSync(join(path), { recursive: true });
      fs.writeFileSync(join(path, 'zsh'), '');
      const then = NOW / SECOND - days * 86_400;
      fs.utimesSync(path, then, then);
    };
    at('ready', 8);
    at('ready-0123abcd', 8);
    at('ready-0123abce', 6);
    at('ready-4567abcd', 8);
    at('ready-elsewhere', 8);
    sweepOldEnvironments(system, accountDirectory(directory.root, 'claude', '4567abcd'));
    const left = fs.readdirSync(directory.path).sort();
    expect(left).toEqual(['ready', 'ready-0123abce', 'ready-4567abcd', 'ready-elsewhere']);
    expect(() => sweepOldEnvironments(system, accountDirectory(system.root, 'none'))).not.toThrow();
  });
});

describe('the references to credentials and configuration', () => {
  const byTime = (mtime: number | null): Reference | null =>
    mtime === null ? null : { mtime, target: null };
  const marks = (login: number | null, config: number | null) =>
    [
      ['1', byTime(login)],
      ['config', byTime(config)],
    ] as const;
  const inReady = (name: string) => join(directory.prerendered, name);
  const mark = (name: string) => fs.statSync(inReady(name)).mtimeMs;
  const file = () => join(system.root, 'credentials');
  const aged = (path: string, seconds: number) => {
    fs.writeFileSync(path, '');
    // A number below zero is the present for Node.
    fs.utimesSync(path, new Date(seconds * SECOND), new Date(seconds * SECOND));
    return path;
  };
  const written = (path: string) => {
    writeReferences(system, directory, [['1', referenceOf(system, path)]]);
    return fs.lstatSync(inReady('since.1')).isSymbolicLink() ? fs.readlinkSync(inReady('since.1')) : 'a file';
  };

  it.each([1_795_000_000_000, 1_795_000_000_123.25, 1_795_000_000_999.75])(
    'lie on both sides of %d, within a millisecond or so',
    (mtime) => {
      fs.writeFileSync(file(), '');
      fs.utimesSync(file(), mtime / SECOND, mtime / SECOND);
      const real = fs.statSync(file()).mtimeMs;
      writeReferences(system, directory, [['1', referenceOf(system, file())]]);
      expect(mark('since.1')).toBeLessThan(real);
      expect(mark('till.1')).toBeGreaterThan(real);
      expect(mark('till.1') - mark('since.1')).toBeLessThan(2.1);
    },
  );

  it.each([-86_400, -1, 0, 1, 315_532_800, 499_162_500])(
    'mark a file of %d s after 1970 as one whose time proves nothing',
    (seconds) => {
      expect(written(aged(file(), seconds))).toBe('.unknown');
      expect(fs.existsSync(inReady('since.1'))).toBe(false);
      expect(mark('till.1')).toBeCloseTo(Math.max(0, seconds * SECOND + 1), 1);
    },
  );

  it.each([-1, 0, 1, 1_700_000_000])('have the target of a link to a file of %d s after 1970', (seconds) => {
    const store = aged(join(system.root, 'store'), seconds);
    fs.symlinkSync(store, file());
    expect(written(file())).toBe(fs.realpathSync(store));
    const other = aged(join(system.root, 'store-2'), seconds);
    fs.unlinkSync(file());
    fs.symlinkSync(other, file());
    expect(written(file())).toBe(fs.realpathSync(other));
    fs.unlinkSync(file());
    fs.writeFileSync(file(), '');
    expect(written(file())).toBe('a file');
  });

  it('have the target of a linked directory, and ignore a link to the home directory', () => {
    const folder = join(system.root, 'generation');
    fs.mkdirSync(folder);
    const real = aged(join(folder, 'config.toml'), 1_700_000_000);
    const link = join(system.root, 'linked');
    fs.symlinkSync(folder, link);
    expect(referenceOf(system, join(link, 'config.toml'))?.target).toBe(fs.realpathSync(real));
    const atHome = { ...system, home: () => link };
    expect(referenceOf(atHome, join(link, 'config.toml'))?.target).toBe(null);
  });

  it('rely on any other mtime, whether there is a link or not', () => {
    fs.writeFileSync(join(system.root, 'store'), '');
    fs.utimesSync(join(system.root, 'store'), NOW / SECOND + 0.5, NOW / SECOND + 0.5);
    fs.symlinkSync(join(system.root, 'store'), file());
    expect(written(file())).toBe('a file');
    expect(written(join(system.root, 'store'))).toBe('a file');
  });

  it.each([['EPERM'], ['ENOSPC']])('are removed where no link can be made: %s', (reason) => {
    writeReferences(system, directory, [['1', byTime(NOW)]]);
    const fails = { ...system, fs: disk({ symlinkSync: failing(reason) }) };
    writeReferences(fails, directory, [['1', referenceOf(system, aged(file(), 0))]]);
    expect(names()).toEqual(['till.1']);
  });

  it('have only a time of 1970 for a file that is absent or cannot be examined', () => {
    writeReferences(system, directory, marks(NOW, null));
    writeReferences(system, directory, [
      ['1', referenceOf(system, join(system.root, 'absent'))],
      ['config', byTime(NOW)],
    ]);
    expect(names()).toEqual(['since.config', 'till.1', 'till.config']);
    expect(mark('till.1')).toBe(0);
    expect(referenceOf({ ...system, fs: disk({ statSync: failing('EACCES') }) }, file())).toBe(null);
  });

  it('are not replaced while they are right', () => {
    const link = ['2', { mtime: 1000, target: '/store/file' }] as const;
    const right = [...marks(NOW + 0.4567, null), link];
    writeReferences(system, directory, right);
    const locked = { ...system, fs: disk({ writeFileSync: failing('EROFS') }) };
    const inodes = () => names().map((name) => fs.lstatSync(inReady(name)).ino);
    const before = inodes();
    writeReferences(system, directory, right);
    expect(inodes()).toEqual(before);
    expect(() => writeReferences(locked, directory, marks(NOW + 1, NOW))).not.toThrow();
    expect(inodes()).toEqual(before);
  });

  const floor = (by: number) => (ms: number) => Math.floor(ms / by) * by;
  const roundings: [string, (ms: number) => number][] = [
    ['to whole seconds, down', floor(SECOND)],
    ['to every other second, down', floor(2 * SECOND)],
    ['to the nearest second', (ms) => Math.round(ms / SECOND) * SECOND],
    ['to every other second, up', (ms) => Math.ceil(ms / (2 * SECOND)) * 2 * SECOND],
    ['to hundredths of a second', floor(10)],
  ];
  /** A file system that keeps times so. */
  const coarse = (round: (ms: number) => number) => {
    const futimesSync = (fd: number, _atime: number, mtime: number) => {
      const kept = round(mtime * SECOND) / SECOND;
      fs.futimesSync(fd, kept, kept);
    };
    return { ...system, fs: disk({ futimesSync }) };
  };
  const TIMES = [NOW, NOW + 1, NOW + 499, NOW + 500, NOW + 999, NOW + 1000, NOW + 1700, NOW + 1999.5];

  it.each(roundings)("have mtimes on both sides of the file's where times are rounded %s", (_case, round) => {
    for (const mtime of TIMES) {
      writeReferences(coarse(round), directory, [['1', byTime(mtime)]]);
      expect(mark('since.1'), String(mtime)).toBeLessThan(mtime);
      expect(mark('till.1'), String(mtime)).toBeGreaterThan(mtime);
      expect(mark('till.1') - mark('since.1')).toBeLessThanOrEqual(6 * SECOND);
    }
  });

  it.each(roundings)(
    'have them after the second write where the rounding shows only later: %s',
    (_case, round) => {
      for (const mtime of TIMES) {
        for (const name of names()) fs.unlinkSync(inReady(name));
        for (let turn = 0; turn < 2; turn += 1) {
          writeReferences(system, directory, [['1', byTime(mtime)]]);
          for (const name of names()) {
            const kept = round(mark(name)) / SECOND;
            fs.utimesSync(inReady(name), kept, kept);
          }
        }
        expect(mark('since.1'), String(mtime)).toBeLessThan(mtime);
        expect(mark('till.1'), String(mtime)).toBeGreaterThan(mtime);
      }
    },
  );

  it('replace a link in their place', () => {
    const victim = join(system.root, 'victim');
    fs.writeFileSync(victim, '');
    fs.symlinkSync(victim, inReady('till.1'));
    fs.symlinkSync(victim, inReady('since.1'));
    writeReferences(system, directory, [['1', byTime(NOW)]]);
    expect(fs.lstatSync(inReady('till.1')).isFile()).toBe(true);
    expect(fs.lstatSync(inReady('since.1')).isFile()).toBe(true);
    expect(fs.statSync(victim).mtimeMs).toBeGreaterThan(NOW);
  });
});
