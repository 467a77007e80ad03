import { clipLine, lineWidth } from '../layout.ts';
import type { Span } from '../spans.ts';

/** What a line omits to fit its width. */
export interface Cut {
  /** Rank from which windows have no times. */
  readonly timesFrom: number;
  /** Number of windows. */
  readonly windows: number;
  /** Shortens the names of windows to their first word: one can be longer than the line. */
  readonly shortLabels: boolean;
  /** Columns of a bar; 0 omits bars. */
  readonly bar: number;
  /** Omits the words about when a window will be used up. */
  readonly verdicts: boolean;
  /** Omits extra usage, amounts, plan and names. */
  readonly rest: boolean;
  readonly error: boolean;
}

/** Columns of a bar on a line with room, with less, and with the least. */
const BAR_COLUMNS = 8;
const SHORT_BAR_COLUMNS = 4;
export const LEAST_BAR_COLUMNS = 2;

/** Omits nothing. */
export const NO_CUT: Cut = {
  timesFrom: Number.POSITIVE_INFINITY,
  windows: Number.POSITIVE_INFINITY,
  shortLabels: false,
  bar: BAR_COLUMNS,
  verdicts: false,
  rest: false,
  error: false,
};

/** Windows beyond this number are omitted together, as no line has room for so many. */
const MAX_WINDOWS = 16;

/**
 * Fits a line into `columns` (null: unlimited). Parts are omitted in the order of `cutsOf`, and restored if a later
 * cut made enough room. A line that is still too long ends with the ellipsis.
 *
 * @param lineWith renders the line with a cut
 * @param windows number of windows
 * @param bars whether the line has bars
 */
export function fit(
  lineWith: (cut: Cut) => Span[],
  columns: number | null,
  { windows, bars }: { readonly windows: number; readonly bars: boolean },
  ellipsis: string,
): Span[] {
  const whole = lineWith(NO_CUT);
  if (columns === null || lineWidth(whole) <= columns) return whole;
  const fits = (cuts: readonly Partial<Cut>[]) => lineWidth(lineWith(together(cuts))) <= columns;
  let made: Partial<Cut>[] = [];
  const hasVerdict = lineWidth(lineWith(together([{ verdicts: true }]))) < lineWidth(whole);
  for (const cut of cutsOf(windows, { bars, hasVerdict })) {
    made.push(cut);
    if (fits(made)) break;
  }
  if (fits(made)) {
    for (const cut of made.slice(0, -1).toReversed()) {
      const without = made.filter((other) => other !== cut);
      // In a template with bars no time takes the place of columns that the bars lack.
      const isForBars = cut.timesFrom !== undefined && together(made).bar < SHORT_BAR_COLUMNS;
      if (!isForBars && fits(without)) made = without;
    }
  }
  return clipLine(lineWith(together(made)), columns, ellipsis);
}

/**
 * The cuts, the least important part first. The age is never omitted, because no number is true without it. A template
 * with bars is for them, so they go after the times and after other windows. A verdict is worth more than the times, too.
 */
function cutsOf(
  windows: number,
  { bars, hasVerdict }: { readonly bars: boolean; readonly hasVerdict: boolean },
): Partial<Cut>[] {
  const fewer = Math.max(0, Math.min(windows, MAX_WINDOWS) - 1);
  return [
    { timesFrom: 1 },
    { rest: true },
    ...(bars || hasVerdict ? [{ timesFrom: 0 }] : []),
    ...(bars ? [{ bar: SHORT_BAR_COLUMNS }] : []),
    { verdicts: true },
    ...(bars ? [{ bar: LEAST_BAR_COLUMNS }] : []),
    ...Array.from({ length: fewer }, (_, index) => ({ windows: fewer - index })),
    ...(bars ? [{ bar: 0 }] : []),
    ...(bars || hasVerdict ? [] : [{ timesFrom: 0 }]),
    { error: true },
    { shortLabels: true },
  ];
}

function together(cuts: readonly Partial<Cut>[]): Cut {
  return Object.assign({}, NO_CUT, ...cuts) as Cut;
}
