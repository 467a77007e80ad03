import { describe, expect, it } from 'vitest';
import type { Entry, Overlay } from '../../src/cache/entry.ts';
import { defaultSettings } from '../../src/config/settings.ts';
import {
  endpointDueAt,
  freshUntil,
  judgeEntry,
  pacedUntil,
  turningPoints,
} from '../../src/resolve/freshness.ts';
import type { AccountMatch } from '../../src/resolve/freshness.ts';
import { DAY, MINUTE, SECOND } from '../../src/usage/time.ts';
import { anEntry, anOverlay, iso, NOW } from '../support/build.ts';

const settings = {
  ...defaultSettings({}),
  cacheDurationMs: 3 * MINUTE,
  scopedRefreshMs: 15 * MINUTE,
  maxStaleMs: DAY,
};
const NEVER = Number.NEGATIVE_INFINITY;

/** An entry with reports of sessions. */
const reported = (overlay: Partial<Overlay> = {}, changes: Partial<Entry> = {}): Entry => ({
  ...anEntry({ cachedAt: NOW - 30 * MINUTE, ...changes }),
  overlay: anOverlay(overlay),
});

/** Windows with these resets, epoch ms; null: without one. */
const ending = (five: number | null, week: number | null) => ({
  five_hour: { utilization: 22, resets_at: five === null ? null : iso(five) },
  seven_day: { utilization: 33, resets_at: week === null ? null : iso(week) },
});

describe('the end of freshness', () => {
  it.each<[string, Entry, number]>([
    ['three minutes after the response', anEntry(), NOW + 2 * MINUTE],
    ['the first reset after it', anEntry({ data: ending(NOW + MINUTE, null) }), NOW + MINUTE],
    ['three minutes after a report', reported(), NOW + 2 * MINUTE],
    ['the first reset after a report', reported({}, { data: ending(null, NOW + SECOND) }), NOW + SECOND],
    [
      'three minutes after a report, if its window was reset before it',
      reported({}, { data: ending(NOW - 2 * MINUTE, null) }),
      NOW + 2 * MINUTE,
    ],
    [
      'three minutes after a report, if its window was reset at the same time',
      reported({}, { data: ending(NOW - MINUTE, null) }),
      NOW + 2 * MINUTE,
    ],
    [
      'three minutes after the response, if the report is older',
      reported({ requestedAt: NOW, latestAt: NOW - 2 * MINUTE }),
      NOW + 3 * MINUTE,
    ],
    [
      'the reset of a reported window, if the response is newer than the report',
      reported({ requestedAt: NOW, latestAt: NOW - 2 * MINUTE }, { data: ending(NOW + 2 * MINUTE, null) }),
      NOW + 2 * MINUTE,
    ],
    [
      'three minutes after the response, if the account of the reports is not known',
      reported({ sameLogin: false }),
      NOW - 27 * MINUTE,
    ],
    [
      'in the past, if the account of the reports is not known and there is no response',
      reported({ sameLogin: false, requestedAt: null }),
      NEVER,
    ],
    [
      'three minutes after the report, if the response is of other credentials',
      reported({ requestedAt: NOW, credentials: 'fingerprint-2' }),
      NOW + 2 * MINUTE,
    ],
    [
      'three minutes after the response, if the entry names no credentials',
      reported({ requestedAt: NOW }, { credentials: null }),
      NOW + 3 * MINUTE,
    ],
    [
      'three minutes after the report, if there is no number from the endpoint',
      reported({ requestedAt: null }, { data: null }),
      NOW + 2 * MINUTE,
    ],
  ])('is %s', (_, entry, end) => {
    expect(freshUntil(entry, settings)).toBe(end);
  });
});

describe('the time at which the endpoint is due for numbers that sessions do not report', () => {
  it.each<[string, Entry, number | null]>([
    ['none without reports', anEntry(), null],
    ['none where sessions report all numbers', reported({ needsEndpoint: false }), null],
    ['a quarter of an hour after the response', reported({ requestedAt: NOW }), NOW + 15 * MINUTE],
    [
      'the reset of a window of the response, if that is sooner',
      reported({ requestedAt: NOW, origins: {} }, { data: ending(NOW + MINUTE, null) }),
      NOW + MINUTE,
    ],
    ['already over, if the endpoint never answered', reported({ requestedAt: null }), NEVER],
    [
      'already over, if the response is of other credentials',
      reported({ credentials: 'fingerprint-2', needsEndpoint: false }),
      NEVER,
    ],
  ])('is %s', (_, entry, at) => {
    expect(endpointDueAt(entry, settings)).toBe(at);
  });
});

describe('the slower pace while Claude Code is in use', () => {
  it.each<[string, Entry, number]>([
    ['a quarter of an hour after the response', reported({ requestedAt: NOW }), NOW + 15 * MINUTE],
    [
      'an hour after the last report, if that is sooner',
      reported({ requestedAt: NOW + 5 * MINUTE, latestAt: NOW - 50 * MINUTE }),
      NOW + 10 * MINUTE,
    ],
    ['in the past without reports', anEntry(), NEVER],
    ['in the past where the account of the reports is not known', reported({ sameLogin: false }), NEVER],
    ['in the past where a session contradicts a number', reported({ contradicted: true }), NEVER],
    ['in the past without a response', reported({ requestedAt: null }), NEVER],
    [
      'in the past where the response is of other credentials',
      reported({ credentials: 'fingerprint-2' }),
      NEVER,
    ],
  ])('ends %s', (_, entry, at) => {
    expect(pacedUntil(entry, settings)).toBe(at);
  });
});

describe('the times at which freshness can change', () => {
  it('are none without reports', () => {
    expect(turningPoints(anEntry(), settings)).toEqual([]);
  });

  it('are the ends of freshness, of both waits for the endpoint, of the interval of the response, and of each number', () => {
    const origins = { five_hour: { readAt: NOW - 4 * MINUTE, seenAt: NOW } };
    const entry = reported({ requestedAt: NOW - 5 * MINUTE, latestAt: NOW - 2 * MINUTE, origins });
    expect(turningPoints(entry, settings)).toEqual([
      NOW + MINUTE,
      NOW + 10 * MINUTE,
      NOW + 10 * MINUTE,
      NOW + 10 * MINUTE,
      NOW - 2 * MINUTE + DAY,
      NOW - 4 * MINUTE + DAY,
    ]);
  });

  it('have no interval of the response where there is none', () => {
    const entry = reported({ requestedAt: null, needsEndpoint: false, origins: {} });
    expect(turningPoints(entry, settings)).toEqual([NOW + 2 * MINUTE, NEVER, NEVER, NOW - MINUTE + DAY]);
  });
});

describe('the freshness of an entry', () => {
  const judge = (
    entry: Entry | null,
    fingerprint: string | null = 'fingerprint-1',
    account: AccountMatch = 'unknown',
  ) => judgeEntry(entry, NOW, fingerprint, settings, () => account);
  const aged = (ms: number) => anEntry({ cachedAt: NOW - ms });

  it.each([
    ['fresh', null, anEntry(), 'fingerprint-1', 'unknown'],
    ['none', 'no entry', null, 'fingerprint-1', 'unknown'],
    ['none', 'no data', anEntry({ data: null }), 'fingerprint-1', 'unknown'],
    ['none', 'another account', anEntry(), 'fingerprint-2', 'changed'],
    ['last_known', 'account not known', anEntry(), 'fingerprint-2', 'undetermined'],
    ['stale', 'credentials changed', anEntry(), 'fingerprint-2', 'unknown'],
    ['stale', 'credentials changed', anEntry(), null, 'same'],
    ['none', 'another account', anEntry({ credentials: null }), 'fingerprint-1', 'changed'],
    ['fresh', null, anEntry({ credentials: null }), 'fingerprint-1', 'unknown'],
    ['fresh', null, aged(-5 * SECOND), 'fingerprint-1', 'unknown'],
    ['last_known', 'from the future', aged(-5 * SECOND - 1), 'fingerprint-1', 'unknown'],
    ['fresh', null, aged(3 * MINUTE - 1), 'fingerprint-1', 'unknown'],
    ['stale', 'aged', aged(3 * MINUTE), 'fingerprint-1', 'unknown'],
    ['stale', 'aged', aged(DAY - 1), 'fingerprint-1', 'unknown'],
    ['last_known', 'too old', aged(DAY), 'fingerprint-1', 'unknown'],
    ['stale', 'a window was reset', anEntry({ data: ending(NOW, null) }), 'fingerprint-1', 'unknown'],
    ['fresh', null, reported(), 'fingerprint-1', 'unknown'],
    ['fresh', null, reported({ credentials: 'fingerprint-2' }), 'fingerprint-2', 'same'],
    ['stale', 'contradicted', reported({ contradicted: true }), 'fingerprint-1', 'unknown'],
    ['stale', 'aged', reported({ latestAt: NOW - 3 * MINUTE }), 'fingerprint-1', 'unknown'],
    [
      'last_known',
      'too old',
      reported({ latestAt: NOW - DAY }, { cachedAt: NOW - 2 * DAY }),
      'fingerprint-1',
      'unknown',
    ],
    [
      'stale',
      'a window was reset',
      reported({ sameLogin: false, requestedAt: null }),
      'fingerprint-1',
      'unknown',
    ],
  ] as const)('is %s (%s)', (freshness, because, entry, fingerprint, account) => {
    expect(judge(entry, fingerprint, account)).toEqual({ freshness, because });
  });

  it('does not need the account where the credentials are those of the entry', () => {
    const account = () => {
      throw new Error('the account was read');
    };
    expect(judgeEntry(anEntry(), NOW, 'fingerprint-1', settings, account).freshness).toBe('fresh');
    expect(() => judgeEntry(anEntry(), NOW, 'fingerprint-2', settings, account)).toThrow();
  });
});
