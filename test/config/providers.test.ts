import { describe, expect, it } from 'vitest';
import { readProviders } from '../../src/config/providers.ts';
import { readToml } from '../../src/config/toml.ts';
import { ownProvider } from '../../src/fetch/own/index.ts';
import type { OwnProvider } from '../../src/usage/own-provider.ts';

const read = (text: string) => {
  const { values, mistakes } = readToml(text);
  const providers = (values.get('provider')?.value ?? []) as OwnProvider[];
  return { providers, mistakes: mistakes.map((it) => it.text) };
};

/** A provider without a mistake, with lines in place of others. */
function aProvider(
  lines: Record<string, string | null> = {},
  window: Record<string, string | null> = {},
): string {
  const table = (usual: Record<string, string>, changes: Record<string, string | null>) =>
    Object.entries({ ...usual, ...changes })
      .flatMap(([key, value]) => (value === null ? [] : [`${key} = ${value}\n`]))
      .join('');
  const provider = table(
    { id: '"myai"', url: '"https://ai.example.com/usage"', key_variable: '"MY_KEY"' },
    lines,
  );
  return `[[provider]]\n${provider}[[provider.window]]\n${table({ name: '"5h"', used_percent: '"a.b"' }, window)}`;
}

it('a description without mistakes is read as it is', () => {
  const { providers, mistakes } = read(
    `${aProvider({ header: '["X-Api-Key: {key}", "X-V: 1"]', method: '"POST"', body: '{ a = [1, "x"] }', name: '"My AI"', plan: '"p"' }, { label: '"five"', reset: '"r[0]"', reset_unit: '"seconds"', starts_with_use: 'true' })}
[[provider.window]]
name = "7d"
part = "Big"
left = "left"
limit = 100
currency = "EUR"
minor_units = 2
[provider.credits]
balance = "c"
`,
  );
  expect(mistakes).toEqual([]);
  expect(providers).toMatchObject([
    {
      id: 'myai',
      name: 'My AI',
      url: 'https://ai.example.com/usage',
      headers: { 'x-api-key': '{key}', 'x-v': '1' },
      body: { a: [1, 'x'] },
      key: { kind: 'variable', name: 'MY_KEY' },
      plan: { text: 'p' },
      windows: [
        {
          length: 18_000,
          label: 'five',
          part: null,
          measure: { kind: 'used_percent', path: { text: 'a.b' } },
          reset: { path: { text: 'r[0]' }, unit: 'seconds' },
          startsWithUse: true,
          money: null,
        },
        {
          length: 604_800,
          part: 'Big',
          measure: { kind: 'left', limit: 100 },
          money: { currency: 'EUR', minorDigits: 2 },
        },
      ],
      credits: { balance: { text: 'c' }, currency: null, minorDigits: 0 },
    },
  ]);
});

it('a key without a header is sent as a bearer token, and no key with no header', () => {
  expect(read(aProvider()).providers[0]?.headers).toEqual({ authorization: 'Bearer {key}' });
  expect(read(aProvider({ key_variable: null })).providers[0]?.headers).toEqual({});
});

it('a mistake in one provider costs the others nothing, and every mistake in it is named', () => {
  const { providers, mistakes } = read(
    `${aProvider({ id: '"one"', url: '"ftp://x"', method: '"PUT"' }, { used_percent: '"a b"' })}\n${aProvider({ id: '"two"' })}`,
  );
  expect(providers.map(({ id }) => id)).toEqual(['two']);
  expect(mistakes).toHaveLength(3);
  for (const text of mistakes) expect(text).toContain('of the provider "one"');
});

describe('a mistake is named with the provider, the value, and what is accepted:', () => {
  it.each<[what: string, lines: Record<string, string | null>, mistake: RegExp]>([
    ['no id', { id: null }, /^provider\.id is missing; accepted: lower case letters/],
    ['an id with capitals', { id: '"MyAI"' }, /^provider\.id is "MyAI"; accepted: lower case letters/],
    [
      'an id that options use',
      { id: '"all"' },
      /"all"; accepted: .* but not all, auto, default, accounts, api/,
    ],
    ['an id with the variable of another base URL', { id: '"api"' }, /"api"; accepted/],
    ['an id like an account directory', { id: '"claude-0123abcd"' }, /without eight hex digits/],
    ['no URL', { url: null }, /^provider\.url of the provider "myai" is missing; accepted: https/],
    [
      'a URL in clear',
      { url: '"http://example.com/x"' },
      /is refused: the token would cross .*; accepted: https/,
    ],
    [
      'a URL with a password',
      { url: '"https://u:geheim@example.com"' },
      /is refused: no user name or password/,
    ],
    ['a URL with a fragment', { url: '"https://example.com/#x"' }, /is refused: no fragment/],
    ['a URL of another kind', { url: '"file:///etc/passwd"' }, /is refused: not a web address/],
    ['a URL that is no text', { url: '5' }, /url of the provider "myai" is no text/],
    [
      'an unknown key',
      { hedaer: '"x"' },
      /"provider\.hedaer" of the provider "myai" is no key; .*mean "header"\?$/,
    ],
    ['a key in the file', { api_key: '"geheim"' }, /name its variable in key_variable/],
    ['a method', { method: '"put"' }, /method of the provider "myai" is "put"; accepted: "GET", "POST"$/],
    ['a body without POST', { body: '{ a = 1 }' }, /body .*accepted: a body with method = "POST" only/],
    ['a body with a date', { method: '"POST"', body: '{ a = 2026-01-01 }' }, /body .*cannot be sent/],
    [
      'a header without a name',
      { header: '"geheim {key}"' },
      /header .*is no header; accepted: "Name: value"/,
    ],
    ['a header over two lines', { header: '"A: {key}\\r\\nB: geheim"' }, /header .*is no header/],
    ['a header of the transport', { header: '"Host: {key}"' }, /has host; accepted: any but/],
    ['a header twice', { header: '["A: {key}", "a: geheim"]' }, /has a twice/],
    ['a header without the place of the key', { header: '"A: geheim"' }, /has no \{key\}/],
    [
      'the place of a key without one',
      { key_variable: null, header: '"A: {key}"' },
      /key_variable .*is missing/,
    ],
    [
      'a key in place of a name',
      { key_variable: '"sk-geheim"' },
      /key_variable .*is no such name; accepted: the name/,
    ],
    ['a command line', { key_variable: null, key_command: '"pass geheim"' }, /key_command .*list of words/],
    [
      'a command by a relative path',
      { key_variable: null, key_command: '["./geheim"]' },
      /key_command .*PATH/,
    ],
    ['no command', { key_variable: null, key_command: '[]' }, /key_command .*is no such list/],
    ['a variable and a command', { key_command: '["x"]' }, /key_command .*stands beside key_variable/],
    [
      'a plan that is no path',
      { plan: '"a..b"' },
      /plan of the provider "myai" is "a\.\.b"; accepted: a path such as/,
    ],
    [
      'a name with other characters',
      { name: '"\u{1F600}"' },
      /name of the provider "myai" is .*; accepted: at most 20/,
    ],
  ])('%s', (_what, lines, mistake) => {
    const { providers, mistakes } = read(aProvider(lines));
    expect(providers).toEqual([]);
    expect(mistakes).toEqual([expect.stringMatching(mistake)]);
    // URLs, headers, commands and keys are not repeated.
    expect(mistakes.join()).not.toContain('geheim');
  });

  it.each<[what: string, lines: Record<string, string | null>, mistake: RegExp]>([
    ['no name', { name: null }, /^provider\.window\.name of the provider "myai" is missing; accepted: "5h"/],
    ['an unknown name', { name: '"monthy"' }, /is "monthy"; accepted: .*; did you mean "monthly"\?$/],
    ['a length of 0', { name: '"0h"' }, /is "0h"; accepted/],
    ['a length of years', { name: '"999d"' }, /is "999d"; accepted/],
    [
      'no number',
      { used_percent: null },
      /used_percent .*is missing; accepted: one of used_percent, left_percent/,
    ],
    ['two numbers', { left: '"x"', limit: '5' }, /left .*stands beside used_percent; accepted: one of/],
    [
      'a number without a limit',
      { used_percent: null, used: '"x"' },
      /limit .*is missing; accepted: a number above 0/,
    ],
    [
      'a limit of 0',
      { used_percent: null, used: '"x"', limit: '0' },
      /limit .*is 0; accepted: a number above 0/,
    ],
    ['a limit of a percentage', { limit: '5' }, /limit .*stands beside used_percent/],
    [
      'a path',
      { used_percent: '"a[*]"' },
      /used_percent of the window "5h" of the provider "myai" is "a\[\*\]"; accepted: a path/,
    ],
    ['a reset without a unit', { reset: '"r"' }, /reset_unit .*is missing; accepted: "iso", "seconds"/],
    ['a unit without a reset', { reset_unit: '"iso"' }, /reset .*is missing; accepted: a path/],
    [
      'an unknown unit',
      { reset: '"r"', reset_unit: '"second"' },
      /is "second"; accepted: .*; did you mean "seconds"\?$/,
    ],
    [
      'a currency',
      { used_percent: null, used: '"x"', limit: '5', currency: '"usd"' },
      /currency .*is "usd"; accepted: three letters/,
    ],
    [
      'money of a percentage',
      { currency: '"USD"' },
      /currency .*stands beside used_percent; accepted: amounts/,
    ],
    [
      'minor units',
      { used_percent: null, used: '"x"', limit: '5', minor_units: '2.5' },
      /minor_units .*is 2\.5; accepted: 0/,
    ],
    ['a truth value', { starts_with_use: '"yes"' }, /starts_with_use .*is "yes"; accepted: true, false/],
    [
      'an unknown key',
      { reset_units: '"iso"' },
      /"provider\.window\.reset_units" of the window "5h" .*mean "reset_unit"\?$/,
    ],
  ])('of a window: %s', (_what, lines, mistake) => {
    const { providers, mistakes } = read(aProvider({}, lines));
    expect(providers).toEqual([]);
    expect(mistakes).toEqual([expect.stringMatching(mistake)]);
  });

  it.each<[what: string, text: string, mistake: RegExp]>([
    ['a text', 'provider = "x"', /^provider is "x"; accepted: tables that begin with \[\[provider\]\]$/],
    ['a list of texts', 'provider = ["x"]', /^provider is "x"; accepted: a table with id, name, url/],
    [
      'an id that is there twice',
      aProvider() + aProvider(),
      /provider\.id of the provider "myai" is there twice/,
    ],
    [
      'a window that is there twice',
      `${aProvider()}[[provider.window]]\nname = "5h"\nleft_percent = "x"\n`,
      /part of the window "5h" of the provider "myai" is missing: the window is there twice/,
    ],
    [
      'no window',
      '[[provider]]\nid = "x"\nurl = "https://x.example"\n',
      /window of the provider "x" is missing; accepted: at least one/,
    ],
    [
      'a window that is a text',
      '[[provider]]\nid = "x"\nurl = "https://x.example"\nwindow = ["5h"]',
      /^provider\.window of the provider "x" is "5h"; accepted: a table with name/,
    ],
    [
      'credits without a balance',
      `${aProvider()}[provider.credits]\ncurrency = "USD"`,
      /^provider\.credits\.balance of the provider "myai" is missing/,
    ],
  ])('%s', (_what, text, mistake) => {
    expect(read(text).mistakes).toEqual([expect.stringMatching(mistake)]);
  });
});

it('no value of any key makes reading fail, and what is accepted can be asked', () => {
  const values = [
    undefined,
    null,
    true,
    0,
    -1,
    1.5,
    NaN,
    Infinity,
    '',
    'x',
    '5h',
    'a.b',
    '{key}',
    'A: {key}',
    'https://x.example/?a={key}',
    'x'.repeat(300),
    '\u0000',
    [],
    ['x'],
    [['x']],
    [1],
    {},
    { a: 1 },
    [{}],
    [{ name: '5h', used: 'x', limit: 1 }],
    new Date(),
    10n,
  ];
  const usual = {
    id: 'x',
    url: 'https://x.example',
    key_variable: 'K',
    window: [{ name: '5h', used_percent: 'a' }],
  };
  const keys = [
    'id',
    'name',
    'url',
    'method',
    'body',
    'header',
    'key_variable',
    'key_command',
    'plan',
    'window',
    'credits',
  ];
  const windowKeys = [
    'name',
    'label',
    'part',
    'used_percent',
    'left_fraction',
    'left',
    'limit',
    'reset',
    'reset_unit',
    'starts_with_use',
    'currency',
    'minor_units',
  ];
  const tables = [
    ...keys.flatMap((key) => values.map((value) => ({ ...usual, [key]: value }))),
    ...windowKeys.flatMap((key) =>
      values.map((value) => ({ ...usual, window: [{ ...usual.window[0], [key]: value }] })),
    ),
    ...['balance', 'currency', 'minor_units'].flatMap((key) =>
      values.map((value) => ({ ...usual, credits: { balance: 'a', [key]: value } })),
    ),
    ...values,
  ];
  let accepted = 0;
  for (const table of tables) {
    const { providers, mistakes } = readProviders([table]);
    expect(providers.length === 1, JSON.stringify(mistakes)).toBe(mistakes.length === 0);
    for (const { text } of mistakes) expect(text).toMatch(/^[ -~]+; accepted: [ -~]+$/);
    for (const own of providers) {
      accepted += 1;
      const provider = ownProvider(own);
      expect(provider.texts.mainWindows).not.toEqual({});
      expect(provider.baseUrl).toBe('https://x.example');
    }
  }
  expect(accepted).toBeGreaterThan(40);
  for (const value of values) expect(readProviders(value).providers).toEqual([]);
});
