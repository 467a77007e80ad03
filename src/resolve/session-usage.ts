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

/** What is shared with every line of the account. */
export interface SharedUsage {
  readonly entry: Entry | null;
  readonly freshness: Freshness;
  readonly usage: Usage;
  /** The failure to show where numbers are not fresh. */
  readonly error: Failure | null;
}

export interface SessionUsageParts {
  readonly shared: SharedUsage;
  readonly report: Report;
  /** When the session's numbers were right, epoch ms. */
  readonly reportedAt: number;
  /** The session belongs to another login: the account's other numbers are not its own. */
  readonly foreign: boolean;
  readonly fingerprint: string | null;
  readonly reader: SnapshotReader;
  readonly now: number;
  readonly settings: Settings;
}

/**
 * What a session's own status line shows: every window that this very call reported, whatever the cache knows or can
 * keep. Only the rest comes from the shared entry. The shared usage itself where that says the same.
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
    // A report without a reset time refers to the window that is known to run.
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
    answeredAt: base === null ? null : base.cachedAt,
    lacks: false,
    ...base?.overlay,
    origins,
    spend,
    movedAt: at,
    contradicted: false,
    certain: true,
    unstored: base?.overlay?.unstored ?? false,
    asReported: true,
    credentials: fingerprint,
  };
  const entry: Entry = {
    ...(base ?? { ...NO_ANSWER, reader, cachedAt: at, credentials: fingerprint }),
    data,
    overlay,
  };
  // However fresh the shared numbers are, these are as old as the session's last response.
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
    // An idle session's numbers can be older than any other line would show; they stand with their age.
    settings: { ...settings, maxStaleMs: Math.max(settings.maxStaleMs, age + 1) },
  });
}

const NO_ANSWER = { error: null, plan: null, accountId: null } as const;

/** A number of a window that has ended was right until then. */
function timesOf({ resetsAt }: Reported, at: number, now: number): ReportTimes {
  const readAt = resetsAt !== null && resetsAt <= now ? Math.min(at, resetsAt - 1) : at;
  return { readAt, seenAt: readAt };
}

/**
 * Whether a reported number takes the place of the shared one: another number, or the same one seen later. That of a
 * window that has ended takes the place of no other.
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

/** Of a limit on money the amount can change while its share stays a whole number. */
function isSameAmount(reported: Reported | ReportedSpend, { amount }: Window): boolean {
  if (!('usedUsd' in reported)) return true;
  return reported.usedUsd === (amount?.used ?? null) && reported.limitUsd === (amount?.limit ?? null);
}
