import { claudeReader } from '../../src/fetch/claude/reader.ts';
import { provider } from '../../src/fetch/registry.ts';
import type { Backoff } from '../../src/cache/backoff.ts';
import type { Entry, Overlay } from '../../src/cache/entry.ts';
import { defaultSettings } from '../../src/config/settings.ts';
import type { Situation } from '../../src/resolve/decide.ts';
import { HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';

/** The time of most tests, epoch ms. */
export const NOW = Date.parse('2026-11-20T18:25:00Z');

export const iso = (at: number) => new Date(at).toISOString();

/** When the five-hour window of `anEntry` ends, epoch ms. */
export const FIVE = NOW + 4 * HOUR + 37 * MINUTE;
/** When its week ends, epoch ms. */
export const WEEK = NOW + 99 * HOUR;

/** The weekly limit of one model, as the endpoint sends it. */
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
    reader: claudeReader,
    error: null,
    plan: 'max_20x',
    accountId: 'ada',
    credentials: 'fingerprint-1',
    ...changes,
  };
}

/** The overlay of sessions that reported both windows a minute ago. The response was requested half an hour ago. */
export function anOverlay(changes: Partial<Overlay> = {}): Overlay {
  return {
    origins: {
      five_hour: { readAt: NOW - MINUTE, seenAt: NOW - 2 * MINUTE },
      seven_day: { readAt: NOW - MINUTE, seenAt: NOW - 3 * MINUTE },
    },
    latestAt: NOW - MINUTE,
    spend: null,
    contradicted: false,
    sameLogin: true,
    unstored: false,
    asReported: true,
    requestedAt: NOW - 30 * MINUTE,
    needsEndpoint: true,
    credentials: 'fingerprint-1',
    ...changes,
  };
}

/** A lock of ten seconds ago that blocks for four minutes more. */
export function aLock(changes: Partial<Backoff> = {}): Backoff {
  return {
    blockedUntil: NOW + 4 * MINUTE,
    error: 'rate_limited',
    failures: 1,
    writtenAt: NOW - 10 * SECOND,
    credentials: 'fingerprint-1',
    requests: [],
    ...changes,
  };
}

/** No entry, no backoff, and a caller that waits. */
export function aSituation(changes: Partial<Situation> = {}): Situation {
  return {
    entry: null,
    backoff: null,
    now: NOW,
    policy: 'wait',
    fingerprint: 'fingerprint-1',
    account: () => 'unknown',
    settings: defaultSettings({}),
    budget: provider.budget,
    force: false,
    ...changes,
  };
}
