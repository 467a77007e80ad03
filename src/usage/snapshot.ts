import type { RefreshFailure } from './failure.ts';
import type { ExtraUsage, UsageDetails, Window } from './model.ts';
import type { Dated, Origins, Reported } from './report.ts';

/** A validated response of a provider, and `data` of `usage.json`. Opaque: only the provider knows its keys. */
export type SnapshotData = Readonly<Record<string, unknown>>;

/** The result of a successful request. */
export interface Snapshot {
  readonly data: SnapshotData;
  /** The id of the subscription plan, e.g. `max_20x`; null when the credentials do not contain it. */
  readonly plan: string | null;
  /** When the user has to renew the login, epoch ms; null or absent when that is not known. */
  readonly loginUntil?: number | null;
  /** When the numbers were read, epoch ms, where that is known and not the time of the request. */
  readonly readAt?: number;
  /** The request was refused, and the numbers are older ones, read at `readAt`. */
  readonly refused?: RefreshFailure;
}

/**
 * Reads a provider's data. Pure. A forecast calls it for every moment, so results that take long are to be memoized.
 */
export interface SnapshotReader {
  /** `data` of `usage.json`, validated; null when it cannot be used. Broken parts are omitted. Called by `cache/entry.ts`. */
  parse(value: unknown): SnapshotData | null;
  /**
   * The windows, in the order in which they are shown.
   *
   * @param readAt the time of the request for the data, epoch ms
   * @param now the time for which the windows are shown, epoch ms
   * @param origins the windows whose number is the status line's, with their times
   */
  windows(data: SnapshotData, readAt: number, now: number, origins?: Origins): Window[];
  /** Paid use beyond the limits; null when the data do not contain it. */
  credits(data: SnapshotData): ExtraUsage | null;
  /** The parts of the data besides windows and credits. Empty parts are absent. */
  details(data: SnapshotData, readAt: number, now: number, origins?: Origins): UsageDetails;
  /**
   * The resets of all windows, epoch ms, past ones included; unordered.
   *
   * @param without windows to leave out
   */
  resets(data: SnapshotData, without?: Origins): readonly number[];
  /** The ids of the windows that the plan lacks: the data list other limits, and not these. */
  lacking(data: SnapshotData): readonly string[];
  /** The number of one window; null without one. `readAt`: the time of the request for the data, epoch ms. */
  numberOf(data: SnapshotData, window: string, readAt: number): Dated | null;
  /** The data with a session's number for one window. */
  withNumber(data: SnapshotData, window: string, number: Reported): SnapshotData;
}
