/**
 * Whether a window ended after it was read: its old percentage is wrong then, not merely old.
 * A reset that had passed already at the time of reading (a skewed clock) proves nothing.
 */
export function hasElapsed(resetsAt: number, readAt: number, now: number): boolean {
  return resetsAt > readAt && resetsAt <= now;
}

/** The first reset after `readAt`, epoch ms; null without one. The numbers are not current beyond it. */
export function nextReset(resets: readonly number[], readAt: number): number | null {
  let next: number | null = null;
  for (const reset of resets) {
    if (reset > readAt && (next === null || reset < next)) next = reset;
  }
  return next;
}
