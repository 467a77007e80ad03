import { MAX_MODELS } from './archive.ts';
import type { Change } from './ledger.ts';
import { sum } from './message.ts';
import type { TokenCounts, TokenEstimate, TokenSum } from './model.ts';
import { countsOf, countsRow, key, list, number, text } from './rows.ts';
import { BLOCK, exactUntil, hourOf, lastBlock, NOTHING, plus, sorted, WEEK } from './tally.ts';
import type { Bucket, Tally } from './tally.ts';

/*
 * What a tally comes to for the next hour, so short that it is read in no time: of all that stays within the week the
 * sums by model, of what leaves it meanwhile every moment. It can be added to where messages usually are, at the end;
 * whatever else happens is for the tally to say.
 */

type ByModel = ReadonlyMap<string, TokenCounts>;

export interface Sums {
  /** Epoch ms: the week must begin at or after this, */
  readonly from: number;
  /** and before this. */
  readonly until: number;
  /** Names of the models in `edge`. */
  readonly models: readonly string[];
  /** What leaves the week meanwhile, six numbers for each moment: ms after `from`, index of the model, counts. */
  readonly edge: readonly number[];
  /** Everything from `until` on. */
  readonly week: ByModel;
  /** Epoch ms at which the last block began, whether or not it is over; null: there was none. */
  readonly block: number | null;
  /** Everything since then. */
  readonly inBlock: ByModel;
}

/** So many moments at most, which are half an hour of a very busy week: to read more costs more than it saves. */
const MAX_EDGE = 1000;

/** The sums of a tally, for as long as they hold. The tally must be exact (`isExact`). */
export function sumsOf(tally: Tally, now: number): Sums {
  const buckets = sorted(tally);
  const from = now - WEEK;
  const past = buckets.filter(({ at }) => at >= from && at <= now);
  // What lies in the future counts when its time comes.
  const ahead = buckets.find(({ at }) => at > now)?.at ?? Infinity;
  const until = Math.min(exactUntil(tally.exactFrom), past[MAX_EDGE]?.at ?? Infinity, ahead - WEEK);
  const leaving = past.filter(({ at }) => at < until);
  const models = [...new Set(leaving.map(({ model }) => model))];
  const indexes = new Map(models.map((model, index) => [model, index]));
  const edge: number[] = [];
  for (const bucket of leaving) edge.push(bucket.at - from, indexes.get(bucket.model)!, ...countsRow(bucket));
  const block = lastBlock(tally, now);
  return {
    from,
    until,
    models,
    edge,
    week: byModel(past.filter(({ at }) => at >= until)),
    block,
    inBlock: byModel(block === null ? [] : past.filter(({ at }) => at >= block)),
  };
}

/** Whether they can still say where the week begins. */
export function holds({ from, until }: Sums, now: number): boolean {
  return now - WEEK >= from && now - WEEK < until;
}

/** What they say at `now` (epoch ms), while they hold. */
export function estimateOf({ from, models, edge, week, block, inBlock }: Sums, now: number): TokenEstimate {
  const all = new Map(week);
  const begin = now - WEEK - from;
  for (let at = 0; at < edge.length; at += 6) {
    if (edge[at]! < begin) continue;
    const [input, output, cacheCreation, cacheRead] = edge.slice(at + 2, at + 6) as Four;
    add(all, models[edge[at + 1]!]!, { input, output, cacheCreation, cacheRead }, 1);
  }
  const startsAt = block !== null && block <= now && now < block + BLOCK ? block : null;
  return {
    fiveHour: startsAt === null ? null : { ...total(inBlock), startsAt, endsAt: startsAt + BLOCK },
    sevenDay: total(all),
  };
}

type Four = [number, number, number, number];

/** The sums with a change to a message; null where only the tally can tell what comes of it. */
export function sumsWith(sums: Sums, { before, after }: Change, now: number): Sums | null {
  const at = after.firstAt;
  if (at > now || at < sums.until || (before !== null && before.firstAt !== at)) return null;
  // Where blocks begin depends on what came first.
  if (before === null && sums.block !== null && at < sums.block) return null;
  const begins = before === null && (sums.block === null || at >= sums.block + BLOCK);
  const block = begins ? hourOf(at) : sums.block;
  const [week, inBlock] = [new Map(sums.week), new Map(begins ? [] : sums.inBlock)];
  for (const its of block !== null && at >= block ? [week, inBlock] : [week]) {
    if (before !== null) add(its, before.model, before.counts, -1);
    add(its, after.model, after.counts, 1);
  }
  return week.size > MAX_MODELS ? null : { ...sums, week, block, inBlock };
}

/** As they are written. */
export function sumsRow({ from, until, models, edge, week, block, inBlock }: Sums): unknown[] {
  return [from, until, block, rowsOf(week), rowsOf(inBlock), models, edge];
}

function rowsOf(its: ByModel): unknown[] {
  return [...its].map(([model, counts]) => [model, countsRow(counts)]);
}

function byName(rows: unknown): ByModel {
  const read = list(rows).map((row) => {
    const [model, counts] = list(row);
    return [text(model), countsOf(list(counts), Number.MAX_SAFE_INTEGER)] as const;
  });
  return new Map(read);
}

/** Throws for anything that is not as it was written. */
export function sumsIn([from, until, block, week, inBlock, models, edge]: readonly unknown[]): Sums {
  const names = list(models).map(text);
  const moments = list(edge);
  if (moments.length % 6 !== 0) throw new TypeError();
  for (let at = 0; at < moments.length; at += 1) {
    if (key(moments[at]) >= names.length && at % 6 === 1) throw new TypeError();
  }
  return {
    from: number(from),
    until: number(until),
    models: names,
    edge: moments as number[],
    week: byName(week),
    block: block === null ? null : number(block),
    inBlock: byName(inBlock),
  };
}

function byModel(buckets: readonly Bucket[]): ByModel {
  const its = new Map<string, TokenCounts>();
  for (const bucket of buckets) add(its, bucket.model, bucket, 1);
  return its;
}

function add(its: Map<string, TokenCounts>, model: string, counts: TokenCounts, sign: 1 | -1): void {
  const added = plus(its.get(model) ?? NOTHING, counts, sign);
  if (sum(added) > 0) its.set(model, added);
  else its.delete(model);
}

function total(its: ByModel): TokenSum {
  let all = NOTHING;
  for (const counts of its.values()) all = plus(all, counts, 1);
  const named = [...its].map(([model, counts]) => [model, { ...counts, total: sum(counts) }] as const);
  // fromEntries defines properties: a model named __proto__ stays a name.
  return { ...all, total: sum(all), byModel: Object.fromEntries(named) };
}
