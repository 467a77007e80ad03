import { describe, expect, it } from 'vitest';
import type { Entry, Told } from '../../src/cache/entry.ts';
import { loadSettings } from '../../src/config/settings.ts';
import { freshUntil, judgeEntry, pacedUntil, restDueAt, turningPoints } from '../../src/resolve/freshness.ts';
import type { AccountMatch } from '../../src/resolve/freshness.ts';
import { DAY, MINUTE, SECOND } from '../../src/usage/time.ts';
import { anEntry, aTold, iso, NOW } from '../support/build.ts';

const settings = {
  ...loadSettings({}),
  cacheDurationMs: 3 * MINUTE,
  scopedRefreshMs: 15 * MINUTE,
  maxStaleMs: DAY,
};
const NEVER = Number.NEGATIVE_INFINITY;

/** An entry with numbers of sessions. */
const reported = (told: Partial<Told> = {}, changes: Partial<Entry> = {}): Entry => ({
  ...anEntry({ cachedAt: NOW - 30 * MINUTE, ...changes }),
  told: aTold(told),
});

/** Windows that end at these times, epoch ms; null: without an end. */
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
      'three minutes after a report, if its window has ended before',
      reported({}, { data: ending(NOW - 2 * MINUTE, null) }),
      NOW + 2 * MINUTE,
    ],
    [
      'three minutes after a report, if its window ended with it',
      reported({}, { data: ending(NOW - MINUTE, null) }),
      NOW + 2 * MINUTE,
    ],
    [
      'that of the response, if the report is older',
      reported({ answeredAt: NOW, movedAt: NOW - 2 * MINUTE }),
      NOW + 3 * MINUTE,
    ],
    [
      'the reset of a window that sessions reported, also for the response',
      reported({ answeredAt: NOW, movedAt: NOW - 2 * MINUTE }, { data: ending(NOW + 2 * MINUTE, null) }),
      NOW + 2 * MINUTE,
    ],
    [
      'that of the response alone, if the reports are of an unknown account',
      reported({ certain: false }),
      NOW - 27 * MINUTE,
    ],
    [
      'never, if there are reports of an unknown account and no response',
      reported({ certain: false, answeredAt: null }),
      NEVER,
    ],
    [
      'that of the report, if the response is of other credentials',
      reported({ answeredAt: NOW, credentials: 'stamp-2' }),
      NOW + 2 * MINUTE,
    ],
    [
      'the later one, if the entry does not say of which credentials it is',
      reported({ answeredAt: NOW }, { credentials: null }),
      NOW + 3 * MINUTE,
    ],
    [
      'that of the report, without any number of the endpoint',
      reported({ answeredAt: null }, { data: null }),
      NOW + 2 * MINUTE,
    ],
  ])('is %s', (_, entry, end) => {
    expect(freshUntil(entry, settings)).toBe(end);
  });
});

describe('the time of the next request for what sessions do not report', () => {
  it.each<[string, Entry, number | null]>([
    ['none without sessions', anEntry(), null],
    ['none where nothing is missing', reported({ lacks: false }), null],
    ['a quarter of an hour after the response', reported({ answeredAt: NOW }), NOW + 15 * MINUTE],
    [
      'the reset of a window of the endpoint, if that is sooner',
      reported({ answeredAt: NOW, origins: {} }, { data: ending(NOW + MINUTE, null) }),
      NOW + MINUTE,
    ],
    ['already over, if the endpoint never answered', reported({ answeredAt: null }), NEVER],
    [
      'already over, if the response is of other credentials',
      reported({ credentials: 'stamp-2', lacks: false }),
      NEVER,
    ],
  ])('is %s', (_, entry, at) => {
    expect(restDueAt(entry, settings)).toBe(at);
  });
});

describe('the pause while Claude Code works', () => {
  it.each<[string, Entry, number]>([
    ['a quarter of an hour after the response', reported({ answeredAt: NOW }), NOW + 15 * MINUTE],
    [
      'an hour after the last report, if that is sooner',
      reported({ answeredAt: NOW + 5 * MINUTE, movedAt: NOW - 50 * MINUTE }),
      NOW + 10 * MINUTE,
    ],
    ['over without sessions', anEntry(), NEVER],
    ['over where the account of the sessions is not known', reported({ certain: false }), NEVER],
    ['over where a session contradicts', reported({ contradicted: true }), NEVER],
    ['over without a response', reported({ answeredAt: null }), NEVER],
    ['over where the response is of other credentials', reported({ credentials: 'stamp-2' }), NEVER],
  ])('ends %s', (_, entry, at) => {
    expect(pacedUntil(entry, settings)).toBe(at);
  });
});

describe('the times at which an answer changes by itself', () => {
  it('are none without sessions', () => {
    expect(turningPoints(anEntry(), settings)).toEqual([]);
  });

  it('are the ends of freshness, of both pauses, of the age of the rest, and of each number', () => {
    const origins = { five_hour: { readAt: NOW - 4 * MINUTE, seenAt: NOW } };
    const entry = reported({ answeredAt: NOW - 5 * MINUTE, movedAt: NOW - 2 * MINUTE, origins });
    expect(turningPoints(entry, settings)).toEqual([
      NOW + MINUTE,
      NOW + 10 * MINUTE,
      NOW + 10 * MINUTE,
      NOW + 10 * MINUTE,
      NOW - 2 * MINUTE + DAY,
      NOW - 4 * MINUTE + DAY,
    ]);
  });

  it('have no age of the rest where the endpoint never answered', () => {
    const entry = reported({ answeredAt: null, lacks: false, origins: {} });
    expect(turningPoints(entry, settings)).toEqual([NOW + 2 * MINUTE, NEVER, NEVER, NOW - MINUTE + DAY]);
  });
});

describe('what an entry is worth', () => {
  const judge = (entry: Entry | null, stamp: string | null = 'stamp-1', account: AccountMatch = 'unknown') =>
    judgeEntry(entry, NOW, stamp, settings, () => account);
  const aged = (ms: number) => anEntry({ cachedAt: NOW - ms });

  it.each([
    ['fresh', null, anEntry(), 'stamp-1', 'unknown'],
    ['none', 'no entry', null, 'stamp-1', 'unknown'],
    ['none', 'no data', anEntry({ data: null }), 'stamp-1', 'unknown'],
    ['none', 'another account', anEntry(), 'stamp-2', 'changed'],
    ['last_known', 'account not known', anEntry(), 'stamp-2', 'untold'],
    ['stale', 'credentials changed', anEntry(), 'stamp-2', 'unknown'],
    ['stale', 'credentials changed', anEntry(), null, 'same'],
    ['none', 'another account', anEntry({ credentials: null }), 'stamp-1', 'changed'],
    ['fresh', null, anEntry({ credentials: null }), 'stamp-1', 'unknown'],
    ['fresh', null, aged(-5 * SECOND), 'stamp-1', 'unknown'],
    ['last_known', 'from the future', aged(-5 * SECOND - 1), 'stamp-1', 'unknown'],
    ['fresh', null, aged(3 * MINUTE - 1), 'stamp-1', 'unknown'],
    ['stale', 'aged', aged(3 * MINUTE), 'stamp-1', 'unknown'],
    ['stale', 'aged', aged(DAY - 1), 'stamp-1', 'unknown'],
    ['last_known', 'too old', aged(DAY), 'stamp-1', 'unknown'],
    ['stale', 'a window was reset', anEntry({ data: ending(NOW, null) }), 'stamp-1', 'unknown'],
    ['fresh', null, reported(), 'stamp-1', 'unknown'],
    ['fresh', null, reported({ credentials: 'stamp-2' }), 'stamp-2', 'same'],
    ['stale', 'contradicted', reported({ contradicted: true }), 'stamp-1', 'unknown'],
    ['stale', 'aged', reported({ movedAt: NOW - 3 * MINUTE }), 'stamp-1', 'unknown'],
    [
      'last_known',
      'too old',
      reported({ movedAt: NOW - DAY }, { cachedAt: NOW - 2 * DAY }),
      'stamp-1',
      'unknown',
    ],
    ['stale', 'a window was reset', reported({ certain: false, answeredAt: null }), 'stamp-1', 'unknown'],
  ] as const)('is %s (%s)', (standing, because, entry, stamp, account) => {
    expect(judge(entry, stamp, account)).toEqual({ standing, because });
  });

  it('does not look for the account where the credentials are those of the entry', () => {
    const account = () => {
      throw new Error('the account was looked for');
    };
    expect(judgeEntry(anEntry(), NOW, 'stamp-1', settings, account).standing).toBe('fresh');
    expect(() => judgeEntry(anEntry(), NOW, 'stamp-2', settings, account)).toThrow();
  });
});
