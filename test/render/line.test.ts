import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineWidth } from '../../src/render/layout.ts';
import { lineSpans, renderLine } from '../../src/render/line.ts';
import type { FailureCode } from '../../src/usage/failure.ts';
import type { ExtraUsage, Usage, Window } from '../../src/usage/model.ts';
import { DEFAULT_APPEARANCE } from '../../src/render/appearance.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';
import {
  captured,
  CODES,
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
} from './usages.ts';

const line = (of: Usage) => renderLine(of, { color: false });
const paint = (of: Usage) => renderLine(of, { color: true }).replaceAll('\u001B', '␛');
const IN_4M = NOW + 4 * MINUTE + 59 * SECOND;
const aged = (ageMs: number, windows: Window[] = [window(), week()]) =>
  stale({ ageMs, cachedAt: NOW - ageMs, windows });
const TOKENS = { total: 420_000, input: 1, output: 2, cacheCreation: 3, cacheRead: 4 };

describe('the windows on the line', () => {
  it.each<[string, Window[], string]>([
    ['both', [window(), week()], '5h 22% 4h37m · 7d 33% 4d3h'],
    ['one alone', [window()], '5h 22% 4h37m'],
    ['no reset time', [window({ resetsAt: null })], '5h 22%'],
    ['a reset that was past when it was read', [window({ resetsAt: NOW - HOUR })], '5h 22%'],
    ['a reset right now', [window({ resetsAt: NOW })], '5h 22%'],
    ['a reset within the minute', [window({ resetsAt: NOW + 1 })], '5h 22% <1m'],
    ['an elapsed window', [window(ELAPSED), week()], '5h reset · 7d 33% 4d3h'],
    ['nothing used', [window({ usedPercent: 0 })], '5h 0% 4h37m'],
    ['over 100 %', [window({ usedPercent: 140 })], '5h 140% 4h37m'],
    [
      'a model tighter than the week',
      [window(), week(), fable()],
      '5h 22% 4h37m · 7d 33% 4d3h · 7d Fable 82% 4d3h, empty in 15h',
    ],
    ['a model as tight as the week', [week(), fable({ usedPercent: 33 })], '7d 33% 4d3h'],
    ['a model a little tighter', [week(), fable({ usedPercent: 33.1 })], '7d 33% 4d3h · 7d Fable 33% 4d3h'],
    [
      'a model at 0 % without a week',
      [window(), fable({ usedPercent: 0 })],
      '5h 22% 4h37m · 7d Fable 0% 4d3h',
    ],
    [
      'a model while the week has elapsed',
      [week(ELAPSED), fable({ usedPercent: 0 })],
      '7d reset · 7d Fable 0% 4d3h',
    ],
    ['a model elapsed together with the week', [week(ELAPSED), fable(ELAPSED)], '7d reset'],
    ['an elapsed model beside the week', [week(), fable(ELAPSED)], '7d 33% 4d3h'],
    ['an elapsed model alone', [fable(ELAPSED)], '7d Fable reset'],
    [
      'a named bucket',
      [week(), fable({ id: 'seven_day_opus', label: '7d Opus' })],
      '7d 33% 4d3h · 7d Opus 82% 4d3h, empty in 15h',
    ],
  ])('%s', (_name, windows, text) => {
    expect(line(usage({ windows }))).toBe(text);
  });
});

describe('extra usage on the line', () => {
  it.each<[string, ExtraUsage, string]>([
    ['with a limit', extra(), ' · extra 7.63/20.00 EUR'],
    ['without a limit', extra({ used: 12.5, limit: null, currency: 'USD' }), ' · extra 12.50 USD'],
    [
      'in a currency without minor units',
      extra({ used: 763, limit: 2000, currency: 'JPY', decimals: 0 }),
      ' · extra 763/2000 JPY',
    ],
    ['in an unknown currency', extra({ currency: null }), ' · extra 7.63/20.00'],
    ['in a currency of which nothing may be printed', extra({ currency: '' }), ' · extra 7.63/20.00'],
    ['switched off', extra({ enabled: false }), ''],
    ['not used', extra({ used: 0 }), ''],
    ['used by an unknown amount', extra({ used: null }), ''],
  ])('%s', (_name, extraUsage, text) => {
    expect(line(usage({ windows: [window()], extraUsage }))).toBe(`5h 22% 4h37m${text}`);
  });
});

describe('data that is not current', () => {
  const offline = failure('network_error');

  it.each<[string, Usage, string]>([
    ['stale: its age', stale(), '5h 22% 4h37m · 7d 33% 4d3h · 12m ago'],
    [
      'stale with extra usage: the age is last',
      stale({ windows: [window()], extraUsage: extra() }),
      '5h 22% 4h37m · extra 7.63/20.00 EUR · 12m ago',
    ],
    [
      'stale with an error: both',
      stale({ windows: [window()], error: offline }),
      '5h 22% 4h37m · 12m ago · offline',
    ],
    [
      'stale while the next answer is on its way',
      stale({ windows: [window()], pending: true }),
      '5h 22% 4h37m · 12m ago',
    ],
    [
      'fresh with an error',
      usage({ windows: [window()], error: failure('cache_unwritable') }),
      '5h 22% 4h37m · cache not writable',
    ],
    ['last known: no number', lastKnown({ error: offline }), 'offline'],
    ['last known without an error', lastKnown(), 'no data'],
    ['last known while an answer is on its way', lastKnown({ pending: true }), '…'],
    [
      'an estimate: no number is invented',
      none({ state: 'estimate', source: 'transcripts', error: offline }),
      'offline',
    ],
    ['none while the first request is under way', none({ pending: true }), '…'],
    [
      'none, an answer on its way, the cache broken',
      none({ pending: true, error: failure('cache_unreadable') }),
      '… · cache not readable',
    ],
    ['none and nothing known beyond that', none(), 'no data'],
    ['no windows', usage({ windows: [] }), 'no limits reported'],
    [
      'no windows, a balance',
      usage({ windows: [], credits: { balance: '59.879', currency: 'USD', unlimited: false } }),
      'credits 59.87 USD left',
    ],
    [
      'no windows, a balance of which nothing is known',
      usage({ windows: [], credits: { balance: null, currency: 'USD', unlimited: false } }),
      'no limits reported',
    ],
    [
      'no windows, a stale balance that is no money',
      stale({ windows: [], credits: { balance: '14000', currency: null, unlimited: false } }),
      'credits 14000 left · 12m ago',
    ],
    [
      'no windows, stale, with an error',
      stale({ windows: [], error: offline }),
      'no limits reported · 12m ago · offline',
    ],
    [
      'no windows, extra usage not in use',
      usage({ windows: [], extraUsage: extra({ used: 0 }) }),
      'no limits reported',
    ],
    ['no windows, extra usage in use', usage({ windows: [], extraUsage: extra() }), 'extra 7.63/20.00 EUR'],
  ])('%s', (_name, given, text) => {
    expect(line(given)).toBe(text);
  });
});

describe('an error on the line', () => {
  const texts: Record<FailureCode, string> = {
    no_credentials: 'sign in',
    credentials_unreadable: 'sign in',
    credentials_invalid: 'sign in',
    keychain_error: 'sign in',
    token_expired: 'sign in',
    token_lapsed: 'run claude',
    missing_scope: 'sign in',
    unauthorized: 'sign in',
    forbidden: 'sign in',
    rate_limited: 'rate limited 4m',
    server_error: 'server error',
    internal_error: 'internal error',
    bad_response: 'bad answer',
    network_error: 'offline',
    timeout: 'no answer',
    no_data: 'no data 4m',
    budget: 'paused 4m',
    disabled: 'disabled',
    wrong_usage: 'URL refused',
    cache_unreadable: 'cache not readable',
    cache_unwritable: 'cache not writable',
  };

  it.each(CODES)('%s without data', (code) => {
    expect(line(none({ error: failure(code, { retryAt: IN_4M }) }))).toBe(texts[code]);
  });

  it('hides a used-up budget next to numbers', () => {
    const error = failure('budget', { retryAt: IN_4M });
    expect(line(stale({ windows: [window()], error }))).toBe('5h 22% 4h37m · 12m ago');
  });

  const unsaid = new Set<FailureCode>(['no_data', 'budget', 'token_lapsed']);
  it.each(CODES.filter((code) => !unsaid.has(code)))('%s next to numbers', (code) => {
    const error = failure(code, { retryAt: IN_4M });
    expect(line(stale({ windows: [window()], error }))).toBe(`5h 22% 4h37m · 12m ago · ${texts[code]}`);
  });

  it.each<[string, Usage, string]>([
    ['data of 12 minutes ago', stale(), '5h 22% 4h37m · 7d 33% 4d3h · 12m ago'],
    ['data of just under an hour ago', aged(HOUR - 1), '5h 22% 4h37m · 7d 33% 4d3h · 59m ago'],
    ['data of an hour ago', aged(HOUR), '5h 22% 4h37m · 7d 33% 4d3h · 1h ago · run claude'],
    ['data of nine hours ago', aged(9 * HOUR), '5h 22% 4h37m · 7d 33% 4d3h · 9h ago · run claude'],
    ['fresh data', usage(), '5h 22% 4h37m · 7d 33% 4d3h'],
    [
      'a window that was reset',
      aged(9 * HOUR, [window(ELAPSED), week()]),
      '5h reset · 7d 33% 4d3h · 9h ago · run claude',
    ],
    ['data of two days ago', lastKnown(), 'run claude'],
    ['no data', none(), 'run claude'],
    [
      'an estimate',
      none({ state: 'estimate', tokens: { fiveHour: null, sevenDay: TOKENS } }),
      '~7d 420k · run claude',
    ],
  ])('a lapsed token next to %s', (_name, of, text) => {
    expect(line({ ...of, error: failure('token_lapsed', { retryAt: IN_4M }) })).toBe(text);
  });

  it.each<[FailureCode, string]>([
    ['rate_limited', 'rate limited'],
    ['budget', 'paused'],
    ['no_data', 'no data'],
  ])('%s without a future time of the next request', (code, text) => {
    expect(line(none({ error: failure(code) }))).toBe(text);
    expect(line(none({ error: failure(code, { retryAt: NOW }) }))).toBe(text);
  });

  it('does not have "no data" next to numbers or a pending response', () => {
    const error = failure('no_data', { retryAt: IN_4M });
    expect(line(stale({ windows: [window()], error }))).toBe('5h 22% 4h37m · 12m ago');
    expect(line(none({ pending: true, error }))).toBe('…');
  });
});

describe('the line in colour', () => {
  it('colours the percentages, by the unrounded value, and the verdicts', () => {
    const windows = [
      window({ usedPercent: 49.999, resetsAt: NOW + HOUR }),
      week({ usedPercent: 50, resetsAt: NOW + DAY }),
      fable({ usedPercent: 80 }),
    ];
    expect(paint(usage({ windows, extraUsage: extra() }))).toBe(
      '5h ␛[36m50%␛[0m 1h · 7d ␛[33m50%␛[0m 1d · 7d Fable ␛[1;7;31m80%␛[0m 4d3h, ␛[1;31mempty in 17h␛[0m · extra 7.63/20.00 EUR',
    );
  });

  it('dims the age and marks the error', () => {
    expect(paint(stale({ windows: [window(ELAPSED)], error: failure('timeout') }))).toBe(
      '5h reset · ␛[2m12m ago␛[0m · ␛[33mno answer␛[0m',
    );
  });
});

describe('the verdict on the line', () => {
  const seven = (usedPercent: number, resetsAt: number) =>
    line(usage({ windows: [week({ usedPercent, resetsAt })] }));

  it.each<[string, number, number, string]>([
    ['is there when the window is used up before its reset', 82, 4 * DAY, '7d 82% 4d, empty in 15h'],
    ['is not there when it lasts', 33, 4 * DAY, '7d 33% 4d'],
    ['is not there when use is even', 44, 4 * DAY, '7d 44% 4d'],
    ['is not there when it is used up', 100, 4 * DAY, '7d 100% 4d'],
    ['waits until a tenth of the window has passed', 50, 6.31 * DAY, '7d 50% 6d7h'],
    ['is there from a tenth on', 50, 6.3 * DAY, '7d 50% 6d7h, empty in 16h'],
    ['is rounded down to five minutes', 99, 4 * DAY, '7d 99% 4d, empty in 40m'],
    ['has a form for less than that', 99.95, 4 * DAY, '7d 99% 4d, empty in <5m'],
  ])('%s', (_name, used, left, text) => {
    expect(seven(used, NOW + left)).toBe(text);
  });
});

it('a verdict stays on a line that has no room for the times', () => {
  const windows = [window({ usedPercent: 97, resetsAt: NOW + 2 * HOUR }), week()];
  const spans = lineSpans(stale({ windows }), { countdowns: true, columns: 39 });
  expect(spans.map(({ text }) => text).join('')).toBe('5h 97%, empty in 5m · 7d 33% · 12m ago');
});

it('a line that shows what is left says so once', () => {
  const left = (windows: Window[]) =>
    renderLine(usage({ windows }), { color: false, appearance: { ...DEFAULT_APPEARANCE, percent: 'left' } });
  expect(left([window(), week()])).toBe('5h 78% left 4h37m · 7d 67% 4d3h');
  expect(left([window(ELAPSED), week()])).toBe('5h reset · 7d 67% left 4d3h');
});

describe('captured responses as lines', () => {
  it.each([
    ['2026-04-18-max', '2026-04-19T00:22:30Z', '5h 22% 4h37m · 7d 33% 4d18h'],
    ['2026-07-03-limits', '2026-07-02T20:00:00Z', '5h 11% 4h30m · 7d 9% 5d13h'],
    [
      '2026-08-05-max',
      '2026-08-05T15:00:00Z',
      '5h 5% 4h50m · 7d 60% 2d22h, empty in 2d12h · 7d Fable 82% 2d23h, empty in 21h',
    ],
    ['enterprise-null-five-hour', '2026-08-05T15:00:00Z', 'extra 12.50 USD'],
    [
      'extra-usage-eur',
      '2025-12-25T08:00:00Z',
      '5h 13% 4h · 7d 30% 5d16h, empty in 3d · extra 7.63/20.00 EUR',
    ],
  ])('%s', (name, at, text) => {
    expect(line(captured(name, at))).toBe(text);
  });
});

describe('a line of several accounts', () => {
  const account = (label: string, used: number) =>
    usage({ label, windows: [week({ usedPercent: used, resetsAt: null })] });
  const several = { ...account('Acme (EU)', 88), others: [account('codex', 56), account('claude', 33)] };
  const fitted = (columns: number | null) =>
    lineSpans(several, { countdowns: true, columns })
      .map(({ text }) => text)
      .join('');

  it.each<[number | null, string]>([
    [null, 'Acme (EU) 7d 88% · codex 7d 56% · claude 7d 33%'],
    [47, 'Acme (EU) 7d 88% · codex 7d 56% · claude 7d 33%'],
    [46, 'Acme (EU) 7d 88% · codex 7d 56%'],
    [30, 'Acme (EU) 7d 88%'],
    [12, 'Acme (EU) 7…'],
    [10, 'Acme (EU)…'],
    [6, 'Acme …'],
    [1, '…'],
  ])('in %s columns', (columns, text) => {
    expect(fitted(columns)).toBe(text);
  });

  const failed = (label: string, used: number, code: FailureCode, more: object = {}) => ({
    ...account(label, used),
    error: failure(code, more),
  });
  const inPath = (detail: string) => ({ detail });
  it.each<[what: string, all: Usage[], text: string]>([
    [
      'an error of the cache is shown once, whichever directory it names',
      [
        failed('work', 88, 'cache_unwritable', inPath('/a: EACCES')),
        failed('codex', 56, 'cache_unwritable', inPath('/b: EACCES')),
      ],
      'work 7d 88% · codex 7d 56% · cache not writable',
    ],
    [
      'an error of the cache is shown once where an account has no numbers',
      [
        failed('work', 88, 'cache_unwritable'),
        { ...none({ label: 'codex', error: failure('cache_unwritable') }) },
      ],
      'work 7d 88% · codex no data · cache not writable',
    ],
    [
      'another error in the same words is shown once',
      [failed('work', 88, 'disabled'), failed('codex', 56, 'disabled')],
      'work 7d 88% · codex 7d 56% · disabled',
    ],
    [
      'errors that differ stay with their accounts',
      [failed('work', 88, 'timeout', inPath('a')), failed('codex', 56, 'timeout', inPath('b'))],
      'work 7d 88% · no answer · codex 7d 56% · no answer',
    ],
    [
      'an error that one account lacks stays with the others',
      [failed('work', 88, 'cache_unwritable'), account('codex', 56)],
      'work 7d 88% · cache not writable · codex 7d 56%',
    ],
    [
      'an error in place of numbers stays where the numbers would be',
      [
        none({ label: 'work', error: failure('no_credentials') }),
        none({ label: 'codex', error: failure('no_credentials') }),
      ],
      'work sign in · codex sign in',
    ],
  ])('%s', (_what, [first, ...others], text) => {
    expect(line({ ...(first as Usage), others })).toBe(text);
  });

  it('an error that all share goes with the first account where the line is too narrow for both', () => {
    const [first, other] = ['work', 'codex'].map((label) => failed(label, 88, 'cache_unwritable'));
    const text = (columns: number) =>
      lineSpans({ ...(first as Usage), others: [other as Usage] }, { countdowns: true, columns })
        .map((span) => span.text)
        .join('');
    expect(text(46)).toBe('work 7d 88% · cache not writable');
    expect(text(31)).toBe('work 7d 88%');
  });

  it.each(['{7d.percent}', '{error} {7d.percent}'])('an error that all share is last in %s', (format) => {
    const [first, other] = ['work', 'codex'].map((label) => failed(label, 88, 'cache_unwritable'));
    const appearance = { ...DEFAULT_APPEARANCE, format };
    const all = { ...(first as Usage), others: [other as Usage] };
    expect(renderLine(all, { color: false, appearance })).toBe('work 88% · codex 88% · cache not writable');
  });

  it('is never wider than its columns', () => {
    fc.assert(
      fc.property(usageArbitrary, usageArbitrary, fc.integer({ min: 1, max: 80 }), (one, other, columns) => {
        const both = { ...one, label: 'a b c d e f g h i j', others: [{ ...other, label: 'codex' }] };
        const spans = lineSpans(both, { countdowns: true, columns });
        expect(lineWidth(spans)).toBeLessThanOrEqual(columns);
      }),
    );
  });
});

describe('for any usage', () => {
  it('the line is one line, not empty, of printable characters', () => {
    fc.assert(
      fc.property(usageArbitrary, (any) => {
        expect(line(any)).toMatch(/^[ -~·…]+$/);
        expect(line(any).trim()).toBe(line(any));
      }),
    );
  });

  it('colour adds nothing but closed colour codes', () => {
    fc.assert(
      fc.property(usageArbitrary, (any) => {
        expect(paint(any).replace(/␛\[[\d;]+m([^␛]+)␛\[0m/g, '$1')).toBe(line(any));
      }),
    );
  });
});
