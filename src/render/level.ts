import type { Window } from '../usage/model.ts';
import { paceOf, runsOutAt } from '../usage/pace.ts';
import type { Appearance } from './appearance.ts';
import { levelOf } from './spans.ts';
import type { Level, Style } from './style.ts';

/**
 * The level of a window by percentage and pace: one that will be used up before its reset is `warn` at least. Null
 * without a percentage.
 *
 * @param now epoch ms; null if the number is too old to be compared with the current time
 */
export function windowLevel(
  window: Pick<Window, 'usedPercent' | 'resetsAt' | 'windowSeconds'>,
  now: number | null,
  thresholds: Appearance['thresholds'],
): Level | null {
  if (window.usedPercent === null) return null;
  const level = levelOf(window.usedPercent, thresholds);
  if (level !== 'ok' || now === null) return level;
  return runsOutAt(paceOf(window, now), now) === null ? 'ok' : 'warn';
}

/** The style of a bar or of words at a level: `critical` without its reverse video, which is for numbers. */
export function quietStyle(level: Level): Style {
  return level === 'critical' ? 'urgent' : level;
}
