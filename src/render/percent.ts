/**
 * A percentage for people: rounded half up, but never `0%` when something is used and never `100%` while
 * something is left. Over 100 passes through.
 *
 * @param value percent, 0–100 and beyond
 */
export function percentText(value: number): string {
  const rounded = Math.round(value);
  if (rounded === 0 && value > 0) return '<1%';
  if (rounded === 100 && value < 100) return '99%';
  return `${rounded}%`;
}

/** The side of a limit that is to be shown, as a raw percentage: of 140 % used nothing is left. */
export function shownPercent(used: number, side: 'used' | 'left'): number {
  return side === 'used' ? used : Math.max(0, 100 - used);
}
