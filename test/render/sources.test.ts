import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { paint } from '../../src/render/spans.ts';
import { renderJson } from '../../src/render/json.ts';
import { lineSpans } from '../../src/render/line.ts';
import type { LineOptions } from '../../src/render/line.ts';
import { renderShow } from '../../src/render/show.ts';
import { tokenText } from '../../src/render/values.ts';
import type { Usage } from '../../src/usage/model.ts';
import { HOUR, MINUTE } from '../../src/usage/time.ts';
import { extra, fable, NOW, stale, usage, week, window } from './usages.ts';

// Clock times are expected as they are in UTC.
beforeEach(() => {
  vi.stubEnv('TZ', 'UTC');
});
afterEach(() => vi.unstubAllEnvs());

const line = (value: Usage, appearance: Partial<LineOptions> = {}) =>
  paint(lineSpans(value, { countdowns: true, ...appearance }), false);

describe('the limit of the session’s model', () => {
  const low = usage({ windows: [window(), week(), fable({ usedPercent: 5 })] });

  it.each([
    ['Fable', true],
    ['Claude Fable 5', true],
    ['fable-5', true],
    ['Fables', false],
    ['Opus', false],
    ['', false],
    ['$(touch x)', false],
    [null, false],
  ])('comes first for %j: %s', (model, first) => {
    expect(line(low, { model }).startsWith('7d Fable 5%')).toBe(first);
  });

  it('is shown once', () => {
    const value = usage({ windows: [window(), week(), fable()] });
    expect(line(value, { model: 'Fable' })).toBe(
      '7d Fable 82% 4d3h, empty in 15h · 5h 22% 4h37m · 7d 33% 4d3h',
    );
  });
});

describe('a line in few columns', () => {
  const value = stale({ windows: [window(), week(), fable()], extraUsage: extra() });
  const error = { code: 'network_error', retryAt: null } as const;

  it.each([
    [
      200,
      '5h 22% 4h37m · 7d 33% 4d3h · 7d Fable 82% 4d3h, empty in 15h · extra 7.63/20.00 EUR · 12m ago · offline',
    ],
    [70, '5h 22% 4h37m · 7d 33% · 7d Fable 82%, empty in 15h · 12m ago · offline'],
    [50, '5h 22% · 7d 33% · 7d Fable 82% · 12m ago · offline'],
    [40, '7d Fable 82% 4d3h · 12m ago · offline'],
    [26, '7d Fable 82% · 12m ago'],
    [20, '7d… 82% · 12m ago'],
    [10, '7d… 82% ·…'],
  ])('of %i leaves the age with the last number', (columns, expected) => {
    expect(line({ ...value, error }, { columns })).toBe(expected);
  });
});

describe('numbers of two sources', () => {
  const reported = { source: 'statusline', readAt: NOW - MINUTE } as const;
  const value = usage({
    source: 'statusline',
    windows: [window(reported), week(reported), fable({ readAt: NOW - 16 * MINUTE })],
    extraUsage: extra(),
    restAgeMs: 16 * MINUTE,
  });

  it('show their own age', () => {
    expect(line(value)).toBe(
      '5h 22% 4h37m · 7d 33% 4d3h · 7d Fable 82% 4d3h, empty in 15h, 16m ago · extra 7.63/20.00 EUR 16m ago',
    );
  });

  it('have their sources in show and in JSON', () => {
    expect(renderShow([value], { color: false, columns: 200 }).replaceAll('\n', ' ')).toContain(
      "5h, 7d read 1m ago, 18:24, from Claude Code's status line; 7d Fable, extra read 16m ago, 18:09, from the endpoint.",
    );
    const { source, windows } = JSON.parse(renderJson([value]));
    expect([source, ...windows.map((it: any) => it.source)]).toEqual([
      'statusline',
      'statusline',
      'statusline',
      'endpoint',
    ]);
  });
});

describe('an estimate', () => {
  const count = { total: 420_999, input: 1, output: 2, cacheCreation: 3, cacheRead: 4 };
  const tokens = { fiveHour: { ...count, endsAt: NOW + HOUR }, sevenDay: { ...count, total: 3_150_000 } };
  const value = usage({
    state: 'estimate',
    source: 'transcripts',
    cachedAt: null,
    ageMs: null,
    windows: [],
    tokens,
  });

  it('has tokens and no percentage', () => {
    expect(line(value)).toBe('~5h 420k · ~7d 3.1M');
    expect(line({ ...value, tokens: { fiveHour: null, sevenDay: null } })).toBe('no data');
    expect(renderShow([value], { color: false, columns: 100 })).toMatch(
      /5h +~420k +tokens, block ends in 1h, 19:25\n7d +~3.1M/,
    );
    expect(JSON.parse(renderJson([value])).tokens).toEqual({
      five_hour: {
        total: 420_999,
        input: 1,
        output: 2,
        cache_creation: 3,
        cache_read: 4,
        ends_at: '2026-11-20T19:25:00.000Z',
      },
      seven_day: { total: 3_150_000, input: 1, output: 2, cache_creation: 3, cache_read: 4 },
    });
  });

  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1k'],
    [999_999, '999k'],
    [1_000_000, '1.0M'],
    [9_999_999, '9.9M'],
    [34_600_000, '34M'],
  ])('of %i tokens is %s', (total, text) => expect(tokenText(total)).toBe(text));
});
