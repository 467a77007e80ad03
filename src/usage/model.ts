import type { Failure } from './failure.ts';

/**
 * The model everyone speaks. Times are epoch milliseconds, percentages are of what is **used**
 * (0–100, over 100 is possible), a missing value is null and never 0.
 */

/** Which source a number came from. */
export type WindowSource = 'endpoint' | 'statusline';

/** One limit, ready to be shown. */
export interface Window {
  /** Stable id: a bucket's name, or `weekly_scoped:<model>`. */
  readonly id: string;
  /** Short label of allowlisted characters: `5h`, `7d`, `7d Fable`. */
  readonly label: string;
  /** The model a scoped limit is for; null for limits on everything. */
  readonly model: string | null;
  /** Percent used; null when the window has elapsed since it was read. */
  readonly usedPercent: number | null;
  readonly resetsAt: number | null;
  /** Null when the length is not known or not fixed (a month): such a window has no pace. */
  readonly windowSeconds: number | null;
  /** The reset has passed since the number was read: the percentage is not known any more. */
  readonly elapsed: boolean;
  readonly source: WindowSource;
  readonly readAt: number;
  /** The same use in money, where the limit is one: `spend_limit`. */
  readonly amount?: WindowAmount | null;
  /**
   * `always`: on the line however little is used. `details`: in `show` and JSON, never on the line or in `check`.
   * Absent: the line shows it when it runs out before the week does.
   */
  readonly placement?: 'always' | 'details';
  /** Why the limit is locked, of allowlisted characters. */
  readonly lockedReason?: string | null;
}

/** Id and label of the limit on money: that of a gateway or of an Enterprise seat. */
export const SPEND_LIMIT = { id: 'spend_limit', label: 'spend' } as const;

/** An amount of money against a limit, in major units of `currency`. */
export interface WindowAmount {
  readonly used: number | null;
  readonly limit: number | null;
  /** ISO 4217, allowlisted; null when unknown. */
  readonly currency: string | null;
  /** Digits behind the point; absent: whole amounts have none, others those of the currency. */
  readonly decimals?: number;
}

/** Paid use beyond the subscription, in major units of `currency`. */
export interface ExtraUsage {
  readonly enabled: boolean;
  readonly used: number | null;
  /** null: no limit is set, or none is known. */
  readonly limit: number | null;
  /** ISO 4217, allowlisted; null when unknown. */
  readonly currency: string | null;
  readonly usedPercent: number | null;
  /** Digits behind the point that amounts of this currency have. */
  readonly decimals: number;
}

/** An amount in US dollars that is used up or expires: money beside the limits, no percentage of a window. */
export interface Pool {
  /** The endpoint's key for it, allowlisted. */
  readonly id: string;
  readonly label: string;
  /** Dollars; null when neither this nor the remainder is known. */
  readonly used: number | null;
  readonly limit: number;
  readonly remaining: number | null;
  /** Epoch ms. */
  readonly expiresAt: number | null;
  /** It expired after it was read. */
  readonly expired: boolean;
  readonly lockedReason: string | null;
}

/** One product's part of the week's use. */
export interface BreakdownPart {
  /** The endpoint's key, allowlisted; null without one. */
  readonly key: string | null;
  readonly name: string;
  /** Percent of what was used in the week; all parts together are 100. */
  readonly percent: number;
}

/** A bucket that is locked and is neither a window nor a pool. */
export interface Lock {
  readonly id: string;
  readonly label: string;
  readonly reason: string;
}

/** What an answer has besides windows and extra usage. What there is none of is absent. */
export interface UsageDetails {
  readonly pools?: readonly Pool[];
  readonly breakdown?: readonly BreakdownPart[];
  readonly locks?: readonly Lock[];
  /** The windows that the plan lacks: the answer lists others, and not these. */
  readonly lacking?: readonly string[];
}

/** Tokens that local transcripts have, over a time. */
export interface TokenCount {
  readonly total: number;
  readonly input: number;
  readonly output: number;
  readonly cacheCreation: number;
  readonly cacheRead: number;
}

/** What can be said without any percentage: tokens of the current 5-hour block and of the last 7 days. */
export interface TokenEstimate {
  /** `endsAt`: epoch ms. Null when no block is open. */
  readonly fiveHour: (TokenCount & { readonly endsAt: number }) | null;
  readonly sevenDay: TokenCount | null;
}

/**
 * What may be claimed of the numbers. `fresh`: current. `stale`: older, shown with its age.
 * `last_known`: too old (or stamped in the future) for the line. `estimate`: from local transcripts.
 */
export type State = 'fresh' | 'stale' | 'last_known' | 'estimate' | 'none';

/** The answer to "how much is used": everything a renderer needs, and nothing it would have to decide. */
export interface Usage extends UsageDetails {
  readonly generatedAt: number;
  /** The provider's id, as `--json` has it. */
  readonly provider: string;
  /** `default`, or the 8 hex digits that stand for another configuration directory. */
  readonly account: string;
  readonly plan: string | null;
  /** Names of who is signed in, and of the organisation; not there when they are not known. Never an e-mail address. */
  readonly accountName?: string;
  readonly organizationName?: string;
  readonly state: State;
  readonly source: 'cache' | 'endpoint' | 'statusline' | 'transcripts' | null;
  readonly cachedAt: number | null;
  /** Null when unknown: no data, or data stamped in the future. */
  readonly ageMs: number | null;
  /** Until when the numbers count as current; null unless `state` is `fresh`. */
  readonly freshUntil: number | null;
  /** The first answer is on its way in the background. */
  readonly pending: boolean;
  readonly windows: readonly Window[];
  readonly extraUsage: ExtraUsage | null;
  /**
   * Age of the endpoint's numbers where they are older than they should be, beside fresh ones of the status line,
   * ms.
   */
  readonly restAgeMs?: number;
  /** When the login has to be renewed by its user, epoch ms; absent when that is not known of the present login. */
  readonly loginUntil?: number;
  /** The login changed, and it cannot be known whose these last known numbers are. */
  readonly ownerUnknown?: true;
  /** Only when `state` is `estimate`. */
  readonly tokens: TokenEstimate | null;
  readonly error: Failure | null;
}
