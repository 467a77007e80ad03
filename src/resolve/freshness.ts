import type { Entry, Overlay } from '../cache/entry.ts';
import type { Settings } from '../config/settings.ts';
import { nextReset } from '../usage/windows.ts';
import { CLOCK_TOLERANCE_MS, HOUR } from '../usage/time.ts';

/** What an entry is worth right now. */
export type Freshness = 'fresh' | 'stale' | 'last_known' | 'none';

/**
 * Whether the credentials belong to the entry's account. `unknown`: the entry has no account, so other credentials count
 * as a renewed token. `untold`: the entry has one, or the file with it could not be read then, and the present account
 * cannot be found out.
 */
export type AccountMatch = 'same' | 'changed' | 'unknown' | 'untold';

/**
 * While a reading of Claude Code's status line is younger than this, somebody works with it: then the endpoint is
 * asked at the slower pace, whatever the pauses.
 */
export const ACTIVE_MS = HOUR;

/** The end of freshness, epoch ms: of the answer, or of what the status line told, whichever lasts longer. */
export function freshUntil(entry: Entry, settings: Settings): number {
  const { overlay } = entry;
  const answer = endOfResponse(entry, settings);
  if (!overlay?.certain) return answer;
  return isRenewed(entry)
    ? endOfReports(overlay, entry, settings)
    : Math.max(answer, endOfReports(overlay, entry, settings));
}

/** After `cache_duration`, or at the first reset of a window. */
function endOfResponse(entry: Entry, { cacheDurationMs }: Settings): number {
  const { cachedAt, data, reader, overlay } = entry;
  const answeredAt = overlay ? overlay.answeredAt : cachedAt;
  if (answeredAt === null) return Number.NEGATIVE_INFINITY;
  const reset = data && nextReset(reader.resets(data, overlay?.origins), answeredAt);
  return Math.min(answeredAt + cacheDurationMs, reset ?? Number.POSITIVE_INFINITY, firstReportedReset(entry));
}

/** The same for the windows that the status line tells of; what only the endpoint knows is not asked. */
function endOfReports(overlay: Overlay, entry: Entry, { cacheDurationMs }: Settings): number {
  return Math.min(overlay.movedAt + cacheDurationMs, firstReportedReset(entry));
}

/** The first reset of a window that the status line told of, after it did. */
function firstReportedReset({ data, reader, overlay }: Entry): number {
  let first = Number.POSITIVE_INFINITY;
  for (const [name, times] of Object.entries(overlay?.origins ?? {})) {
    const reset = data && times && reader.numberOf(data, name, Number.NEGATIVE_INFINITY)?.resetsAt;
    if (reset != null && times && reset > times.readAt) first = Math.min(first, reset);
  }
  return first;
}

/** The endpoint's part was asked for with other credentials than those that the status line's numbers are of. */
function isRenewed({ credentials, overlay }: Entry): boolean {
  return overlay !== undefined && credentials !== null && credentials !== overlay.credentials;
}

/**
 * From when on the endpoint is to be asked for what standard input lacks, epoch ms; null when it lacks nothing, or
 * when there are no readings and the entry goes by its own age.
 */
export function endpointDueAt(entry: Entry, settings: Settings): number | null {
  const { overlay, data, reader } = entry;
  if (!overlay) return null;
  const { answeredAt } = overlay;
  if (answeredAt === null || isRenewed(entry)) return Number.NEGATIVE_INFINITY;
  if (!overlay.lacks) return null;
  const reset = data && nextReset(reader.resets(data, overlay.origins), answeredAt);
  return Math.min(answeredAt + settings.scopedRefreshMs, reset ?? Number.POSITIVE_INFINITY);
}

/** The times at which what may be claimed of the readings changes, epoch ms. */
export function turningPoints(entry: Entry, settings: Settings): number[] {
  const { overlay } = entry;
  if (!overlay) return [];
  const { answeredAt, movedAt } = overlay;
  const { scopedRefreshMs, maxStaleMs } = settings;
  const times = Object.values(overlay.origins).flatMap((number) => number?.readAt ?? []);
  return [
    endOfReports(overlay, entry, settings),
    endpointDueAt(entry, settings) ?? Number.NEGATIVE_INFINITY,
    pacedUntil(entry, settings),
    ...(answeredAt === null ? [] : [answeredAt + scopedRefreshMs]),
    ...[movedAt, ...times].map((at) => at + maxStaleMs),
  ];
}

/** Until when nobody need ask although the numbers are stale, epoch ms: Claude Code is at work and will tell. */
export function pacedUntil(entry: Entry, settings: Settings): number {
  const { overlay } = entry;
  if (!overlay?.certain || overlay.contradicted || overlay.answeredAt === null || isRenewed(entry))
    return Number.NEGATIVE_INFINITY;
  return Math.min(overlay.answeredAt + settings.scopedRefreshMs, overlay.movedAt + ACTIVE_MS);
}

/** Same credentials as when the entry was written. An entry that does not say (four keys only) counts as such. */
export function sameCredentials(entry: Entry, fingerprint: string | null): boolean {
  return entry.credentials === null || entry.credentials === fingerprint;
}

/** Why an entry is worth no more than it is. */
export type Shortcoming =
  | 'no entry'
  | 'no data'
  | 'another account'
  | 'account not known'
  | 'from the future'
  | 'too old'
  | 'credentials changed'
  | 'contradicted'
  | 'a window was reset'
  | 'aged';

export interface Judgement {
  readonly freshness: Freshness;
  /** Null when it is fresh. */
  readonly because: Shortcoming | null;
}

/**
 * Row 1 of the decision, and what is left of an entry that does not meet it.
 *
 * @param stamp of the credentials as they are now; null where there is none
 * @param account looked up only when the stamp is not the entry's: it costs reading a file
 */
export function judgeEntry(
  entry: Entry | null,
  now: number,
  fingerprint: string | null,
  settings: Settings,
  account: () => AccountMatch,
): Judgement {
  if (entry === null) return { freshness: 'none', because: 'no entry' };
  if (entry.data === null) return { freshness: 'none', because: 'no data' };
  const unchanged = sameCredentials(entry, fingerprint);
  // Another account's numbers are nobody's. An entry without a stamp is not spared the question: there may have
  // been none when it was written.
  const match = entry.credentials === fingerprint ? 'same' : account();
  if (match === 'changed') return { freshness: 'none', because: 'another account' };
  if (match === 'untold') return { freshness: 'last_known', because: 'account not known' };
  const { overlay } = entry;
  const age = now - Math.max(entry.cachedAt, overlay?.movedAt ?? Number.NEGATIVE_INFINITY);
  if (age < -CLOCK_TOLERANCE_MS) return { freshness: 'last_known', because: 'from the future' };
  if (age >= settings.maxStaleMs) return { freshness: 'last_known', because: 'too old' };
  if (overlay?.contradicted) return { freshness: 'stale', because: 'contradicted' };
  // The readings are of these credentials, whatever the endpoint's part was asked with.
  if (overlay?.certain && now < endOfReports(overlay, entry, settings))
    return { freshness: 'fresh', because: null };
  if (!unchanged) return { freshness: 'stale', because: 'credentials changed' };
  if (age >= settings.cacheDurationMs) return { freshness: 'stale', because: 'aged' };
  if (now >= freshUntil(entry, settings)) return { freshness: 'stale', because: 'a window was reset' };
  return { freshness: 'fresh', because: null };
}
