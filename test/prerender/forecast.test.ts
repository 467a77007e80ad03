import { claudeReader } from '../../src/fetch/claude/reader.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Backoff } from '../../src/cache/backoff.ts';
import type { Entry } from '../../src/cache/entry.ts';
import { defaultSettings } from '../../src/config/settings.ts';
import { provider } from '../../src/fetch/registry.ts';
import { renderOutput } from '../../src/render/outputs/index.ts';
import { toUsage } from '../../src/resolve/to-usage.ts';
import { decide } from '../../src/resolve/decide.ts';
import { forecastOf, renderForecast } from '../../src/prerender/forecast.ts';
import type { ForecastInput, RenderedForecast } from '../../src/prerender/forecast.ts';
import { ENDPOINT_CODES, FAULT_CODES, RENEWAL_CODES } from '../../src/usage/failure.ts';
import type { Limit } from '../../src/fetch/claude/wire.ts';
import type { Usage } from '../../src/usage/model.ts';
import { DAY, HOUR, MINUTE, parseTime, SECOND } from '../../src/usage/time.ts';
import { windowsOf } from '../../src/fetch/claude/windows.ts';
import { runs } from '../property/support.ts';
import { aLock, anEntry, iso, NOW } from '../support/build.ts';

const EXACT = 5 * MINUTE;
const settings = defaultSettings({});
const offline = { ...settings, network: false };
/** Ends that fall together with no tick. */
const odd = { ...settings, cacheDurationMs: 100_300, maxStaleMs: 5 * HOUR + 7700 };

const HALF = 30 * SECOND;

/** Countdowns of the table change half a minute off its moments. */
const theEntry = (changes: Partial<Entry> = {}) => {
  const five_hour = { utilization: 22, resets_at: iso(NOW + 4 * HOUR + 37 * MINUTE + HALF) };
  const seven_day = { utilization: 33, resets_at: iso(NOW + 99 * HOUR + HALF) };
  return anEntry({ data: { five_hour, seven_day }, ...changes });
};
const theLock = (changes: Partial<Backoff> = {}) =>
  aLock({ blockedUntil: NOW + 4 * MINUTE + HALF, ...changes });

const inputOf = (changes: Partial<ForecastInput> = {}): ForecastInput => ({
  entry: theEntry(),
  backoff: null,
  now: NOW,
  fingerprint: 'fingerprint-1',
  accountMatch: 'unknown',
  provider,
  accountName: 'default',
  settings,
  recheckAt: null,
  ...changes,
});

const rendered = (usage: Usage, appearance: { countdowns: boolean }) =>
  renderOutput('plain', usage, { color: false, ...appearance });
/** Everything that a kind of one line shows: waybar's tooltip has more limits and sentences, but no other times. */
const inFull = (usage: Usage, appearance: { countdowns: boolean }) =>
  renderOutput('waybar', usage, { color: false, ...appearance });
const textsOf = (changes: Partial<ForecastInput> = {}) =>
  renderForecast(forecastOf(inputOf(changes)), rendered);

/** What a file of these stages shows at a moment: each ends in the second that its end lies in. */
function shownAt({ texts }: RenderedForecast, at: number): string | null {
  return texts.find(({ until }) => at / SECOND < Math.floor(until / SECOND))?.text ?? null;
}

/** What the program would do and print at a moment. */
function programAt(
  { entry, backoff, fingerprint, settings: its, accountName: name }: ForecastInput,
  at: number,
  render = rendered,
) {
  const account = () => 'unknown' as const;
  const question = {
    entry,
    backoff,
    now: at,
    policy: 'background',
    fingerprint,
    account,
    settings: its,
    budget: provider.budget,
  } as const;
  const { action, freshness, error } = decide({ ...question, force: false });
  const usage = toUsage({
    entry,
    freshness,
    error,
    source: 'cache',
    pending: action === 'background' && error?.code === 'no_data',
    provider,
    account: name,
    decidedAt: at,
    now: at,
    settings: its,
  });
  return { action, usage, text: render(usage, { countdowns: true }) };
}

/** The time of the refresh and the texts at `moments`, all in ms from now. */
function shown(changes: Partial<ForecastInput>, moments: readonly number[]) {
  const forecast = textsOf(changes);
  return forecast && [forecast.refreshAt - NOW, ...moments.map((at) => shownAt(forecast, NOW + at))];
}

const FUTURE = { cachedAt: NOW + HOUR };
const RESET_SOON = { five_hour: { utilization: 22, resets_at: iso(NOW + 10 * MINUTE + HALF) } };
const NO_RESET = { five_hour: { utilization: 22, resets_at: null } };
const PASSED = { five_hour: { utilization: 22, resets_at: iso(NOW - HOUR) } };
const NEVER = null;

describe('a forecast', () => {
  it.each<[string, Partial<ForecastInput>, number[], unknown]>([
    [
      'of a fresh entry is the entry, then with its age',
      {},
      [0, MINUTE, 2 * MINUTE - SECOND, 2 * MINUTE, 3 * MINUTE, 20 * MINUTE],
      [
        2 * MINUTE,
        '5h 22% 4h37m · 7d 33% 4d3h',
        '5h 22% 4h36m · 7d 33% 4d2h',
        '5h 22% 4h35m · 7d 33% 4d2h',
        '5h 22% 4h35m · 7d 33% 4d2h · 3m ago',
        '5h 22% 4h34m · 7d 33% 4d2h · 4m ago',
        '5h 22% 4h17m, empty in 2h30m · 7d 33% 4d2h · 21m ago',
      ],
    ],
    [
      'of a stale entry has its refresh at once',
      { entry: theEntry({ cachedAt: NOW - 10 * MINUTE }) },
      [0, MINUTE],
      [0, '5h 22% 4h37m · 7d 33% 4d3h · 10m ago', '5h 22% 4h36m · 7d 33% 4d2h · 11m ago'],
    ],
    [
      'beside data under a backoff says why and until when',
      { entry: theEntry({ cachedAt: NOW - 10 * MINUTE, data: NO_RESET }), backoff: theLock() },
      [0, MINUTE, 4 * MINUTE + 29 * SECOND, 4 * MINUTE + HALF],
      [
        4 * MINUTE + HALF,
        '5h 22% · 10m ago · rate limited 4m',
        '5h 22% · 11m ago · rate limited 3m',
        '5h 22% · 14m ago · rate limited <1m',
        '5h 22% · 14m ago',
      ],
    ],
    [
      'without data under a backoff is the backoff, and nothing after it',
      { entry: null, backoff: theLock() },
      [0, 3 * MINUTE, 4 * MINUTE + 29 * SECOND, 4 * MINUTE + HALF],
      [4 * MINUTE + HALF, 'rate limited 4m', 'rate limited 1m', 'rate limited <1m', NEVER],
    ],
    [
      'beside data says what renews a lapsed token once they are an hour old, also after the wait',
      {
        entry: theEntry({ cachedAt: NOW - 58 * MINUTE - 10 * SECOND, data: NO_RESET }),
        backoff: theLock({ error: 'token_lapsed' }),
      },
      [0, MINUTE + 49 * SECOND, MINUTE + 50 * SECOND, 4 * MINUTE + HALF, 5 * HOUR],
      [
        4 * MINUTE + HALF,
        '5h 22% · 58m ago',
        '5h 22% · 59m ago',
        '5h 22% · 1h ago · run claude',
        '5h 22% · 1h ago · run claude',
        '5h 22% · 5h ago · run claude',
      ],
    ],
    [
      'without data is what renews a lapsed token, also after the wait',
      { entry: null, backoff: theLock({ error: 'token_lapsed' }) },
      [0, 4 * MINUTE + HALF, HOUR - SECOND],
      [4 * MINUTE + HALF, 'run claude', 'run claude', 'run claude'],
    ],
    [
      'under other credentials than those of a lapsed token is nothing of it',
      {
        entry: theEntry({
          cachedAt: NOW - 2 * HOUR,
          data: NO_RESET,
          credentials: 'fingerprint-2',
          accountId: null,
        }),
        fingerprint: 'fingerprint-2',
        backoff: theLock({ error: 'token_lapsed' }),
      },
      [0, 10 * MINUTE],
      [0, '5h 22% · 2h ago', '5h 22% · 2h ago'],
    ],
    [
      'under a backoff of another program without data is when the next try is',
      { entry: null, backoff: theLock({ error: null }) },
      [0, 3 * MINUTE],
      [4 * MINUTE + HALF, 'no data 4m', 'no data 1m'],
    ],
    [
      'under a backoff over sign-in of other credentials is not the backoff',
      { entry: null, backoff: theLock({ error: 'unauthorized', credentials: 'fingerprint-0' }) },
      [0],
      NEVER,
    ],
    [
      'starts no worker while requests are switched off',
      { settings: offline, entry: theEntry({ data: NO_RESET }) },
      [0, 2 * MINUTE, 90 * MINUTE],
      [DAY - MINUTE, '5h 22%', '5h 22% · 3m ago · disabled', '5h 22% · 1h ago · disabled'],
    ],
    [
      'without data while requests are switched off is that they are',
      { settings: offline, entry: null },
      [0, HOUR - SECOND, HOUR],
      [HOUR, 'disabled', 'disabled', NEVER],
    ],
    [
      'of a window that is reset soon is without its percentage from then on',
      { entry: theEntry({ cachedAt: NOW - 10 * MINUTE, data: RESET_SOON }) },
      [0, 10 * MINUTE + 29 * SECOND, 10 * MINUTE + HALF],
      [0, '5h 22% 10m · 10m ago', '5h 22% <1m · 20m ago', '5h reset · 20m ago'],
    ],
    [
      'of a window that is reset within freshness is stale from then on',
      { entry: theEntry({ data: { five_hour: { utilization: 22, resets_at: iso(NOW + MINUTE + HALF) } } }) },
      [0, MINUTE + 29 * SECOND, MINUTE + HALF],
      [MINUTE + HALF, '5h 22% 1m', '5h 22% <1m', '5h reset · 2m ago'],
    ],
    [
      'of a window that had been reset before it was read has no countdown',
      { entry: theEntry({ data: PASSED }) },
      [0, 3 * MINUTE],
      [2 * MINUTE, '5h 22%', '5h 22% · 4m ago'],
    ],
    [
      'has no countdown from an hour on',
      { entry: theEntry({ cachedAt: NOW - 10 * MINUTE }) },
      [HOUR - SECOND, HOUR, 5 * HOUR],
      [0, '5h 22% 3h38m · 7d 33% 4d2h · 1h ago', '5h 22% · 7d 33% · 1h ago', '5h reset · 7d 33% · 5h ago'],
    ],
    ['of nothing known is nothing', { entry: null }, [0], NEVER],
    ['of a failure alone is nothing', { entry: theEntry({ data: null, error: 'timeout' }) }, [0], NEVER],
    ['of an entry that is too old is nothing', { entry: theEntry({ cachedAt: NOW - DAY }) }, [0], NEVER],
    ['of an entry from the future is nothing', { entry: theEntry(FUTURE) }, [0], NEVER],
    [
      'of an entry from the future is only the backoff, until the clock has come near it',
      {
        entry: theEntry({ cachedAt: NOW + 90 * SECOND, data: NO_RESET }),
        backoff: theLock(),
      },
      [0, 84 * SECOND, 85 * SECOND],
      [90 * SECOND + 3 * MINUTE, 'rate limited 4m', 'rate limited 3m', '5h 22%'],
    ],
    [
      'of an entry that gets too old ends there',
      { entry: theEntry({ cachedAt: NOW - DAY + 5 * MINUTE, data: NO_RESET }) },
      [0, 5 * MINUTE - SECOND, 5 * MINUTE],
      [0, '5h 22% · 23h ago', '5h 22% · 23h ago', NEVER],
    ],
    [
      'has its refresh when the keychain query is due',
      { recheckAt: NOW + 30 * SECOND },
      [0, MINUTE],
      [30 * SECOND, '5h 22% 4h37m · 7d 33% 4d3h', '5h 22% 4h36m · 7d 33% 4d2h'],
    ],
    [
      'has its refresh when the entry is stale, before the keychain query is due',
      { recheckAt: NOW + 5 * MINUTE },
      [0],
      [2 * MINUTE, '5h 22% 4h37m · 7d 33% 4d3h'],
    ],
    [
      'counts down to the end of the hour’s budget, and has its refresh then',
      {
        entry: null,
        backoff: theLock({ blockedUntil: 0, requests: requestsSince(50 * MINUTE + 20 * SECOND) }),
      },
      [0, 40 * SECOND, 41 * SECOND, 9 * MINUTE + 40 * SECOND, 9 * MINUTE + 41 * SECOND],
      [9 * MINUTE + 41 * SECOND, 'paused 9m', 'paused 9m', 'paused 8m', 'paused <1m', NEVER],
    ],
    [
      'beside data has its refresh when the hour’s budget allows',
      {
        entry: theEntry({ cachedAt: NOW - HOUR, data: NO_RESET }),
        backoff: theLock({ blockedUntil: 0, requests: requestsSince(50 * MINUTE + 20 * SECOND) }),
      },
      [0],
      [9 * MINUTE + 41 * SECOND, '5h 22% · 1h ago'],
    ],
  ])('%s', (_case, changes, moments, expected) => {
    expect(shown(changes, moments)).toEqual(expected);
  });

  it('ends when an entry is from a time when the clock was a century ahead', () => {
    const forecast = textsOf({ settings: offline, entry: theEntry({ cachedAt: NOW + 36_500 * DAY }) });
    expect(forecast?.texts).toEqual([{ until: NOW + DAY, text: 'disabled' }]);
  });
});

/** So many requests that the hour's budget is spent, the first of them so long ago. */
function requestsSince(ms: number): number[] {
  return Array.from({ length: 24 }, (_, index) => NOW - ms + index * 61 * SECOND);
}

/** Near the things that end or tick, and anywhere. */
const offset = (least: number, most: number) =>
  fc.oneof(
    fc.integer({ min: least, max: most }),
    fc.integer({ min: Math.ceil(least / SECOND), max: Math.floor(most / SECOND) }).map((s) => s * SECOND),
    fc.integer({ min: Math.max(least, -5 * MINUTE), max: Math.min(most, 20 * MINUTE) }),
    fc
      .constantFrom(-DAY, -HOUR, -180 * SECOND, -MINUTE, -1, 0, 1, 5 * SECOND, 5001, MINUTE, EXACT, HOUR)
      .map((ms) => Math.min(most, Math.max(least, ms))),
  );
const reset = fc.oneof(
  { weight: 5, arbitrary: offset(-2 * HOUR, 6 * HOUR).map((ms) => iso(NOW + ms)) },
  { weight: 2, arbitrary: offset(-DAY, 7 * DAY).map((ms) => iso(NOW + ms).replace('Z', '533+00:00')) },
  { weight: 1, arbitrary: fc.constant(null) },
);
/** All different, so that a percentage identifies its window. */
const percents = fc.uniqueArray(fc.integer({ min: 1, max: 140 }), { minLength: 5, maxLength: 5 });
const data = fc
  .tuple(percents, fc.array(reset, { minLength: 5, maxLength: 5 }), fc.integer({ min: 0, max: 31 }))
  .map(([utilizations, resets, there]) => {
    const bucket = (at: number) =>
      there & (1 << at) ? { utilization: utilizations[at]!, resets_at: resets[at]! } : null;
    const limits: Limit[] = [3, 4].flatMap((at) => {
      const { utilization: percent, resets_at } = bucket(at) ?? {};
      if (percent === undefined || resets_at === undefined) return [];
      const scope = { model: { display_name: `M${'abcde'[at]}` } };
      return [{ kind: 'weekly_scoped', percent, resets_at, scope }];
    });
    return { five_hour: bucket(0), seven_day: bucket(1), seven_day_opus: bucket(2), limits };
  });
const entry: fc.Arbitrary<Entry | null> = fc.option(
  fc.record({
    cachedAt: offset(-26 * HOUR, 90 * MINUTE).map((ms) => NOW + ms),
    data: fc.option(data, { freq: 8 }),
    reader: fc.constant(claudeReader),
    error: fc.constant(null),
    plan: fc.constant(null),
    accountId: fc.constant(null),
    credentials: fc.constantFrom('fingerprint-1', 'fingerprint-1', 'fingerprint-2', null),
  }),
  { freq: 8 },
);
const backoff: fc.Arbitrary<Backoff | null> = fc.option(
  fc
    .record({
      blockedUntil: offset(-HOUR, 23 * HOUR).map((ms) => NOW + ms),
      error: fc.constantFrom(
        null,
        'unauthorized' as const,
        ...RENEWAL_CODES,
        ...ENDPOINT_CODES,
        ...FAULT_CODES,
      ),
      failures: fc.integer({ min: 0, max: 3 }),
      writtenAt: offset(-HOUR, 5 * SECOND).map((ms) => NOW + ms),
      credentials: fc.constantFrom('fingerprint-1', 'fingerprint-2', null),
      requests: fc.oneof(
        fc.array(
          fc.integer({ min: -3700, max: 0 }).map((s) => NOW + s * SECOND),
          { maxLength: 3 },
        ),
        fc.array(
          fc.integer({ min: -3700, max: 0 }).map((s) => NOW + s * SECOND),
          {
            minLength: 24,
            maxLength: 30,
          },
        ),
      ),
    })
    .map((one) => ({ ...one, requests: one.requests.map((at) => Math.min(at, one.writtenAt)) })),
);
const anything: fc.Arbitrary<ForecastInput> = fc.record({
  entry,
  backoff,
  // Not on a second: whatever is rounded has something to round.
  now: fc.constantFrom(NOW, NOW + 1, NOW + 499, NOW + 999),
  fingerprint: fc.constantFrom('fingerprint-1', 'fingerprint-1', 'fingerprint-2', null),
  accountMatch: fc.constant('unknown' as const),
  provider: fc.constant(provider),
  accountName: fc.constant('default'),
  settings: fc.constantFrom(settings, settings, offline, odd, { ...odd, network: false }),
  recheckAt: fc.constantFrom(null, null, NOW + 30 * SECOND),
});

/** Moments around the ends of the stages, and some in between. */
function momentsOf({ now }: ForecastInput, { texts }: RenderedForecast, more: readonly number[]): number[] {
  const ends = texts.flatMap(({ until }) => [until - 1001, until - 1000, until - 999, until - 1, until]);
  const end = texts.at(-1)!.until;
  return [now, ...ends, ...more.map((part) => now + part * (end - now)), ...more.map((p) => now + p * EXACT)]
    .map(Math.floor)
    .filter((at) => at >= now && at < end);
}

const parts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 20, maxLength: 20 });

/** Checks a property for any state and many moments of its forecast. */
function holds(
  property: (it: ForecastInput, forecast: RenderedForecast, at: number, text: string) => void,
  render = rendered,
): void {
  fc.assert(
    fc.property(anything, parts, fc.constantFrom('all', 'stale'), (it, more, ages) => {
      const forecast = renderForecast(forecastOf(it, { ages }), render);
      if (forecast === null) return;
      for (const at of momentsOf(it, forecast, more)) {
        const text = shownAt(forecast, at);
        if (text !== null) property(it, forecast, at, text);
      }
    }),
    { numRuns: runs(400) },
  );
}

const ageOf = (text: string) => / · (<1m|\d+[mhd]) ago/.exec(text)?.[1] ?? null;
const UNITS: Record<string, number> = { m: MINUTE, h: HOUR, d: DAY };
const msOf = (age: string) => (age === '<1m' ? 0 : Number.parseInt(age, 10) * UNITS[age.at(-1)!]!);
const withoutCountdowns = (text: string) =>
  text
    .replace(/, empty in (<5m|[\ddhm]+)/g, '')
    .replace(/ (<1m|(\d+d)?(\d+h)?(\d+m)?)(?= ·|$)/g, '')
    .replaceAll(/ +/g, ' ');

describe('at every moment until its end, a forecast', () => {
  it.each([
    ['the line', rendered],
    ['all that a bar shows', inFull],
  ])(
    'within five minutes the program itself would print the same, but for the second before a change: %s',
    (_, render) => {
      holds((it, { texts }, at, text) => {
        if (at - it.now >= EXACT || texts.some(({ until }) => until > at && until - at <= SECOND)) return;
        const program = programAt(it, at, render).text;
        if (text !== program) expect({ at: at - it.now, text }).toEqual({ at: at - it.now, text: program });
      }, render);
    },
  );

  it('shows the next text in the second before a change, and no other', () => {
    holds((_it, { texts }, at, text) => {
      const index = texts.findIndex(({ until }) => until > at);
      const next = texts.slice(index).find(({ until }) => until - at >= SECOND);
      const soon = texts.slice(index).filter(({ until }) => until - at <= 2 * SECOND);
      const allowed = [texts[index]!.text, next?.text, ...soon.map((stage) => stage.text)];
      if (!allowed.includes(text)) expect(allowed).toContain(text);
    });
  });

  it('shows the same as the program far ahead, without countdowns', () => {
    holds((it, { texts }, at, text) => {
      if (texts.some(({ until }) => until > at && until - at <= SECOND)) return;
      const program = withoutCountdowns(programAt(it, at).text);
      if (withoutCountdowns(text) !== program) expect(withoutCountdowns(text)).toBe(program);
    });
  });

  it('shows no percentage of a window that has been reset', () => {
    holds(({ entry: of }, _prepared, at, text) => {
      const windows = of?.data ? windowsOf(of.data, of.cachedAt, at) : [];
      const open = windows.flatMap(({ label, usedPercent }) =>
        usedPercent === null ? [] : [`${label} ${usedPercent}%`],
      );
      const claimed = text.split(' · ').flatMap((part) => /^.* \d+%/.exec(part)?.[0] ?? []);
      for (const claim of claimed) if (!open.includes(claim)) expect(open).toContain(claim);
    });
  });

  it('shows an age that is wrong by no more than one of its units', () => {
    holds(({ entry: of, now }, _prepared, at, text) => {
      const age = ageOf(text);
      if (age === null || of === null) return;
      const real = Math.max(0, at - of.cachedAt);
      // The second that stages are early.
      const off = real + SECOND - msOf(age);
      const most = (at - now < HOUR && real < HOUR - MINUTE ? MINUTE : HOUR) + SECOND;
      if (off < 0 || off >= most) expect({ age, real, most }).toBe('an age that is right');
    });
  });

  it('shows the age of all numbers that are not fresh', () => {
    holds((it, { texts }, at, text) => {
      if (texts.some(({ until }) => until > at && until - at <= SECOND)) return;
      const { state } = programAt(it, at).usage;
      if (state === 'stale' && ageOf(text) === null) expect(text).toMatch(/ ago/);
    });
  });
});

describe('a rendered forecast', () => {
  const forecast = fc
    .tuple(anything, parts)
    .map(([it, more]) => ({ it, more, made: renderForecast(forecastOf(it), rendered) }))
    .filter(({ made }) => made !== null);

  it('is in order and without a gap, and neighbours differ', () => {
    fc.assert(
      fc.property(forecast, ({ it, made }) => {
        let [at, before] = [it.now, ''];
        for (const { until, text } of made!.texts) {
          expect(until).toBeGreaterThan(at);
          expect(text).not.toBe(before);
          [at, before] = [until, text];
        }
        expect(at - it.now).toBeLessThanOrEqual(DAY + 5 * SECOND);
      }),
    );
  });

  it('has its refresh when the program would start the worker, and not before', () => {
    fc.assert(
      fc.property(forecast, ({ it, made, more }) => {
        const { refreshAt, texts } = made!;
        if (it.recheckAt !== null && refreshAt === it.recheckAt) return;
        const isDue = (at: number) => programAt(it, at).action === 'background';
        for (const part of refreshAt > it.now ? [...more, 1] : [])
          expect(isDue(Math.floor(it.now + part * (refreshAt - it.now - 1)))).toBe(false);
        expect(isDue(refreshAt) || refreshAt === texts.at(-1)!.until).toBe(true);
      }),
      { numRuns: 80 },
    );
  });

  it('ends where the first request is due', () => {
    fc.assert(
      fc.property(anything, (it) => {
        const first = programAt(it, it.now).text;
        const made = renderForecast(forecastOf(it), rendered);
        expect(made?.texts[0]?.text ?? '…').toBe(first);
        for (const { text } of made?.texts ?? []) expect(text).not.toContain('…');
      }),
      { numRuns: 80 },
    );
  });
});

describe('a forecast for very many windows', () => {
  const many = (count: number, apart: number) => {
    const limits = Array.from({ length: count }, (_, index) => ({
      kind: 'weekly_scoped',
      percent: 50 + (index % 50),
      resets_at: iso(NOW + HOUR + index * apart),
      scope: { model: { display_name: `A model with a name of its own, no ${index}` } },
    }));
    const five_hour = { utilization: 22, resets_at: iso(NOW + 4 * HOUR) };
    return anEntry({ cachedAt: NOW, data: { five_hour, limits } });
  };

  it.each([
    ['fifty with different resets', 50, 7 * MINUTE + 13 * SECOND],
    ['fifty that are reset within a minute', 50, SECOND],
    ['a thousand', 1000, 17 * SECOND],
  ])('has a limited number of texts: %s', (_case, count, apart) => {
    const entryOfMany = many(count, apart);
    const made = textsOf({ entry: entryOfMany })!;
    expect(made.texts.length).toBeLessThan(250);
    expect(made.refreshAt).toBeLessThanOrEqual(NOW + 3 * MINUTE);
    for (const { until } of made.texts) {
      const at = Math.floor(until / SECOND) * SECOND - 1;
      const open = windowsOf(entryOfMany.data!, NOW, at).filter(({ elapsed }) => !elapsed).length;
      const claimed = (shownAt(made, at) ?? '').match(/%/g)?.length ?? 0;
      expect(claimed).toBeLessThanOrEqual(open);
    }
  });

  it('covers a day when thirty windows are reset at different times', () => {
    const made = textsOf({ entry: many(30, 7 * MINUTE + 13 * SECOND) })!;
    expect(made.texts.at(-1)!.until).toBe(NOW + DAY);
    for (const limit of many(30, 7 * MINUTE + 13 * SECOND).data!.limits as Limit[]) {
      expect(made.texts.map(({ until }) => until)).toContain(parseTime(limit.resets_at));
    }
  });
});
