import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { LOCAL_CODES, REFRESH_CODES } from '../../src/usage/failure.ts';
import type { Failure, FailureCode } from '../../src/usage/failure.ts';
import { SPEND_LIMIT } from '../../src/usage/model.ts';
import type { ExtraUsage, Pool, State, Usage, UsageDetails, Window } from '../../src/usage/model.ts';
import { texts } from '../../src/fetch/claude/texts.ts';
import { parseResponse } from '../../src/fetch/claude/data.ts';
import { sanitize } from '../../src/usage/text.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';
import { extraUsageOf, windowsOf } from '../../src/fetch/claude/windows.ts';

export const NOW = Date.parse('2026-11-20T18:25:00.000Z');

export const CODES: readonly FailureCode[] = [...REFRESH_CODES, ...LOCAL_CODES];

export function window(over: Partial<Window> = {}): Window {
  return {
    id: 'five_hour',
    label: '5h',
    model: null,
    usedPercent: 22,
    resetsAt: NOW + 4 * HOUR + 37 * MINUTE,
    windowSeconds: (5 * HOUR) / SECOND,
    elapsed: false,
    source: 'endpoint',
    readAt: NOW - 108 * SECOND,
    ...over,
  };
}

export function week(over: Partial<Window> = {}): Window {
  return window({
    id: 'seven_day',
    label: '7d',
    usedPercent: 33,
    resetsAt: NOW + 4 * DAY + 3 * HOUR,
    windowSeconds: (7 * DAY) / SECOND,
    ...over,
  });
}

export function fable(over: Partial<Window> = {}): Window {
  return week({ id: 'weekly_scoped:fable', label: '7d Fable', model: 'Fable', usedPercent: 82, ...over });
}

/** The limit on money of a gateway or of an Enterprise seat. */
export function spend(over: Partial<Window> = {}): Window {
  return window({
    ...SPEND_LIMIT,
    usedPercent: 104.2,
    resetsAt: null,
    windowSeconds: null,
    placement: 'always',
    amount: { used: 521, limit: 500, currency: 'USD', decimals: 2 },
    ...over,
  });
}

/** A limit of an unknown kind. */
export function daily(over: Partial<Window> = {}): Window {
  const id = 'daily_all';
  return window({ id, label: id, usedPercent: 97, windowSeconds: 86_400, placement: 'details', ...over });
}

export function pool(over: Partial<Pool> = {}): Pool {
  return {
    id: 'iguana_necktie',
    label: 'cloud credit',
    used: 12.5,
    limit: 250,
    remaining: 237.5,
    expiresAt: NOW + 4 * DAY,
    expired: false,
    lockedReason: null,
    ...over,
  };
}

export const ELAPSED: Partial<Window> = { usedPercent: null, elapsed: true, resetsAt: NOW - MINUTE };

export function extra(over: Partial<ExtraUsage> = {}): ExtraUsage {
  return { enabled: true, used: 7.63, limit: 20, currency: 'EUR', usedPercent: 38.15, decimals: 2, ...over };
}

/** Fresh usage of both windows, read 108 s ago. */
export function usage(over: Partial<Usage> = {}): Usage {
  return {
    generatedAt: NOW,
    provider: 'claude',
    texts,
    account: 'default',
    plan: 'max_20x',
    state: 'fresh',
    source: 'cache',
    cachedAt: NOW - 108 * SECOND,
    ageMs: 108 * SECOND,
    freshUntil: NOW + 72 * SECOND,
    pending: false,
    windows: [window(), week()],
    extraUsage: null,
    tokens: null,
    error: null,
    ...over,
  };
}

export function stale(over: Partial<Usage> = {}): Usage {
  const ageMs = 12 * MINUTE;
  return usage({ state: 'stale', ageMs, cachedAt: NOW - ageMs, freshUntil: null, ...over });
}

export function lastKnown(over: Partial<Usage> = {}): Usage {
  return stale({ state: 'last_known', ageMs: 2 * DAY, cachedAt: NOW - 2 * DAY, ...over });
}

export function none(over: Partial<Usage> = {}): Usage {
  return usage({
    state: 'none',
    source: null,
    cachedAt: null,
    ageMs: null,
    freshUntil: null,
    windows: [],
    ...over,
  });
}

export function failure(code: FailureCode, over: Partial<Failure> = {}): Failure {
  return { code, retryAt: null, ...over };
}

/** Fresh usage from a captured body, shown at `at` (RFC 3339), which is also when it was read. */
export function captured(name: string, at: string): Usage {
  const data = parseResponse(JSON.parse(fixture(name)) as Record<string, unknown>);
  const now = Date.parse(at);
  return usage({
    generatedAt: now,
    cachedAt: now,
    ageMs: 0,
    freshUntil: now + 180 * SECOND,
    source: 'endpoint',
    windows: windowsOf(data, now, now),
    extraUsage: extraUsageOf(data),
  });
}

export function fixture(name: string): string {
  return readFileSync(new URL(`../fixtures/claude/${name}.json`, import.meta.url), 'utf8');
}

const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
/** What the alphabet leaves of any text at all. */
const safeText = fc.string({ unit: 'binary', maxLength: 80 }).map(sanitize);
const moment = fc.oneof(
  fc.integer({ min: NOW - 8 * DAY, max: NOW + 8 * DAY }),
  fc.integer({ min: 0, max: Date.parse('9999-12-31T23:59:59.000Z') }),
);
const percent = fc.oneof(
  fc.double({ min: 0, max: 140, noNaN: true }),
  fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
);

const amount = orNull(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }));
// Texts that `sanitize` leaves as they are. Other tests have arbitrary names; these only have to appear in the right field.
const named = fc.constantFrom('?', 'a', 'x'.repeat(40), '(.+) a:b');
const reason = fc.constantFrom(null, 'upgrade_required', 'x'.repeat(40));
const common = {
  amount: orNull(
    fc.record({ used: amount, limit: amount, currency: fc.constantFrom('USD', 'JPY', '', null) }),
  ),
  placement: fc.constantFrom('always' as const, 'details' as const),
  lockedReason: reason,
};

const windowArbitrary: fc.Arbitrary<Window> = fc
  .tuple(
    fc.record({
      id: fc.constantFrom('five_hour', 'seven_day', 'seven_day_opus', 'weekly_scoped:x'),
      model: orNull(safeText.map((text) => text || '?')),
      usedPercent: orNull(percent),
      resetsAt: orNull(moment),
      windowSeconds: fc.constantFrom((5 * HOUR) / SECOND, (7 * DAY) / SECOND, null),
      source: fc.constantFrom('endpoint' as const, 'statusline' as const),
      readAt: moment,
    }),
    fc.record(common, { requiredKeys: [] }),
  )
  .map(([parts, more]) => consistent(window({ ...parts, ...more })));

/** The fields that follow from others, as the model has them. */
function consistent(any: Window): Window {
  const { model, usedPercent } = any;
  return { ...any, label: model === null ? '7d' : `7d ${model}`, elapsed: usedPercent === null };
}

const extraArbitrary: fc.Arbitrary<ExtraUsage> = fc.record({
  enabled: fc.boolean(),
  used: amount,
  limit: amount,
  currency: orNull(safeText),
  usedPercent: orNull(percent),
  decimals: fc.integer({ min: 0, max: 8 }),
});

const failureArbitrary: fc.Arbitrary<Failure> = fc.record(
  {
    code: fc.constantFrom(...CODES),
    retryAt: orNull(moment),
    detail: fc.string({ unit: 'binary', maxLength: 120 }),
  },
  { requiredKeys: ['code', 'retryAt'] },
);

const detailsArbitrary: fc.Arbitrary<UsageDetails> = fc.record(
  {
    pools: fc.array(
      fc.record({
        id: named,
        label: named,
        used: amount,
        limit: fc.double({ min: 0.01, noNaN: true, noDefaultInfinity: true }),
        remaining: amount,
        expiresAt: orNull(moment),
        expired: fc.boolean(),
        lockedReason: reason,
      }),
      { maxLength: 2 },
    ),
    breakdown: fc.array(fc.record({ key: reason, name: named, percent }), { maxLength: 3 }),
    locks: fc.array(fc.record({ id: named, label: named, reason: fc.constant('upgrade_required') }), {
      maxLength: 2,
    }),
    lacking: fc.subarray(['five_hour', 'seven_day'] as const),
  },
  { requiredKeys: [] },
);

const plainArbitrary: fc.Arbitrary<Usage> = fc.record({
  generatedAt: fc.constant(NOW),
  provider: fc.constant('claude' as const),
  texts: fc.constant(texts),
  account: fc.constantFrom('default', '1a2b3c4d'),
  plan: orNull(fc.string({ unit: 'binary', maxLength: 80 })),
  state: fc.constantFrom<State>('fresh', 'stale', 'last_known', 'estimate', 'none'),
  source: fc.constantFrom(
    'cache' as const,
    'endpoint' as const,
    'statusline' as const,
    'transcripts' as const,
    null,
  ),
  cachedAt: orNull(moment),
  ageMs: orNull(fc.integer({ min: -5 * SECOND, max: 400 * DAY })),
  freshUntil: orNull(moment),
  pending: fc.boolean(),
  windows: fc.array(windowArbitrary, { maxLength: 6 }),
  extraUsage: orNull(extraArbitrary),
  tokens: fc.constant(null),
  error: orNull(failureArbitrary),
});

/** Any usage that the model allows, likely or not. */
export const usageArbitrary: fc.Arbitrary<Usage> = fc
  .tuple(plainArbitrary, detailsArbitrary)
  .map(([plain, details]) => ({ ...plain, ...details }));
