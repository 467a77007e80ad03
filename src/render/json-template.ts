import { paceOf } from '../usage/pace.ts';
import type { Paced } from '../usage/pace.ts';
import { isoTime } from '../usage/time.ts';

/*
 * What of `--json` changes with every moment, apart from the rest, which is prepared. On the hot path, and the one
 * place where a pace becomes JSON.
 */

/** The object as text in pieces. Between them stand: `generated_at`, `age_seconds`, and the pace of each window. */
export interface JsonTemplate {
  readonly pieces: readonly string[];
  /** Epoch ms; the age counts from here. */
  readonly cachedAt: number;
  readonly windows: readonly Paced[];
}

/** The object for a moment (epoch ms), without a newline. */
export function fillJsonTemplate({ pieces, cachedAt, windows }: JsonTemplate, now: number): string {
  const values = [
    isoTime(now),
    ageSeconds(now - cachedAt),
    ...windows.map((window) => paceJson(window, now)),
  ];
  return pieces
    .map((piece, index) => (index === 0 ? '' : JSON.stringify(values[index - 1])) + piece)
    .join('');
}

/** A clock a few seconds behind: nothing was read in the future. */
export function ageSeconds(ms: number): number {
  return Math.max(0, Math.floor(ms / 1000));
}

export function paceJson(window: Paced, now: number) {
  const pace = paceOf(window, now);
  return (
    pace && {
      expected_percent: round(pace.expectedPercent),
      delta: round(pace.delta),
      status: pace.status,
      empty_at: pace.emptyAt === null ? null : isoTime(pace.emptyAt),
    }
  );
}

/** Enough to tell a pace of 42.857 from 43; more would be noise. */
const PACE_DIGITS = 3;

function round(value: number): number {
  return Number(value.toFixed(PACE_DIGITS));
}
