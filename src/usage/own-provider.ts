import type { JsonPath } from './json-path.ts';

/*
 * A provider of the user's own, as the configuration describes it: `config/providers.ts` reads it, `fetch/own/` asks it.
 */

/** A provider that the configuration describes. */
export interface OwnProvider {
  readonly id: string;
  /** How people call it. Safe to print. */
  readonly name: string;
  /** Checked: `https:`, or `http:` on loopback; may have a query, which can hold a secret. */
  readonly url: string;
  /** The JSON body of a POST; null: the request is a GET. */
  readonly body: object | null;
  /** Names in lower case; `{key}` in a value is the place of the key. */
  readonly headers: Readonly<Record<string, string>>;
  readonly key: OwnKey;
  /** The id of the plan. */
  readonly plan: JsonPath | null;
  /** At least one, unless there are credits. */
  readonly windows: readonly OwnWindow[];
  readonly credits: OwnCredits | null;
}

/** Where the key is. */
export type OwnKey =
  | { readonly kind: 'none' }
  | { readonly kind: 'variable'; readonly name: string }
  /** A program and its arguments, which prints the key. */
  | { readonly kind: 'command'; readonly words: readonly [string, ...string[]] };

/** A limit of a provider of the user's own. */
export interface OwnWindow {
  /** As configured: `5h`, `7d`, `monthly`. */
  readonly name: string;
  /** s, or a calendar or billing month. */
  readonly length: number | 'month';
  /** What stands before the number, in place of the name. */
  readonly label: string | null;
  /** What the limit is on; null: on everything. */
  readonly part: string | null;
  readonly measure: OwnMeasure;
  readonly reset: { readonly path: JsonPath; readonly unit: ResetUnit } | null;
  /** While nothing is used, the reset that is sent is only projected. */
  readonly startsWithUse: boolean;
  /** The amounts of `measure` are money. */
  readonly money: OwnMoney | null;
}

/** How a number of the response says what is used. */
export type OwnMeasure =
  | {
      readonly kind: 'used_percent' | 'left_percent' | 'used_fraction' | 'left_fraction';
      readonly path: JsonPath;
    }
  | { readonly kind: 'used' | 'left'; readonly path: JsonPath; readonly limit: JsonPath | number };

/** The unit of amounts. */
export interface OwnMoney {
  /** ISO 4217. */
  readonly currency: string | null;
  /** The digits of the minor units in which amounts are sent: 2 for cents, 0 for whole units. */
  readonly minorDigits: number;
}

/** What is left of a balance without a limit. */
export interface OwnCredits extends OwnMoney {
  readonly balance: JsonPath;
}

/** The units of resets. */
export const RESET_UNITS = ['iso', 'seconds', 'milliseconds', 'seconds_from_now', 'date'] as const;
export type ResetUnit = (typeof RESET_UNITS)[number];
