import { describe, expect, it } from 'vitest';
import { readToml } from '../../src/config/toml.ts';
import { LATE } from '../support/patience.ts';

const mistakesIn = (text: string) =>
  readToml(text).mistakes.map(
    ({ line, column, text: what }) => `${line ?? '-'}${column == null ? '' : `:${column}`}: ${what}`,
  );
const valuesOf = (text: string) =>
  Object.fromEntries([...readToml(text).values].map(([name, { value }]) => [name, value]));

const COLOR =
  'a colour ("green", "bright-red", "#ff8800"), "bold", "dim", "reverse", some of them ("bold red"), or "none"';
const SECONDS = 'a number of seconds from';

describe('a valid key is read', () => {
  it.each<[string, Record<string, unknown>]>([
    ['', {}],
    ['# nothing but words', {}],
    ['\uFEFFtimeout = 5', { timeout: 5 }],
    ['timeout = 0.1', { timeout: 0.1 }],
    ['timeout = 300\r\nmax_stale = 150\r\n', { timeout: 300, max_stale: 150 }],
    ['cache_duration = 150', { cache_duration: 150 }],
    ['network = "never"', { network: 'never' }],
    ['hide = ["seven_day", "7d Fable"]', { hide: ['seven_day', '7d Fable'] }],
    ['hide = []', { hide: [] }],
    ['thresholds.warn = 60', { 'thresholds.warn': 60 }],
    ['[thresholds]\nwarn = 80\ncritical = 80', { 'thresholds.warn': 80, 'thresholds.critical': 80 }],
    ['thresholds = { warn = 1.5 }', { 'thresholds.warn': 1.5 }],
    ['[colors]\nok = "#FF8800"\ndim = "none"', { 'colors.ok': '#FF8800', 'colors.dim': 'none' }],
    ['colors.ok = "bold bright-green dim"', { 'colors.ok': 'bold bright-green dim' }],
    ['[output.tmux]\npercent = "left"', { 'output.tmux.percent': 'left' }],
    ['[output.show.thresholds]\nwarn = 3', { 'output.show.thresholds.warn': 3 }],
    ['output.statusline.colors.ok = "dim"', { 'output.statusline.colors.ok': 'dim' }],
    ['format = "bars"', { format: 'bars' }],
    ['format = "{5h.percent} of 100 %"', { format: '{5h.percent} of 100 %' }],
  ])('%j', (text, values) => {
    expect(mistakesIn(text)).toEqual([]);
    expect(valuesOf(text)).toEqual(values);
  });
});

describe('the message for an invalid value has its line and the accepted values', () => {
  it.each<[string, string]>([
    ['timeout = 0', `1: timeout is 0; accepted: ${SECONDS} 0.1 to 300`],
    ['\ntimeout = 300.1', `2: timeout is 300.1; accepted: ${SECONDS} 0.1 to 300`],
    ['timeout = "5"', `1: timeout is "5"; accepted: ${SECONDS} 0.1 to 300`],
    ['timeout = nan', `1: timeout is NaN; accepted: ${SECONDS} 0.1 to 300`],
    ['timeout = inf', `1: timeout is Infinity; accepted: ${SECONDS} 0.1 to 300`],
    ['cache_duration = 149', `1: cache_duration is 149; accepted: ${SECONDS} 150 to 86400`],
    ['scoped_refresh = 60', `1: scoped_refresh is 60; accepted: ${SECONDS} 150 to 86400`],
    ['max_stale = -1', `1: max_stale is -1; accepted: ${SECONDS} 150 to 604800`],
    ['network = "no"', '1: network is "no"; accepted: "auto", "always", "never"'],
    ['network = false', '1: network is false; accepted: "auto", "always", "never"'],
    ['color = "on"', '1: color is "on"; accepted: "auto", "always", "never"'],
    ['percent = 50', '1: percent is 50; accepted: "used", "left"'],
    ['clock = "noon"', '1: clock is "noon"; accepted: "24h", "12h"'],
    ['hide = "7d"', '1: hide is "7d"; accepted: a list of texts'],
    ['hide = [7]', '1: hide is [7]; accepted: a list of texts'],
    ['user_agent = "a\\nb"', '1: user_agent is "a\\nb"; accepted: printable ASCII, at most 200 characters'],
    ['user_agent = ""', '1: user_agent is ""; accepted: printable ASCII, at most 200 characters'],
    ['format = 5', '1: format is 5; accepted: a preset or a template, at most 500 characters'],
    ['colors.ok = "pink"', `1: colors.ok is "pink"; accepted: ${COLOR}`],
    ['colors.ok = "#f80"', `1: colors.ok is "#f80"; accepted: ${COLOR}`],
    ['colors.ok = "red green"', `1: colors.ok is "red green"; accepted: ${COLOR}`],
    ['colors.ok = "none bold"', `1: colors.ok is "none bold"; accepted: ${COLOR}`],
    ['[thresholds]\ncritical = 101', '2: thresholds.critical is 101; accepted: a number from 0 to 100'],
    ['thresholds = 5', '1: thresholds is 5; accepted: a table with warn, critical'],
    ['thresholds = 2026-01-01', '1: thresholds is a date; accepted: a table with warn, critical'],
    ['timeout = { s = 5 }', `1: timeout is a table; accepted: ${SECONDS} 0.1 to 300`],
    ['[[thresholds]]\nwarn = 1', '1: thresholds is [{"warn":1}]; accepted: a table with warn, critical'],
    ['[output.zsh.colors]\n\n"ok" = "x"', `3: output.zsh.colors.ok is "x"; accepted: ${COLOR}`],
    ['network = "nevr"', '1: network is "nevr"; accepted: "auto", "always", "never"; did you mean "never"?'],
    ['colors.ok = "gren"', `1: colors.ok is "gren"; accepted: ${COLOR}; did you mean "green"?`],
  ])('%j', (text, mistake) => {
    expect(mistakesIn(text)).toEqual([mistake]);
    expect(valuesOf(text)).toEqual({});
  });

  it('the message repeats at most 60 characters, and none that controls a terminal', () => {
    const [mistake = ''] = mistakesIn(`network = "${'\\u202e\\u009b'.repeat(50)}"`);
    expect(mistake).toBe(`1: network is "${'?'.repeat(60)}"; accepted: "auto", "always", "never"`);
  });
});

it('the message for an invalid template has the position of its mistake', () => {
  const [mistake = '', ...more] = mistakesIn('timeout = 5\nformat = "{5h.percent} {nope}"');
  expect(more).toEqual([]);
  expect(mistake).toMatch(
    /^2: format is "\{5h\.percent\} \{nope\}": unknown placeholder '\{nope\}' at character 14; accepted: /,
  );
});

it('the message for one of several tables has the line of its own table', () => {
  const account = (name: string) => `[[account]]\nname = "${name}"\nprovider = "claude"`;
  const text = [account('work'), account('Z'), account('own'), account('work')].join('\n');
  expect(mistakesIn(text)).toEqual([
    expect.stringMatching(/^5: account\.name is "Z"; /),
    expect.stringMatching(/^11: account\.name of the account "work" is there twice; /),
  ]);
});

describe('every mistake in a list of tables is listed, with its own line', () => {
  it.each<[what: string, text: string, mistakes: string[]]>([
    [
      'an account',
      '[[account]]\nname = "A"\nprovider = 5\nconfig_dir = "x"\nlabel = "!"\nhidden = "no"',
      [
        '2: account.name',
        '3: account.provider',
        '4: account.config_dir',
        '5: account.label',
        '6: account.hidden',
      ],
    ],
    [
      'accounts behind each other',
      '[[account]]\nname = "a"\n[[account]]\nname = "b"\nnme = 1\nprovider = "b"\n[[account]]\nhidden = 1',
      [
        '1: account.provider of the account "a"',
        '5: "account.nme" of the account "b"',
        '7: account.name',
        '7: account.provider',
        '8: account.hidden',
      ],
    ],
    [
      'accounts on one line',
      'account = [{ name = "a", provider = "b" }, { name = "C" }]',
      ['1: account.name', '1: account.provider'],
    ],
    [
      'providers with windows of one name',
      [
        '[[provider]]\nid = "one"\nurl = "https://x.example"',
        '[[provider.window]]\nname = "5h"\nused_percent = "b..c"',
        '[[provider.window]]\nname = "5h"\npart = "x"\nused_percent = "a"\nreset = "..d"\nreset_unit = "second"',
        '[provider.credits]\nbalance = "e..f"',
        '[[provider]]\nurl = "ftp://x"\nid = "two"',
        '[[provider.window]]\nname = "7d"\nused_percent = "a"\n[[provider.window]]\nname = "7d"\nused_percent = "b"',
      ].join('\n'),
      [
        '6: provider.window.used_percent of the window "5h" of the provider "one"',
        '11: provider.window.reset of the window "5h" of the provider "one"',
        '12: provider.window.reset_unit of the window "5h" of the provider "one"',
        '14: provider.credits.balance of the provider "one"',
        '16: provider.url of the provider "two"',
        '21: provider.window.part of the window "7d" of the provider "two"',
      ],
    ],
  ])('of %s', (_what, text, mistakes) => {
    expect(mistakesIn(text).map((it) => it.replace(/ (?:is|stands) .*$/, ''))).toEqual(mistakes);
  });
});

it('the name of a table that has a mistake still counts: the next one with that name is refused', () => {
  const text = '[[account]]\nname = "a"\n[[account]]\nname = "a"\nprovider = "claude"';
  expect(mistakesIn(text)).toEqual([
    expect.stringMatching(/^1: account\.provider of the account "a" is missing; /),
    expect.stringMatching(/^4: account\.name of the account "a" is there twice; /),
  ]);
});

describe('the message for an unknown key lists the accepted ones, and has the nearest', () => {
  const ALL =
    'network, source, cache_duration, scoped_refresh, max_stale, cache_size, timeout, api_base_url, user_agent, accounts, account, provider, format, color, percent, ' +
    'clock, hide, palette, thresholds, colors, output';
  it.each<[string, RegExp | string]>([
    ['fromat = "bars"', `1: "fromat" is no key; accepted: ${ALL}; did you mean "format"?`],
    ['time_out = 5', `1: "time_out" is no key; accepted: ${ALL}; did you mean "timeout"?`],
    ['[colours]\nok = "green"', `1: "colours" is no key; accepted: ${ALL}; did you mean "colors"?`],
    ['[treshold]\nwarn = 1', `1: "treshold" is no key; accepted: ${ALL}; did you mean "thresholds"?`],
    ['nonsense = 5', `1: "nonsense" is no key; accepted: ${ALL}`],
    ['warn = 60', `1: "warn" is no key; accepted: ${ALL}; did you mean "thresholds.warn"?`],
    [
      '[output.tmux]\nok = "red"',
      /^2: "output\.tmux\.ok" is no key; .*; did you mean "output\.tmux\.colors\.ok"\?$/,
    ],
    ['[colors]\nbad = "red"', '2: "colors.bad" is no key; accepted: ok, warn, critical, dim, notice, strong'],
    ['"thresholds.warn" = 5', `1: "thresholds.warn" is no key; accepted: ${ALL}`],
    [
      '[output.tmx]\npercent = "left"',
      /^1: "output\.tmx" is no key; accepted: plain, ansi, zsh, .*statusline, show; did you mean "output\.tmux"\?$/,
    ],
    [
      '[output.tmux]\ntimeout = 5',
      /^2: "output\.tmux\.timeout" is no key; accepted: format, color, .*, colors; did you mean "timeout"\?$/,
    ],
    ['__proto__ = 5', `1: "__proto__" is no key; accepted: ${ALL}`],
    ['constructor = 5', `1: "constructor" is no key; accepted: ${ALL}`],
    ['\n[colours.x]\nok = 1', `2: "colours" is no key; accepted: ${ALL}; did you mean "colors"?`],
    ['\ncolours.ok = "red"', `2: "colours" is no key; accepted: ${ALL}; did you mean "colors"?`],
    ['"" = 5', `1: "" is no key; accepted: ${ALL}`],
  ])('%j', (text, mistake) => {
    expect(mistakesIn(text)).toEqual([
      typeof mistake === 'string' ? mistake : expect.stringMatching(mistake),
    ]);
  });
});

describe('thresholds in the wrong order are left out', () => {
  it.each<[string, string, Record<string, unknown>]>([
    [
      '[thresholds]\nwarn = 90\ncritical = 60',
      '2: thresholds.warn is 90; accepted: at most thresholds.critical (60)',
      {},
    ],
    ['thresholds.warn = 90', '1: thresholds.warn is 90; accepted: at most thresholds.critical (80)', {}],
    ['thresholds.critical = 40', '1: thresholds.warn is 50; accepted: at most thresholds.critical (40)', {}],
    [
      'thresholds.warn = 70\n[output.tmux.thresholds]\ncritical = 60',
      '3: output.tmux.thresholds.warn is 70; accepted: at most output.tmux.thresholds.critical (60)',
      { 'thresholds.warn': 70 },
    ],
  ])('%j', (text, mistake, values) => {
    expect(mistakesIn(text)).toEqual([mistake]);
    expect(valuesOf(text)).toEqual(values);
  });
});

describe('a file', () => {
  it('keeps its valid keys and lists the mistakes in the order of their lines', () => {
    const text = 'timeout = 0\nnope = 1\nnetwork = "never"\n[colors]\nok = 5\n';
    expect(valuesOf(text)).toEqual({ network: 'never' });
    expect(mistakesIn(text).map((mistake) => mistake.slice(0, 12))).toEqual([
      '1: timeout i',
      '2: "nope" is',
      '5: colors.ok',
    ]);
  });

  const QUOTES = ' (a text needs quotes, such as "bars")';
  it.each([
    ['timeout = 5\nnetwork = never', '2:11', 'invalid value', QUOTES],
    ['format = bars # mine', '1:10', 'invalid value', QUOTES],
    ['user_agent = secret:password', '1:14', 'invalid value', QUOTES],
    ['[colors]\nok = #ff8800', '2:6', 'invalid value', QUOTES],
    ['clock = 24h', '1:11', 'illegal character in numeric literal', QUOTES],
    ['timeout = 5s', '1:12', 'illegal character in numeric literal', ''],
    ['format = \u201Cbars\u201D', '1:10', 'invalid value', QUOTES],
    ['format: bars', '1:7', 'illegal character in key', ' (a key needs "=", such as format = "bars")'],
    ['format = {5h.percent}', '1:21', 'illegal character in key', QUOTES],
    ['hide = ["7d"', '1:13', 'expected comma or end of structure', ''],
    ['format = "bars', '1:10', 'unfinished string', ''],
    ['timeout = 5\n\n[thresholds', '3:2', 'incomplete key-value: cannot find end of key', ''],
    ['timeout = 5\ntimeout = 6', '2:1', 'trying to redefine an already defined table or value', ''],
    ['user_agent = "\u001B[2J\u202E"', '1:15', 'control characters are not allowed in strings', ''],
  ])(
    'with a syntax error has no values, and its place and reason are named: %j',
    (text, at, reason, advice) => {
      expect(mistakesIn(text)).toEqual([
        `${at}: this is not TOML: ${reason}${advice}; none of the file applies`,
      ]);
      expect(valuesOf(text)).toEqual({});
    },
  );

  it('with many mistakes lists 20 of them', () => {
    const text = Array.from({ length: 1000 }, (_, index) => `key${index} = ${index}`).join('\n');
    const mistakes = mistakesIn(text);
    expect(mistakes).toHaveLength(21);
    expect(mistakes.at(-1)).toBe('-: and 980 more');
  });

  it('has no keys inside a multi-line string', () => {
    const text = 'user_agent = """\ntimeout = 1\n"""\ntimeout = 0';
    expect(mistakesIn(text).at(-1)).toBe('4: timeout is 0; accepted: a number of seconds from 0.1 to 300');
  });
});

it('the line index takes a time that is linear in the size of the file, whatever the names of its tables', () => {
  const start = performance.now();
  const keys = Array.from({ length: 10_000 }, (_, index) => `x${index} = 1\n`).join('');
  expect(mistakesIn(`["${'a'.repeat(100_000)}"]\n${keys}`)).toHaveLength(1);
  expect(mistakesIn(`timeout = 99999\n["${'a'.repeat(1000)}"]\n`)).toContainEqual(
    expect.stringMatching(/^1: timeout is 99999/),
  );
  expect(performance.now() - start).toBeLessThan(LATE);
});
