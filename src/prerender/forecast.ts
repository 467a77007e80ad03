import type { TimedText } from './format.ts';
import type { Backoff } from '../cache/backoff.ts';
import type { Entry } from '../cache/entry.ts';
import type { Settings } from '../config/settings.ts';
import type { Usage } from '../usage/model.ts';
import type { ProviderFacts } from '../usage/provider-facts.ts';
import { CLOCK_TOLERANCE_MS, DAY, HOUR, MINUTE } from '../usage/time.ts';
import { nextPaceChange } from '../usage/pace.ts';
import { toUsage } from '../resolve/to-usage.ts';
import { hourlySlot, spacedSlot } from '../resolve/budget.ts';
import { decide } from '../resolve/decide.ts';
import type { AccountMatch } from '../resolve/freshness.ts';
import { freshUntil, turningPoints } from '../resolve/freshness.ts';

/** The state at one moment, from which follows what will be shown at any later one while no file changes. */
export interface ForecastInput {
  readonly entry: Entry | null;
  readonly backoff: Backoff | null;
  /** The moment, epoch ms. */
  readonly now: number;
  /** Fingerprint of the present credentials. */
  readonly fingerprint: string | null;
  readonly accountMatch: AccountMatch;
  readonly provider: ProviderFacts;
  /** The account's name. */
  readonly accountName: string;
  readonly settings: Settings;
  /** When a refresh is due whatever the numbers are (macOS' keychain), epoch ms; null: never. */
  readonly recheckAt: number | null;
}

/** A forecast as texts. */
export interface RenderedForecast {
  /** When a caller that does not wait would start the worker, epoch ms. */
  readonly refreshAt: number;
  /** In order and without a gap, from `now` on. Neighbours differ. */
  readonly texts: readonly TimedText[];
}

/** How a stage is rendered. */
export interface StageOptions {
  /** Whether countdowns are shown. Far ahead a text is valid for an hour, for which no countdown is right. */
  readonly countdowns: boolean;
}

/** How far ahead every change is forecast, ms: longer than numbers are fresh. */
const EXACT_MS = 5 * MINUTE;
/** The number of changes that are forecast exactly. */
const EXACT_CHANGES = 100;
/** How far ahead ages change by the minute, ms. After that they change by the hour. */
const BY_MINUTE_MS = HOUR;
/** How far ahead anything is forecast, ms. By then the oldest numbers are no longer shown. */
const LONGEST_MS = DAY;
/** The largest number of stages, for responses with very many windows. */
const MAX_CHANGES = 240;

/** What will be shown until a moment, from the end of the stage before. */
interface Stage extends StageOptions {
  readonly until: number;
  readonly usage: Usage;
}

/** What will be shown from now on, before it is rendered. */
export interface Forecast {
  /** As in `RenderedForecast`. */
  readonly refreshAt: number;
  readonly stages: readonly Stage[];
}

/** What a caller needs of a forecast. */
export interface ForecastOptions {
  /** How far ahead, ms. */
  readonly horizonMs?: number;
  /** The numbers whose age is shown. With `stale`, as on a line, there are fewer stages while they are fresh. */
  readonly ages?: 'all' | 'stale';
}

/**
 * Forecasts what will be shown while no file changes, until the numbers are too old to be shown: it calls `decide` and
 * `toUsage` for moments to come. So a shell can show a right line without knowing what makes it right.
 */
export function forecastOf(
  input: ForecastInput,
  { horizonMs = LONGEST_MS, ages = 'all' }: ForecastOptions = {},
): Forecast {
  const { now, recheckAt } = input;
  const end = Math.min(endOf(input), now + horizonMs);
  const times = timesOf(input);
  const stages: Stage[] = [];
  let refreshAt: number | null = recheckAt;
  let at = now;
  while (at < end && stages.length < MAX_CHANGES) {
    const { usage, isDue } = usageAt(input, at);
    if (isDue && (refreshAt === null || at < refreshAt)) refreshAt = at;
    if (usage === null) break;
    const exact = at - now < EXACT_MS && stages.length < EXACT_CHANGES;
    const aging = ages === 'all' || usage.state !== 'fresh' || usage.restAgeMs !== undefined;
    const ticking = aging ? times : { ...times, ages: [] };
    const countdowns = at - now < BY_MINUTE_MS;
    const changes = nextChange(input, ticking, at, exact, usage.error?.retryAt ?? null);
    const paces = usage.windows.map((window) => nextPaceChange(window, at, countdowns) ?? end);
    const until = Math.min(changes, ...paces, end);
    stages.push({ until, usage, countdowns });
    at = until;
  }
  return { refreshAt: refreshAt ?? at, stages };
}

/** Renders a forecast; null when there is nothing to show because the first request is under way. */
export function renderForecast(
  { refreshAt, stages }: Forecast,
  render: (usage: Usage, options: StageOptions) => string,
): RenderedForecast | null {
  const texts: TimedText[] = [];
  for (const { until, usage, countdowns } of stages) {
    const text = render(usage, { countdowns });
    const last = texts.at(-1);
    if (last?.text === text) texts[texts.length - 1] = { until, text };
    else texts.push({ until, text });
  }
  return texts.length === 0 ? null : { refreshAt, texts };
}

/**
 * The usage that a caller that does not wait would get at a moment; null while the first request is under way.
 *
 * @returns `isDue`: whether that caller would start the worker
 */
export function usageAt(input: ForecastInput, at: number): { usage: Usage | null; isDue: boolean } {
  const { entry, backoff, fingerprint, settings } = input;
  const account = () => input.accountMatch;
  const decision = decide({
    entry,
    backoff,
    now: at,
    policy: 'background',
    fingerprint,
    account,
    settings,
    budget: input.provider.budget,
    force: false,
  });
  const isDue = decision.action === 'background';
  if (isDue && decision.error?.code === 'no_data') return { usage: null, isDue };
  const { freshness, error } = decision;
  const usage = toUsage({
    entry,
    freshness,
    error,
    source: 'cache',
    pending: false,
    provider: input.provider,
    account: input.accountName,
    decidedAt: at,
    now: at,
    settings,
  });
  return { usage, isDue };
}

/** When nothing changes any more, epoch ms: the numbers are too old to be shown, and the backoff has ended. */
function endOf({ entry, backoff, now, settings }: ForecastInput): number {
  const newest = entry && Math.max(entry.cachedAt, entry.overlay?.latestAt ?? entry.cachedAt);
  const ends = entry?.data ? [(newest as number) + settings.maxStaleMs] : [];
  if (backoff && backoff.blockedUntil > now) ends.push(backoff.blockedUntil);
  return Math.min(Math.max(now + HOUR, ...ends), now + LONGEST_MS);
}

/** The times at which something changes, epoch ms: found once, and not for every stage. */
interface Times {
  /** Ends of freshness and backoff. */
  readonly once: readonly number[];
  /** Resets of windows, which are counted down to. */
  readonly resets: readonly number[];
  /** Times from which an age is counted. */
  readonly ages: readonly number[];
}

function timesOf({ entry, backoff, settings }: ForecastInput): Times {
  const once = backoff ? [backoff.blockedUntil] : [];
  if (!entry?.data) return { once, resets: [], ages: [] };
  once.push(freshUntil(entry, settings), entry.cachedAt + settings.maxStaleMs);
  // The time of an entry from the future is within the tolerance from here on.
  once.push(entry.cachedAt - CLOCK_TOLERANCE_MS);
  once.push(...turningPoints(entry, settings));
  const reported = Object.values(entry.overlay?.origins ?? {}).flatMap((number) => number?.seenAt ?? []);
  return { once, resets: entry.reader.resets(entry.data), ages: [entry.cachedAt, ...reported] };
}

/**
 * When the usage at a moment may change next, epoch ms.
 *
 * @param exact whether every change of a countdown counts
 * @param retryAt when the next try is, as shown at that moment, epoch ms
 */
function nextChange(
  { backoff, now, provider, fingerprint }: ForecastInput,
  { once, resets, ages }: Times,
  at: number,
  exact: boolean,
  retryAt: number | null,
): number {
  let next = Number.POSITIVE_INFINITY;
  const consider = (time: number) => {
    if (time > at && time < next) next = time;
  };
  const tick = (time: number, every: number) => consider(time + Math.ceil((at + 1 - time) / every) * every);

  // Countdowns are rounded down to the minute, so they change a moment after a whole minute is left.
  const countdown = (to: number) => {
    consider(to);
    if (exact && to > at) tick(to + 1, MINUTE);
  };

  const minutes = at - now < BY_MINUTE_MS || ages.some((time) => Math.abs(at - time) < HOUR);
  const step = minutes ? MINUTE : HOUR;
  for (const time of once) consider(time);
  for (const reset of resets) countdown(reset);
  for (const time of ages) tick(time, step);
  if (backoff) {
    consider(hourlySlot(backoff, at, provider.budget));
    consider(spacedSlot(backoff, at, fingerprint, provider.budget));
  }
  if (retryAt !== null) countdown(retryAt);
  consider(at + step);
  return next;
}
