import { MINUTE } from '../usage/time.ts';

/** A time zone, as renderers need it to write clock times. */
export interface Zone {
  /** By how many ms local clocks are ahead of UTC at a moment, epoch ms; null if that is unknown. */
  offsetAt(at: number): number | null;
  /** A name of the zone to write after a clock time: `CET`, `+05:45`. Null for none. */
  markAt?(at: number): string | null;
}

/** How a zone differs from the machine's own. */
export interface ZoneNames {
  /** The name of the zone at a moment, epoch ms: `CET`, `+05:45`. */
  nameAt(at: number): string;
  /** Whether the machine's own clock shows the same time at a moment, epoch ms. */
  isMachineTime(at: number): boolean;
}

/** What local clocks show at a moment. */
export interface LocalTime {
  /** Ahead of UTC, ms; negative west of Greenwich. */
  readonly offsetMs: number;
  /** The abbreviation as the source writes it: `CET`, `+0545`. It is foreign text and not safe to print. */
  readonly name: string;
}

/** The rules of a zone: from a moment, epoch ms, to local time. */
export type ZoneRules = (at: number) => LocalTime;

/** The zone in which Node runs: the one that `TZ` names, or the machine's. */
export const NODE_ZONE: Zone = {
  offsetAt: (at) => 0 - new Date(at).getTimezoneOffset() * MINUTE,
};
