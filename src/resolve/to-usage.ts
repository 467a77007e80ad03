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

/** What was decided, as parts of an answer. */
export interface UsageParts {
  readonly entry: Entry | null;
  readonly freshness: Freshness;
  /** Why the numbers are worth no more; absent: by their age. */
  readonly because?: Shortcoming | null;
  readonly error: Failure | null;
  /** `endpoint` when this very process has just asked. */
  readonly source: 'cache' | 'endpoint';
  /** The first answer is on its way. */
  readonly pending: boolean;
  readonly provider: Pick<ProviderFacts, 'id' | 'texts'>;
  readonly account: string;
  /** When the present login has to be renewed by its user, epoch ms; undefined when that is not known. */
  readonly loginUntil?: number | undefined;
  /** When the freshness was judged, epoch ms. */
  readonly decidedAt: number;
  /** Epoch ms. */
  readonly now: number;
  readonly settings: Settings;
}

/** Puts the answer together: the one place that says what may be claimed of the numbers. */
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
    error: isBesideThePoint(parts) ? null : error,
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
  const mine = overlay !== undefined && (Object.keys(overlay.origins).length > 0 || overlay.spend !== null);
  const overdue = overlay?.answeredAt != null && now - overlay.answeredAt >= settings.scopedRefreshMs;
  return {
    ...base,
    plan: entry.plan,
    ...(entry.accountName != null && { accountName: entry.accountName }),
    ...(entry.organizationName != null && { organizationName: entry.organizationName }),
    source: mine && parts.source === 'cache' ? 'statusline' : parts.source,
    cachedAt,
    // Up to the tolerance a stamp ahead of us is a rounding matter; beyond it there is no age to tell.
    ageMs: freshness === 'last_known' && age < 0 ? null : Math.max(0, age),
    freshUntil: freshness === 'fresh' ? freshUntil(entry, settings) : null,
    ...shown,
    // What is stale has its age on the line anyway.
    ...(freshness === 'fresh' && overdue && { restAgeMs: now - (overlay.answeredAt as number) }),
  };
}

/** Sessions report numbers without a stored login: there is nothing to sign in to. */
function isBesideThePoint({ entry, freshness, error }: UsageParts): boolean {
  const shown = freshness === 'fresh' || freshness === 'stale';
  return error?.code === 'no_credentials' && shown && entry?.overlay?.unstored === true;
}

type Shown = Pick<Usage, 'windows' | 'extraUsage'> & UsageDetails;

/** The numbers; what is too old for a line stands beside newer ones of the other source on none. */
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

/** The windows with the limit on money that sessions report, unless the endpoint has answered with it since. */
function withSpend(
  windows: readonly Window[],
  spend: ReportedSpendNumber | null,
  now: number,
): readonly Window[] {
  const answered = windows.find(({ id }) => id === SPEND_LIMIT.id);
  if (spend === null || (answered !== undefined && answered.readAt >= spend.readAt)) return windows;
  return [...windows.filter((window) => window !== answered), spendWindow(spend, now)];
}

/** A limit on money that sessions report. A gateway's period can be of any length: the window has no pace. */
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

/** Of when the oldest number is that is shown, epoch ms. */
function oldestOf({ cachedAt, overlay }: Entry, { windows, extraUsage }: Shown): number {
  const times = windows.map(
    ({ id, readAt }) =>
      (id === SPEND_LIMIT.id ? overlay?.spend?.seenAt : overlay?.origins[id]?.seenAt) ?? readAt,
  );
  if (extraUsage !== null || times.length === 0) times.push(cachedAt);
  return Math.min(...times);
}

/**
 * Time goes on between a decision and its answer: a request takes as long as a machine sleeps in the middle of
 * it. Numbers that were fresh, or still worth showing, when it was decided to ask may not be any more.
 */
function freshnessNow({ entry, freshness, decidedAt, now, settings }: UsageParts): Freshness {
  if (entry === null || freshness === 'none' || now === decidedAt) return freshness;
  const byTime = judgeEntry(entry, now, entry.credentials, settings, () => 'same').freshness;
  return byTime === 'fresh' || (byTime === 'stale' && freshness !== 'fresh') ? freshness : byTime;
}
