import { clipLine, lineWidth } from '../layout.ts';
import type { Span } from '../spans.ts';

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

/** Of more windows than that none beyond fits anywhere. */
const MAX_WINDOWS = 16;

/**
 * The line in at most `columns`: what matters least is left out first, in the order of `cuts`, and comes back where
 * something else made room enough for it. What does not fit even then is cut, and the cut marked.
 *
 * @param lineWith the line with some of it left out
 * @param windows how many there are
 */
export function fit(
  lineWith: (cut: Cut) => Span[],
  columns: number | null,
  windows: number,
  ellipsis: string,
): Span[] {
  const whole = lineWith(NO_CUT);
  if (columns === null || lineWidth(whole) <= columns) return whole;
  const fits = (cuts: readonly Partial<Cut>[]) => lineWidth(lineWith(together(cuts))) <= columns;
  let made: Partial<Cut>[] = [];
  for (const cut of cutsOf(windows)) {
    made.push(cut);
    if (fits(made)) break;
  }
  if (fits(made)) {
    for (const cut of made.slice(0, -1).toReversed()) {
      const without = made.filter((other) => other !== cut);
      if (fits(without)) made = without;
    }
  }
  return clipLine(lineWith(together(made)), columns, ellipsis);
}

/** From what matters least to what matters most. The age is part of what is claimed, and no number is without it. */
function cutsOf(windows: number): Partial<Cut>[] {
  const fewer = Math.max(0, Math.min(windows, MAX_WINDOWS) - 1);
  return [
    { bars: true },
    { timesFrom: 1 },
    { rest: true },
    ...Array.from({ length: fewer }, (_, index) => ({ windows: fewer - index })),
    { timesFrom: 0 },
    { error: true },
  ];
}

function together(cuts: readonly Partial<Cut>[]): Cut {
  return Object.assign({}, NO_CUT, ...cuts) as Cut;
}
