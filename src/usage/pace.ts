import type { Window } from './model.ts';

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

function emptyAt(used: number, elapsed: number, resetsAt: number, now: number): number | null {
  if (used <= 0) return null;
  // Above 100 % the window is used up now, not at a time in the past.
  const at = now + (elapsed * Math.max(0, 100 - used)) / used;
  return at < resetsAt ? at : null;
}
