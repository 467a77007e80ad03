import type { BackoffLock } from '../../src/cache/backoff-lock.ts';
import type { Entry, Told } from '../../src/cache/entry.ts';
import { loadSettings } from '../../src/config/settings.ts';
import type { Situation } from '../../src/resolve/decide.ts';
import { HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';

/** The moment at which most tests take place. */
export const NOW = Date.parse('2026-11-20T18:25:00Z');

export const iso = (at: number) => new Date(at).toISOString();

/** When the five-hour window of `anEntry` ends, epoch ms. */
export const FIVE = NOW + 4 * HOUR + 37 * MINUTE;
/** When its week ends, epoch ms. */
export const WEEK = NOW + 99 * HOUR;

/** The weekly limit of one model, as the endpoint has it. */
export const FABLE = {
  kind: 'weekly_scoped',
  percent: 82,
  resets_at: iso(WEEK),
  scope: { model: { display_name: 'Fable' } },
};

/** An entry of a minute ago, with both windows open. */
export function anEntry(changes: Partial<Entry> = {}): Entry {
  return {
    cachedAt: NOW - MINUTE,
    data: {
      five_hour: { utilization: 22, resets_at: iso(FIVE) },
      seven_day: { utilization: 33, resets_at: iso(WEEK) },
    },
    error: null,
    plan: 'max_20x',
    accountId: 'ada',
    credentials: 'stamp-1',
    ...changes,
  };
}

/** What sessions reported a minute ago: both windows. The endpoint's response is of half an hour ago. */
export function aTold(changes: Partial<Told> = {}): Told {
  return {
    origins: {
      five_hour: { readAt: NOW - MINUTE, seenAt: NOW - 2 * MINUTE },
      seven_day: { readAt: NOW - MINUTE, seenAt: NOW - 3 * MINUTE },
    },
    movedAt: NOW - MINUTE,
    spend: null,
    contradicted: false,
    certain: true,
    unstored: false,
    asReported: true,
    answeredAt: NOW - 30 * MINUTE,
    lacks: true,
    credentials: 'stamp-1',
    ...changes,
  };
}

/** A lock of ten seconds ago that blocks for four minutes more. */
export function aLock(changes: Partial<BackoffLock> = {}): BackoffLock {
  return {
    blockedUntil: NOW + 4 * MINUTE,
    error: 'rate_limited',
    failures: 1,
    writtenAt: NOW - 10 * SECOND,
    credentials: 'stamp-1',
    requests: [],
    ...changes,
  };
}

/** Nothing known, nothing blocked, and somebody who waits. */
export function aSituation(changes: Partial<Situation> = {}): Situation {
  return {
    entry: null,
    lock: null,
    now: NOW,
    policy: 'wait',
    stamp: 'stamp-1',
    account: () => 'unknown',
    settings: loadSettings({}),
    force: false,
    ...changes,
  };
}
