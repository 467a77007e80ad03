import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { renderDocument } from '../../../src/render/outputs/documents.ts';
import type { OutputContext } from '../../../src/render/outputs/output.ts';
import type { Usage } from '../../../src/usage/model.ts';
import { failure, none, NOW, stale, usage, window } from '../usages.ts';
import { anyUsage, context, hostile, PAYLOADS, STATES, used } from './cases.ts';

// Clock times are expected as they are in UTC.
beforeEach(() => {
  vi.stubEnv('TZ', 'UTC');
});
afterEach(() => vi.unstubAllEnvs());

interface Item {
  readonly text: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** What the three of them know, with the values that each of them takes. */
const PARAMETERS: Record<string, RegExp> = {
  color: /^#[0-9a-f]{6}$/,
  font: /^Menlo(-Bold)?$/,
  refresh: /^true$/,
};

/** A menu as a plugin's output is read: blocks of items, the first of them in the menu bar. */
function menu(of: Usage, over: Partial<OutputContext> = {}): Item[][] {
  const blocks = renderDocument('xbar', of, context(over)).split(/^---$/m);
  return blocks.map((block) =>
    block
      .replaceAll(/^\n|\n$/g, '')
      .split('\n')
      .map(item),
  );
}

function item(line: string): Item {
  const [text = '', given = '', ...more] = line.split('|');
  expect(more).toEqual([]);
  const parameters = Object.fromEntries(
    given
      .trim()
      .split(' ')
      .filter(Boolean)
      .map((pair) => pair.split('=')),
  );
  for (const [name, value] of Object.entries(parameters)) expect(value).toMatch(PARAMETERS[name] ?? /^$/);
  return { text: text.trimEnd(), parameters };
}

const texts = (items: Item[] = []) => items.map(({ text }) => text);

describe('the output for xbar', () => {
  it('has the line in the menu bar, and in the menu a table, the age and an item for a refresh', () => {
    const [bar, limits, origin, actions] = menu(STATES.fresh);
    expect(bar).toEqual([
      {
        text: '5h 22% 4h37m · 7d 33% 4d3h · 7d Fable 82% 4d3h, empty in 15h · extra 7.63/20.00 EUR',
        parameters: { color: '#e3242b', font: 'Menlo-Bold' },
      },
    ]);
    expect(texts(limits)).toEqual([
      'Claude · Ultra',
      '5h        ━┻━━━╾────────────────────  22%  resets in 4h37m, 23:02     empty in 1h20m',
      '7d        ━━━━━━━━╾─┸───────────────  33%  resets in 4d3h, Tue 21:25  lasts',
      '7d Fable  ━━━━━━━━━━┻━━━━━━━━━━╾────  82%  resets in 4d3h, Tue 21:25  empty in 15h',
      'extra     ━━━━━━━━━━────────────────  38%  7.63 of 20.00 EUR',
    ]);
    expect(limits?.map(({ parameters }) => parameters.color)).toEqual([
      undefined,
      '#a36a00',
      undefined,
      '#e3242b',
      undefined,
    ]);
    expect(texts(origin)).toEqual(['Read 1m ago']);
    expect(actions).toEqual([{ text: 'Refresh', parameters: { refresh: 'true' } }]);
  });

  it.each<[keyof typeof STATES, string, string[]]>([
    ['pending', '…', ['The first answer is on its way']],
    ['signed out', 'sign in', ['No login of Claude Code was found. Run `claude` once to sign in.']],
    ['lapsed, recent', '5h 22% 4h37m · 7d 33% 4d3h · 12m ago', ['Read 12m ago']],
    [
      'lapsed, nothing known',
      'run claude',
      [
        'The access token has lapsed: Claude Code renews its token when it runs next. The',
        'login is not lost. Run `claude` once in a terminal: the desktop app does not renew',
        'it.',
      ],
    ],
    ['without limits', 'no limits reported', ['Read 1m ago']],
    [
      'stale',
      '5h 22% 4h37m · 7d 33% 4d3h · 12m ago · rate limited 4m',
      [
        'Read 12m ago',
        'Anthropic asks for fewer requests (429). Nothing to do: usageline asks again by',
        'itself. Next try in 4m, 18:29.',
      ],
    ],
  ])('explains the state: %s', (state, bar, origin) => {
    const blocks = menu(STATES[state]);
    expect(texts(blocks[0])).toEqual([bar]);
    expect(texts(blocks[2])).toEqual(origin);
  });

  it('has no time of the next request if the user must sign in', () => {
    const of = none({ error: failure('unauthorized', { retryAt: NOW + 300_000 }) });
    expect(texts(menu(of)[2]).join(' ')).not.toContain('Next try');
  });

  it('marks an estimate, and does not show last known numbers', () => {
    expect(texts(menu(STATES.estimate)[1])).toEqual([
      'Claude · Ultra · estimate',
      '5h  ~420k  tokens, block ends in 1h, 19:25',
    ]);
    expect(texts(menu(STATES['last known'])[1])).toEqual(['Claude · Ultra · last known']);
  });

  it.each([
    [22, {}],
    [60, { color: '#a36a00' }],
    [80, { color: '#e3242b', font: 'Menlo-Bold' }],
  ])('has the colour of %d %, and none at level ok', (percent, parameters) => {
    expect(menu(used(percent))[0]?.[0]?.parameters).toEqual(parameters);
    expect(menu(used(percent), { color: false })[0]?.[0]?.parameters).toEqual({});
  });

  it.each([
    ['a | b', 'a ¦ b'],
    ['a \\n b', 'a ∖n b'],
    ['<b>&', '‹b›＆'],
    ['-- a', '‐- a'],
    [':fire:', '.fire.'],
    ['23:02', '23:02'],
  ])('replaces the special characters in %j', (label, text) => {
    const of = usage({ windows: [window({ label })] });
    expect(texts(menu(of)[0])).toEqual([`${text} 22% 4h37m`]);
  });

  it('has no items and parameters but our own, for any usage', () => {
    fc.assert(
      fc.property(fc.oneof(anyUsage, fc.constantFrom(...PAYLOADS.map(hostile))), (of) => {
        const blocks = menu(of);
        expect(blocks[0]).toHaveLength(1);
        expect(texts(blocks.at(-1))).toEqual(['Refresh']);
        for (const { text } of blocks.flat()) {
          expect(text).not.toMatch(/^-|[\\<>&\u0000-\u001F\u007F-\u009F]|:[^\s:]+:/);
        }
      }),
    );
  });

  it('does not exceed the width of a menu', () => {
    const of = stale({ error: failure('cache_unwritable', { detail: 'x'.repeat(400) }) });
    for (const { text } of menu(of).slice(1).flat()) expect(text.length).toBeLessThanOrEqual(84);
  });
});
