import { DAY, HOUR } from '../../../usage/time.ts';
import { sum } from './message.ts';
import type { Message, TokenCounts } from './model.ts';

export const BLOCK = 5 * HOUR;
export const WEEK = 7 * DAY;
/** How long messages are remembered: a day more than they count, for lines of one message that are far apart. */
export const KEPT = 8 * DAY;

/** Tokens of one model within an hour, or at one moment. */
export interface Bucket extends Readonly<TokenCounts> {
  /** Epoch ms: a full hour, or the moment. */
  readonly at: number;
  readonly model: string;
}

/**
 * The sums that an estimate is made of. Blocks begin at full hours, so an hour is all they need to know. Only
 * where the week begins it must be known to the millisecond which messages are within.
 */
export interface Tally {
  /** Epoch ms: from here to the end of the next full hour moments are kept; the week must begin within. */
  readonly exactFrom: number;
  /** Epoch ms at which the block began that the oldest bucket may still be in; null when none is known. */
  block: number | null;
  /** By moment and model. */
  readonly buckets: Map<string, Bucket>;
}

export function emptyTally(now: number, block: number | null): Tally {
  return { exactFrom: now - WEEK, block, buckets: new Map() };
}

/** Whether these sums can still say where the week begins. If not they are to be made anew. */
export function isExact({ exactFrom }: Tally, now: number): boolean {
  const begin = now - WEEK;
  return begin >= exactFrom && begin < exactUntil(exactFrom);
}

/** Adds a message to the sums (`sign` 1) or takes it away (-1). */
export function count(tally: Tally, now: number, { firstAt, model, counts }: Message, sign: 1 | -1): void {
  const moment = `${firstAt} ${model}`;
  // What lies in the future must not count before its time.
  const exact = (firstAt >= tally.exactFrom && firstAt < exactUntil(tally.exactFrom)) || firstAt > now;
  const at = exact || tally.buckets.has(moment) ? firstAt : hourOf(firstAt);
  const key = at === firstAt ? moment : `${at} ${model}`;
  const bucket = plus(tally.buckets.get(key) ?? NOTHING, counts, sign);
  if (sum(bucket) > 0) tally.buckets.set(key, { at, model, ...bucket });
  else tally.buckets.delete(key);
}

/** Forgets what is older than is kept; where the blocks stood then is remembered. */
export function expire(tally: Tally, now: number): void {
  for (const { at, model } of sorted(tally)) {
    if (at >= now - KEPT) return;
    tally.block = blockOf(tally.block, at);
    tally.buckets.delete(`${at} ${model}`);
  }
}

/** Where the last block began that a message of the past is in, over or not; null: there is none. */
export function lastBlock(tally: Tally, now: number): number | null {
  let { block } = tally;
  for (const { at } of sorted(tally)) if (at <= now) block = blockOf(block, at);
  return block;
}

/** The block that a message is in, given the one before: a new one begins when that is over. */
function blockOf(block: number | null, at: number): number {
  return block === null || at >= block + BLOCK ? hourOf(at) : block;
}

/** At the end of an hour: a bucket of that hour then begins behind it. */
export function exactUntil(exactFrom: number): number {
  return hourOf(exactFrom) + 2 * HOUR;
}

export function hourOf(at: number): number {
  return Math.floor(at / HOUR) * HOUR;
}

export function sorted(tally: Tally): Bucket[] {
  return [...tally.buckets.values()].sort((a, b) => a.at - b.at);
}

export const NOTHING: TokenCounts = { input: 0, output: 0, cacheCreation: 0, cacheRead: 0 };

export function plus(a: TokenCounts, b: TokenCounts, sign: 1 | -1): TokenCounts {
  return {
    input: a.input + sign * b.input,
    output: a.output + sign * b.output,
    cacheCreation: a.cacheCreation + sign * b.cacheCreation,
    cacheRead: a.cacheRead + sign * b.cacheRead,
  };
}
