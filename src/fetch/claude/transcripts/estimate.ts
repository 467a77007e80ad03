import type { TokenCount } from '../../../usage/model.ts';
import { DAY, HOUR } from '../../../usage/time.ts';
import type { Message } from './message.ts';
import { NO_TOKENS, plus, sum } from './token-counts.ts';
import type { TokenCounts } from './token-counts.ts';

export const WEEK = 7 * DAY;
const BLOCK = 5 * HOUR;

/** Tokens of one model in the messages that began within one hour. */
export interface HourOfUse {
  /** Epoch ms: a full hour, UTC. */
  readonly at: number;
  readonly model: string;
  readonly counts: TokenCounts;
}

/** The use of the last week. Blocks begin at full hours, so sums by the hour are enough for both windows. */
export interface UseOfWeek {
  /** Epoch ms at which the last block began, whether or not it is over; null: there was none. */
  readonly block: number | null;
  /** Ordered by time. Of the first hour only the messages within the week are counted. */
  readonly hours: readonly HourOfUse[];
}

/** Tokens with their sum, and the same for each model. */
export interface TokenSum extends TokenCount {
  /** By the model's name as transcripts have it; not sanitized. */
  readonly byModel: Readonly<Record<string, TokenCount>>;
}

/** What local transcripts reveal about the use of a subscription: an estimate in tokens, never a percentage. */
export interface Estimate {
  /** The 5-hour block under way; null when there is none. Times in epoch ms. */
  readonly fiveHour: (TokenSum & { readonly startsAt: number; readonly endsAt: number }) | null;
  readonly sevenDay: TokenSum;
}

/**
 * Sums up the messages of the week before `now` (epoch ms). Messages with a future time are left out.
 *
 * @param messages older ones decide where blocks begin
 * @param block when the last block before all messages began, epoch ms; null if there was none
 */
export function useOfWeek(messages: Iterable<Message>, block: number | null, now: number): UseOfWeek {
  const hours = new Map<string, HourOfUse>();
  const times = new Set<number>();
  for (const { firstAt, model, counts } of messages) {
    if (firstAt > now) continue;
    const at = hourOf(firstAt);
    times.add(at);
    if (firstAt < now - WEEK) continue;
    const name = `${at} ${model}`;
    hours.set(name, { at, model, counts: plus(hours.get(name)?.counts ?? NO_TOKENS, counts) });
  }
  return { block: blockAfter(block, times), hours: [...hours.values()].sort((a, b) => a.at - b.at) };
}

/**
 * The start of the last 5-hour block of messages at these times. A block begins at the full hour of the first message after
 * the block before it. All in epoch ms.
 *
 * @param block the start of the last block before these messages; null if there was none
 */
export function blockAfter(block: number | null, times: Iterable<number>): number | null {
  let last = block;
  for (const at of [...times].sort((a, b) => a - b)) {
    if (last === null || at >= last + BLOCK) last = hourOf(at);
  }
  return last;
}

/**
 * The estimate at `now` (epoch ms). It is exact for the moment at which the use was summed up; later, an hour counts
 * until all of it is older than a week.
 */
export function estimateAt({ block, hours }: UseOfWeek, now: number): Estimate {
  const week = hours.filter(({ at }) => at + HOUR > now - WEEK);
  const startsAt = block !== null && block <= now && now < block + BLOCK ? block : null;
  return {
    fiveHour:
      startsAt === null
        ? null
        : { ...total(week.filter(({ at }) => at >= startsAt)), startsAt, endsAt: startsAt + BLOCK },
    sevenDay: total(week),
  };
}

function total(hours: readonly HourOfUse[]): TokenSum {
  let all = NO_TOKENS;
  const models = new Map<string, TokenCounts>();
  for (const { model, counts } of hours) {
    all = plus(all, counts);
    models.set(model, plus(models.get(model) ?? NO_TOKENS, counts));
  }
  const named = [...models].map(([model, counts]) => [model, { ...counts, total: sum(counts) }] as const);
  // fromEntries defines properties: a model named __proto__ stays a name.
  return { ...all, total: sum(all), byModel: Object.fromEntries(named) };
}

function hourOf(at: number): number {
  return Math.floor(at / HOUR) * HOUR;
}
