/*
 * What Claude's endpoint sends (`GET /api/oauth/usage`), and `data` of `usage.json`. Only this folder knows it.
 */

/** One limit as the endpoint reports it: `five_hour`, `seven_day`, … */
export interface Bucket {
  /** Percent used, 0–100 and beyond. */
  readonly utilization: number;
  /** RFC 3339, or null while the window has not started. */
  readonly resets_at: string | null;
}

/** A bucket as stored: without a percentage it can still be a pool, or contain the reason for a lock. */
export interface BucketData {
  readonly utilization: number | null;
  readonly resets_at: string | null;
}

/** One element of `limits[]`. `kind` is session, weekly_all or weekly_scoped today; others can follow. */
export interface Limit {
  readonly kind: string;
  readonly percent: number;
  readonly resets_at: string | null;
  /** The scope as received: `limits.ts` finds its name. Null: the limit is on everything. */
  readonly scope: Readonly<Record<string, unknown>> | null;
  /** True for the limit that the endpoint marks as active. */
  readonly is_active?: unknown;
}

/** A row of `seven_day_breakdown`: one product's part of the week's use. */
export interface BreakdownRow {
  readonly percent: number;
  readonly key?: unknown;
  readonly display_name?: unknown;
}

/**
 * `extra_usage`: amounts in minor units of `currency`, which has `decimal_places` digits where the endpoint sends it.
 * `monthly_limit: null` means no limit.
 */
export interface ExtraUsageData {
  readonly is_enabled: boolean;
  readonly monthly_limit: number | null;
  readonly used_credits: number | null;
  readonly utilization: number | null;
  readonly currency: string | null;
  readonly decimal_places?: unknown;
}

/** An amount of `spend`: `amount_minor` / 10^`exponent` of `currency`. */
export interface Amount {
  readonly amount_minor: number;
  readonly currency: string;
  readonly exponent: number;
}

/** `spend`: the same as `extra_usage`, in a newer shape. */
export interface Spend {
  readonly enabled: boolean;
  readonly percent: number | null;
  readonly used: Amount | null;
  readonly limit: Amount | null;
}

/** The names of the known buckets, in the order in which they are shown. */
export const BUCKETS = [
  'five_hour',
  'seven_day',
  'seven_day_opus',
  'seven_day_sonnet',
  'seven_day_oauth_apps',
] as const;
export type BucketName = (typeof BUCKETS)[number];

/**
 * A validated response: `data` of `usage.json`. It mirrors the body; a broken part is omitted, unknown keys are under
 * `unknown_buckets`.
 */
export type UsageData = { readonly [name in BucketName]?: BucketData | null } & {
  readonly limits?: readonly Limit[];
  readonly extra_usage?: ExtraUsageData | null;
  readonly spend?: Spend | null;
  readonly seven_day_breakdown?: { readonly rows?: readonly BreakdownRow[] } | null;
  readonly unknown_buckets?: Readonly<Record<string, unknown>>;
};
