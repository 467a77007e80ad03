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
  /** What leaves the week meanwhile, oldest first. */
  readonly edge: readonly Leaving[];
  /** Everything from `until` on. */
  readonly week: ByModel;
  /** Epoch ms at which the last block began, whether or not it is over; null: there was none. */
  readonly block: number | null;
  /** Everything since then. */
  readonly inBlock: ByModel;
}

/** Moments that leave the week one after the other: only those of which some have left are looked at one by one. */
interface Leaving {
  /** Ms after `from` of the last one. */
  readonly last: number;
  /** Five numbers for each model: its index, and its counts. */
  readonly sums: readonly unknown[];
  /** Six for each moment: ms after `from`, index of the model, counts. Both are checked when they are needed. */
  readonly moments: readonly unknown[];
}

const TOGETHER = 32;
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
  const edge: Leaving[] = [];
  for (let at = 0; at < leaving.length; at += TOGETHER) {
    const some = leaving.slice(at, at + TOGETHER);
    const [sums, moments]: [number[], number[]] = [[], []];
    for (const its of some) moments.push(its.at - from, indexes.get(its.model)!, ...countsRow(its));
    for (const [model, counts] of byModel(some)) sums.push(indexes.get(model)!, ...countsRow(counts));
    edge.push({ last: some.at(-1)!.at - from, sums, moments });
  }
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

/** What they say at `now` (epoch ms), while they hold. Throws for numbers that are not as they were written. */
export function estimateOf({ from, models, edge, week, block, inBlock }: Sums, now: number): TokenEstimate {
  const all = new Map(week);
  const begin = now - WEEK - from;
  const plusRow = (row: readonly unknown[]) => {
    const [index, ...counts] = row;
    add(all, text(models[number(index)]), countsOf(counts, Number.MAX_SAFE_INTEGER), 1);
  };
  for (const { last, sums, moments } of edge) {
    if (last < begin) continue;
    if (key(moments[0]) >= begin) {
      for (let at = 0; at < sums.length; at += 5) plusRow(sums.slice(at, at + 5));
    } else {
      for (let at = 0; at < moments.length; at += 6) {
        if (key(moments[at]) >= begin) plusRow(moments.slice(at + 1, at + 6));
      }
    }
  }
  const startsAt = block !== null && block <= now && now < block + BLOCK ? block : null;
  return {
    fiveHour: startsAt === null ? null : { ...total(inBlock), startsAt, endsAt: startsAt + BLOCK },
    sevenDay: total(all),
  };
}

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
  return [from, until, block, rowsOf(week), rowsOf(inBlock), models, edge.map(leavingRow)];
}

function leavingRow({ last, sums, moments }: Leaving): unknown[] {
  return [last, sums, moments];
}

function leavingIn(row: unknown): Leaving {
  const [last, sums, moments] = list(row);
  return { last: key(last), sums: list(sums), moments: list(moments) };
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
  return {
    from: number(from),
    until: number(until),
    models: list(models).map(text),
    edge: list(edge).map(leavingIn),
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
