import type { CheckThresholds } from '../render/check.ts';

/** What `--warning` and `--critical` are when nothing is said, percent used: not before somebody has to act. */
export const CHECK_DEFAULTS: CheckThresholds = { warning: 80, critical: 95 };

/** A threshold as percent used; null when it is none. */
export function parseThreshold(text: string): number | null {
  if (!/^\d+(\.\d+)?$/.test(text)) return null;
  const percent = Number(text);
  return percent <= 100 ? percent : null;
}
