import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { formatMistake, PRESETS } from '../../../src/render/template/format.ts';
import { LINE_FIELDS, WINDOW_FIELDS } from '../../../src/render/template/placeholders.ts';
import { lineSpans } from '../../../src/render/line.ts';
import type { LineOptions } from '../../../src/render/line.ts';
import { DEFAULT_APPEARANCE } from '../../../src/render/appearance.ts';
import type { Appearance } from '../../../src/render/appearance.ts';
import { percentText } from '../../../src/render/values.ts';
import { widthOf } from '../../../src/render/layout.ts';
import type { Usage, Window } from '../../../src/usage/model.ts';
import { MINUTE } from '../../../src/usage/time.ts';
import {
  ELAPSED,
  extra,
  fable,
  failure,
  lastKnown,
  none,
  NOW,
  stale,
  usage,
  usageArbitrary,
  week,
  window,
} from '../usages.ts';

type Options = Partial<Omit<LineOptions, 'appearance'>> & Partial<Appearance>;

const line = (of: Usage, format: string, options: Options = {}) => {
  const { countdowns = true, model = null, columns = null, ...appearance } = options;
  return lineSpans(of, {
    appearance: { ...DEFAULT_APPEARANCE, ...appearance, format },
    countdowns,
    model,
    columns,
  })
    .map(({ text }) => text)
    .join('');
};

beforeEach(() => {
  vi.stubEnv('TZ', 'UTC');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('each preset, for each percentage', () => {
  it.each([
    [0, '5h 0% 4h37m', '5h 0%', '5h ┸─────── 0% 4h37m', '5h 0%'],
    [0.4, '5h <1% 4h37m', '5h <1%', '5h ┹─────── <1% 4h37m', '5h <1%'],
    [50, '5h 50% 4h37m', '5h 50%', '5h ┻━━━──── 50% 4h37m', '5h 50%'],
    [99.6, '5h 99% 4h37m', '5h 99%', '5h ┻━━━━━━╾ 99% 4h37m', '5h 99%'],
    [100, '5h 100% 4h37m', '5h 100%', '5h ┻━━━━━━━ 100% 4h37m', '5h 100%'],
    [140, '5h 140% 4h37m', '5h 140%', '5h ┻━━━━━━━ 140% 4h37m', '5h 140%'],
  ])('%d', (usedPercent, whole, compact, bars, minimal) => {
    const of = usage({ windows: [window({ usedPercent })] });
    expect(line(of, 'default')).toBe(whole);
    expect(line(of, 'ascii')).toBe(whole);
    expect(line(of, 'compact')).toBe(compact);
    expect(line(of, 'bars')).toBe(bars);
    expect(line(of, 'minimal')).toBe(minimal);
  });

  it.each([
    [0, '100%', '━━━━━━━┻'],
    [0.4, '99%', '━━━━━━━┹'],
    [99.6, '<1%', '╾──────┸'],
    [100, '0%', '───────┸'],
    [140, '0%', '───────┸'],
  ])('%d, as percent left', (usedPercent, left, bar) => {
    const of = usage({ windows: [window({ usedPercent })] });
    expect(line(of, 'bars', { percent: 'left' })).toBe(`5h ${bar} ${left} left 4h37m`);
    expect(line(of, '{5h.used} {5h.left}', { percent: 'left' })).toBe(`${percentText(usedPercent)} ${left}`);
  });
});

describe('each preset, in each state', () => {
  const windows = [window(ELAPSED), week()];
  const offline = failure('network_error');

  it.each<[string, Usage, string, string, string, string, string]>([
    [
      'an elapsed window',
      usage({ windows }),
      '5h reset · 7d 33% 4d3h',
      '5h reset · 7d 33%',
      '5h reset · 7d ━━╾┸──── 33% 4d3h',
      '7d 33%',
      '5h reset | 7d 33% 4d3h',
    ],
    [
      'all elapsed',
      usage({ windows: [window(ELAPSED)] }),
      '5h reset',
      '5h reset',
      '5h reset',
      '5h reset',
      '5h reset',
    ],
    [
      'stale and offline',
      stale({ windows, error: offline }),
      '5h reset · 7d 33% 4d3h · 12m ago · offline',
      '5h reset · 7d 33% · 12m ago · offline',
      '5h reset · 7d ━━╾┸──── 33% 4d3h · 12m ago · offline',
      '7d 33% · 12m ago · offline',
      '5h reset | 7d 33% 4d3h | 12m ago | offline',
    ],
    [
      'no reset time',
      usage({ windows: [window({ resetsAt: null })] }),
      '5h 22%',
      '5h 22%',
      '5h ━━────── 22%',
      '5h 22%',
      '5h 22%',
    ],
    ['last known', lastKnown({ error: offline }), ...same('offline'), 'offline'],
    ['none', none(), ...same('no data'), 'no data'],
    ['none, asked for', none({ pending: true }), ...same('…'), '...'],
    ['no limits', usage({ windows: [] }), ...same('no limits reported'), 'no limits reported'],
    [
      'extra usage alone',
      usage({ windows: [], extraUsage: extra() }),
      ...same('extra 7.63/20.00 EUR'),
      'extra 7.63/20.00 EUR',
    ],
    [
      'an estimate',
      none({
        state: 'estimate',
        tokens: { fiveHour: { ...tokens(420_000), endsAt: NOW }, sevenDay: tokens(3_100_000) },
      }),
      ...same('~5h 420k · ~7d 3.1M'),
      '~5h 420k | ~7d 3.1M',
    ],
  ])('%s', (_name, of, whole, compact, bars, minimal, ascii) => {
    expect([
      line(of, 'default'),
      line(of, 'compact'),
      line(of, 'bars'),
      line(of, 'minimal'),
      line(of, 'ascii'),
    ]).toEqual([whole, compact, bars, minimal, ascii]);
  });
});

describe('a template', () => {
  const all = usage({ windows: [window(), week(), fable()], extraUsage: extra() });

  it.each([
    ['{5h.label}|{5h.percent}|{5h.reset}', '5h|22%|4h37m'],
    ['{5h.at} {7d.at}', '23:02 Tue 21:25'],
    ['{5h.pace} {7d.pace} {model.pace}', '+14 -8 +41'],
    ['{5h.empty}[, {7d.empty}]', '1h21m'],
    ['{7d fable.used} {7D FABLE.used} {weekly_scoped:fable.used}', '82% 82% 82%'],
    ['{model.label} {tightest.label}{5h.age} {7d.used}', '7d Fable 7d Fable 33%'],
    ['{5h.used}[ x {7d opus.used}][ y {7d.used}]', '22% y 33%'],
    ['{5h.used}[ ({7d opus.label}[, {7d.label}])]', '22% (, 7d)'],
    [String.raw`\{{5h.used}\} \[{7d.used}\]`, '{22%} [33%]'],
    ['{sep}{5h.used}{sep}{sep}{7d opus.used}{sep}{7d.used}{sep}', '22% · 33%'],
    ['  {5h.used} {sep} {7d.used}  ', '22% · 33%'],
    ['{plan} {5h.used} {extra}', 'Ultra 22% extra 7.63/20.00 EUR'],
    ['{#windows}{label}:{used}{/windows}', '5h:22% · 7d:33% · 7d Fable:82%'],
    ['a {#windows}[{empty}]{/windows} b', 'a 1h21m · 15h8m b'],
    ['50% % # {5h.used}', '50% % # 22%'],
  ])('%s', (format, text) => {
    expect(line(all, format)).toBe(text);
  });

  it.each([
    ['{5h.used}', '22% · 12m ago · offline'],
    ['{age}: {5h.used}', '12m ago: 22% · offline'],
    ['{error}: {5h.used}', 'offline: 22% · 12m ago'],
    ['[{status} / ]{5h.used}', '12m ago · offline / 22%'],
    ['{5h.used} {age} {error}', '22% 12m ago offline'],
  ])('%s cannot hide age and error', (format, text) => {
    expect(line(stale({ error: failure('network_error') }), format)).toBe(text);
  });

  it.each([
    ['{5h.used} {5h.bar} {5h.reset} {7d.used}', 'reset   33%'],
    ['{5h.left} {5h.used}', 'reset'],
    ['{5h.bar}', 'reset'],
    ['{5h.reset}', 'reset'],
    ['[{5h.at}]{7d.used}', '33%'],
    ['[{5h.pace}]{7d.used}', '33%'],
  ])('%s shows "reset" once for an elapsed window', (format, text) => {
    expect(line(usage({ windows: [window(ELAPSED), week()] }), format)).toBe(
      text.replace(/^reset {3}/, 'reset   '),
    );
  });

  it.each([
    ['{#windows}{label} {used}{/windows}', '5h 22% · 7d 33% · 7d Fable 82% 16m ago'],
    ['{#windows}{label} {used}[ ({age})]{/windows}', '5h 22% · 7d 33% · 7d Fable 82% (16m ago)'],
    ['{5h.used} {model.used}', '22% 82% · 7d Fable 16m ago'],
    ['{5h.used} {model.used}[ {model.age}]', '22% 82% 16m ago'],
    ['{model.used}{sep}{tightest.used}', '82% · 82% · 7d Fable 16m ago'],
    ['{5h.used}', '22%'],
  ])('%s shows the age of a number that is older than the others', (format, text) => {
    const reported = { source: 'statusline', readAt: NOW } as const;
    const windows = [window(reported), week(reported), fable({ readAt: NOW - 16 * MINUTE })];
    expect(line(usage({ windows, restAgeMs: 16 * MINUTE }), format)).toBe(text);
  });

  it.each([
    ['{5h.tokens}', '~420k · offline'],
    ['[5h {5h.tokens}]{sep}[7d {7d.tokens}]', '5h ~420k · offline'],
    ['{5h.used}', '~5h 420k · offline'],
    ['{#windows}{label} {tokens}{/windows}', '~5h 420k · offline'],
  ])('%s of an estimate', (format, text) => {
    const estimate = { fiveHour: { ...tokens(420_000), endsAt: NOW }, sevenDay: null };
    const of = none({ state: 'estimate', tokens: estimate, error: failure('network_error') });
    expect(line(of, format)).toBe(text);
  });

  it('shows the default line if none of its placeholders has a value', () => {
    expect(line(usage(), 'x {7d opus.used}')).toBe('5h 22% 4h37m · 7d 33% 4d3h');
    expect(line(stale(), '{plan} {model.used}')).toBe('5h 22% 4h37m · 7d 33% 4d3h · 12m ago');
  });

  it('has no countdowns on request', () => {
    expect(line(all, '{5h.used}[ {5h.reset}][ {5h.pace}][ {5h.empty}] {5h.at}', { countdowns: false })).toBe(
      '22% 23:02',
    );
  });

  it('uses the model of the session for `model`', () => {
    const opus = week({ id: 'seven_day_opus', label: '7d Opus', model: 'Opus', usedPercent: 40 });
    const of = usage({ windows: [window(), fable(), opus] });
    expect(line(of, '{model.label}')).toBe(
      '5h 22% 4h37m · 7d Fable 82% 4d3h, empty in 15h · 7d Opus 40% 4d3h',
    );
    expect(line(of, '{model.label} {model.used}')).toBe('7d Fable 82%');
    expect(line(of, '{model.label} {model.used}', { model: 'Claude Opus 4.5' })).toBe('7d Opus 40%');
  });
});

describe('a hidden window', () => {
  const all = usage({ windows: [window(), week(), fable({ usedPercent: 5 })], extraUsage: extra() });

  it.each([
    [['five_hour'], '7d 33% 4d3h · extra 7.63/20.00 EUR'],
    [['7d', 'extra'], '5h 22% 4h37m · 7d Fable 5% 4d3h'],
    [['five_hour', 'seven_day', '7d fable'], 'extra 7.63/20.00 EUR'],
    [['five_hour', 'seven_day', '7d fable', 'extra'], 'no limits shown'],
  ])('%j', (hide, text) => {
    expect(line(all, 'default', { hide })).toBe(text);
  });

  it('has no estimate either', () => {
    const estimate = { fiveHour: { ...tokens(420_000), endsAt: NOW }, sevenDay: tokens(3_100_000) };
    expect(line(none({ state: 'estimate', tokens: estimate }), 'default', { hide: ['7d'] })).toBe('~5h 420k');
  });
});

describe('few columns', () => {
  const all = stale({ windows: [window(), week(), fable()], extraUsage: extra() });

  it.each([
    [
      'bars',
      100,
      '5h ┻━────── 22% 4h37m · 7d ━━╾┸──── 33% 4d3h · 7d Fable ━━━┻━━╾─ 82% 4d3h, empty in 15h · 12m ago',
    ],
    ['bars', 60, '5h ┻─── 22% · 7d ━┹── 33% · 7d Fable ━┻━╾ 82% · 12m ago'],
    ['bars', 50, '5h ╾─ 22% · 7d ╾─ 33% · 7d Fable ━╾ 82% · 12m ago'],
    ['bars', 40, '5h ╾─ 22% · 7d Fable ━╾ 82% · 12m ago'],
    ['bars', 30, '7d Fable ━┻━╾ 82% · 12m ago'],
    ['bars', 20, '7d… ━╾ 82% · 12m ago'],
    ['blocks', 40, '5h ▌· 22% · 7d Fable █▋ 82% · 12m ago'],
    ['minimal', 10, '7d… 82% ·…'],
    ['ascii', 12, '7d... 82%...'],
    ['{7d.used} {7d.reset}{sep}{5h.used} {5h.reset}', 29, '33% 4d3h · 22% · 12m ago'],
    ['日本 {5h.used}', 100, '日本 22% · 12m ago'],
    ['日本 {5h.used}', 8, '日本 22…'],
    ['日本 {5h.used}', 4, '日…'],
  ])('%s in %i', (format, columns, text) => {
    expect(line(all, format, { columns })).toBe(text);
  });

  it('keep the window that needs attention most, and the first one where none does', () => {
    const narrow = (...windows: Window[]) => line(usage({ windows }), 'default', { columns: 14 });
    const [calm, warn, critical] = [10, 55, 85];
    expect(narrow(window({ usedPercent: calm }), week({ usedPercent: critical }))).toMatch(/^7d 85%/);
    expect(narrow(window({ usedPercent: warn }), week({ usedPercent: critical }))).toMatch(/^7d 85%/);
    expect(narrow(window({ usedPercent: critical }), week({ usedPercent: warn }))).toMatch(/^5h 85%/);
    // Also where its name has no room.
    expect(line(all, 'default', { columns: 20 })).toBe('7d… 82% · 12m ago');
    expect(line(all, 'ascii', { columns: 20 })).toBe('7d... 82% | 12m ago');
    // Used more slowly than evenly.
    const slow = week({ usedPercent: calm });
    expect(narrow(window({ usedPercent: 1 }), slow)).toMatch(/^5h 1%/);
  });

  it('are never exceeded, and a line that fits does not change', () => {
    fc.assert(
      fc.property(
        usageArbitrary,
        fc.constantFrom(...formats),
        fc.integer({ min: 1, max: 140 }),
        (of, format, columns) => {
          const whole = line(of, format);
          const cut = line(of, format, { columns });
          expect(widthOf(cut)).toBeLessThanOrEqual(columns);
          if (widthOf(whole) <= columns) expect(cut).toBe(whole);
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each(['bars', 'blocks'])('have no time where %s have lost columns that a time would take', (format) => {
    const fresh = usage({ windows: [window(), week(), fable()], extraUsage: extra() });
    for (const of of [all, fresh]) {
      for (let columns = 1; columns <= 120; columns += 1) {
        const text = line(of, format, { columns });
        const bars = text.match(/(?<= )[━╾┻┹┸─█▏▎▍▌▋▊▉·▄╵]{2,8}(?= \d)/gu) ?? [];
        const shortest = Math.min(...bars.map(({ length }) => length), bars.length === 0 ? 0 : 8);
        if (shortest < 4) expect(text, `${columns} columns`).not.toMatch(/4h37m|\dd\dh/);
      }
    }
  });

  it('keep a number with its age', () => {
    for (let columns = 17; columns < 100; columns += 1)
      expect(line(all, 'bars', { columns })).toContain('12m ago');
  });
});

/** Likely and unlikely templates. */
const formats = [
  ...Object.keys(PRESETS),
  '⚡{5h.used}{sep}[Opus {7d opus.percent}]{sep}{extra}',
  '日本 {tightest.bar} {age}',
  '{#windows}[{bar}|]{label}[ {at}][ {pace}][ {empty}]{/windows}',
];
const word = fc.constantFrom(
  ...Object.keys(LINE_FIELDS).map((name) => `{${name}}`),
  ...Object.keys(WINDOW_FIELDS).flatMap((field) => [
    `{5h.${field}}`,
    `{model.${field}}`,
    `{${field}}`,
    `[${field}]`,
  ]),
  '[',
  ']',
  '{#windows}',
  '{/windows}',
  '\\[',
  ' ',
  '日',
  '⚡',
  'x',
  '{',
  '}',
  '\n',
  '$',
  '`',
  '\u001B',
  '\u202E',
);
const template = fc.oneof(
  fc.array(word, { maxLength: 8 }).map((words) => words.join('')),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom(...formats),
);

describe('for any template', () => {
  it('there is one line of printable characters, with no percentage that was not read', () => {
    let fine = 0;
    fc.assert(
      fc.property(template, usageArbitrary, (format, of) => {
        const mistake = formatMistake(format);
        if (mistake !== null) expect(mistake).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
        else fine += 1;
        const text = line(of, format);
        expect(text).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}$`\\]/u);
        expect(text.trim()).toBe(text);
        expect(text).not.toBe('');
        const percentages = of.windows.flatMap(({ usedPercent: used }) =>
          used === null ? [] : [percentText(used), percentText(Math.max(0, 100 - used))],
        );
        const shown = of.state === 'fresh' || of.state === 'stale' ? percentages : [];
        // Field by field: who writes two without anything between gets one behind the other.
        const fields = lineSpans(of, { appearance: { ...DEFAULT_APPEARANCE, format }, countdowns: true });
        for (const field of fields) {
          const [percent] = /<?[\de+.]+%/.exec(field.text) ?? [];
          if (percent !== undefined) expect(shown).toContain(percent);
        }
      }),
      { numRuns: 2000 },
    );
    expect(fine).toBeGreaterThan(200);
  });

  it('an invalid template counts as the default', () => {
    expect(line(usage(), '{5h.percnt}')).toBe('5h 22% 4h37m · 7d 33% 4d3h');
  });
});

function tokens(total: number) {
  return { total, input: total, output: 0, cacheCreation: 0, cacheRead: 0 };
}

/** What four presets have in common where there are no numbers. */
function same(text: string): [string, string, string, string] {
  return [text, text, text, text];
}
