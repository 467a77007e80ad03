import { paceOf } from '../usage/pace.ts';
import type { Paced } from '../usage/pace.ts';
import { isoTime } from '../usage/time.ts';

/*
 * The parts of `--json` that change with the time. The rest is prerendered as text, so that a hit loads neither the
 * cache entry nor the renderer. On the hot path.
 */

/**
 * The prerendered object, cut where a value is missing. The missing values in order: `generated_at`, `age_seconds`, the
 * pace of each window.
 */
export interface JsonTemplate {
  readonly pieces: readonly string[];
  /** When the numbers were read, epoch ms. */
  readonly cachedAt: number;
  readonly windows: readonly Paced[];
}

/** The object at a moment (epoch ms), without a newline. */
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

/** The age in whole seconds of an age in ms; 0 for a negative age, after the clock was set back. */
export function ageSeconds(ms: number): number {
  return Math.max(0, Math.floor(ms / 1000));
}

/** The pace of a window at a moment (epoch ms), as an object of `--json`; null if it has none. */
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

/** Decimals of a pace: 42.857 differs from 43, further digits carry no information. */
const PACE_DIGITS = 3;

function round(value: number): number {
  return Number(value.toFixed(PACE_DIGITS));
}
