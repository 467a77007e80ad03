import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { interpret } from '../../src/cli/program.ts';
import { isColorFlag } from '../../src/render/wants-color.ts';
import { parseFastArgs, parseStatuslineArgs } from '../../src/cli/fast-args.ts';
import { TIMEOUT } from '../../src/commands/fast-options.ts';
import type { StatuslineOptions, UsageOptions } from '../../src/commands/fast-options.ts';
import type { Command } from '../../src/commands/command.ts';
import { fakeSystem } from '../support/system.ts';

// The commands return their options, so that both parsers can be compared.
vi.mock('../../src/commands/usage.ts', () => ({
  usage: (_system: unknown, options: UsageOptions) => ({ options }),
}));
vi.mock('../../src/commands/statusline.ts', async (original) => {
  const { command } = await original<{ command: Command<StatuslineOptions> }>();
  return { command: { ...command, run: (_system: unknown, options: StatuslineOptions) => ({ options }) } };
});

const DEFAULTS: UsageOptions = {
  command: 'line',
  json: false,
  output: 'plain',
  format: null,
  color: 'auto',
  policy: null,
  timeoutMs: null,
  debug: false,
  verbose: false,
  account: null,
  provider: null,
  all: false,
};
const WORDS =
  'show --json --debug --verbose --wait --no-wait --cached --color --timeout auto always never x 1 0.1 300 300.1 007 ' +
  '--output tmux plain --output=zsh --output=xbar --format bars --format={5h.percent} --color=always --color= --timeout=2 ' +
  '--timeout=x --json=1 --after --after=x --help --';
const FLAGS = [
  '--json',
  '--debug',
  '--verbose',
  '--wait',
  '--no-wait',
  '--cached',
  '--timeout 7',
  '--color never',
  '--output zsh',
  '--output plain',
  '--format minimal',
  '--after x',
];
const words = (line: string) => line.split(' ').filter((word) => word !== '');

describe('the fast parser of the line and of `show`', () => {
  it.each<[string, Partial<UsageOptions>]>([
    ['', {}],
    ['--json', { json: true }],
    ['--debug', { debug: true }],
    ['--wait', { policy: 'wait' }],
    ['--no-wait', { policy: 'background' }],
    ['--cached', { policy: 'cached' }],
    ['--cached --cached', { policy: 'cached' }],
    ['--color auto', { color: 'auto' }],
    ['--color always', { color: 'always' }],
    ['--color=never', { color: 'never' }],
    ['--color always --color never', { color: 'never' }],
    ['--timeout 5', { timeoutMs: 5000 }],
    ['--timeout=0.25', { timeoutMs: 250 }],
    ['--timeout 5 --timeout=6', { timeoutMs: 6000 }],
    ['--format bars', { format: 'bars' }],
    ['--format={5h.percent}=', { format: '{5h.percent}=' }],
    ['--format nonsense', { format: 'nonsense' }],
    ['show', { command: 'show' }],
    ['show --json --wait', { command: 'show', json: true, policy: 'wait' }],
    [
      '--json --debug --no-wait --timeout 1.5 --color always',
      { json: true, debug: true, policy: 'background', timeoutMs: 1500, color: 'always' },
    ],
  ])('reads `%s`', (line, options) => {
    expect(parseFastArgs(words(line))).toEqual({ ...DEFAULTS, ...options });
  });

  it.each([
    '--help',
    '-h',
    '--version',
    'help',
    '--',
    '-',
    '-j',
    '--jso',
    '--JSON',
    '--json=true',
    '--json=',
    '--debug=1',
    '--wait=1',
    '--no-color',
    '--no-json',
    '--color',
    '--color=',
    '--color on',
    '--color Always',
    '--color --json',
    '--timeout',
    '--timeout=',
    '--timeout 0',
    '--timeout 301',
    '--timeout -1',
    '--timeout x',
    '--timeout --json',
    '--wait --no-wait',
    '--no-wait --wait',
    '--wait --cached',
    '--cached --no-wait',
    'refresh',
    'cache path',
    'demo',
    'shows',
    '--json show',
    'show show',
    'show refresh',
    'show --help',
    '--json 5',
    '--__proto__',
    '__proto__',
    'constructor',
    'toString',
    '=',
    '--formats x',
    'show --format bars',
    '--json --format bars',
  ])('leaves `%s` to the full parser', (line) => {
    expect(parseFastArgs(words(line))).toBeNull();
  });

  it.each([[['']], [['show', '']], [['--json', '']], [['--color', '']]])(
    'leaves %j to the full parser',
    (argv) => {
      expect(parseFastArgs(argv)).toBeNull();
    },
  );

  it('leaves options of a line to the full parser with `show`, even their default', () => {
    expect(parseFastArgs(words('show --output plain'))).toBeNull();
    expect(parseFastArgs(words('--json --output plain'))).toEqual({ ...DEFAULTS, json: true });
  });

  it('has the same result as the full parser', async () => {
    const parsed = await compare([], parseFastArgs);
    expect(parsed).toBeGreaterThan(200);
  });
});

describe('the fast parser of `statusline`', () => {
  it('has the same result as the full parser', async () => {
    const parsed = await compare(['statusline'], parseStatuslineArgs);
    expect(parsed).toBeGreaterThan(200);
  });
});

/** Compares the parsers for many command lines. Returns how many of them the fast parser understood. */
async function compare(first: string[], parse: (argv: readonly string[]) => object | null): Promise<number> {
  const system = fakeSystem();
  const word = fc.constantFrom(...WORDS.split(' '), '');
  const flags = fc.array(fc.constantFrom(...FLAGS), { maxLength: 4 }).map((list) => words(list.join(' ')));
  const lines = fc.oneof(
    fc.array(word, { maxLength: 5 }),
    flags,
    flags.map((list) => ['show'].concat(list)),
  );
  let understood = 0;
  const property = fc.asyncProperty(lines, async (argv) => {
    const options = parse(argv);
    if (options === null) return;
    understood += 1;
    expect(await interpret(system, [...first, ...argv])).toEqual({ options });
  });
  await fc.assert(property, { numRuns: 1000 });
  return understood;
}

describe('the value of --timeout', () => {
  it.each<[string, number | null]>([
    ['0.1', 100],
    ['1', 1000],
    ['1.0', 1000],
    ['2.5', 2500],
    ['007', 7000],
    ['0.1234', 123],
    ['299.9999', 300_000],
    ['300', 300_000],
    ['0', null],
    ['0.09', null],
    ['300.001', null],
    ['99999999999999999999', null],
    ['-1', null],
    ['+1', null],
    ['1e1', null],
    ['0x10', null],
    ['.5', null],
    ['5.', null],
    ['1,5', null],
    ['1 ', null],
    [' 1', null],
    ['1s', null],
    ['1\n', null],
    ['١', null],
    ['NaN', null],
    ['Infinity', null],
    ['', null],
  ])('%j means %j ms', (text, ms) => {
    expect(TIMEOUT['--timeout'](text)?.timeoutMs ?? null).toBe(ms);
  });
});

describe('the value of --color', () => {
  it.each([
    ['auto', true],
    ['always', true],
    ['never', true],
    ['', false],
    ['ALWAYS', false],
    ['on', false],
    ['toString', false],
  ])('%j is accepted: %j', (text, accepted) => {
    expect(isColorFlag(text)).toBe(accepted);
  });
});
