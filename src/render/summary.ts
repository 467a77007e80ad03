import type { Appearance } from './appearance.ts';
import { windowLevel } from './level.ts';
import { accountsIn, hasFailed, hasNumbers, isForLine, withoutHidden } from './selection.ts';
import type { Level, Style } from './style.ts';
import type { Usage } from '../usage/model.ts';

/** Usage as one level and one number, for hosts that show one colour, class or number for all of it. */
export interface Summary {
  /** Percent used of the window of which most is used; null without numbers. */
  readonly used: number | null;
  /** The most urgent level of a window, or the reason why there is no number. */
  readonly level: Level | 'estimate' | 'pending' | 'error' | 'none';
  /** The style of the whole; null: the default style of the host. */
  readonly style: Style | null;
}

/** The levels, the most urgent one first. */
const LEVELS = ['critical', 'warn', 'ok'] as const;

/** Summarizes the windows that a line may show; of several accounts, the most urgent level and the largest number. */
export function summaryOf(usage: Usage, appearance: Appearance): Summary {
  if (usage.others === undefined) return summaryOfAccount(usage, appearance);
  const summaries = accountsIn(usage).map((it) => summaryOfAccount(it, appearance));
  const used = Math.max(-1, ...summaries.flatMap((it) => it.used ?? []));
  const first = summaries[0] as Summary;
  const urgent = LEVELS.flatMap((level) => summaries.filter((it) => it.level === level))[0] ?? first;
  return { ...urgent, used: used < 0 ? null : used };
}

function summaryOfAccount(usage: Usage, appearance: Appearance): Summary {
  if (!hasNumbers(usage)) return { used: null, ...withoutNumbers(usage) };
  const windows = usage.windows.filter(isForLine);
  const percentages = windows.flatMap(({ usedPercent }) => usedPercent ?? []);
  if (percentages.length === 0) return { used: null, level: 'none', style: null };
  const levels = new Set(
    windows.map((window) => windowLevel(window, usage.generatedAt, appearance.thresholds)),
  );
  const level = LEVELS.find((candidate) => levels.has(candidate)) ?? 'ok';
  return { used: Math.max(...percentages), level, style: level };
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
