import type { SnapshotReader } from '../usage/snapshot.ts';
import type { Entry, Overlay } from '../cache/entry.ts';
import type { Settings } from '../config/settings.ts';
import type { Failure } from '../usage/failure.ts';
import type { Report, ReportTimes, Reported, ReportedSpend } from '../usage/report.ts';
import { SPEND_LIMIT } from '../usage/model.ts';
import type { Usage, Window } from '../usage/model.ts';
import { isSameWindow } from '../usage/report.ts';
import { toUsage } from './to-usage.ts';
import { isShowable } from './decide.ts';
import { freshUntil } from './freshness.ts';
import type { Freshness } from './freshness.ts';

/** The usage that all lines of the account share. */
export interface SharedUsage {
  readonly entry: Entry | null;
  readonly freshness: Freshness;
  readonly usage: Usage;
  /** The failure to show where numbers are not fresh. */
  readonly error: Failure | null;
}

/** What the usage of a session is made from. */
export interface SessionUsageParts {
  readonly shared: SharedUsage;
  readonly report: Report;
  /** When the session received its numbers, epoch ms. */
  readonly reportedAt: number;
  /** The session belongs to another login, so it must not show the other numbers of this account. */
  readonly foreign: boolean;
  /** Fingerprint of the present credentials. */
  readonly fingerprint: string | null;
  readonly reader: SnapshotReader;
  readonly now: number;
  readonly settings: Settings;
}

/**
 * The usage for a session's own status line: every number that this call has reported, whatever is stored, and the other
 * numbers from the shared entry. Returns the shared usage itself where the numbers are the same.
 */
export function sessionUsage(parts: SessionUsageParts): Usage {
  const { shared, report, reportedAt: at, fingerprint, reader, now, settings } = parts;
  const { windows, spend: reportedSpend } = report;
  if (Object.values(windows).every((number) => number === null) && reportedSpend === null)
    return shared.usage;
  const usable = shared.entry?.data != null && isShowable(shared.freshness) && !parts.foreign;
  const base = usable ? shared.entry : null;
  const shown = (id: string) =>
    usable ? shared.usage.windows.find((window) => window.id === id) : undefined;
  let data = base?.data ?? {};
  const origins: { [window: string]: ReportTimes | undefined } = { ...base?.overlay?.origins };
  let differs = base === null;
  for (const [name, number] of Object.entries(windows)) {
    const window = shown(name);
    const seenAt = origins[name]?.seenAt ?? window?.readAt;
    if (number === null || !replaces(number, window, seenAt, at, now)) continue;
    differs = true;
    // A report without a reset time refers to the current window.
    const running = window !== undefined && !window.elapsed ? window.resetsAt : null;
    const resetsAt = number.resetsAt ?? running;
    data = reader.withNumber(data, name, { ...number, resetsAt });
    origins[name] = timesOf(number, at, now);
  }
  let spend = base?.overlay?.spend ?? null;
  if (reportedSpend !== null && replaces(reportedSpend, shown(SPEND_LIMIT.id), spend?.seenAt, at, now)) {
    differs = true;
    spend = { ...reportedSpend, ...timesOf(reportedSpend, at, now) };
  }
  if (!differs) return shared.usage;
  const overlay: Overlay = {
    requestedAt: base === null ? null : base.cachedAt,
    needsEndpoint: false,
    ...base?.overlay,
    origins,
    spend,
    latestAt: at,
    contradicted: false,
    sameLogin: true,
    unstored: base?.overlay?.unstored ?? false,
    asReported: true,
    credentials: fingerprint,
  };
  const entry: Entry = {
    ...(base ?? { ...NO_RESPONSE, reader, cachedAt: at, credentials: fingerprint }),
    data,
    overlay,
  };
  // However fresh the shared numbers are, reported ones are as old as the session's last response.
  const age = now - at;
  const current = age < settings.cacheDurationMs && now < freshUntil(entry, settings);
  const freshness = current ? 'fresh' : 'stale';
  return toUsage({
    entry,
    freshness,
    error: freshness === 'fresh' ? null : shared.error,
    source: 'cache',
    pending: false,
    provider: { id: shared.usage.provider, texts: shared.usage.texts },
    account: shared.usage.account,
    decidedAt: now,
    now,
    // The numbers of an idle session are shown with their age, even when they are too old for other lines.
    settings: { ...settings, maxStaleMs: Math.max(settings.maxStaleMs, age + 1) },
  });
}

const NO_RESPONSE = { error: null, plan: null, accountId: null } as const;

/** The times of a reported number. A number of a window that has ended dates from before the end. */
function timesOf({ resetsAt }: Reported, at: number, now: number): ReportTimes {
  const readAt = resetsAt !== null && resetsAt <= now ? Math.min(at, resetsAt - 1) : at;
  return { readAt, seenAt: readAt };
}

/**
 * Whether a reported number replaces the shared one: it differs, or is the same and newer. A number of a window that has
 * ended replaces none.
 */
function replaces(
  reported: Reported,
  window: Window | undefined,
  seenAt: number | undefined,
  at: number,
  now: number,
): boolean {
  if (window === undefined) return true;
  if (reported.resetsAt !== null && reported.resetsAt <= now) return false;
  const same =
    reported.percent === window.usedPercent &&
    isSameWindow(reported, window) &&
    isSameAmount(reported, window);
  return !same || at > (seenAt ?? at);
}

/** Whether the amounts of a limit on money are the same. They can change while the rounded percentage stays the same. */
function isSameAmount(reported: Reported | ReportedSpend, { amount }: Window): boolean {
  if (!('usedUsd' in reported)) return true;
  return reported.usedUsd === (amount?.used ?? null) && reported.limitUsd === (amount?.limit ?? null);
}
