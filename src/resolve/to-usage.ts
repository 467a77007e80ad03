import type { Entry } from '../cache/entry.ts';
import type { Settings } from '../config/settings.ts';
import type { Failure } from '../usage/failure.ts';
import type { Origins, SpendReading } from '../usage/merge.ts';
import { SPEND_LIMIT } from '../usage/model.ts';
import type { Usage, UsageData, UsageDetails, Window } from '../usage/model.ts';
import { breakdownOf, locksOf, poolsOf } from '../usage/pools.ts';
import type { ReadWindow } from '../usage/report.ts';
import { extraUsageOf, hasElapsed, lackingIn, windowsOf } from '../usage/windows.ts';
import { freshUntil, judgeEntry } from './freshness.ts';
import type { Shortcoming, Standing } from './freshness.ts';

/** What was decided, as parts of an answer. */
export interface AnswerParts {
  readonly entry: Entry | null;
  readonly standing: Standing;
  /** Why the numbers are worth no more; absent: by their age. */
  readonly because?: Shortcoming | null;
  readonly error: Failure | null;
  /** `endpoint` when this very process has just asked. */
  readonly source: 'cache' | 'endpoint';
  /** The first answer is on its way. */
  readonly pending: boolean;
  readonly account: string;
  /** When the present login has to be renewed by its user, epoch ms; undefined when that is not known. */
  readonly loginUntil?: number | undefined;
  /** When the standing was judged, epoch ms. */
  readonly decidedAt: number;
  /** Epoch ms. */
  readonly now: number;
  readonly settings: Settings;
}

/** Puts the answer together: the one place that says what may be claimed of the numbers. */
export function answer(parts: AnswerParts): Usage {
  const { entry, error, now, settings, loginUntil } = parts;
  const standing = standingNow(parts);
  const base = {
    generatedAt: now,
    provider: 'claude',
    account: parts.account,
    state: standing,
    pending: parts.pending,
    tokens: null,
    error: isBesideThePoint(parts) ? null : error,
    ...(loginUntil !== undefined && { loginUntil }),
    ...(standing === 'last_known' &&
      parts.because === 'account not known' && { ownerUnknown: true as const }),
  } as const;
  if (standing === 'none' || entry?.data == null) {
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
  const { told } = entry;
  const shown = shownOf(entry, entry.data, standing, now, settings);
  const cachedAt = told ? oldestOf(entry, shown) : entry.cachedAt;
  const age = now - cachedAt;
  const mine =
    told !== undefined && (told.origins.five_hour ?? told.origins.seven_day ?? told.spend ?? null) !== null;
  const overdue = told?.answeredAt != null && now - told.answeredAt >= settings.scopedRefreshMs;
  return {
    ...base,
    plan: entry.plan,
    ...(entry.accountName != null && { accountName: entry.accountName }),
    ...(entry.organizationName != null && { organizationName: entry.organizationName }),
    source: mine && parts.source === 'cache' ? 'statusline' : parts.source,
    cachedAt,
    // Up to the tolerance a stamp ahead of us is a rounding matter; beyond it there is no age to tell.
    ageMs: standing === 'last_known' && age < 0 ? null : Math.max(0, age),
    freshUntil: standing === 'fresh' ? freshUntil(entry, settings) : null,
    ...shown,
    // What is stale has its age on the line anyway.
    ...(standing === 'fresh' && overdue && { restAgeMs: now - (told.answeredAt as number) }),
  };
}

/** Sessions report numbers without a stored login: there is nothing to sign in to. */
function isBesideThePoint({ entry, standing, error }: AnswerParts): boolean {
  const shown = standing === 'fresh' || standing === 'stale';
  return error?.code === 'no_credentials' && shown && entry?.told?.unstored === true;
}

type Shown = Pick<Usage, 'windows' | 'extraUsage'> & UsageDetails;

/** The numbers; what is too old for a line stands beside newer ones of the other source on none. */
function shownOf(
  { cachedAt, told }: Entry,
  data: UsageData,
  standing: Standing,
  now: number,
  { maxStaleMs }: Settings,
): Shown {
  const current = (readAt: number) => !told || standing === 'last_known' || now - readAt < maxStaleMs;
  const windows = windowsOf(data, cachedAt, now, told?.origins);
  return {
    windows: withSpend(windows, told?.spend ?? null, now).filter(({ readAt }) => current(readAt)),
    extraUsage: current(cachedAt) ? extraUsageOf(data) : null,
    ...(current(cachedAt) && detailsOf(data, cachedAt, now, told?.origins)),
  };
}

/** What else the endpoint's answer has; what there is none of is absent. */
function detailsOf(data: UsageData, cachedAt: number, now: number, origins: Origins = {}): UsageDetails {
  const pools = poolsOf(data, cachedAt, now);
  const breakdown = breakdownOf(data);
  const locks = locksOf(data);
  const lacking = lackingIn(data, origins);
  return {
    ...(pools.length > 0 && { pools }),
    ...(breakdown.length > 0 && { breakdown }),
    ...(locks.length > 0 && { locks }),
    ...(lacking.length > 0 && { lacking }),
  };
}

/** The windows with the limit on money that sessions report, unless the endpoint has answered with it since. */
function withSpend(windows: readonly Window[], spend: SpendReading | null, now: number): readonly Window[] {
  const answered = windows.find(({ id }) => id === SPEND_LIMIT.id);
  if (spend === null || (answered !== undefined && answered.readAt >= spend.readAt)) return windows;
  return [...windows.filter((window) => window !== answered), spendWindow(spend, now)];
}

/** A limit on money that sessions report. A gateway's period can be of any length: the window has no pace. */
function spendWindow(spend: SpendReading, now: number): Window {
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
function oldestOf({ cachedAt, told }: Entry, { windows, extraUsage }: Shown): number {
  const times = windows.map(
    ({ id, readAt }) =>
      (id === SPEND_LIMIT.id ? told?.spend?.seenAt : told?.origins[id as ReadWindow]?.seenAt) ?? readAt,
  );
  if (extraUsage !== null || times.length === 0) times.push(cachedAt);
  return Math.min(...times);
}

/**
 * Time goes on between a decision and its answer: a request takes as long as a machine sleeps in the middle of
 * it. Numbers that were fresh, or still worth showing, when it was decided to ask may not be any more.
 */
function standingNow({ entry, standing, decidedAt, now, settings }: AnswerParts): Standing {
  if (entry === null || standing === 'none' || now === decidedAt) return standing;
  const byTime = judgeEntry(entry, now, entry.credentials, settings, () => 'same').standing;
  return byTime === 'fresh' || (byTime === 'stale' && standing !== 'fresh') ? standing : byTime;
}
