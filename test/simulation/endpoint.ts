import { HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';

/** The Retry-After of a throttled response. */
export type Hint = 'seconds' | 'zero' | 'none';

export type Verdict =
  | { readonly kind: 'usage' }
  | { readonly kind: 'throttled'; readonly retryAfter: string | null; readonly since: number };

/** About this many requests an hour were observed to be answered for one account. */
const ALLOWANCE = 28;
const BLOCK = HOUR;

/**
 * The endpoint with the throttling that was observed: a number of requests an hour per account, from any client;
 * then 429 for an hour, with or without a useful Retry-After, and every request within that hour starts it
 * again.
 */
export class Endpoint {
  readonly #random: () => number;
  #answered: number[] = [];
  #blockedUntil = 0;
  #blockedSince = 0;
  #hint: Hint = 'none';

  constructor(random: () => number) {
    this.#random = random;
  }

  request(now: number): Verdict {
    this.#answered = this.#answered.filter((at) => at > now - HOUR);
    if (now >= this.#blockedUntil && this.#answered.length < ALLOWANCE) {
      this.#answered.push(now);
      return { kind: 'usage' };
    }
    if (now >= this.#blockedUntil) {
      this.#blockedSince = now;
      this.#hint = (['seconds', 'zero', 'none'] as const)[Math.floor(this.#random() * 3)] as Hint;
    }
    this.#blockedUntil = now + BLOCK;
    const retryAfter = { seconds: String(BLOCK / SECOND), zero: '0', none: null }[this.#hint];
    return { kind: 'throttled', retryAfter, since: this.#blockedSince };
  }
}

/** Another program that requests the same account's usage, at times far too often. */
export interface Foreign {
  readonly from: number;
  readonly until: number;
  readonly every: number;
}

/** A few times a week a user tries another tool, or leaves one running for a while. */
export function foreignPrograms(begin: number, random: () => number): Foreign[] {
  // Day of the week and hour at which it is started; how long it runs and how often it sends a request, min.
  const runs = [
    [0, 10, 14, 0.5],
    [0, 21, 40, 2],
    [1, 9, 6, 0.25],
    [1, 15, 180, 5],
    [2, 11, 20, 0.5],
    [3, 10, 15, 0.5],
    [3, 14, 240, 10],
    [4, 9, 12, 0.4],
    [4, 16, 30, 1],
    [5, 11, 14, 0.5],
  ] as const;
  return runs.map(([day, hour, lasts, every]) => {
    const from = begin + day * 24 * HOUR + hour * HOUR + random() * 50 * MINUTE;
    return { from, until: from + lasts * MINUTE, every: every * MINUTE };
  });
}
