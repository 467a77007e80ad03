import { HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';
import type { State } from '../../src/usage/model.ts';

export interface Ages {
  /** Results that were shown. */
  readonly count: number;
  /** Shares of all results. */
  readonly fresh: number;
  readonly stale: number;
  /** Nothing on the line: older than a day, or no data. */
  readonly without: number;
  /** Seconds, for results with numbers. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export interface Recovery {
  /** The value of `Retry-After`. */
  readonly hint: string;
  /** Minutes from the first 429 to the next good response. */
  readonly minutes: number;
  /** Requests that reached the endpoint after the first 429, including the one that succeeded. */
  readonly requests: number;
}

export interface Result {
  readonly seed: number;
  readonly days: number;
  readonly requests: number;
  readonly answered: number;
  /** The most within any hour. */
  readonly mostInAnHour: number;
  /** Seconds between two requests with the same credentials. */
  readonly leastApart: number;
  /** 429s caused by usageline: its own requests alone were too many, or one came before the time of Retry-After. */
  readonly own429: number;
  readonly foreign429: number;
  readonly foreignRequests: number;
  readonly foreignThrottled: number;
  readonly recoveries: readonly Recovery[];
  readonly all: Ages;
  /** Results that were shown during working hours, without crons. */
  readonly work: Ages;
  /** Those of them with a network and without a throttle. */
  readonly undisturbed: Ages;
  /** Calls that were resolved on files, and workers that were started. */
  readonly resolved: number;
  readonly started: number;
}

/** The requests an hour that the endpoint was observed to allow: more of our own would be our own fault. */
const ALLOWANCE = 28;

/** Counts in classes of one second, so that millions of results fit. */
class Distribution {
  readonly #classes = new Map<number, number>();
  #without = 0;
  readonly #states = new Map<State, number>();

  add(state: State, ageMs: number | null): void {
    this.#states.set(state, (this.#states.get(state) ?? 0) + 1);
    if ((state !== 'fresh' && state !== 'stale') || ageMs === null) this.#without += 1;
    else {
      const second = Math.floor(ageMs / SECOND);
      this.#classes.set(second, (this.#classes.get(second) ?? 0) + 1);
    }
  }

  ages(): Ages {
    const sorted = [...this.#classes].sort(([a], [b]) => a - b);
    const numbers = sorted.reduce((sum, [, count]) => sum + count, 0);
    const count = numbers + this.#without;
    const quantile = (share: number): number => {
      let left = share * numbers;
      for (const [second, many] of sorted) if ((left -= many) <= 0) return second;
      return sorted.at(-1)?.[0] ?? 0;
    };
    const share = (state: State) => (this.#states.get(state) ?? 0) / count;
    return {
      count,
      fresh: share('fresh'),
      stale: share('stale'),
      without: this.#without / count,
      p50: quantile(0.5),
      p95: quantile(0.95),
      p99: quantile(0.99),
      max: quantile(1),
    };
  }
}

/** Everything that is counted in a week. */
export class Tally {
  readonly #sent: { at: number; login: number }[] = [];
  #answered = 0;
  #own429 = 0;
  #foreign429 = 0;
  #foreignRequests = 0;
  #foreignThrottled = 0;
  #blocked: { at: number; hint: string; requests: number } | null = null;
  readonly #recoveries: Recovery[] = [];
  readonly #all = new Distribution();
  readonly #work = new Distribution();
  readonly #undisturbed = new Distribution();
  resolved = 0;
  started = 0;

  sent(at: number, login: number): void {
    this.#sent.push({ at, login });
  }

  /** A request that was sent while there was a network: only such a request can prolong a throttle. */
  reached(): void {
    if (this.#blocked) this.#blocked.requests += 1;
  }

  answered(at: number): void {
    this.#answered += 1;
    if (this.#blocked === null) return;
    const { at: since, hint, requests } = this.#blocked;
    this.#recoveries.push({ hint, minutes: (at - since) / MINUTE, requests });
    this.#blocked = null;
  }

  /** @param tooEarly an earlier response asked for a later time */
  throttled(at: number, retryAfter: string | null, tooEarly: boolean): void {
    const own = this.#sent.filter((one) => one.at > at - HOUR).length;
    if (tooEarly || own > ALLOWANCE) this.#own429 += 1;
    else this.#foreign429 += 1;
    this.#blocked ??= { at, hint: retryAfter ?? 'none', requests: 0 };
  }

  foreign(throttled: boolean): void {
    this.#foreignRequests += 1;
    if (throttled) this.#foreignThrottled += 1;
  }

  /** @param work the result was shown during working hours */
  shown(state: State, ageMs: number | null, work: boolean, offline: boolean): void {
    this.#all.add(state, ageMs);
    if (!work) return;
    this.#work.add(state, ageMs);
    if (!offline && this.#blocked === null) this.#undisturbed.add(state, ageMs);
  }

  result(seed: number, days: number): Result {
    const times = this.#sent.map(({ at }) => at);
    const inHour = times.map(
      (at, first) => times.slice(first, first + 100).filter((it) => it < at + HOUR).length,
    );
    const apart = this.#sent.map(({ at, login }, index) => {
      const previous = this.#sent.slice(0, index).findLast((one) => one.login === login);
      return previous ? at - previous.at : Number.POSITIVE_INFINITY;
    });
    return {
      seed,
      days,
      requests: times.length,
      answered: this.#answered,
      mostInAnHour: Math.max(0, ...inHour),
      leastApart: Math.min(...apart) / SECOND,
      own429: this.#own429,
      foreign429: this.#foreign429,
      foreignRequests: this.#foreignRequests,
      foreignThrottled: this.#foreignThrottled,
      recoveries: this.#recoveries,
      all: this.#all.ages(),
      work: this.#work.ages(),
      undisturbed: this.#undisturbed.ages(),
      resolved: this.resolved,
      started: this.started,
    };
  }
}
