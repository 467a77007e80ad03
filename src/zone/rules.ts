/** What local clocks show at a moment. */
export interface LocalTime {
  /** Ahead of UTC, ms; negative west of Greenwich. */
  readonly offsetMs: number;
  /** Abbreviation as the source writes it: `CET`, `+0545`. Not safe to print. */
  readonly name: string;
}

/** A time zone: from a moment, epoch ms, to local time. */
export type ZoneRules = (at: number) => LocalTime;
