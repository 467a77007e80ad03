import type { Failure } from './failure.ts';
import type { ProviderTexts } from './provider-facts.ts';

/**
 * The model of usage, which knows no provider. Times are in epoch ms, percentages are of what is **used** (0–100, more is
 * possible), a missing value is null and never 0.
 */

/** The source of a number: the endpoint, or a session's report. */
export type WindowSource = 'endpoint' | 'statusline';

/** One limit, ready to be shown. */
export interface Window {
  /** Stable id, which configuration and `--json` use: `five_hour`, `weekly_scoped:<model>`. */
  readonly id: string;
  /** Short label, sanitized: `5h`, `7d`, `7d Fable`. */
  readonly label: string;
  /** The model a scoped limit is for; null for limits on everything. */
  readonly model: string | null;
  /** Percent used; null when the window has elapsed since it was read. */
  readonly usedPercent: number | null;
  /** Epoch ms; null when it is not known, or the window has not begun. */
  readonly resetsAt: number | null;
  /** Length, s. Null when the length is not known or not fixed (a month): such a window has no pace. */
  readonly windowSeconds: number | null;
  /** The reset has passed since the number was read, so the percentage is unknown. */
  readonly elapsed: boolean;
  readonly source: WindowSource;
  /** When the number was read, epoch ms. */
  readonly readAt: number;
  /** The same use in money, for a limit on money: `spend_limit`. */
  readonly amount?: WindowAmount | null;
  /**
   * `always`: on the line however little is used. `details`: in `show` and JSON, never on the line or in `check`.
   * Absent: the line shows it when it runs out before the week does.
   */
  readonly placement?: 'always' | 'details';
  /** The reason why the limit is locked, sanitized. */
  readonly lockedReason?: string | null;
}

/** Id and label of the limit on money, of a gateway or an Enterprise seat. */
export const SPEND_LIMIT = { id: 'spend_limit', label: 'spend' } as const;

/** An amount of money against a limit, in major units of `currency`. */
export interface WindowAmount {
  readonly used: number | null;
  readonly limit: number | null;
  /** ISO 4217, sanitized; null when unknown. */
  readonly currency: string | null;
  /** Digits behind the point; absent: whole amounts have none, others those of the currency. */
  readonly decimals?: number;
}

/** Paid use beyond the subscription, in major units of `currency`. */
export interface ExtraUsage {
  readonly enabled: boolean;
  readonly used: number | null;
  /** Null: no limit is set, or none is known. */
  readonly limit: number | null;
  /** ISO 4217, sanitized; null when unknown. */
  readonly currency: string | null;
  readonly usedPercent: number | null;
  /** Digits behind the point that amounts of this currency have. */
  readonly decimals: number;
}

/** An amount of US dollars that can be used until it expires: money beside the windows. */
export interface Pool {
  /** The endpoint's key, sanitized. */
  readonly id: string;
  readonly label: string;
  /** US dollars, as the next two; null when neither this nor the remainder is known. */
  readonly used: number | null;
  readonly limit: number;
  readonly remaining: number | null;
  /** Epoch ms. */
  readonly expiresAt: number | null;
  /** It expired after it was read. */
  readonly expired: boolean;
  readonly lockedReason: string | null;
}

/** What is left of a balance without a limit: bought credits, or money. */
export interface Credits {
  /** A decimal number as text, exact; null when it is not known. */
  readonly balance: string | null;
  /** ISO 4217, sanitized; null where credits are no money. */
  readonly currency: string | null;
  readonly unlimited: boolean;
}

/** One product's part of the week's use. */
export interface BreakdownPart {
  /** The endpoint's key, sanitized; null without one. */
  readonly key: string | null;
  readonly name: string;
  /** Percent of the use of the week; all parts together are 100. */
  readonly percent: number;
}

/** A locked limit that is neither a window nor a pool. */
export interface Lock {
  readonly id: string;
  readonly label: string;
  readonly reason: string;
}

/** The parts of a response besides windows and extra usage. Empty parts are absent. */
export interface UsageDetails {
  readonly pools?: readonly Pool[];
  readonly credits?: Credits;
  readonly breakdown?: readonly BreakdownPart[];
  readonly locks?: readonly Lock[];
  /** The ids of windows that the plan lacks: the response lists others, and not these. */
  readonly lacking?: readonly string[];
}

/** Tokens in local transcripts, within some time. */
export interface TokenCount {
  readonly total: number;
  readonly input: number;
  readonly output: number;
  readonly cacheCreation: number;
  readonly cacheRead: number;
}

/** The estimate where no percentage is known: tokens of the current 5-hour block and of the last 7 days. */
export interface TokenEstimate {
  /** `endsAt`: epoch ms. Null when no block is open. */
  readonly fiveHour: (TokenCount & { readonly endsAt: number }) | null;
  readonly sevenDay: TokenCount | null;
}

/**
 * How current the numbers are. `fresh`: current. `stale`: older, shown with their age. `last_known`: too old for the line,
 * or with a time in the future. `estimate`: tokens from local transcripts. `none`: there are none.
 */
export type State = 'fresh' | 'stale' | 'last_known' | 'estimate' | 'none';

/** How much of one account is used: everything that a renderer needs, so that it decides nothing. */
export interface Usage extends UsageDetails {
  /** Epoch ms for which it was made. */
  readonly generatedAt: number;
  /** The provider's id, as `--json` has it. */
  readonly provider: string;
  /** The names of the provider, for sentences. */
  readonly texts: ProviderTexts;
  /** `default`, the configured name, or a short form of the name of the login's directory. */
  readonly account: string;
  /** What stands before its numbers where accounts share a line; absent: nothing. */
  readonly label?: string;
  /** The usages of the other accounts of the same line, in their order. Absent: it is the only one. */
  readonly others?: readonly Usage[];
  /** The id of the plan; null when it is not known. */
  readonly plan: string | null;
  /** Names of the account and its organisation; absent when they are not known. Never an e-mail address. */
  readonly accountName?: string;
  readonly organizationName?: string;
  readonly state: State;
  readonly source: 'cache' | 'endpoint' | 'statusline' | 'transcripts' | null;
  /** When the oldest number was read, epoch ms; null without numbers. */
  readonly cachedAt: number | null;
  /** Age of the oldest number, ms; null when it is unknown: no data, or a time in the future. */
  readonly ageMs: number | null;
  /** Until when the numbers are fresh, epoch ms; null unless `state` is `fresh`. */
  readonly freshUntil: number | null;
  /** The worker has been started for the first response. */
  readonly pending: boolean;
  readonly windows: readonly Window[];
  readonly extraUsage: ExtraUsage | null;
  /**
   * Age of the endpoint's numbers where they are older than they should be, beside fresh ones of the status line, ms.
   */
  readonly restAgeMs?: number;
  /** When the user has to renew the present login, epoch ms; absent when that is not known. */
  readonly loginUntil?: number;
  /** The login has changed, and the account of these last known numbers is not known. */
  readonly ownerUnknown?: true;
  /** Only when `state` is `estimate`. */
  readonly tokens: TokenEstimate | null;
  readonly error: Failure | null;
}
