import type { Window } from './model.ts';
import { DAY, HOUR, MINUTE } from './time.ts';

/** What the pace of a window depends on. */
export type Paced = Pick<Window, 'usedPercent' | 'resetsAt' | 'windowSeconds'>;

/** How fast a window is used, compared with even use. */
export interface Pace {
  /** Percent that even use would have reached by now. */
  readonly expectedPercent: number;
  /** Percent used minus percent expected: positive is faster than even. */
  readonly delta: number;
  readonly status: 'on_pace' | 'ahead' | 'behind';
  /** Epoch ms at which the window is used up at this speed; null when it lasts until the reset. */
  readonly emptyAt: number | null;
}

/** Within this many percentage points, use counts as even. */
const TOLERANCE = 2;
/** The pace is unknown until even use would have reached this many percent. */
const MIN_EXPECTED = 3;

/**
 * The pace of a window at `now` (epoch ms). Null without a percentage, a reset or a known length, for a reset that is past or
 * further away than the window is long, and for a window that has just begun.
 */
export function paceOf(window: Paced, now: number): Pace | null {
  const { usedPercent: used, resetsAt, windowSeconds } = window;
  if (used === null || resetsAt === null || windowSeconds === null) return null;
  const length = windowSeconds * 1000;
  const left = resetsAt - now;
  if (left <= 0 || left > length) return null;
  const elapsed = length - left;
  const expectedPercent = (100 * elapsed) / length;
  if (expectedPercent < MIN_EXPECTED) return null;
  const delta = used - expectedPercent;
  const status = Math.abs(delta) <= TOLERANCE ? 'on_pace' : delta > 0 ? 'ahead' : 'behind';
  return { expectedPercent, delta, status, emptyAt: emptyAt(used, elapsed, resetsAt, now) };
}

/** The percentage of a window that must have passed before a line says when it will be empty: earlier, one burst decides. */
const MIN_EXPECTED_FOR_WORDS = 10;

/**
 * When a window will be used up, epoch ms, if it is used faster than evenly and that moment is still to come; null
 * otherwise. It always comes before the reset.
 */
export function runsOutAt(pace: Pace | null, now: number): number | null {
  if (pace?.status !== 'ahead' || pace.emptyAt === null || pace.emptyAt <= now) return null;
  return pace.emptyAt;
}

/** Whether enough of a window has passed for words about its end on a line. The colour warns earlier. */
export function isWellFounded({ expectedPercent }: Pace): boolean {
  return expectedPercent >= MIN_EXPECTED_FOR_WORDS;
}

/** Steps in which a verdict is rounded down, ms, by the time that is left: an estimate is not known to the minute. */
const STEPS = [
  { below: HOUR, step: 5 * MINUTE },
  { below: 6 * HOUR, step: 10 * MINUTE },
  { below: DAY, step: HOUR },
  { below: 3 * DAY, step: 6 * HOUR },
  { below: Number.POSITIVE_INFINITY, step: DAY },
] as const;

function stepOf(ms: number): number {
  return (STEPS.find(({ below }) => ms < below) ?? STEPS[4]).step;
}

/** The time until a window is used up, ms, as exact as an estimate deserves. Less than the smallest step gives 0. */
export function roundedDown(ms: number): number {
  const step = stepOf(ms);
  return Math.floor(ms / step) * step;
}

/** A mark of even use is drawn in bars of at most this many columns on a line. */
const MARK_COLUMNS = 8;

/**
 * When what a line shows of a pace changes next while no new number is read, epoch ms; null: not any more. At first a
 * window has no pace, then use is ahead of even use until time has caught up.
 *
 * @param words whether the line has verdicts and marks, and not colours alone
 */
export function nextPaceChange(window: Paced, now: number, words: boolean): number | null {
  const { usedPercent: used, resetsAt, windowSeconds } = window;
  if (used === null || resetsAt === null || windowSeconds === null) return null;
  const length = windowSeconds * 1000;
  const start = resetsAt - length;
  const times = [MIN_EXPECTED, used - TOLERANCE].map((percent) => start + (length * percent) / 100);
  if (words && now >= start) {
    times.push(start + (length * MIN_EXPECTED_FOR_WORDS) / 100);
    times.push(start + (length * (Math.floor(((now - start) * MARK_COLUMNS) / length) + 1)) / MARK_COLUMNS);
    // The time that is left grows with the time that has passed.
    const growth = (100 - used) / used;
    const left = (now - start) * growth;
    if (used > 0 && used < 100) times.push(start + (roundedDown(left) + stepOf(left)) / growth);
  }
  const next = Math.min(...times.map(Math.ceil).filter((time) => time > now && time < resetsAt));
  return Number.isFinite(next) ? next : null;
}

function emptyAt(used: number, elapsed: number, resetsAt: number, now: number): number | null {
  if (used <= 0) return null;
  // Above 100 % the window is used up now, not at a time in the past.
  const at = now + (elapsed * Math.max(0, 100 - used)) / used;
  return at < resetsAt ? at : null;
}
