import type { Entry, Overlay } from '../cache/entry.ts';
import type { Settings } from '../config/settings.ts';
import { nextReset } from '../usage/windows.ts';
import { HOUR, isFromFuture } from '../usage/time.ts';

/** How current an entry is. docs/specs/resolving.md has the rules. */
export type Freshness = 'fresh' | 'stale' | 'last_known' | 'none';

/**
 * Whether an entry belongs to the account that is signed in. `unknown`: the entry names no account, so other credentials
 * count as a renewed token. `undetermined`: the entry names one, or the file that does could not be read when it was
 * stored, and the two cannot be compared.
 */
export type AccountMatch = 'same' | 'changed' | 'unknown' | 'undetermined';

/**
 * Age up to which a report of the status line means that the client is in use, ms. Meanwhile requests are sent at the
 * slower pace.
 */
export const ACTIVE_MS = HOUR;

/** When an entry stops being fresh, epoch ms: the later end of the response's freshness and of the reports'. */
export function freshUntil(entry: Entry, settings: Settings): number {
  const { overlay } = entry;
  const response = endOfResponse(entry, settings);
  if (!overlay?.sameLogin) return response;
  const reports = endOfReports(overlay, entry, settings);
  return isRenewed(entry) ? reports : Math.max(response, reports);
}

/** When a response stops being fresh, epoch ms: after `cache_duration`, or at the first reset of a window. */
function endOfResponse(entry: Entry, { cacheDurationMs }: Settings): number {
  const { cachedAt, data, reader, overlay } = entry;
  const requestedAt = overlay ? overlay.requestedAt : cachedAt;
  if (requestedAt === null) return Number.NEGATIVE_INFINITY;
  const reset = data && nextReset(reader.resets(data, overlay?.origins), requestedAt);
  return Math.min(
    requestedAt + cacheDurationMs,
    reset ?? Number.POSITIVE_INFINITY,
    firstReportedReset(entry),
  );
}

/** The same for reports. Numbers that only the endpoint has do not matter here. */
function endOfReports(overlay: Overlay, entry: Entry, { cacheDurationMs }: Settings): number {
  return Math.min(overlay.latestAt + cacheDurationMs, firstReportedReset(entry));
}

/** The first reset of a reported window after its report, epoch ms; Infinity without one. */
function firstReportedReset({ data, reader, overlay }: Entry): number {
  let first = Number.POSITIVE_INFINITY;
  for (const [name, times] of Object.entries(overlay?.origins ?? {})) {
    const reset = data && times && reader.numberOf(data, name, Number.NEGATIVE_INFINITY)?.resetsAt;
    if (reset != null && times && reset > times.readAt) first = Math.min(first, reset);
  }
  return first;
}

/** Whether the response is of other credentials than the reports. */
function isRenewed({ credentials, overlay }: Entry): boolean {
  return overlay !== undefined && credentials !== null && credentials !== overlay.credentials;
}

/**
 * When a request is due for numbers that sessions do not report, epoch ms; null when there are none, or
 * when there are no reports and the age of the entry decides.
 */
export function endpointDueAt(entry: Entry, settings: Settings): number | null {
  const { overlay, data, reader } = entry;
  if (!overlay) return null;
  const { requestedAt } = overlay;
  if (requestedAt === null || isRenewed(entry)) return Number.NEGATIVE_INFINITY;
  if (!overlay.needsEndpoint) return null;
  const reset = data && nextReset(reader.resets(data, overlay.origins), requestedAt);
  return Math.min(requestedAt + settings.scopedRefreshMs, reset ?? Number.POSITIVE_INFINITY);
}

/** The times at which the freshness of an entry with reports can change, epoch ms. */
export function turningPoints(entry: Entry, settings: Settings): number[] {
  const { overlay } = entry;
  if (!overlay) return [];
  const { requestedAt, latestAt } = overlay;
  const { scopedRefreshMs, maxStaleMs } = settings;
  const times = Object.values(overlay.origins).flatMap((number) => number?.readAt ?? []);
  return [
    endOfReports(overlay, entry, settings),
    endpointDueAt(entry, settings) ?? Number.NEGATIVE_INFINITY,
    pacedUntil(entry, settings),
    ...(requestedAt === null ? [] : [requestedAt + scopedRefreshMs]),
    ...[latestAt, ...times].map((at) => at + maxStaleMs),
  ];
}

/** Until when stale numbers need no request, epoch ms: the client is in use, and its next report will renew them. */
export function pacedUntil(entry: Entry, settings: Settings): number {
  const { overlay } = entry;
  if (!overlay?.sameLogin || overlay.contradicted || overlay.requestedAt === null || isRenewed(entry))
    return Number.NEGATIVE_INFINITY;
  return Math.min(overlay.requestedAt + settings.scopedRefreshMs, overlay.latestAt + ACTIVE_MS);
}

/** Whether the credentials are those of the entry. An entry of another program has none, and counts as of these. */
export function sameCredentials(entry: Entry, fingerprint: string | null): boolean {
  return entry.credentials === null || entry.credentials === fingerprint;
}

/** Why an entry is not fresh. */
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

/** The freshness of an entry, with its reason. */
export interface Judgement {
  readonly freshness: Freshness;
  /** Null when it is fresh. */
  readonly because: Shortcoming | null;
}

/**
 * Judges the freshness of an entry: row 1 of the decision.
 *
 * @param now epoch ms
 * @param fingerprint the fingerprint of the present credentials; null where there is none
 * @param account called only when the fingerprint is not the entry's, because it may read a file
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
  // Numbers of another account are never shown. The account of an entry without a fingerprint is compared as well: there
  // may have been no credentials when it was stored.
  const match = entry.credentials === fingerprint ? 'same' : account();
  if (match === 'changed') return { freshness: 'none', because: 'another account' };
  if (match === 'undetermined') return { freshness: 'last_known', because: 'account not known' };
  const { overlay } = entry;
  const newest = Math.max(entry.cachedAt, overlay?.latestAt ?? Number.NEGATIVE_INFINITY);
  const age = now - newest;
  if (isFromFuture(newest, now)) return { freshness: 'last_known', because: 'from the future' };
  if (age >= settings.maxStaleMs) return { freshness: 'last_known', because: 'too old' };
  if (overlay?.contradicted) return { freshness: 'stale', because: 'contradicted' };
  // The reports are of the present credentials, even if the response is not.
  if (overlay?.sameLogin && now < endOfReports(overlay, entry, settings))
    return { freshness: 'fresh', because: null };
  if (!unchanged) return { freshness: 'stale', because: 'credentials changed' };
  if (age >= settings.cacheDurationMs) return { freshness: 'stale', because: 'aged' };
  if (now >= freshUntil(entry, settings)) return { freshness: 'stale', because: 'a window was reset' };
  return { freshness: 'fresh', because: null };
}
