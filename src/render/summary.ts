import type { Appearance } from './appearance.ts';
import { hasFailed, hasNumbers, isForLine, withoutHidden } from './selection.ts';
import { levelOf } from './spans.ts';
import type { Level, Style } from './style.ts';
import type { Usage } from '../usage/model.ts';

/** Usage as one level and one number, for hosts that show one colour, class or number for all of it. */
export interface Summary {
  /** Percent used of the window of which most is used; null without numbers. */
  readonly used: number | null;
  /** The level of `used`, or the reason why there is no number. */
  readonly level: Level | 'estimate' | 'pending' | 'error' | 'none';
  /** The style of the whole; null: the default style of the host. */
  readonly style: Style | null;
}

/** Summarizes the windows that a line may show. */
export function summaryOf(usage: Usage, appearance: Appearance): Summary {
  if (!hasNumbers(usage)) return { used: null, ...withoutNumbers(usage) };
  const percentages = usage.windows.filter(isForLine).flatMap(({ usedPercent }) => usedPercent ?? []);
  if (percentages.length === 0) return { used: null, level: 'none', style: null };
  const used = Math.max(...percentages);
  const level = levelOf(used, appearance.thresholds);
  return { used, level, style: level };
}

/**
 * The level of a line, for hosts that have three looks for a whole line: `error` where an error replaces the numbers, and
 * `ok` where there are none for another reason.
 */
export function lineLevel(usage: Usage, appearance: Appearance): Level | 'error' {
  const { level } = summaryOf(withoutHidden(usage, appearance), appearance);
  return level === 'estimate' || level === 'pending' || level === 'none' ? 'ok' : level;
}

function withoutNumbers(usage: Usage): Pick<Summary, 'level' | 'style'> {
  if (usage.state === 'estimate') return { level: 'estimate', style: null };
  if (hasFailed(usage)) return { level: 'error', style: 'notice' };
  return usage.pending ? { level: 'pending', style: null } : { level: 'none', style: 'notice' };
}
