import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { setInToml, tomlText, unsetInToml } from '../../src/config/edit-toml.ts';
import type { TomlValue } from '../../src/config/edit-toml.ts';
import { sampleConfig } from '../../src/config/sample.ts';
import { KEYS, NAMES } from '../../src/config/schema.ts';
import { accepts, parseToml, readToml } from '../../src/config/toml.ts';
import { LATE } from '../support/patience.ts';

const unset = (text: string, name: string) => unsetInToml(text, name.split('.'));

const set = (text: string, name: string, value: TomlValue) => setInToml(text, name.split('.'), value);

describe('a key of a configuration is set, and everything else in the text stays', () => {
  it.each<[string, string, TomlValue, string]>([
    ['', 'format', 'bars', 'format = "bars"\n'],
    ['\n', 'format', 'bars', 'format = "bars"\n\n'],
    ['\uFEFF', 'format', 'bars', '\uFEFFformat = "bars"\n'],
    ['format = "bars"\n', 'format', 'compact', 'format = "compact"\n'],
    ['format = "bars"', 'format', 'compact', 'format = "compact"'],
    ['format="bars"# why\n', 'format', 'compact', 'format="compact"# why\n'],
    ['  format  =  "a # b"  # why\n', 'format', 'x', '  format  =  "x"  # why\n'],
    ["format = 'a # b' # why\r\n", 'format', 'x', 'format = "x" # why\r\n'],
    ['format = """\na # b\n""" # why\ntimeout = 1\n', 'format', 'x', 'format = "x" # why\ntimeout = 1\n'],
    ['"format" = "bars"\n', 'format', 'x', '"format" = "x"\n'],
    ['timeout = 5 # s\n', 'timeout', 2.5, 'timeout = 2.5 # s\n'],
    [
      'hide = [\n  "7d", # the week\n  "]",\n] # why\nclock = "12h"\n',
      'hide',
      ['5h'],
      'hide = ["5h"] # why\nclock = "12h"\n',
    ],
    ['hide = []\n', 'hide', ['7d Fable', 'x"y'], 'hide = ["7d Fable", "x\\"y"]\n'],
    ['timeout = 5\r\n', 'format', 'bars', 'timeout = 5\r\nformat = "bars"\r\n'],
    ['timeout = 5', 'format', 'bars', 'timeout = 5\nformat = "bars"\n'],
    ['# mine\n', 'format', 'bars', '# mine\nformat = "bars"\n'],
    [
      '#:schema ./x.json\n\n[thresholds]\n',
      'format',
      'bars',
      '#:schema ./x.json\nformat = "bars"\n\n[thresholds]\n',
    ],
    ['[thresholds]\nwarn = 5\n', 'format', 'bars', 'format = "bars"\n\n[thresholds]\nwarn = 5\n'],
    ['# mine\n[thresholds]\n', 'format', 'bars', 'format = "bars"\n\n# mine\n[thresholds]\n'],
    [
      '#:schema ./x.json\n[thresholds]\n',
      'format',
      'bars',
      '#:schema ./x.json\nformat = "bars"\n\n[thresholds]\n',
    ],
    ['timeout = 5\n', 'thresholds.warn', 60, 'timeout = 5\n\n[thresholds]\nwarn = 60\n'],
    [
      '[thresholds] # of all\nwarn = 5\n\n[colors]\n',
      'thresholds.critical',
      9,
      '[thresholds] # of all\nwarn = 5\ncritical = 9\n\n[colors]\n',
    ],
    [
      '[thresholds]\n[colors]\nok = "dim"\n',
      'thresholds.warn',
      9,
      '[thresholds]\nwarn = 9\n[colors]\nok = "dim"\n',
    ],
    ['thresholds.warn = 5\n', 'thresholds.warn', 6, 'thresholds.warn = 6\n'],
    ['thresholds.warn = 5\n', 'thresholds.critical', 90, 'thresholds.warn = 5\nthresholds.critical = 90\n'],
    [
      '[output.tmux]\npercent = "left"\n',
      'output.tmux.clock',
      '12h',
      '[output.tmux]\npercent = "left"\nclock = "12h"\n',
    ],
    [
      '[output.tmux]\ncolors.ok = "dim"\n',
      'output.tmux.colors.warn',
      'red',
      '[output.tmux]\ncolors.ok = "dim"\ncolors.warn = "red"\n',
    ],
    [
      '[output.zsh]\npercent = "left"\n',
      'output.tmux.percent',
      'used',
      '[output.zsh]\npercent = "left"\n\n[output.tmux]\npercent = "used"\n',
    ],
    [
      '[output]\ntmux.percent = "left"\n',
      'output.tmux.clock',
      '12h',
      '[output]\ntmux.percent = "left"\ntmux.clock = "12h"\n',
    ],
    [
      '[ output . "tmux" ]\npercent = "left"\n',
      'output.tmux.percent',
      'used',
      '[ output . "tmux" ]\npercent = "used"\n',
    ],
    [
      '# clock = "24h"\n# format = "default"\n\n[colors]\n',
      'clock',
      '12h',
      '# clock = "24h"\nclock = "12h"\n# format = "default"\n\n[colors]\n',
    ],
    // In inline tables.
    ['thresholds = { warn = 5 } # why\n', 'thresholds.warn', 60, 'thresholds = { warn = 60 } # why\n'],
    ['thresholds = {warn=5}\n', 'thresholds.critical', 90, 'thresholds = {warn=5, critical = 90}\n'],
    ['thresholds = {}\n[x]\n', 'thresholds.warn', 6, 'thresholds = { warn = 6 }\n[x]\n'],
    [
      'colors = { ok = "a, } b", warn = "red" }\n',
      'colors.warn',
      'dim',
      'colors = { ok = "a, } b", warn = "dim" }\n',
    ],
    [
      'output = { tmux = { hide = ["5h", "7d"], colors = { ok = "dim" } } }\n',
      'output.tmux.colors.warn',
      'red',
      'output = { tmux = { hide = ["5h", "7d"], colors = { ok = "dim", warn = "red" } } }\n',
    ],
    [
      '[output]\ntmux = { percent = "left" }\n',
      'output.tmux.colors.ok',
      'dim',
      '[output]\ntmux = { percent = "left", colors.ok = "dim" }\n',
    ],
    ['nonsense = 1\n[[list]]\nx = 2\n', 'format', 'bars', 'nonsense = 1\nformat = "bars"\n[[list]]\nx = 2\n'],
  ])('%j, %s', (before, name, value, after) => {
    expect(set(before, name, value)).toBe(after);
  });

  it.each([
    ['a text that is not TOML', 'format = bars\n', 'format'],
    ['a table that is a value', 'thresholds = 5\n', 'thresholds.warn'],
  ])('%s is left alone', (_, text, name) => {
    expect(set(text, name, 60)).toBeNull();
  });

  it('for any file and any key: the comments stay, and no other value changes', () => {
    const lines = fc.constantFrom(
      '',
      '# a comment',
      '# format = "default"',
      'format = "bars" # why',
      "user_agent = 'a # b'",
      'hide = [ "7d", # the week\n  "x" ]',
      'timeout = 5',
      'percent = """\nleft"""',
      '[thresholds]',
      'thresholds.warn = 5',
      'thresholds = { warn = 5 }',
      'warn = 5',
      '[output.tmux]',
      '  percent = "left"',
      '[output.tmux.colors]',
      'ok = "dim"',
      '[colors] # mine',
      '[[nonsense]]',
      '"quoted key" = 2026-01-01',
    );
    const files = fc
      .tuple(fc.array(lines, { maxLength: 12 }), fc.constantFrom('\n', '\r\n'), fc.boolean())
      .map(([list, eol, ends]) => list.join('\n').replaceAll('\n', eol) + (ends ? eol : ''));
    const values = fc.oneof(fc.string(), fc.integer(), fc.array(fc.string(), { maxLength: 3 }));
    let done = 0;
    const property = fc.property(files, fc.constantFrom(...NAMES), values, (text, name, value) => {
      const before = parseToml(text);
      fc.pre('contents' in before);
      const after = set(text, name, value);
      if (after === null) return;
      done += 1;
      const commentsOf = (of: string) => of.match(/^# .*|# why|# mine/gm);
      expect(commentsOf(after.replace(tomlText(value), ''))).toEqual(commentsOf(text));
      // Set once more, nothing changes.
      expect(set(after, name, value)).toBe(after);
    });
    fc.assert(property, { numRuns: 500 });
    expect(done).toBeGreaterThan(50);
  });

  it('in a time that is linear in the size of the file', () => {
    const start = performance.now();
    const text = Array.from(
      { length: 20_000 },
      (_, index) => `# ${'x.'.repeat(20)}\nkey${index} = "a"\n`,
    ).join('');
    expect(set(text, 'format', 'bars')?.endsWith('format = "bars"\n')).toBe(true);
    expect(set(`x = "${'\\"'.repeat(200_000)}"\n`, 'format', 'bars')).toContain('format');
    expect(set(`${'# "'.repeat(100_000)}\n`, 'format', 'bars')).toContain('format');
    expect(performance.now() - start).toBeLessThan(LATE);
  });
});

describe('a key of a configuration is removed, and everything else in the text stays', () => {
  it.each([
    ['format = "bars"\ntimeout = 5\n', 'format', 'timeout = 5\n'],
    ['timeout = 5\nformat = "bars"', 'format', 'timeout = 5\n'],
    ['\uFEFF"format" = "bars"\r\ntimeout = 5\r\n', 'format', '\uFEFFtimeout = 5\r\n'],
    ['# a\n  format = "x # y"  # why\n', 'format', '# a\n  # why\n'],
    ['hide = [ # x\n  "7d",\n] # why\r\nclock = "12h"', 'hide', '# why\r\nclock = "12h"'],
    ['format = """\n[a]\n"""\ntimeout = 5\n', 'format', 'timeout = 5\n'],
    ['[thresholds] # mine\nwarn = 5\n\n[colors]\n', 'thresholds.warn', '[thresholds] # mine\n\n[colors]\n'],
    ['output.tmux.percent = "left"\n', 'output.tmux.percent', ''],
    [
      '[output]\ntmux.percent = "left"\ntmux.clock = "12h"\n',
      'output.tmux.clock',
      '[output]\ntmux.percent = "left"\n',
    ],
    ['fromat = 1\n', 'fromat', ''],
    [
      'thresholds = { warn = 5, critical = 9 } # x\n',
      'thresholds.warn',
      'thresholds = { critical = 9 } # x\n',
    ],
    ['thresholds = { warn = 5, critical = 9 }\n', 'thresholds.critical', 'thresholds = { warn = 5 }\n'],
    ['thresholds = { warn = 5 }\n', 'thresholds.warn', 'thresholds = { }\n'],
    ['__proto__ = 1\nx = 2\n', '__proto__', 'x = 2\n'],
    ['timeout = 5\n', 'format', 'timeout = 5\n'],
    ['', 'toString', ''],
  ])('%j, %s', (before, name, after) => {
    expect(unset(before, name)).toBe(after);
  });

  it.each([
    ['a text that is not TOML', 'format = bars\n', 'format'],
    ['a key in a list of tables', '[[x]]\ny = 1\n[[x]]\ny = 2\n', 'x.0'],
  ])('%s is left alone', (_, text, name) => {
    expect(unset(text, name)).toBeNull();
  });

  it('which takes back what was set', () => {
    for (const name of Object.keys(KEYS))
      expect(unset(set(sampleConfig(), name, 'x') ?? '', name)).toBe(sampleConfig());
  });
});

describe('the file to begin with', () => {
  const sample = sampleConfig();

  it('has every key with its default as a comment, and changes nothing', () => {
    expect(readToml(sample)).toEqual({ values: new Map(), mistakes: [], lines: new Map() });
    const active = sample.replace(/^# (\w+ = )/gm, '$1').replace('# [output.tmux]', '[output.tmux]');
    const { values, mistakes } = readToml(active.replace('<version>', '1.0.0'));
    expect(mistakes).toEqual([]);
    expect([...values.keys()]).toEqual([...Object.keys(KEYS), 'output.tmux.percent']);
    for (const line of sample.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
  });

  it.each(Object.entries(KEYS))('takes %s right behind its comment', (name, key) => {
    const value = name === 'user_agent' ? 'me/1' : (key.default as TomlValue);
    expect(accepts(key, value)).toBe(true);
    const last = name.split('.').at(-1) ?? '';
    const after = set(sample, name, value) ?? '';
    const comment = `# ${last} = ${tomlText(key.default as TomlValue)}\n`;
    expect(after).toContain(`${comment}${last} = ${tomlText(value)}\n`);
    expect(after.split('\n')).toHaveLength(sample.split('\n').length + 1);
  });
});
