import { isRenewal } from '../usage/failure.ts';
import type { Failure } from '../usage/failure.ts';
import type { Usage } from '../usage/model.ts';
import { HOUR } from '../usage/time.ts';
import { levelOf } from './color.ts';
import type { Level, Style } from './style.ts';
import type { Appearance } from './appearance.ts';
import { isForLine } from './selection.ts';

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

/** Data too old to be claimed is none here: a number on a bar is taken for true. */
export function hasNumbers({ state }: Usage): boolean {
  return state === 'fresh' || state === 'stale';
}

/** Whether something went wrong. A lapsed token did not: Claude Code renews it when it runs next. */
export function hasFailed(usage: Usage): boolean {
  const error = shownError(usage);
  return error !== null && !isRenewal(error.code);
}

/** Beside numbers younger than this a lapsed token is not worth a word, ms. */
const LAPSED_UNSAID_MS = HOUR;

/** What went wrong, where that is news: not that there are no data yet, nor that somebody asks a little later. */
export function shownError(usage: Usage): Failure | null {
  const { error, pending } = usage;
  if (error?.code === 'no_data' && (hasNumbers(usage) || pending)) return null;
  if (error?.code === 'budget' && hasNumbers(usage)) return null;
  if (error !== null && isRenewal(error.code) && isRecent(usage)) return null;
  return error;
}

function isRecent({ state, ageMs }: Usage): boolean {
  return state === 'fresh' || (state === 'stale' && (ageMs ?? 0) < LAPSED_UNSAID_MS);
}
