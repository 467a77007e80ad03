import type { Dated } from './report.ts';
import type { ExtraUsage, UsageDetails, Window } from './model.ts';
import type { Origins } from './report.ts';
import type { Reported } from './report.ts';

/** A validated response of a provider, and `data` of `usage.json`. Opaque: only its provider knows its keys. */
export type SnapshotData = Readonly<Record<string, unknown>>;

/** What a provider hands over after a successful request. */
export interface Snapshot {
  readonly data: SnapshotData;
  /** Subscription plan, e.g. `max_20x`; null when the credentials do not say. */
  readonly plan: string | null;
  /** When the login has to be renewed by its user, epoch ms; null or absent when the credentials do not say. */
  readonly loginUntil?: number | null;
}

/**
 * A provider's answers about its own data. Pure; asked for every moment of a forecast, so what takes long is to be
 * remembered.
 */
export interface SnapshotReader {
  /** `data` of `usage.json`, validated; null when it cannot be used. Broken parts are left out. */
  parse(value: unknown): SnapshotData | null;
  /**
   * The limits, in the order in which they are shown.
   *
   * @param readAt epoch ms at which the data were asked for
   * @param now epoch ms for which the windows are shown
   * @param origins the windows whose number is the status line's, with the time of each
   */
  windows(data: SnapshotData, readAt: number, now: number, origins?: Origins): Window[];
  /** Paid use beyond the limits; null when the data do not mention it. */
  credits(data: SnapshotData): ExtraUsage | null;
  /** What the data have besides windows and credits. What there is none of is absent. */
  details(data: SnapshotData, readAt: number, now: number, origins?: Origins): UsageDetails;
  /**
   * When the limits are reset, epoch ms, past ones included; in no order.
   *
   * @param without windows that are left out
   */
  resets(data: SnapshotData, without?: Origins): readonly number[];
  /** The windows that the plan lacks: the data list other limits, and not these. */
  lacking(data: SnapshotData): readonly string[];
  /** One window's number; null without one. */
  numberOf(data: SnapshotData, window: string, readAt: number): Dated | null;
  /** The data with another number for one window, as a session has reported it. */
  withNumber(data: SnapshotData, window: string, number: Reported): SnapshotData;
}
