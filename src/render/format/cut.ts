/** What is left out where there is little room. */
export interface Cut {
  /** From which window on there are no times. */
  readonly timesFrom: number;
  /** How many windows there are. */
  readonly windows: number;
  readonly bars: boolean;
  /** Extra usage, plan and names. */
  readonly rest: boolean;
  readonly error: boolean;
}

export const NO_CUT: Cut = {
  timesFrom: Number.POSITIVE_INFINITY,
  windows: Number.POSITIVE_INFINITY,
  bars: false,
  rest: false,
  error: false,
};
