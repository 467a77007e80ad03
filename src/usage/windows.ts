/**
 * Whether a window has ended since it was read, so that its percentage is wrong and not merely old. A reset that had passed
 * already when it was read (by a wrong clock) does not count. All times in epoch ms.
 */
export function hasElapsed(resetsAt: number, readAt: number, now: number): boolean {
  return resetsAt > readAt && resetsAt <= now;
}

/** The first reset after `readAt`, epoch ms; null without one. From then on the numbers are not current. */
export function nextReset(resets: readonly number[], readAt: number): number | null {
  let next: number | null = null;
  for (const reset of resets) {
    if (reset > readAt && (next === null || reset < next)) next = reset;
  }
  return next;
}
