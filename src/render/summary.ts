import type { Appearance } from './appearance.ts';
import { hasFailed, hasNumbers, isForLine } from './selection.ts';
import { levelOf } from './spans.ts';
import type { Level, Style } from './spans.ts';
import type { Usage } from '../usage/model.ts';

/** Usage in a nutshell, for hosts that have one colour, one class or one number for all of it. */
export interface Summary {
  /** The percentage used of the limit that is nearest; null: no number is known. */
  readonly used: number | null;
  /** What it comes to in a word: how near that limit is, or why nothing can be said. */
  readonly level: Level | 'estimate' | 'pending' | 'error' | 'none';
  /** How the whole of it is to be seen; null: in the host's own way. */
  readonly style: Style | null;
}

export function summaryOf(usage: Usage, appearance: Appearance): Summary {
  if (!hasNumbers(usage)) return { used: null, ...without(usage) };
  const known = usage.windows.filter(isForLine).flatMap(({ usedPercent }) => usedPercent ?? []);
  if (known.length === 0) return { used: null, level: 'none', style: null };
  const used = Math.max(...known);
  const level = levelOf(used, appearance.thresholds);
  return { used, level, style: level };
}

function without(usage: Usage): Pick<Summary, 'level' | 'style'> {
  if (usage.state === 'estimate') return { level: 'estimate', style: null };
  if (hasFailed(usage)) return { level: 'error', style: 'notice' };
  return usage.pending ? { level: 'pending', style: null } : { level: 'none', style: 'notice' };
}
