import type { TimedText } from './format.ts';
import type { Backoff } from '../cache/backoff.ts';
import type { Entry } from '../cache/entry.ts';
import type { Settings } from '../config/settings.ts';
import type { Usage } from '../usage/model.ts';
import { CLOCK_TOLERANCE_MS, DAY, HOUR, MINUTE } from '../usage/time.ts';
import { toUsage } from '../resolve/to-usage.ts';
import { hourlySlot } from '../resolve/budget.ts';
import { decide } from '../resolve/decide.ts';
import type { AccountMatch } from '../resolve/freshness.ts';
import { freshUntil, turningPoints } from '../resolve/freshness.ts';

/** What is known at one moment: enough to say what will be shown at any later one, as long as nothing happens. */
export interface ForecastInput {
  readonly entry: Entry | null;
  readonly backoff: Backoff | null;
  /** Epoch ms. */
  readonly now: number;
  readonly fingerprint: string | null;
  readonly accountMatch: AccountMatch;
  /** The provider's id. */
  readonly provider: string;
  /** The account's name, for the answer. */
  readonly accountName: string;
  readonly settings: Settings;
  /** When somebody has to look whatever the numbers say (macOS' keychain), epoch ms; null: never. */
  readonly recheckAt: number | null;
}

export interface RenderedForecast {
  /** From when on a caller that does not wait would have a refresh started, epoch ms. */
  readonly refreshAt: number;
  /** In order, without a gap, the first one from `now` on; none two in a row with the same text. */
  readonly texts: readonly TimedText[];
}

export interface StageOptions {
  /** False far ahead, where texts stand for an hour at a time: no countdown would be right for so long. */
  readonly countdowns: boolean;
}

/** So long ahead every change is foreseen (as long as numbers are fresh, and more), unless there are very many … */
const EXACT_MS = 5 * MINUTE;
const EXACT_CHANGES = 100;
/** … so long every minute of the age, and beyond it every hour. */
const BY_MINUTE_MS = HOUR;
/** Nothing is said beyond this, by which the oldest numbers count as none … */
const LONGEST_MS = DAY;
/** … nor beyond so many changes: an answer of a thousand windows is not worth a thousand texts. */
const MAX_CHANGES = 240;

/** What will be told until a moment, from the end of the one before. */
interface Stage extends StageOptions {
  readonly until: number;
  readonly usage: Usage;
}

/** What will be told from now on, whoever shows it. */
export interface Forecast {
  /** See `Schedule`. */
  readonly refreshAt: number;
  readonly stages: readonly Stage[];
}

export interface ForecastOptions {
  /** How far, at most, ms: who appearance only at the near ones need not pay for all. */
  readonly horizonMs?: number;
  /** Of which numbers the text tells the age: `stale`, as a line does, asks for fewer moments while they are fresh. */
  readonly ages?: 'all' | 'stale';
}

/**
 * Everything that will be told until the numbers are too old to be shown at all, if nobody learns anything
 * new: the decision and the answer of `decide.ts` and `answer.ts`, asked for moments to come. This is what
 * lets a shell show a true line without knowing what makes it true.
 *
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
    const { usage, asks } = usageAt(input, at);
    if (asks && (refreshAt === null || at < refreshAt)) refreshAt = at;
    if (usage === null) break;
    const exact = at - now < EXACT_MS && stages.length < EXACT_CHANGES;
    const aging = ages === 'all' || usage.state !== 'fresh' || usage.restAgeMs !== undefined;
    const ticking = aging ? times : { ...times, ages: [] };
    const until = Math.min(nextChange(input, ticking, at, exact, usage.error?.retryAt ?? null), end);
    stages.push({ until, usage, countdowns: at - now < BY_MINUTE_MS });
    at = until;
  }
  return { refreshAt: refreshAt ?? at, stages };
}

/** The texts for that; null when there is nothing to show but that the first answer is on its way. */
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

/** What a caller that does not wait would be told at a moment; null when that is only that it has to wait. */
export function usageAt(input: ForecastInput, at: number): { usage: Usage | null; asks: boolean } {
  const { entry, backoff: lock, fingerprint: stamp, settings } = input;
  const account = () => input.accountMatch;
  const decision = decide({
    entry,
    backoff: lock,
    now: at,
    policy: 'background',
    fingerprint: stamp,
    account,
    settings,
    force: false,
  });
  const asks = decision.action === 'background';
  if (asks && decision.error?.code === 'no_data') return { usage: null, asks };
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
  return { usage, asks };
}

/** When the numbers count as none, or the backoff is over: there is nothing more to say then. */
function endOf({ entry, backoff: lock, now, settings }: ForecastInput): number {
  const newest = entry && Math.max(entry.cachedAt, entry.overlay?.movedAt ?? entry.cachedAt);
  const ends = entry?.data ? [(newest as number) + settings.maxStaleMs] : [];
  if (lock && lock.blockedUntil > now) ends.push(lock.blockedUntil);
  return Math.min(Math.max(now + HOUR, ...ends), now + LONGEST_MS);
}

/** What ends at a time of its own, epoch ms: looked up once, not for every text. */
interface Times {
  readonly once: readonly number[];
  readonly resets: readonly number[];
  /** From when on an age counts that can be shown. */
  readonly ages: readonly number[];
}

function timesOf({ entry, backoff: lock, settings }: ForecastInput): Times {
  const once = lock ? [lock.blockedUntil] : [];
  if (!entry?.data) return { once, resets: [], ages: [] };
  once.push(freshUntil(entry, settings), entry.cachedAt + settings.maxStaleMs);
  // Stamped by a clock that has been set back: it counts from the moment at which it may be a rounding matter.
  once.push(entry.cachedAt - CLOCK_TOLERANCE_MS);
  once.push(...turningPoints(entry, settings));
  const reported = Object.values(entry.overlay?.origins ?? {}).flatMap((number) => number?.seenAt ?? []);
  return { once, resets: entry.reader.resets(entry.data), ages: [entry.cachedAt, ...reported] };
}

/**
 * When what is shown at `at` may change next, epoch ms: the first of everything that ends or ticks.
 *
 * @param exact whether countdowns tick
 * @param retryAt when the next try is, as shown at `at`
 */
function nextChange(
  { backoff: lock, now }: ForecastInput,
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

  // A countdown is floored to the minute: it changes a moment after a whole one is left.
  const countdown = (to: number) => {
    consider(to);
    if (exact && to > at) tick(to + 1, MINUTE);
  };

  const minutes = at - now < BY_MINUTE_MS || ages.some((time) => Math.abs(at - time) < HOUR);
  const step = minutes ? MINUTE : HOUR;
  for (const time of once) consider(time);
  for (const reset of resets) countdown(reset);
  for (const time of ages) tick(time, step);
  if (lock) consider(hourlySlot(lock, at));
  if (retryAt !== null) countdown(retryAt);
  consider(at + step);
  return next;
}
