import type { SnapshotData } from '../usage/snapshot.ts';
import type { Entry } from '../cache/entry.ts';
import type { Settings } from '../config/settings.ts';
import type { Failure } from '../usage/failure.ts';
import type { ReportedSpendNumber } from '../usage/report.ts';
import type { ProviderFacts } from '../usage/provider-facts.ts';
import { SPEND_LIMIT } from '../usage/model.ts';
import type { Usage, UsageDetails, Window } from '../usage/model.ts';
import { hasElapsed } from '../usage/windows.ts';
import { freshUntil, judgeEntry } from './freshness.ts';
import type { Shortcoming, Freshness } from './freshness.ts';

/** What usage is made from. */
export interface UsageParts {
  readonly entry: Entry | null;
  readonly freshness: Freshness;
  /** Why the entry is not fresh; absent: because of its age. */
  readonly because?: Shortcoming | null;
  readonly error: Failure | null;
  /** `endpoint` when this process has just sent the request. */
  readonly source: 'cache' | 'endpoint';
  /** The first request is under way. */
  readonly pending: boolean;
  readonly provider: Pick<ProviderFacts, 'id' | 'texts'>;
  readonly account: string;
  /** When the user has to sign in again, epoch ms; undefined when that is not known. */
  readonly loginUntil?: number | undefined;
  /** When the freshness was judged, epoch ms. */
  readonly decidedAt: number;
  /** Epoch ms. */
  readonly now: number;
  readonly settings: Settings;
}

/** Makes usage from an entry and its freshness: the one place that decides what is shown of the numbers, and as what. */
export function toUsage(parts: UsageParts): Usage {
  const { entry, error, now, settings, loginUntil } = parts;
  const freshness = freshnessNow(parts);
  const base = {
    generatedAt: now,
    provider: parts.provider.id,
    texts: parts.provider.texts,
    account: parts.account,
    state: freshness,
    pending: parts.pending,
    tokens: null,
    error: isIrrelevant(parts) ? null : error,
    ...(loginUntil !== undefined && { loginUntil }),
    ...(freshness === 'last_known' &&
      parts.because === 'account not known' && { ownerUnknown: true as const }),
  } as const;
  if (freshness === 'none' || entry?.data == null) {
    return {
      ...base,
      state: 'none',
      plan: null,
      source: null,
      cachedAt: null,
      ageMs: null,
      freshUntil: null,
      windows: [],
      extraUsage: null,
    };
  }
  const { overlay } = entry;
  const shown = shownOf(entry, entry.data, freshness, now, settings);
  const cachedAt = overlay ? oldestOf(entry, shown) : entry.cachedAt;
  const age = now - cachedAt;
  const hasReports =
    overlay !== undefined && (Object.keys(overlay.origins).length > 0 || overlay.spend !== null);
  const overdue = overlay?.requestedAt != null && now - overlay.requestedAt >= settings.scopedRefreshMs;
  return {
    ...base,
    plan: entry.plan,
    ...(entry.accountName != null && { accountName: entry.accountName }),
    ...(entry.organizationName != null && { organizationName: entry.organizationName }),
    source: hasReports && parts.source === 'cache' ? 'statusline' : parts.source,
    cachedAt,
    // A time ahead of the clock, up to the tolerance, has the age 0. Beyond it there is no age.
    ageMs: freshness === 'last_known' && age < 0 ? null : Math.max(0, age),
    freshUntil: freshness === 'fresh' ? freshUntil(entry, settings) : null,
    ...shown,
    // A line shows the age of stale numbers in any case.
    ...(freshness === 'fresh' && overdue && { restAgeMs: now - (overlay.requestedAt as number) }),
  };
}

/** Whether a missing login does not matter: sessions report numbers without a stored login. */
function isIrrelevant({ entry, freshness, error }: UsageParts): boolean {
  const shown = freshness === 'fresh' || freshness === 'stale';
  return error?.code === 'no_credentials' && shown && entry?.overlay?.unstored === true;
}

type Shown = Pick<Usage, 'windows' | 'extraUsage'> & UsageDetails;

/** The numbers. Where two sources are merged, numbers that are too old for a line are not shown beside newer ones. */
function shownOf(
  { cachedAt, reader, overlay }: Entry,
  data: SnapshotData,
  freshness: Freshness,
  now: number,
  { maxStaleMs }: Settings,
): Shown {
  const current = (readAt: number) => !overlay || freshness === 'last_known' || now - readAt < maxStaleMs;
  const windows = reader.windows(data, cachedAt, now, overlay?.origins);
  return {
    windows: withSpend(windows, overlay?.spend ?? null, now).filter(({ readAt }) => current(readAt)),
    extraUsage: current(cachedAt) ? reader.credits(data) : null,
    ...(current(cachedAt) && reader.details(data, cachedAt, now, overlay?.origins)),
  };
}

/** The windows with the limit on money that sessions report, unless a newer response contains it. */
function withSpend(
  windows: readonly Window[],
  spend: ReportedSpendNumber | null,
  now: number,
): readonly Window[] {
  const fromResponse = windows.find(({ id }) => id === SPEND_LIMIT.id);
  if (spend === null || (fromResponse !== undefined && fromResponse.readAt >= spend.readAt)) return windows;
  return [...windows.filter((window) => window !== fromResponse), spendWindow(spend, now)];
}

/** The window of a limit on money that sessions report. Its length is unknown, so it has no pace. */
function spendWindow(spend: ReportedSpendNumber, now: number): Window {
  const { percent, resetsAt, readAt, usedUsd, limitUsd } = spend;
  const elapsed = resetsAt !== null && hasElapsed(resetsAt, readAt, now);
  return {
    ...SPEND_LIMIT,
    model: null,
    usedPercent: elapsed ? null : percent,
    resetsAt,
    windowSeconds: null,
    elapsed,
    source: 'statusline',
    readAt,
    amount: elapsed ? null : { used: usedUsd, limit: limitUsd, currency: 'USD' },
    placement: 'always',
  };
}

/** The time of the oldest number that is shown, epoch ms. */
function oldestOf({ cachedAt, overlay }: Entry, { windows, extraUsage }: Shown): number {
  const times = windows.map(
    ({ id, readAt }) =>
      (id === SPEND_LIMIT.id ? overlay?.spend?.seenAt : overlay?.origins[id]?.seenAt) ?? readAt,
  );
  if (extraUsage !== null || times.length === 0) times.push(cachedAt);
  return Math.min(...times);
}

/**
 * The freshness when usage is made. It can be lower than when it was judged, because time has passed: a request takes as
 * long as the machine sleeps in the middle of it.
 */
function freshnessNow({ entry, freshness, decidedAt, now, settings }: UsageParts): Freshness {
  if (entry === null || freshness === 'none' || now === decidedAt) return freshness;
  const byTime = judgeEntry(entry, now, entry.credentials, settings, () => 'same').freshness;
  return byTime === 'fresh' || (byTime === 'stale' && freshness !== 'fresh') ? freshness : byTime;
}
